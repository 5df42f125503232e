// The messages that a period brings. Granting begins a new count of what is used; changing keeps the count.
import type { DayFraction } from "./period.ts";
import { instant, type BillingMs } from "./clock.ts";
import { event, type NewEvent } from "./event.ts";
import { shareOfPeriod } from "./schedule.ts";
import type { QuotaGrant, Slice, Subscription } from "./state.ts";
import { itemsOf, messagesOf, offerOf, termsOf, type Item } from "./terms.ts";

interface Granting {
  readonly index: number;
  readonly endsAt: BillingMs;
}

/** The messages of one period, valid to its end; what was left before is gone. */
export function quotaGrant(
  { id: subscriptionId, productId }: Pick<Subscription, "id" | "productId">,
  messages: number,
  { index, endsAt }: Granting,
): NewEvent {
  const validUntil = instant(endsAt);
  return event("quota.granted", { productId, subscriptionId, periodIndex: index, messages, validUntil });
}

/** The messages of the subscription's current period, valid to its end. */
export function currentGrant(slice: Slice, subscription: Subscription): NewEvent {
  const { periodIndex: index, periodStartsAt: startsAt, periodEndsAt: endsAt } = subscription;
  const offer = offerOf(slice, subscription.priceId);
  const isScheduled = index >= subscription.firstIndex;
  const share = isScheduled ? shareOfPeriod(subscription, offer, { index, startsAt, endsAt }) : null;
  return quotaGrant(subscription, messagesFor(itemsOf(slice, termsOf(subscription)), share), { index, endsAt });
}

/** The messages of a part of a period, rounded down; `null` is a whole one. */
export function messagesFor(items: readonly Item[], share: DayFraction | null): number {
  const messages = messagesOf(items);
  return share === null ? messages : Math.floor((messages * share.numerator) / share.denominator);
}

/** The grant of a subscription's current period, if it has one. */
export function grantOf(slice: Slice, { id, productId, periodIndex }: Subscription): QuotaGrant | null {
  const grant = slice.state.quotas[productId];
  return grant?.subscriptionId === id && grant.periodIndex === periodIndex ? grant : null;
}

/** The same messages until another moment; nothing when the period has no grant. */
export function quotaUntil(slice: Slice, subscription: Subscription, endsAt: BillingMs): readonly NewEvent[] {
  const grant = grantOf(slice, subscription);
  if (!grant) return [];
  const { productId, subscriptionId, periodIndex, granted: messages } = grant;
  const validUntil = instant(endsAt);
  return [
    event("quota.changed", { fromProductId: productId, productId, subscriptionId, periodIndex, messages, validUntil }),
  ];
}

/** No message may be used any more. */
export function quotaEnds(subscription: Subscription, at: BillingMs): NewEvent {
  return quotaGrant(subscription, 0, { index: subscription.periodIndex, endsAt: at });
}
