// A crash at any await of a renewal, from the clock's first move to the settled debit, with every variant of the gateway.
// What comes before the gateway is asked does not depend on it, and is killed once.
import { expect, test } from "vitest";
import { variants } from "../simulator/variants.ts";
import { everyDeath, renewal } from "./kill.ts";

/** A debit that was not made is tried again on day 2, which the story's clock does not reach. */
const ends = [
  { debits: 2, payments: ["succeeded", "succeeded"], subscription: "active" },
  { debits: 1, payments: ["succeeded", "failed"], subscription: "past_due" },
  { debits: 1, payments: ["succeeded", "lapsed"], subscription: "past_due" },
];

test.each(variants)("a renewal's consumer may die at every await: $name", { timeout: 300_000 }, async (variant) => {
  const meetsGateway = variant === variants[0] ? {} : { from: "payment/request" };
  const names = await everyDeath(renewal, variant, { ends, ...meetsGateway });
  expect(names.filter((name) => name === "commit").length).toBeGreaterThan(4);
});
