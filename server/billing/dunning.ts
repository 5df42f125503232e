// When an unpaid renewal is tried again, and what becomes of the subscription when it never pays. Bank debits are not
// cards: few attempts, days apart.
import { instant, dayMs, after, type BillingMs, type Now } from "./clock.ts";
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
 * Retry days that have passed meanwhile are not caught up. Example: the first attempt fails on the due day → day 2.
 */
export function nextAttemptAt(invoice: Invoice, attemptCount: number, at: BillingMs): BillingMs | null {
  const candidates = retryDays.slice(Math.max(0, attemptCount - 1));
  for (const days of candidates) {
    const attemptAt = firstAttemptAt(after(invoice.dueAt, days * dayMs), invoice.customerId);
    if (attemptAt > at) return attemptAt;
  }
  return null;
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
    nextAttemptAt: next === null ? null : instant(next),
    reason,
  });
  if (next === null) return [failed, ...giveUp(invoice, subscription, offer, now)];
  if (subscription.status !== "active") return [failed];
  return [failed, event("subscription.past_due", { subscriptionId: subscription.id })];
}

/** Collecting is given up: the invoice is uncollectible, the subscription ends or rests as its price says. */
export function giveUp(invoice: Invoice, subscription: Subscription, offer: Offer, now: Now): readonly NewEvent[] {
  const uncollectible = event("invoice.marked_uncollectible", owedOn(invoice));
  const subscriptionId = subscription.id;
  const end =
    offer.price.unpaidPolicy === "pause"
      ? event("subscription.paused", { subscriptionId })
      : event("subscription.canceled", { subscriptionId, reason: "unpaid", endedAt: instant(now.billing) });
  return [uncollectible, end];
}
