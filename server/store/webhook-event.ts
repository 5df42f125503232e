// Notices and returning browsers, kept raw. They are hints: storing one only makes the customer due now.
import { eq, inArray, lte } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { CustomerId, PaymentId, PaymentMethodId, WebhookEventId } from "../../contract/common/id.ts";
import { after, dayMs, minuteMs, type WallMs } from "../billing/clock.ts";
import { dueNow } from "./due.ts";
import { payment, paymentMethod, webhookEvent } from "./schema.ts";

export interface NewWebhookEvent {
  readonly id: WebhookEventId;
  readonly source: "return" | "notice";
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

const keepMs = 30 * dayMs;
const sweepCount = 1_000;

/** Deletes hints older than 30 days, at most 1,000 a call: what came of them stands in the log. */
export async function sweepWebhookEvents(db: D1Database, now: WallMs): Promise<void> {
  const orm = drizzle(db);
  const old = orm
    .select({ id: webhookEvent.id })
    .from(webhookEvent)
    .where(lte(webhookEvent.receivedAt, after(now, -keepMs)))
    .limit(sweepCount);
  await orm.delete(webhookEvent).where(inArray(webhookEvent.id, old));
}
