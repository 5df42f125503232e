// Tells subscribers of confirmed price migrations, and of those that were stopped. Each is one decision about one
// customer, which changes nothing when it was made before: to be killed half way, or to run twice, does no harm.
import { decideAnnounce, decideWithdrawMigration } from "../billing/price-migration.ts";
import type { Deps } from "../deps.ts";
import { migrationWork, type MigrationWork } from "../store/price-migrations.ts";
import { transact } from "../store/transact.ts";

/** Of the 1,000 statements of an invocation each takes some twenty. */
const perRun = 30;

/** Tells the next subscribers; whoever is left is told in the next minute. */
export async function migratePrices(deps: Deps): Promise<void> {
  for (const work of await migrationWork(deps.db, perRun)) await tell(deps, work);
}

async function tell(deps: Deps, { migration, subscriptionId, customerId }: MigrationWork): Promise<void> {
  const { id: migrationId, status, fromPriceId, toPriceId, noticeDays } = migration;
  const plan = { migrationId, fromPriceId, toPriceId, noticeDays };
  await transact<never>(deps, {
    customerId,
    actor: "system",
    priceIds: [toPriceId],
    decide: (slice, now) =>
      status === "confirmed"
        ? decideAnnounce(slice, subscriptionId, plan, now)
        : decideWithdrawMigration(slice, subscriptionId, migrationId),
  });
}
