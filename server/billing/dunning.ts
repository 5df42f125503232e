// When an unpaid renewal is tried again, and what becomes of the subscription when it never pays. Bank debits are not
// cards: few attempts, days apart.
import type { CollectRefusal } from "./carry.ts";
import { creditOf } from "./credit.ts";
import { instant, instantOrNull, dayMs, after, type BillingMs, type Now } from "./clock.ts";
import { collectAt, hashOfId } from "./collection-window.ts";
import { event, type NewEvent } from "./event.ts";
import { markedUncollectible } from "./invoice.ts";
import { quotaEnds, quotaUntil } from "./quota.ts";
import type { Customer, Invoice, Offer, Slice, Subscription } from "./state.ts";
import { offerOf } from "./terms.ts";

/** When every planned day has passed because it was we who were late, the next attempt is so many days on. */
const lateRetryDays = 2;

/** When a renewal that falls due at a moment is first debited: in the collection window, spread by the customer. */
export function firstAttemptAt(dueAt: BillingMs, customerId: string): BillingMs {
  return collectAt(dueAt, hashOfId(customerId));
}

/**
 * The next attempt of an invoice whose attempt number `attemptCount` has just failed, by the price's retry days; null
 * when there is none left. Days that have passed meanwhile are not caught up; when all have, since it was we who were
 * late, the next one is two days on. Example: the first attempt fails on the due day → day 2.
 */
export function nextAttemptAt(
  invoice: Invoice,
  attemptCount: number,
  retryDays: readonly number[],
  at: BillingMs,
): BillingMs | null {
  const left = retryDays.slice(Math.max(0, attemptCount - 1));
  const planned = left.map((days) => firstAttemptAt(after(invoice.dueAt, days * dayMs), invoice.customerId));
  const [next = null] = planned.filter((attemptAt) => attemptAt > at);
  if (next !== null || left.length === 0) return next;
  return firstAttemptAt(after(at, lateRetryDays * dayMs), invoice.customerId);
}

interface FailedAttempt {
  readonly slice: Slice;
  readonly customer: Customer;
  readonly invoice: Invoice;
  readonly subscription: Subscription;
  readonly offer: Offer;
}

/** Why no debit was sent at all. The bank was not asked, and will not be until the customer does something. */
const unsentReasons: readonly string[] = [
  "payment_method_required",
  "payment_method_not_active",
  "payment_method_cannot_carry",
  "payment_method_unconfirmed",
] satisfies readonly (CollectRefusal | "payment_method_required")[];

/**
 * What a failed attempt to collect a renewal means: another attempt, or the end by the price's policy. When no debit
 * could be sent, the customer is sent a link to pay instead, as long as it is owed.
 */
export function afterFailedAttempt(
  { slice, invoice, subscription, offer }: FailedAttempt,
  reason: string,
  now: Now,
): readonly NewEvent[] {
  const attemptCount = invoice.attemptCount + 1;
  const next = nextAttemptAt(invoice, attemptCount, offer.price.retryDays, now.billing);
  const failed = event("invoice.attempt_failed", {
    invoiceId: invoice.id,
    attemptCount,
    nextAttemptAt: instantOrNull(next),
    reason,
  });
  if (next === null) return [failed, ...giveUp(slice, invoice, subscription, now)];
  const link = unsentReasons.includes(reason)
    ? [event("invoice.payment_link_due", { invoiceId: invoice.id, dueAt: instant(now.wall) })]
    : [];
  if (subscription.status !== "active") return [failed, ...link];
  const narrowed = offer.price.graceAccess === "narrow" ? quotaUntil(slice, subscription, now.billing) : [];
  return [failed, event("subscription.past_due", { subscriptionId: subscription.id }), ...narrowed, ...link];
}

/** Collecting is given up: the invoice is uncollectible, its messages are gone, and the price says what follows. */
export function giveUp(slice: Slice, invoice: Invoice, subscription: Subscription, now: Now): readonly NewEvent[] {
  const { id: subscriptionId, cancelFeedback: feedback } = subscription;
  const { price } = offerOf(slice, subscription.priceId);
  const at = instant(now.billing);
  const end =
    price.unpaidPolicy === "pause" && !subscription.cancelAtPeriodEnd
      ? event("subscription.paused", { subscriptionId, reason: "unpaid", pausedAt: at, daysLeft: 0, resumesAt: null })
      : event("subscription.canceled", { subscriptionId, reason: "unpaid", feedback, endedAt: at });
  return [...markedUncollectible(invoice, creditOf(slice.state)), end, quotaEnds(subscription, now.billing)];
}
