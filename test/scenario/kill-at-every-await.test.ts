// A crash at any await of the payment path, with every variant of what the gateway's documents leave open: the money was
// taken once and we know it, or it was not taken and we know that. Nothing is left to an operator.
import { expect, test } from "vitest";
import { variants } from "../simulator/variants.ts";
import { awaitsOf, dies, firstPayment, found, renewal, subscribing, type Tell } from "./kill.ts";

const never = { debits: 0, payments: [], subscription: undefined };
const taken = { debits: 1, payments: ["succeeded"], subscription: "active" };
const failed = { debits: 0, payments: ["failed"], subscription: "incomplete_expired" };
const lapsed = { debits: 0, payments: ["lapsed"], subscription: "incomplete_expired" };

const renewed = { debits: 2, payments: ["succeeded", "succeeded"], subscription: "active" };
const recovered = ["failed", "lapsed"].map((first) => ({
  debits: 2,
  payments: ["succeeded", first, "succeeded"],
  subscription: "active",
}));
const unpaid = ["failed", "lapsed"].map((first) => ({
  debits: 1,
  payments: ["succeeded", first],
  subscription: "past_due",
}));

/** What was sent arrives within the time that a call may take, or long after we have begun to ask. */
const lateMs = [40_000, 600_000];

async function everyDeath(tell: Tell, variant: (typeof variants)[number], allowed: readonly object[]) {
  const operations = await awaitsOf(tell, variant);
  const deaths = operations.flatMap(({ hows }, index) =>
    hows.flatMap((how) => (how === "late" ? lateMs : [0]).map((ms) => ({ at: index + 1, how, lateMs: ms }))),
  );
  for (const death of deaths) {
    const where = `${operations[death.at - 1]?.name} (${death.at}) ${death.how} ${death.lateMs}`;
    const end = await found(await dies(tell, variant, death));
    expect(allowed, `${where}: ${JSON.stringify(end)}`).toContainEqual(end);
  }
  return operations.map(({ name }) => name);
}

test.each(variants)(
  "the consumer of a first payment may die at every await: $name",
  { timeout: 120_000 },
  async (variant) => {
    const names = await everyDeath(firstPayment, variant, [taken, failed, lapsed]);
    expect(names).toEqual(expect.arrayContaining(["payment/request", "commit", "payman/checkout", "payment/verify"]));
  },
);
test.each(variants)(
  "the consumer of a renewal may die at every await: $name",
  { timeout: 240_000 },
  async (variant) => {
    const names = await everyDeath(renewal, variant, [renewed, ...recovered, ...unpaid]);
    expect(names.filter((name) => name === "commit").length).toBeGreaterThan(4);
  },
);
test(
  "the request that subscribes may die at every await, and its client tries again",
  { timeout: 120_000 },
  async () => {
    for (const variant of variants.slice(0, 1)) {
      await everyDeath(subscribing, variant, [taken, failed, lapsed, never]);
    }
  },
);
