// A crash at any await of the consumer that takes what was paid on a page, under variants that differ in what matters to
// it: the money is taken once and we know it. Nothing is left to an operator.
import { expect, test } from "vitest";
import type { SettingsPatch } from "../simulator/simulator.ts";
import { captured, everyDeath } from "./kill.ts";

const representative: readonly (readonly [name: string, settings: SettingsPatch])[] = [
  ["as documented", {}],
  ["untouched FAILED", { inquiryOfUntouched: "FAILED" }],
  ["untouched −54, errors as 200", { inquiryOfUntouched: "-54", errorHttpStatus: "200" }],
  ["verified by the gateway itself", { autoVerify: "ignored" }],
];

const ends = [{ debits: 1, payments: ["succeeded"], subscription: "active" }];

test.each(representative)(
  "the consumer that captures a checkout may die at every await: %s",
  { timeout: 240_000 },
  async (name, settings) => {
    const names = await everyDeath(captured, { name, settings }, { ends });
    expect(names).toEqual(expect.arrayContaining(["payment/inquiry", "commit", "payment/verify"]));
  },
);
