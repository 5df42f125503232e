// Who sends what to an endpoint next. One run at a time has an endpoint, until its claim runs out; each attempt is
// written down with what becomes of its delivery and whose turn it is then.
import { and, asc, eq, lte, sql } from "drizzle-orm";
import type { BillingEventId, WebhookEndpointId } from "../../contract/common/id.ts";
import { after, minuteMs, wallMs, type WallMs } from "../billing/clock.ts";
import type { AttemptVerdict, SendOutcome } from "../billing/delivery.ts";
import type { StoredEvent } from "./chain.ts";
import { compiledBatch } from "./compiled.ts";
import { readDeliveries, readEndpoints, readEvents } from "./rows.ts";
import { billingEvent, webhookDelivery, webhookDispatch, webhookEndpoint } from "./schema.ts";
import { isWanted, type StoredDelivery } from "./webhook-delivery.ts";
import type { StoredEndpoint } from "./webhook-endpoint.ts";

/** How long a run has an endpoint for itself; a run ends well before. */
export const claimMs = 2 * minuteMs;

export interface ClaimedEndpoint {
  readonly endpoint: StoredEndpoint;
  readonly failingSince: WallMs | null;
}

/** Has an endpoint for two minutes; null when another run has it, or it is not enabled. */
export async function claimEndpoint(
  db: D1Database,
  id: WebhookEndpointId,
  now: WallMs,
): Promise<ClaimedEndpoint | null> {
  const [claimed, endpoints] = await claim(db, { id, now, claimedUntil: after(now, claimMs) });
  const [endpoint] = readEndpoints(endpoints);
  const [dispatch] = claimed;
  return endpoint && dispatch ? { endpoint, failingSince: dispatch.failingSince } : null;
}

const claim = compiledBatch((orm) => {
  const id = sql.placeholder("id");
  const isEnabled = sql`EXISTS (SELECT 1 FROM webhook_endpoint WHERE id = ${id} AND status = 'enabled')`;
  return [
    orm
      .update(webhookDispatch)
      .set({ claimedUntil: sql`${sql.placeholder("claimedUntil")}` })
      .where(
        and(eq(webhookDispatch.endpointId, id), lte(webhookDispatch.claimedUntil, sql.placeholder("now")), isEnabled),
      )
      .returning({ failingSince: webhookDispatch.failingSince }),
    orm.select().from(webhookEndpoint).where(eq(webhookEndpoint.id, id)),
  ] as const;
});

/** A delivery whose turn it is, with its event and the event that the endpoint was told of before it. */
export interface DueDelivery {
  readonly delivery: StoredDelivery;
  readonly event: StoredEvent;
  readonly previousEventId: BillingEventId | null;
}

/** How many of one stream, one behind the other. */
const chainLength = 10;

/**
 * What is due at an endpoint, in chains: of each stream the one whose turn it is, and up to nine that wait behind it, in
 * their order. The streams that have waited longest come first.
 */
export async function dueDeliveries(
  db: D1Database,
  id: WebhookEndpointId,
  now: WallMs,
  limit: number,
): Promise<readonly (readonly DueDelivery[])[]> {
  const [deliveries, previous, events] = await nextTurns(db, { id, now, limit });
  const byPosition = new Map(readEvents(events).map((event) => [event.position, event]));
  const before = new Map(previous.map(({ position, eventId }) => [position, eventId]));
  const due = readDeliveries(deliveries).flatMap((delivery) => {
    const event = byPosition.get(delivery.position);
    return event ? [{ delivery, event, previousEventId: before.get(delivery.position) ?? null }] : [];
  });
  return [...Map.groupBy(due, ({ delivery }) => delivery.stream).values()];
}

const nextTurns = compiledBatch((orm) => {
  const { position } = webhookDelivery;
  const id = sql.placeholder("id");
  const limit = sql.placeholder("limit");
  // The last of each chain is looked for by the index, so that a long queue is not read for its beginning.
  const turns = sql`SELECT stream, next_attempt_at AS at, COALESCE((SELECT behind.position FROM webhook_delivery AS behind
      WHERE behind.endpoint_id = turn.endpoint_id AND behind.stream = turn.stream AND behind.status = 'pending'
      ORDER BY behind.position LIMIT 1 OFFSET ${sql.raw(String(chainLength - 1))}), 9e15) AS last
    FROM webhook_delivery AS turn WHERE endpoint_id = ${id} AND next_attempt_at <= ${sql.placeholder("now")}
    ORDER BY next_attempt_at, position LIMIT ${limit}`;
  const chains = sql`SELECT waiting.position FROM (${turns}) AS turns JOIN webhook_delivery AS waiting
    ON waiting.endpoint_id = ${id} AND waiting.stream = turns.stream AND waiting.status = 'pending'
      AND waiting.position <= turns.last ORDER BY turns.at, turns.stream, waiting.position LIMIT ${limit}`;
  const isDue = sql`webhook_delivery.endpoint_id = ${id} AND webhook_delivery.position IN (${chains})`;
  // By the log and what the endpoint asks for now, so that it is the same however often and in what order it is sent.
  const eventId = sql<BillingEventId | null>`(SELECT e.id FROM billing_event AS e, webhook_endpoint AS w
    WHERE w.id = webhook_delivery.endpoint_id AND e.stream = webhook_delivery.stream
      AND e.position < webhook_delivery.position AND ${isWanted} ORDER BY e.seq DESC LIMIT 1)`;
  return [
    orm.select().from(webhookDelivery).where(isDue).orderBy(asc(position)),
    orm.select({ position, eventId }).from(webhookDelivery).where(isDue),
    orm
      .select()
      .from(billingEvent)
      .where(sql`${billingEvent.position} IN (${chains})`),
  ] as const;
});

/** One attempt and what follows of it. */
export interface AttemptRecord {
  readonly delivery: Pick<StoredDelivery, "endpointId" | "position" | "stream" | "attempts">;
  readonly outcome: SendOutcome;
  readonly verdict: AttemptVerdict;
  readonly at: WallMs;
  readonly latencyMs: number;
}

/**
 * Writes an attempt, in one batch with the turn of the next one in its stream. An attempt that was counted already, or
 * whose delivery was put on its way anew meanwhile, changes nothing.
 *
 * @returns The position whose turn it is in the stream now, be it due or not; null when none waits.
 */
export async function recordAttempt(db: D1Database, record: AttemptRecord): Promise<number | null> {
  const { delivery, outcome, verdict, at, latencyMs } = record;
  const { endpointId, position, stream, attempts } = delivery;
  const [, , , [turn]] = await writeAttempt(db, {
    endpointId,
    position,
    stream,
    attempts,
    at,
    latencyMs,
    status: verdict.status,
    nextAttemptAt: verdict.nextAttemptAt,
    failingSince: verdict.failingSince,
    responseStatus: outcome.kind === "answered" ? outcome.status : null,
    error: outcome.kind === "unanswered" ? outcome.reason : null,
  });
  return turn?.position ?? null;
}

const writeAttempt = compiledBatch((orm) => {
  const value = (name: string) => sql`${sql.placeholder(name)}`;
  const isStill = sql`endpoint_id = ${value("endpointId")} AND position = ${value("position")} AND status = 'pending'
    AND attempts = ${value("attempts")}`;
  return [
    orm
      .update(webhookDelivery)
      .set({
        status: value("status"),
        attempts: sql`attempts + 1`,
        // Who has lost the turn meanwhile, to an earlier event that is replayed, gets it back in its order.
        nextAttemptAt: sql`CASE WHEN next_attempt_at IS NOT NULL THEN ${value("nextAttemptAt")} END`,
        lastAttemptAt: value("at"),
        responseStatus: value("responseStatus"),
        error: value("error"),
        latencyMs: value("latencyMs"),
      })
      .where(isStill),
    orm
      .update(webhookDelivery)
      .set({ nextAttemptAt: sql`COALESCE(next_attempt_at, CAST(${value("at")} AS INTEGER))` })
      .where(
        sql`endpoint_id = ${value("endpointId")} AND position = (SELECT MIN(position) FROM webhook_delivery
          WHERE endpoint_id = ${value("endpointId")} AND stream = ${value("stream")} AND status = 'pending')`,
      ),
    orm
      .update(webhookDispatch)
      .set({
        failingSince: sql`CASE WHEN ${value("failingSince")} IS NOT NULL
          THEN COALESCE(failing_since, CAST(${value("failingSince")} AS INTEGER)) END`,
      })
      .where(sql`endpoint_id = ${value("endpointId")}`),
    orm
      .select({ position: sql<number | null>`MIN(position)` })
      .from(webhookDelivery)
      .where(sql`endpoint_id = ${value("endpointId")} AND stream = ${value("stream")} AND status = 'pending'`),
  ] as const;
});

/** Lets others have an endpoint, and says when something is due for it next; null when nothing waits. */
export async function releaseEndpoint(db: D1Database, id: WebhookEndpointId): Promise<WallMs | null> {
  const [, rows] = await release(db, { id });
  const at = rows[0]?.at ?? null;
  return at === null ? null : wallMs(at);
}

const release = compiledBatch((orm) => {
  const id = sql.placeholder("id");
  return [
    orm
      .update(webhookDispatch)
      .set({ claimedUntil: wallMs(0) })
      .where(eq(webhookDispatch.endpointId, id))
      .returning(),
    orm
      .select({ at: sql<number | null>`MIN(next_attempt_at)` })
      .from(webhookDelivery)
      .where(and(eq(webhookDelivery.endpointId, id), sql`next_attempt_at IS NOT NULL`)),
  ] as const;
});
