// Reading the log for the outside: one customer's events, or all of a partner's. By position, the order of commits.
import { and, asc, eq, gt, lte, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { BillingEventType } from "../../contract/billing-event.ts";
import type { CustomerId, PartnerId } from "../../contract/common/id.ts";
import { archivedPart, type StoredEvent } from "./chain.ts";
import { archivedUntil } from "./event-archive.ts";
import { readEvents } from "./rows.ts";
import { billingEvent, type archivedStream } from "./schema.ts";

export interface EventFilter {
  readonly limit: number;
  /** Events after this position; null from the oldest that is there. */
  readonly after: number | null;
  readonly types?: readonly BillingEventType[] | undefined;
}

/** Events after the position have left the log, the last of them at this one. */
export interface Archived {
  readonly archivedUntil: number;
}

/** A customer's events, oldest first, one past the limit, and the last of them that was archived; null when none was. */
export async function listEventsOfStream(
  db: D1Database,
  customerId: CustomerId,
  { limit, after, types }: EventFilter,
): Promise<{ readonly events: readonly StoredEvent[]; readonly archived: typeof archivedStream.$inferSelect | null }> {
  const { stream, position, seq } = billingEvent;
  const orm = drizzle(db);
  const [[archived = null], rows] = await orm.batch([
    archivedPart(db, customerId),
    orm
      .select()
      .from(billingEvent)
      .where(and(eq(stream, customerId), gt(position, after ?? 0), ofTypes(types)))
      .orderBy(asc(seq))
      .limit(limit + 1),
  ]);
  return { events: readEvents(rows), archived };
}

function ofTypes(types: readonly BillingEventType[] | undefined) {
  const listed = sql`(SELECT value FROM json_each(${JSON.stringify(types)}))`;
  return types === undefined ? undefined : sql`${billingEvent.type} IN ${listed}`;
}

/** How much of the log one call looks through: others' events may lie between a partner's own. */
const spanLength = 20_000;

/**
 * Events of a partner's customers (or of one of them), of its own stream and of what is for sale, oldest first. `nextCursor` is null when the
 * end of the log was reached; a page may have one and be empty. `archivedUntil` when some after the position have left the log.
 */
export async function listEventsOfPartner(
  db: D1Database,
  partnerId: PartnerId,
  filter: EventFilter & { readonly customerId?: CustomerId | undefined },
): Promise<{ readonly events: readonly StoredEvent[]; readonly nextCursor: number | null } | Archived> {
  const { limit, types, customerId } = filter;
  const after = filter.after ?? 0;
  const { stream, position } = billingEvent;
  const orm = drizzle(db);
  const archived = customerId === undefined ? archivedUntil : archivedUntilOf(customerId, partnerId);
  const [{ last, next, left } = { last: 0, next: 0, left: 0 }] = await orm.all<
    Record<"last" | "next" | "left", number>
  >(
    sql`SELECT COALESCE(MAX(position), 0) AS last, ${archived} AS left,
      COALESCE((SELECT MIN(position) FROM billing_event WHERE position > ${after}), 0) AS next FROM billing_event`,
  );
  if (filter.after !== null && filter.after < left) return { archivedUntil: left };
  // From the next event on, which is far away where an epoch begins.
  const to = customerId === undefined ? Math.min(last, Math.max(after, next) + spanLength) : last;
  const query = orm
    .select()
    .from(billingEvent)
    .where(
      and(
        gt(position, after),
        lte(position, to),
        ofTypes(types),
        customerId === undefined ? undefined : eq(stream, customerId),
        isOfPartner(partnerId),
      ),
    );
  const rows = readEvents(await query.orderBy(asc(position)).limit(limit + 1));
  const events = rows.slice(0, limit);
  if (rows.length > limit) return { events, nextCursor: events.at(-1)?.position ?? null };
  return { events, nextCursor: to < last ? to : null };
}

/** Nothing is told of another partner's customer. */
function archivedUntilOf(customerId: CustomerId, partnerId: PartnerId) {
  return sql`COALESCE((SELECT a.position FROM archived_stream AS a JOIN customer AS c ON c.id = a.stream
    WHERE a.stream = ${customerId} AND c.partner_id = ${partnerId}), 0)`;
}

function isOfPartner(partnerId: PartnerId) {
  const owner = sql`SELECT partner_id FROM customer WHERE customer.id = ${billingEvent.stream}`;
  const isForSale = sql`(${billingEvent.type} GLOB 'product.*' OR ${billingEvent.type} GLOB 'price.*')`;
  return sql`CASE ${billingEvent.stream} WHEN 'catalogue' THEN ${isForSale}
    ELSE COALESCE((${owner}), ${billingEvent.stream}) = ${partnerId} END`;
}
