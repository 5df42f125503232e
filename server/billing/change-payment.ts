// The end of a change that was to be paid first: its payment succeeded, or nothing has changed.
import { instant, type BillingMs } from "./clock.ts";
import { event, type NewEvent } from "./event.ts";
import { remainderOf, type DayFraction } from "./period.ts";
import { grantOf, quotaEnds, quotaGrant } from "./quota.ts";
import { discountAfter } from "./renew.ts";
import { periodOf, scheduleFromDay, wholeDaysOf } from "./schedule.ts";
import type { Terms } from "../../contract/subscription.ts";
import type { Invoice, Slice, Subscription } from "./state.ts";
import { itemsOf, messagesOf, offerOf, recurringTerms, termsOf } from "./terms.ts";

/** Everything stays as it is. */
export function changeFailed({ id: subscriptionId }: Subscription, { id: invoiceId }: Invoice): NewEvent {
  return event("subscription.change_failed", { subscriptionId, invoiceId });
}

export interface Change {
  readonly terms: Terms;
  /** Whether a new period begins with it. */
  readonly restarts: boolean;
  readonly from: BillingMs;
}

/** The events of new terms within the current period, or with a new one that begins today. */
export function changedTo(slice: Slice, subscription: Subscription, change: Change): readonly NewEvent[] {
  const terms = recurringTerms(slice, change.terms);
  const termsChanged = event("subscription.changed", { subscriptionId: subscription.id, terms });
  return change.restarts
    ? [termsChanged, ...restarted(slice, subscription, terms, change.from)]
    : [termsChanged, moreMessages(slice, subscription, terms, change.from)];
}

/** A new schedule: its first period begins on the day of the change, and is one of those that a coupon is for. */
function restarted(slice: Slice, subscription: Subscription, terms: Terms, from: BillingMs): readonly NewEvent[] {
  const offer = offerOf(slice, terms.priceId);
  const index = subscription.periodIndex + 1;
  const anchored = scheduleFromDay(from, offer, index);
  const { startsAt, endsAt } = periodOf(anchored, offer, index);
  const { id: subscriptionId } = subscription;
  const { anchorDay, firstIndex, startsOn } = anchored;
  const span = { periodIndex: index, startsAt: instant(startsAt), endsAt: instant(endsAt) };
  const { freePeriods } = subscription;
  return [
    event("subscription.rescheduled", {
      subscriptionId,
      ...span,
      anchorDay,
      firstIndex,
      startsOn: instant(startsOn),
      reason: "changed",
    }),
    event("subscription.renewed", { subscriptionId, ...span, discount: discountAfter(subscription), freePeriods }),
    ...(terms.productId === subscription.productId ? [] : [quotaEnds(subscription, from)]),
    ...quotaGrant(slice, { id: subscriptionId, productId: terms.productId }, messagesOf(itemsOf(slice, terms)), {
      index,
      endsAt,
    }),
  ];
}

/**
 * What the new terms bring above the old ones, for the days that are left: paid by the day, granted by the day. What
 * was used stays used. Example: 600 → 2,000 messages with 1 of 31 days left: 45 more.
 */
function moreMessages(slice: Slice, subscription: Subscription, terms: Terms, from: BillingMs): NewEvent {
  const { id: subscriptionId, productId: fromProductId, periodIndex, periodEndsAt } = subscription;
  const share = shareLeft(slice, subscription, from);
  const before = itemsOf(slice, termsOf(subscription));
  const difference = messagesOf(itemsOf(slice, terms)) - messagesOf(before);
  const more = Math.floor((Math.max(0, difference) * share.numerator) / share.denominator);
  const granted = grantOf(slice, subscription)?.periodMessages ?? 0;
  const { productId } = terms;
  const messages = granted + more;
  const validUntil = instant(periodEndsAt);
  return event("quota.changed", { fromProductId, productId, subscriptionId, periodIndex, messages, validUntil });
}

/**
 * How much of a whole period of the price is left at a moment, that day included, and never more than all of it: a day
 * costs the same in a first part period, and after a pause. Example: 6 days left of a first period of 12 days: 6 of 31.
 */
export function shareLeft(slice: Slice, subscription: Subscription, at: BillingMs): DayFraction {
  const { periodStartsAt: startsAt, periodEndsAt: endsAt } = subscription;
  const left = remainderOf({ startsAt, endsAt }, at);
  if ("rejected" in left) throw new Error(`${subscription.id} has no day left (${left.rejected})`);
  const days = wholeDaysOf(subscription, offerOf(slice, subscription.priceId));
  return { numerator: Math.min(left.numerator, days), denominator: days };
}
