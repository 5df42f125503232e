// Deliveries: each event once for each endpoint that asks for it. Of one endpoint and stream only the first that is
// pending has a next attempt; when it ends, the one behind it gets its turn. Nothing of this is an event.
import { and, desc, eq, lt, sql, type SQL } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { BillingEventType } from "../../contract/billing-event.ts";
import type { BillingEventId, WebhookEndpointId } from "../../contract/common/id.ts";
import type { DeliveryStatus } from "../../contract/webhook-endpoint.ts";
import type * as z from "zod";
import { after, dayMs, wallMs, type WallMs } from "../billing/clock.ts";
import type { Write } from "./commit.ts";
import { compiledBatch } from "./compiled.ts";
import { archivedUntil } from "./event-archive.ts";
import { hasUnread, isToRead, nextSpan, readerMove } from "./reader.ts";
import { retentionDays } from "./retention.ts";
import { readDeliveries } from "./rows.ts";
import { billingEvent, systemState, webhookDelivery, webhookDispatch, webhookEndpoint } from "./schema.ts";

type Orm = ReturnType<typeof drizzle>;

export type StoredDelivery = typeof webhookDelivery.$inferSelect;

/** The reader of the log that puts events on their way. */
export const webhookReader = "webhooks";

/** Positions of the log that are looked at in one batch. */
export const spanLength = 500;

/** Endpoints that are sent to the queue by one scan. */
const scanSize = 500;

/** What is for sale is everybody's to know; coupons, and how prices are to move, are not. */
const isForSale = `(e.type GLOB 'product.*' OR e.type GLOB 'price.*')`;

/** Whether the endpoint `w` asks for the event `e`. A test is for the endpoint that it names. */
export const isWanted = sql.raw(`(CASE WHEN e.stream = 'catalogue' AND NOT ${isForSale} THEN 0
  WHEN e.type = 'webhook_endpoint.tested' THEN json_extract(e.data, '$.webhookEndpointId') = w.id
  ELSE w.event_types IS NULL OR e.type IN (SELECT value FROM json_each(w.event_types)) END)`);

/** Each event with each endpoint of its partner: of its customer's, or of the one whose stream it is. The catalogue has none: it is told to all. */
const eventsAndEndpoints = sql.raw(`billing_event AS e LEFT JOIN customer AS c ON c.id = e.stream
  JOIN webhook_endpoint AS w ON w.partner_id
    = CASE e.stream WHEN 'catalogue' THEN w.partner_id ELSE COALESCE(c.partner_id, e.stream) END`);

/** A row of `webhook_delivery` for each, as it begins. */
function selectDeliveries(condition: SQL, at: WallMs | SQL): SQL {
  return sql`SELECT w.id, e.position, e.id, e.type, e.stream, 'pending', 0, NULL, NULL, NULL, NULL, NULL, ${at}
    FROM ${eventsAndEndpoints} WHERE w.status <> 'archived' AND ${isWanted} AND ${condition}`;
}

const isDue = sql`w.status = 'enabled'
  AND EXISTS (SELECT 1 FROM webhook_delivery WHERE endpoint_id = w.id AND next_attempt_at <= ${sql.placeholder("now")})
  AND EXISTS (SELECT 1 FROM webhook_dispatch WHERE endpoint_id = w.id AND claimed_until <= ${sql.placeholder("now")})`;

/** Whether the log has something to put on its way. An endpoint that is to come is told of nothing before it. */
export const isAnythingToFanOut = isToRead(
  webhookReader,
  sql`EXISTS (SELECT 1 FROM webhook_endpoint WHERE status <> 'archived')`,
);

/** Whether there is anything to send to anybody. */
export const isAnyDeliveryDue = sql<number>`EXISTS (SELECT 1 FROM webhook_endpoint AS w WHERE ${isDue})`;

/** What a step of the fan-out leaves behind. */
export interface FannedOut {
  /** Whether the log has more. */
  readonly isUnread: boolean;
  /** The endpoints that something is due for and that nobody has, at most 500. */
  readonly due: readonly WebhookEndpointId[];
}

/**
 * Puts the next events of the log on their way, at most 500 positions, and moves the reader's cursor on in the same batch.
 * An endpoint that is disabled gets its deliveries too: they wait.
 */
export async function fanOut(db: D1Database, now: WallMs): Promise<FannedOut> {
  const [, , , [left], due] = await putOnTheirWay(db, { now });
  return { isUnread: left?.isUnread === 1, due: due.map(({ id }) => id) };
}

const putOnTheirWay = compiledBatch((orm) => {
  const now = sql.placeholder("now");
  const { from, to } = nextSpan(webhookReader, spanLength);
  const within = sql`e.position > ${from} AND e.position <= ${to} AND e.position > w.since_position`;
  const written = sql`endpoint_id IN (SELECT id FROM webhook_endpoint) AND position > ${from} AND position <= ${to}`;
  return [
    orm
      .insert(webhookDelivery)
      .select(selectDeliveries(within, sql`${now}`))
      .onConflictDoNothing(),
    turns(orm, written, sql`${now}`),
    readerMove(orm, webhookReader, to),
    orm.select({ isUnread: sql<number>`(${hasUnread(webhookReader)})` }).from(systemState),
    orm
      .select({ id: webhookEndpoint.id })
      .from(webhookEndpoint)
      .where(sql`${webhookEndpoint.id} IN (SELECT w.id FROM webhook_endpoint AS w WHERE ${isDue})`)
      .limit(scanSize),
  ] as const;
});

const isFirst = sql.raw(`position = (SELECT MIN(ahead.position) FROM webhook_delivery AS ahead
  WHERE ahead.endpoint_id = webhook_delivery.endpoint_id AND ahead.stream = webhook_delivery.stream
    AND ahead.status = 'pending')`);

/** Of these, whoever is the first of its stream has a turn, at `now` unless it has one already; nobody else has. */
function turns(orm: Orm, which: SQL, now: WallMs | SQL) {
  return orm
    .update(webhookDelivery)
    .set({ nextAttemptAt: sql`CASE WHEN ${isFirst} THEN COALESCE(next_attempt_at, CAST(${now} AS INTEGER)) END` })
    .where(sql`status = 'pending' AND ${which}`);
}

/** What goes along with a new endpoint. */
export function openingWrites(db: D1Database, endpointId: WebhookEndpointId): readonly Write[] {
  return [
    drizzle(db)
      .insert(webhookDispatch)
      .values({ endpointId, claimedUntil: wallMs(0), failingSince: null }),
  ];
}

/** Nothing that waited is sent any more. */
export function droppingWrites(db: D1Database, endpointId: WebhookEndpointId): readonly Write[] {
  const { endpointId: of, status } = webhookDelivery;
  return [
    drizzle(db)
      .delete(webhookDelivery)
      .where(and(eq(of, endpointId), eq(status, "pending"))),
  ];
}

/** What waited is tried now, and what failed before is forgotten. */
export function wakingWrites(db: D1Database, endpointId: WebhookEndpointId, now: WallMs): readonly Write[] {
  const orm = drizzle(db);
  return [
    orm
      .update(webhookDelivery)
      .set({ nextAttemptAt: null })
      .where(sql`endpoint_id = ${endpointId} AND status = 'pending'`),
    turns(drizzle(db), sql`endpoint_id = ${endpointId}`, now),
    orm.update(webhookDispatch).set({ failingSince: null }).where(eq(webhookDispatch.endpointId, endpointId)),
  ];
}

/** Positions after the first and up to the second. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

function replayed(endpointId: WebhookEndpointId, { from, to }: Span): SQL {
  return sql`w.id = ${endpointId} AND e.position > ${from} AND e.position <= ${to}`;
}

/** How many events a replay would put on their way. */
export async function countReplay(db: D1Database, endpointId: WebhookEndpointId, span: Span): Promise<number> {
  const rows = await drizzle(db).all<{ n: number }>(
    sql`SELECT COUNT(*) AS n FROM ${eventsAndEndpoints} WHERE ${isWanted} AND ${replayed(endpointId, span)}`,
  );
  return rows[0]?.n ?? 0;
}

/** Puts the events of a span on their way again, from the first attempt on, whatever became of them. */
export function replayWrites(db: D1Database, endpointId: WebhookEndpointId, span: Span, now: WallMs): readonly Write[] {
  const { endpointId: of, position } = webhookDelivery;
  return [
    drizzle(db)
      .insert(webhookDelivery)
      .select(selectDeliveries(replayed(endpointId, span), now))
      .onConflictDoUpdate({
        target: [of, position],
        set: { status: "pending", attempts: 0, nextAttemptAt: null, createdAt: now },
      }),
    turns(drizzle(db), sql`endpoint_id = ${endpointId}`, now),
  ];
}

export interface Positions {
  /** Of the last event of all. */
  readonly last: number;
  /** Through which events have left the log. */
  readonly archived: number;
}

/** How far the log reaches. */
export async function positionsOfLog(db: D1Database): Promise<Positions> {
  const rows = await drizzle(db).all<Positions>(
    sql`SELECT (SELECT COALESCE(MAX(position), 0) FROM ${billingEvent}) AS last, ${archivedUntil} AS archived`,
  );
  return rows[0] ?? { last: 0, archived: 0 };
}

/** Where an event stands; null when it is not in the log, `archived` when it is known to have left it. */
export async function placeOf(
  db: D1Database,
  endpointId: WebhookEndpointId,
  eventId: BillingEventId,
): Promise<number | "archived" | null> {
  // A delivery tells longer of its event than the log when that was replayed late.
  const [found] = await drizzle(db).all<{ position: number | null; wasSent: number }>(
    sql`SELECT (SELECT position FROM billing_event WHERE id = ${eventId}) AS position,
      EXISTS (SELECT 1 FROM webhook_delivery WHERE endpoint_id = ${endpointId} AND position <= ${archivedUntil}
        AND event_id = ${eventId}) AS wasSent`,
  );
  return found?.position ?? (found?.wasSent === 1 ? "archived" : null);
}

export interface DeliveryFilter {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly status?: z.infer<typeof DeliveryStatus> | undefined;
  readonly eventType?: BillingEventType | undefined;
}

/** An endpoint's deliveries, newest event first, one past the limit. */
export async function listDeliveries(
  db: D1Database,
  endpointId: WebhookEndpointId,
  filter: DeliveryFilter,
): Promise<readonly StoredDelivery[]> {
  const { endpointId: of, position, status, eventType } = webhookDelivery;
  const conditions = [
    eq(of, endpointId),
    filter.cursor === undefined ? undefined : lt(position, Number.parseInt(filter.cursor, 10)),
    filter.status === undefined ? undefined : eq(status, filter.status),
    filter.eventType === undefined ? undefined : eq(eventType, filter.eventType),
  ];
  const query = drizzle(db)
    .select()
    .from(webhookDelivery)
    .where(and(...conditions));
  return readDeliveries(await query.orderBy(desc(position)).limit(filter.limit + 1));
}

/** The delivery of one event to one endpoint; null when it never was on its way there. */
export async function findDelivery(
  db: D1Database,
  endpointId: WebhookEndpointId,
  eventId: BillingEventId,
): Promise<StoredDelivery | null> {
  const position = sql`(SELECT position FROM billing_event WHERE id = ${eventId})`;
  const query = drizzle(db)
    .select()
    .from(webhookDelivery)
    .where(and(eq(webhookDelivery.endpointId, endpointId), eq(webhookDelivery.position, position)));
  return readDeliveries(await query)[0] ?? null;
}

const keepMs = retentionDays.webhookDeliveries * dayMs;
const sweepCount = 1_000;

/** What waits for an endpoint that is enabled is always kept: its order hangs on it. */
const isStale = (keptSince: SQL | ReturnType<typeof sql.placeholder>) => sql`created_at <= ${keptSince}
  AND (status <> 'pending' OR endpoint_id IN (SELECT id FROM webhook_endpoint WHERE status <> 'enabled'))`;

/** Whether there is a delivery to delete. */
export const hasStaleDeliveries = sql<number>`EXISTS (
  SELECT 1 FROM webhook_delivery WHERE ${isStale(sql.placeholder("deliveriesKeptSince"))}
)`;

/** Deliveries that were put on their way until then are no longer kept. */
export function deliveriesKeptSince(now: WallMs): WallMs {
  return after(now, -keepMs);
}

/** Deletes deliveries older than 90 days, at most 1,000 a call. What they told of stands in the log and can be replayed. */
export async function sweepDeliveries(db: D1Database, now: WallMs): Promise<void> {
  const stale = sql`SELECT rowid FROM webhook_delivery WHERE ${isStale(sql`${deliveriesKeptSince(now)}`)}
    LIMIT ${sql.raw(String(sweepCount))}`;
  await drizzle(db)
    .delete(webhookDelivery)
    .where(sql`rowid IN (${stale})`);
}
