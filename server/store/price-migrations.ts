// Plans that move a price's subscriptions to another price: a part of the catalogue, with their own rows. Whom a plan has
// told, and who has moved, stands in the subscriptions themselves.
import { and, asc, desc, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import * as z from "zod";
import { CustomerId, PriceMigrationId, SubscriptionId, type PriceId } from "../../contract/common/id.ts";
import type { PageQuery } from "../../contract/common/page.ts";
import { event } from "../billing/event.ts";
import { runningStatuses, type Subscription } from "../billing/state.ts";
import { appendToCatalogue } from "./catalogue.ts";
import type { Actor } from "./commit.ts";
import { readSubscriptions } from "./rows.ts";
import { priceMigration, subscription } from "./schema.ts";
import type { TransactPorts } from "./transact.ts";

export type StoredMigration = typeof priceMigration.$inferSelect;

type NewMigration = Pick<StoredMigration, "id" | "fromPriceId" | "toPriceId" | "noticeDays">;

/** Writes a plan; `reason` is the operator's. */
export async function planMigration(ports: TransactPorts, input: NewMigration & { reason: string }, actor: Actor) {
  const { reason, ...row } = input;
  const { id: migrationId, ...fields } = row;
  const orm = drizzle(ports.db);
  await appendToCatalogue(ports, actor, (at) => ({
    events: [event("price_migration.planned", { migrationId, ...fields }, { reason })],
    writes: [orm.insert(priceMigration).values({ ...row, status: "planned", createdAt: at })],
  }));
}

/** Confirms or stops a plan. */
export async function endPlanning(
  ports: TransactPorts,
  { id, as, reason }: { readonly id: PriceMigrationId; readonly as: "confirmed" | "canceled"; readonly reason: string },
  actor: Actor,
): Promise<void> {
  const orm = drizzle(ports.db);
  await appendToCatalogue(ports, actor, (at) => ({
    events: [
      as === "confirmed"
        ? event("price_migration.confirmed", { migrationId: id }, { reason })
        : event("price_migration.canceled", { migrationId: id }, { reason }),
    ],
    writes: [
      orm
        .update(priceMigration)
        .set(as === "confirmed" ? { status: as, confirmedAt: at } : { status: as, canceledAt: at })
        .where(eq(priceMigration.id, id)),
    ],
  }));
}

export async function findMigration(db: D1Database, id: PriceMigrationId): Promise<StoredMigration | null> {
  const [row] = await drizzle(db).select().from(priceMigration).where(eq(priceMigration.id, id));
  return row ?? null;
}

/** Every plan, newest first, one past the limit. */
export async function listMigrations(
  db: D1Database,
  { limit, cursor }: Pick<PageQuery, "limit" | "cursor">,
): Promise<readonly StoredMigration[]> {
  const before = cursor === undefined ? undefined : sql`${priceMigration.id} < ${cursor}`;
  const query = drizzle(db).select().from(priceMigration).where(before);
  return query.orderBy(desc(priceMigration.id)).limit(limit + 1);
}

/** The plan by which a price's subscriptions move already; null when there is none. */
export async function confirmedMigrationOf(db: D1Database, priceId: PriceId): Promise<StoredMigration | null> {
  const isIt = and(eq(priceMigration.fromPriceId, priceId), eq(priceMigration.status, "confirmed"));
  const [row] = await drizzle(db).select().from(priceMigration).where(isIt);
  return row ?? null;
}

/** Literal, so that the indexes of what is running are used. */
const running = runningStatuses.map((status) => `'${status}'`).join(", ");

/** Running subscriptions of a price, oldest first, one past the limit. */
export async function listAtPrice(
  db: D1Database,
  priceId: PriceId,
  page: Pick<PageQuery, "limit" | "cursor">,
): Promise<readonly Subscription[]> {
  const later = page.cursor === undefined ? undefined : sql`${subscription.id} > ${page.cursor}`;
  const query = drizzle(db)
    .select()
    .from(subscription)
    .where(and(eq(subscription.priceId, priceId), sql.raw(`status IN (${running})`), later));
  return readSubscriptions(await query.orderBy(asc(subscription.id)).limit(page.limit + 1));
}

/** One subscription to be told, or to be told that it stays. */
export interface MigrationWork {
  readonly migration: StoredMigration;
  readonly subscriptionId: SubscriptionId;
  readonly customerId: CustomerId;
}

/**
 * Both go by the index of running subscriptions at a price, which has those that were told behind the others. From the
 * plans, which are few: CROSS keeps SQLite from beginning with the subscriptions.
 */
const told = `FROM price_migration m CROSS JOIN subscription s ON s.price_id = m.from_price_id AND s.status IN (${running})`;
const isToBeTold = "m.status = 'confirmed' AND s.price_migration IS NULL";
const isToBeLeft = `m.status = 'canceled' AND s.price_migration IS NOT NULL
  AND json_extract(s.price_migration, '$.migrationId') = m.id`;

/** Whether there is any. */
export const hasMigrationWork = sql.raw(
  `(EXISTS (SELECT 1 ${told} WHERE ${isToBeTold}) OR EXISTS (SELECT 1 ${told} WHERE ${isToBeLeft}))`,
);

const Found = z.array(
  z.object({ migrationId: PriceMigrationId, subscriptionId: SubscriptionId, customerId: CustomerId }),
);

/** The next to be told, of all plans. */
export async function migrationWork(db: D1Database, limit: number): Promise<readonly MigrationWork[]> {
  const found = "SELECT m.id AS migrationId, s.id AS subscriptionId, s.customer_id AS customerId";
  const rows = await drizzle(db).all(
    sql.raw(`${found} ${told} WHERE ${isToBeTold} UNION ALL ${found} ${told} WHERE ${isToBeLeft} LIMIT ${limit}`),
  );
  const migrations = new Map((await drizzle(db).select().from(priceMigration)).map((row) => [row.id, row]));
  return Found.parse(rows).flatMap(({ migrationId, ...whom }) => {
    const migration = migrations.get(migrationId);
    return migration ? [{ migration, ...whom }] : [];
  });
}
