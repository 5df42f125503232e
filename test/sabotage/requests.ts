// What a request may do once (design §1, §6 "Idempotency").
import type { Sabotage } from "./sabotage.ts";

export const requests: readonly Sabotage[] = [
  {
    name: "the idempotency key not looked at",
    guard: "A request that is sent twice is done twice: two purchases, two refunds of one key.",
    by: "simulation",
    edits: [
      {
        file: "server/http/idempotency.ts",
        find: `if ("done" in first || first.broken !== "idempotency_key") return first;`,
        replace: `if ("done" in first || first.broken !== "idempotency_key") return first;
  return onPremisesAtHome(deps, premises, (db) => work(db, seed));`,
      },
    ],
  },
  {
    name: "two subscriptions to one product",
    guard: "Neither the rule nor the index looks whether one runs already: the customer is debited for both.",
    by: "simulation",
    edits: [
      {
        file: "server/billing/subscribe.ts",
        find: "if (running) return reject(",
        replace: "if (running && now.wall < 0) return reject(",
      },
      {
        file: "migrations/0006_subscription_life.sql",
        find: "CREATE UNIQUE INDEX one_running_subscription_per_product",
        replace: "CREATE INDEX one_running_subscription_per_product",
      },
    ],
  },
  {
    name: "a period invoiced twice",
    guard: "A renewal bills a day of the period that is over once more.",
    by: "simulation",
    edits: [
      {
        file: "server/billing/schedule.ts",
        find: `const period = "rejected" in present || present.index < next.index ? next : present;`,
        replace: `const dayBefore = (at: BillingMs) => (present && at - 86_400_000) as BillingMs;
  const period = { ...next, startsAt: dayBefore(next.startsAt), endsAt: dayBefore(next.endsAt) };`,
      },
    ],
  },
];
