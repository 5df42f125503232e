// Notices and returning browsers, kept raw. They are hints: storing one only makes the customer due now.
import { and, desc, eq, inArray, lte, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { CustomerId, PaymentId, PaymentMethodId, WebhookEventId } from "../../contract/common/id.ts";
import type { PageQuery } from "../../contract/common/page.ts";
import { after, dayMs, minuteMs, type WallMs } from "../billing/clock.ts";
import { bucketOf, idsOf } from "../billing/ids.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { Write } from "./commit.ts";
import { allDueNow, dueNow } from "./due.ts";
import { retentionDays } from "./retention.ts";
import { readWebhookEvents } from "./rows.ts";
import { payment, paymentMethod, webhookEvent } from "./schema.ts";

export interface NewWebhookEvent {
  readonly id: WebhookEventId;
  readonly source: (typeof webhookEvent.$inferSelect)["source"];
  /** The payment or payment method it is about, if it is one of ours. */
  readonly subject: { readonly id: string; readonly customerId: CustomerId } | null;
  readonly nok: boolean;
  /** Raw, at most 16,384 characters. */
  readonly body: string;
  /** SHA-256 of source, subject and body: of equal ones only the first in a minute is kept. */
  readonly bodyHash: string;
  readonly receivedAt: WallMs;
}

/** Stores a hint and makes its customer due now, in one batch. */
export async function storeWebhookEvent(db: D1Database, event: NewWebhookEvent): Promise<void> {
  const orm = drizzle(db);
  const { subject, ...fields } = event;
  const minute = Math.floor(event.receivedAt / minuteMs);
  const insert = orm
    .insert(webhookEvent)
    .values({ ...fields, minute, subjectId: subject?.id ?? null, customerId: subject?.customerId ?? null })
    .onConflictDoNothing();
  if (subject) await orm.batch([insert, dueNow(db, subject.customerId, event.receivedAt)]);
  else await insert;
}

/** What one of the gateway's lists says about a payment of ours. */
export interface ListedHint {
  readonly subject: { readonly id: PaymentId; readonly customerId: CustomerId };
  /** What it says; holds no secret and no person. */
  readonly raw: Readonly<Record<string, string | number>>;
}

interface HintPorts {
  readonly db: D1Database;
  readonly random: (byteCount: number) => Uint8Array;
  readonly sha256: (text: string) => Promise<string>;
}

/** The statements that keep hints from a list, as `storeWebhookEvent` does: two, however many there are. */
export async function hintWrites(
  { db, random, sha256 }: HintPorts,
  source: NewWebhookEvent["source"],
  hints: readonly ListedHint[],
  at: WallMs,
): Promise<readonly Write[]> {
  if (hints.length === 0) return [];
  const minute = Math.floor(at / minuteMs);
  const kept = hints.map(async ({ subject, raw }) => {
    const body = canonicalJson(raw);
    const id = idsOf(bucketOf(subject.customerId), at, random).next("whe");
    const bodyHash = await sha256(`${source}\n${subject.id}\n${body}`);
    return [id, source, subject.id, subject.customerId, 0, body, bodyHash, minute, at];
  });
  const fields = sql.raw(Array.from({ length: 9 }, (_, column) => `json_extract(value, '$[${column}]')`).join(", "));
  // WHERE true: else SQLite takes ON CONFLICT for a join.
  const rows = sql`SELECT ${fields} FROM json_each(${JSON.stringify(await Promise.all(kept))}) WHERE true`;
  const customerIds = [...new Set(hints.map(({ subject }) => subject.customerId))];
  return [drizzle(db).insert(webhookEvent).select(rows).onConflictDoNothing(), allDueNow(db, customerIds, at)];
}

/** Whose payment method or payment this is; null when it is nobody's. */
export async function ownerOf(
  db: D1Database,
  subject:
    | { readonly paymentMethodId: PaymentMethodId }
    | { readonly paymentId: PaymentId }
    | { readonly authority: string },
): Promise<{ readonly id: string; readonly customerId: CustomerId } | null> {
  const orm = drizzle(db);
  const query =
    "paymentMethodId" in subject
      ? orm
          .select({ id: paymentMethod.id, customerId: paymentMethod.customerId })
          .from(paymentMethod)
          .where(eq(paymentMethod.id, subject.paymentMethodId))
      : orm
          .select({ id: payment.id, customerId: payment.customerId })
          .from(payment)
          .where("authority" in subject ? eq(payment.authority, subject.authority) : eq(payment.id, subject.paymentId));
  const [row] = await query;
  return row ?? null;
}

/** Hints about one customer, newest first, one past the limit. */
export async function listWebhookEvents(
  db: D1Database,
  owner: CustomerId,
  { limit, cursor }: Pick<PageQuery, "limit" | "cursor">,
) {
  const { id, customerId } = webhookEvent;
  const before = cursor === undefined ? undefined : sql`${id} < ${cursor}`;
  const query = drizzle(db)
    .select()
    .from(webhookEvent)
    .where(and(eq(customerId, owner), before));
  return readWebhookEvents(await query.orderBy(desc(id)).limit(limit + 1));
}

const keepMs = retentionDays.webhookEvents * dayMs;
const sweepCount = 1_000;

/** Whether there is a hint to delete. */
export const hasStaleHints = sql<number>`EXISTS (
  SELECT 1 FROM webhook_event WHERE received_at <= ${sql.placeholder("hintsKeptSince")}
)`;

/** Hints that came until then are no longer kept. */
export function hintsKeptSince(now: WallMs): WallMs {
  return after(now, -keepMs);
}

/** Deletes hints older than 30 days, at most 1,000 a call: what came of them stands in the log. */
export async function sweepWebhookEvents(db: D1Database, now: WallMs): Promise<void> {
  const orm = drizzle(db);
  const old = orm
    .select({ id: webhookEvent.id })
    .from(webhookEvent)
    .where(lte(webhookEvent.receivedAt, hintsKeptSince(now)))
    .limit(sweepCount);
  await orm.delete(webhookEvent).where(inArray(webhookEvent.id, old));
}
