// The gateway's list of what was paid and not captured, held against our payments. It is only a hint: whom it names is
// asked about, and nothing is booked by it.
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { CustomerId } from "../../contract/common/id.ts";
import { after, dayMs, minuteMs, type WallMs } from "../billing/clock.ts";
import { watchMs } from "../billing/watch.ts";
import { payment } from "./schema.ts";
import type { TransactPorts } from "./transact.ts";
import { inBatch } from "./batch.ts";
import { hintWrites } from "./webhook-event.ts";

/** How long after a page was left its money is looked for in the list. */
const leftForMs = dayMs;
/** One that was asked about a moment ago was heard; the list may be older than the answer. */
const askedApartMs = 3 * minuteMs;
/** Found paid, but another payment of the invoice is undecided: asking more often decides nothing. */
const waitingApartMs = 15 * minuteMs;

/**
 * Whether somebody may be paying on a page now, or may have paid on one that was left less than a day ago. The literals
 * are those of two partial indexes.
 */
export const mayBePaid = sql<number>`EXISTS (
    SELECT 1 FROM payment WHERE status = 'open'
  ) OR EXISTS (
    SELECT 1 FROM payment
    WHERE kind = 'checkout' AND status IN ('closed', 'failed', 'lapsed') AND watch_until > ${sql.placeholder("leftAfter")}
  )`;

/** What is watched until then, or longer, was left less than a day ago. */
export function leftAfter(now: WallMs): WallMs {
  return after(now, watchMs - leftForMs);
}

export interface UnverifiedResult {
  readonly listed: number;
  readonly ours: number;
  readonly unknown: number;
  /** Who is due now because of it. */
  readonly customerIds: readonly CustomerId[];
}

/** Keeps a hint about each listed payment that waits to be captured; those settled, surplus or parked keep their ways. */
export async function hintUnverified(
  ports: Pick<TransactPorts, "db" | "random" | "sha256" | "wall">,
  listed: readonly { readonly authority: string; readonly amountRials: number }[],
): Promise<UnverifiedResult> {
  const { db } = ports;
  const amounts = new Map(listed.map(({ authority, amountRials }) => [authority, amountRials]));
  const at = ports.wall();
  const ours = amounts.size === 0 ? [] : await paymentsListed(db, [...amounts.keys()], at);
  const hints = ours
    .filter(({ isWanted }) => isWanted === 1)
    .map(({ id, customerId, authority }) => ({
      subject: { id, customerId },
      raw: { authority: authority ?? "", amountRials: amounts.get(authority ?? "") ?? 0 },
    }));
  await inBatch(db, await hintWrites(ports, "unverified", hints, at));
  const customerIds = [...new Set(hints.map(({ subject }) => subject.customerId))];
  return { listed: amounts.size, ours: ours.length, unknown: amounts.size - ours.length, customerIds };
}

/** Our payments among the listed; wanted are those that money would move on, and that were not asked about just now. */
function paymentsListed(db: D1Database, authorities: readonly string[], at: WallMs) {
  const { id, customerId, authority } = payment;
  // Spelled out, since drizzle leaves the table's name away and the inner `other` would be compared with itself.
  const isUndecided = sql`payment.status = 'unknown' OR EXISTS (SELECT 1 FROM payment AS other
    WHERE other.customer_id = payment.customer_id AND other.invoice_id = payment.invoice_id AND other.id <> payment.id
      AND other.status IN ('submitted', 'unknown', 'verifying'))`;
  const askedBefore = sql`CASE WHEN ${isUndecided} THEN ${after(at, -waitingApartMs)} ELSE ${after(at, -askedApartMs)} END`;
  const isWanted = sql<number>`payment.status IN ('open', 'unknown', 'closed', 'failed', 'lapsed')
    AND COALESCE(payment.asked_at, 0) <= ${askedBefore}`;
  return drizzle(db)
    .select({ id, customerId, authority, isWanted })
    .from(payment)
    .where(sql`${authority} IN (SELECT value FROM json_each(${JSON.stringify(authorities)}))`);
}
