// When an unpaid renewal is tried again, and what becomes of the subscription when it never pays. Bank debits are not
// cards: few attempts, days apart.
import { instant, instantOrNull, dayMs, after, type BillingMs, type Now } from "./clock.ts";
import { collectAt, hashOfId } from "./collection-window.ts";
import { event, type NewEvent } from "./event.ts";
import { owedOn } from "./invoice.ts";
import type { Invoice, Offer, Subscription } from "./state.ts";

/** Days after the due day on which a declined renewal is tried again; after the last the price's policy decides. */
export const retryDays = [2, 5, 9, 14] as const;

/** When a renewal that falls due at a moment is first debited: in the collection window, spread by the customer. */
export function firstAttemptAt(dueAt: BillingMs, customerId: string): BillingMs {
  return collectAt(dueAt, hashOfId(customerId));
}

/**
 * The next attempt of an invoice whose attempt number `attemptCount` has just failed; null when there is none left.
 * Retry days that have passed meanwhile are not caught up; when all have, since it was we who were late, the next one
 * is two days on. Example: the first attempt fails on the due day → day 2.
 */
export function nextAttemptAt(invoice: Invoice, attemptCount: number, at: BillingMs): BillingMs | null {
  const left = retryDays.slice(Math.max(0, attemptCount - 1));
  const planned = left.map((days) => firstAttemptAt(after(invoice.dueAt, days * dayMs), invoice.customerId));
  const [next = null] = planned.filter((attemptAt) => attemptAt > at);
  if (next !== null || left.length === 0) return next;
  return firstAttemptAt(after(at, retryDays[0] * dayMs), invoice.customerId);
}

/** What a failed attempt to collect a renewal means: another attempt, or the end by the price's policy. */
export function afterFailedAttempt(
  { invoice, subscription, offer }: { invoice: Invoice; subscription: Subscription; offer: Offer },
  reason: string,
  now: Now,
): readonly NewEvent[] {
  const attemptCount = invoice.attemptCount + 1;
  const next = nextAttemptAt(invoice, attemptCount, now.billing);
  const failed = event("invoice.attempt_failed", {
    invoiceId: invoice.id,
    attemptCount,
    nextAttemptAt: instantOrNull(next),
    reason,
  });
  if (next === null) return [failed, ...giveUp(invoice, subscription, offer, now)];
  if (subscription.status !== "active") return [failed];
  return [failed, event("subscription.past_due", { subscriptionId: subscription.id })];
}

/** Collecting is given up: the invoice is uncollectible, its messages are gone, and the price says what follows. */
export function giveUp(invoice: Invoice, subscription: Subscription, offer: Offer, now: Now): readonly NewEvent[] {
  const uncollectible = event("invoice.marked_uncollectible", owedOn(invoice));
  const subscriptionId = subscription.id;
  const quotaEnds = event("quota.granted", {
    productId: subscription.productId,
    subscriptionId,
    periodIndex: subscription.periodIndex,
    messages: 0,
    validUntil: instant(now.billing),
  });
  const end =
    offer.price.unpaidPolicy === "pause" && !subscription.cancelAtPeriodEnd
      ? event("subscription.paused", { subscriptionId })
      : event("subscription.canceled", { subscriptionId, reason: "unpaid", endedAt: instant(now.billing) });
  return [uncollectible, end, quotaEnds];
}
