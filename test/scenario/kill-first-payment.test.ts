// A crash at any await of a first payment, with every variant of what the gateway's documents leave open: the money was
// taken once and we know it, or it was not taken and we know that. Nothing is left to an operator.
import { expect, test } from "vitest";
import { variants } from "../simulator/variants.ts";
import { everyDeath, firstPayment } from "./kill.ts";

const ends = [
  { debits: 1, payments: ["succeeded"], subscription: "active" },
  { debits: 0, payments: ["failed"], subscription: "incomplete_expired" },
  { debits: 0, payments: ["lapsed"], subscription: "incomplete_expired" },
];

test.each(variants)(
  "a first payment's consumer may die at every await (lesson 3): $name",
  { timeout: 180_000 },
  async (variant) => {
    const names = await everyDeath(firstPayment, variant, { ends });
    expect(names).toEqual(expect.arrayContaining(["payment/request", "commit", "payman/checkout", "payment/verify"]));
  },
);
