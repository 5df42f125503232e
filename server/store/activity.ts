// One customer's part of the log, newest first, as people ask for it: by type, by whom, and between two moments.
import { and, desc, eq, gte, lt, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { ActivityBy } from "../../contract/activity.ts";
import type { BillingEventType } from "../../contract/billing-event.ts";
import type { CustomerId } from "../../contract/common/id.ts";
import type { WallMs } from "../billing/clock.ts";
import { archivedPart, type StoredEvent } from "./chain.ts";
import { readEvents } from "./rows.ts";
import { billingEvent, customer } from "./schema.ts";

export interface ActivityFilter {
  readonly limit: number;
  /** Events before this position; null for the newest. */
  readonly before: number | null;
  readonly types: readonly BillingEventType[] | undefined;
  readonly by: readonly ActivityBy[] | undefined;
  readonly since: WallMs | null;
  readonly until: WallMs | null;
}

/** How actors of each kind begin in the log. */
const actorKinds: Readonly<Record<ActivityBy, string>> = {
  customer: "user",
  partner: "partner",
  operator: "operator",
  system: "system",
};

export interface FoundActivity {
  /** Newest first, one past the limit. */
  readonly events: readonly StoredEvent[];
  /** When the last of it happened that has left the log; null when all of it is there. */
  readonly archivedUntil: WallMs | null;
}

/** What happened to a customer. */
export async function listActivity(
  db: D1Database,
  customerId: CustomerId,
  { limit, before, types, by, since, until }: ActivityFilter,
): Promise<FoundActivity> {
  const { stream, seq, position, at, actor, type } = billingEvent;
  const kind = sql`CASE WHEN instr(${actor}, ':') = 0 THEN ${actor} ELSE substr(${actor}, 1, instr(${actor}, ':') - 1) END`;
  const conditions = [
    eq(stream, customerId),
    before === null ? undefined : lt(position, before),
    since === null ? undefined : gte(at, since),
    until === null ? undefined : lt(at, until),
    types && sql`${type} IN ${listed(types)}`,
    by && sql`${kind} IN ${listed(by.map((each) => actorKinds[each]))}`,
  ];
  const orm = drizzle(db);
  const [[archived], rows] = await orm.batch([
    archivedPart(db, customerId),
    orm
      .select()
      .from(billingEvent)
      .where(and(...conditions))
      .orderBy(desc(seq))
      .limit(limit + 1),
  ]);
  return { events: readEvents(rows), archivedUntil: archived?.at ?? null };
}

/** One parameter, however long the list is. */
function listed(values: readonly string[]) {
  return sql`(SELECT value FROM json_each(${JSON.stringify(values)}))`;
}

export async function isKnownCustomer(db: D1Database, id: CustomerId): Promise<boolean> {
  const [row] = await drizzle(db).select({ id: customer.id }).from(customer).where(eq(customer.id, id));
  return row !== undefined;
}
