// A crash at any await of the request that subscribes; its client tries again with the same Idempotency-Key.
import { expect, test } from "vitest";
import { variants } from "../simulator/variants.ts";
import { everyDeath, subscribing } from "./kill.ts";

const ends = [
  { debits: 1, payments: ["succeeded"], subscription: "active" },
  { debits: 0, payments: ["failed"], subscription: "incomplete_expired" },
  { debits: 0, payments: ["lapsed"], subscription: "incomplete_expired" },
];

test("the request that subscribes may die at every await", { timeout: 300_000 }, async () => {
  const [variant] = variants;
  if (!variant) throw new Error("There is no variant of the gateway");
  const names = await everyDeath(subscribing, variant, { ends });
  expect(names).toEqual(expect.arrayContaining(["write", "commit", "due.send"]));
});
