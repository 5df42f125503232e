// The end of a period: the next one begins, or the subscription pauses or ends.
import type { Terms } from "../../contract/subscription.ts";
import { linesOf } from "./charge.ts";
import { instant, instantOrNull, type BillingMs, type Now } from "./clock.ts";
import { buyerOf } from "./buyer.ts";
import { changeFailed } from "./change-payment.ts";
import { creditOf } from "./credit.ts";
import { firstAttemptAt, giveUp } from "./dunning.ts";
import { event, type NewEvent } from "./event.ts";
import { evolveAll } from "./evolve.ts";
import type { Ids } from "./ids.ts";
import { markedUncollectible, openInvoice, voided } from "./invoice.ts";
import { finalOverage, onceCounted, overageLines } from "./overage.ts";
import { termsAt } from "./price-migration.ts";
import { messagesFor, quotaEnds, quotaGrant } from "./quota.ts";
import { recognizedBy } from "./recognition.ts";
import { nextPeriod, scheduleFromDay, shareOfPeriod, type Anchored } from "./schedule.ts";
import { all, isLive, maySettle, type Invoice, type Payment, type Slice, type Subscription } from "./state.ts";
import { itemsOf, listedAmount, offerOf, recurringTerms, sameTerms, termsOf } from "./terms.ts";

/** When the current period of a subscription has to end; null while a payment for it or for a change is under way. */
export function periodEndDueAt(slice: Slice, subscription: Subscription): BillingMs | null {
  const { status, latestInvoiceId, pendingChange, periodEndsAt } = subscription;
  if (status !== "trialing" && status !== "active" && status !== "past_due") return null;
  const invoiceIds = [latestInvoiceId, pendingChange?.invoiceId ?? null];
  const isPaying = invoiceIds.some((invoiceId) => paymentsOf(slice, invoiceId).some(maySettle));
  return isPaying ? null : periodEndsAt;
}

/** The end of the first period that is over, if one is; nothing else that may be due. */
export function decideDuePeriodEnd(slice: Slice, now: Now, ids: Ids): readonly NewEvent[] {
  const over = all(slice.state.subscriptions).find((subscription) => {
    const dueAt = periodEndDueAt(slice, subscription);
    return dueAt !== null && dueAt <= now.billing;
  });
  return over ? decidePeriodEnd(slice, over, now, ids) : [];
}

/** The events at the end of a period: what ended is revenue; then the end, the pause, or the next period. */
export function decidePeriodEnd(slice: Slice, subscription: Subscription, now: Now, ids: Ids): readonly NewEvent[] {
  const revenue = recognizedBy(slice, subscription.periodEndsAt, now);
  const dropped = droppedChange(slice, subscription);
  const { customerId } = slice;
  const after = { ...slice, state: evolveAll(slice.state, dropped, { customerId, at: now.wall }) };
  return [...revenue, ...dropped, ...next(after, subscription, now, ids)];
}

function next(slice: Slice, subscription: Subscription, now: Now, ids: Ids): readonly NewEvent[] {
  const unpaid = unpaidInvoice(slice, subscription);
  if (subscription.cancelAtPeriodEnd) {
    const { id: subscriptionId, cancelReason, cancelFeedback: feedback, periodEndsAt } = subscription;
    const reason = cancelReason ?? "requested";
    const ended = event("subscription.canceled", { subscriptionId, reason, feedback, endedAt: instant(periodEndsAt) });
    if (unpaid) return [...markedUncollectible(unpaid, creditOf(slice.state)), ended];
    return [ended, ...finalOverage(slice, subscription, { creditRials: creditOf(slice.state), ids }, now)];
  }
  if (unpaid) return giveUp(slice, unpaid, subscription, now);
  if (subscription.pauseAtPeriodEnd) return endOfPeriodPause(subscription);
  return renewal(slice, subscription, { at: now.billing, restartsAt: null }, now, ids);
}

/** The pause that was asked for begins with the end of the period; nothing of it is left. */
function endOfPeriodPause({ id: subscriptionId, periodEndsAt, resumesAt }: Subscription): readonly NewEvent[] {
  return [
    event("subscription.paused", {
      subscriptionId,
      reason: "requested",
      pausedAt: instant(periodEndsAt),
      daysLeft: 0,
      resumesAt: instantOrNull(resumesAt),
    }),
  ];
}

/** A change whose payment an operator has to look at is not waited for: its money, if there is any, becomes credit. */
function droppedChange(slice: Slice, subscription: Subscription): readonly NewEvent[] {
  const { pendingChange } = subscription;
  const invoice = pendingChange && slice.state.invoices[pendingChange.invoiceId];
  return invoice ? [...voided(invoice, creditOf(slice.state)), changeFailed(subscription, invoice)] : [];
}

interface Renewal {
  readonly at: BillingMs;
  /** Where the periods are counted anew; null: as before. */
  readonly restartsAt: BillingMs | null;
}

/** The next period, with its terms, its invoice and its messages. */
export function renewal(
  slice: Slice,
  subscription: Subscription,
  { at, restartsAt }: Renewal,
  now: Now,
  ids: Ids,
): readonly NewEvent[] {
  const terms = termsAt(subscription, restartsAt ?? subscription.periodEndsAt);
  const { id: subscriptionId } = subscription;
  const offer = offerOf(slice, terms.priceId);
  const anchored = anchoredFor(slice, subscription, terms, restartsAt);
  const index = subscription.periodIndex + 1;
  const period = nextPeriod(anchored, offer, index, at);
  const share = shareOfPeriod(anchored, offer, period);
  const items = itemsOf(slice, terms);
  const isGift = subscription.freePeriods > 0;
  const span = { periodIndex: period.index, startsAt: instant(period.startsAt), endsAt: instant(period.endsAt) };
  const renewed = event("subscription.renewed", {
    subscriptionId,
    ...span,
    discount: isGift ? subscription.discount : discountAfter(subscription),
    freePeriods: Math.max(0, subscription.freePeriods - 1),
  });
  const { anchorDay, firstIndex, startsOn } = anchored;
  const kept = recurringTerms(slice, terms);
  const isChanged = subscription.scheduledChange !== null || !sameTerms(kept, termsOf(subscription));
  const isRescheduled = anchored !== subscription;
  const rescheduled = event("subscription.rescheduled", {
    subscriptionId,
    ...span,
    anchorDay,
    firstIndex,
    startsOn: instant(startsOn),
    reason: restartsAt === null ? "changed" : "resumed",
  });
  const before: readonly NewEvent[] = [
    ...(isChanged ? changedBy(subscription, kept, at) : []),
    ...(isRescheduled ? [rescheduled] : []),
    renewed,
  ];
  const brought = messagesFor(items, share);
  const granted = quotaGrant(slice, { id: subscriptionId, productId: terms.productId }, brought, period);
  const first: readonly NewEvent[] =
    subscription.status === "trialing" ? [event("subscription.activated", { subscriptionId })] : [];
  const overage = overageLines(slice, subscription, period.startsAt);
  if (listedAmount(items) === 0 && overage.length === 0) return [...before, ...first, ...granted];
  const { events: invoiced, dueRials } = openInvoice(
    {
      buyer: buyerOf(slice.state),
      invoiceId: ids.next("inv"),
      subscriptionId,
      periodIndex: period.index,
      reason: "subscription_cycle",
      lines: [
        ...linesOf({ items, span: period, share, discount: discountNow(subscription), isGift, at: now.billing }),
        ...overage,
      ],
      dueAt: period.startsAt,
      nextAttemptAt: firstAttemptAt(period.startsAt, subscription.customerId),
      at: now.billing,
    },
    creditOf(slice.state),
  );
  const isGranted = dueRials === 0 || (offer.product.grantOn === "period_start" && mayUseUnpaid(subscription));
  const opened = onceCounted(slice, subscription, overage, invoiced);
  return [...before, ...first, ...opened, ...(isGranted ? granted : [])];
}

/** Whoever has paid before may use the next period's messages before it is paid; after a trial or a pause nobody may. */
function mayUseUnpaid({ status }: Subscription): boolean {
  return status === "active" || status === "past_due";
}

/** Periods are counted anew when a pause is over, and when the interval or the calendar changes. */
function anchoredFor(slice: Slice, subscription: Subscription, terms: Terms, restartsAt: BillingMs | null): Anchored {
  const offer = offerOf(slice, terms.priceId);
  const from = offerOf(slice, subscription.priceId).price;
  const isAlike = offer.price.interval === from.interval && offer.price.calendar === from.calendar;
  if (restartsAt === null && isAlike) return subscription;
  return scheduleFromDay(restartsAt ?? subscription.periodEndsAt, offer, subscription.periodIndex + 1);
}

function changedBy(subscription: Subscription, terms: Terms, at: BillingMs): readonly NewEvent[] {
  const changed = event("subscription.changed", { subscriptionId: subscription.id, terms });
  return terms.productId === subscription.productId ? [changed] : [changed, quotaEnds(subscription, at)];
}

/** What a coupon takes off the period that begins now; null when it has been used up. */
export function discountNow({ discount }: Pick<Subscription, "discount">): Subscription["discount"] {
  return discount?.periodsLeft === 0 ? null : discount;
}

/** What is left of a discount when one more period has it: with none left it holds for that period alone. */
export function discountAfter({ discount }: Pick<Subscription, "discount">): Subscription["discount"] {
  if (!discount || discount.periodsLeft === null) return discount;
  return discount.periodsLeft === 0 ? null : { ...discount, periodsLeft: discount.periodsLeft - 1 };
}

/** The open invoice of the current period, unless an operator has to look at its payment first. */
function unpaidInvoice(slice: Slice, subscription: Subscription): Invoice | null {
  const invoice = subscription.latestInvoiceId === null ? null : slice.state.invoices[subscription.latestInvoiceId];
  if (!invoice || invoice.status !== "open") return null;
  return paymentsOf(slice, invoice.id).some(isLive) ? null : invoice;
}

function paymentsOf(slice: Slice, invoiceId: Invoice["id"] | null): readonly Payment[] {
  return all(slice.state.payments).filter((payment) => payment.invoiceId === invoiceId);
}
