// The end of a period: the next one begins, or the subscription ends. And the collecting of what a renewal owes.
import { cannotCarry } from "./carry.ts";
import { after, hourMs, instant, type BillingMs, type Now, type WallMs } from "./clock.ts";
import { afterFailedAttempt, firstAttemptAt, giveUp } from "./dunning.ts";
import { event, type NewEvent } from "./event.ts";
import type { Ids } from "./ids.ts";
import { finalizedInvoice, owedOn } from "./invoice.ts";
import { periodAt, periodContaining, recurring, type Period, type Schedule } from "./period.ts";
import { quotaGrant } from "./settle.ts";
import {
  all,
  isLive,
  keepsDebitsBack,
  maySettle,
  type Invoice,
  type Offer,
  type Payment,
  type Slice,
  type Subscription,
} from "./state.ts";

/** A guard against ourselves: debits of one subscription are at least this far apart on the wall clock. */
export const debitsApartMs = 20 * hourMs;

/** When the current period of a subscription has to end; null while a payment of its last invoice is under way. */
export function periodEndDueAt(slice: Slice, subscription: Subscription): BillingMs | null {
  if (subscription.status !== "active" && subscription.status !== "past_due") return null;
  const isPaying = paymentsOf(slice, subscription.latestInvoiceId).some(maySettle);
  return isPaying ? null : subscription.periodEndsAt;
}

/** The events at the end of a period: `canceled` when it was asked for or is unpaid, else the next period. */
export function decidePeriodEnd(slice: Slice, subscription: Subscription, now: Now, ids: Ids): readonly NewEvent[] {
  const offer = offerOf(slice, subscription);
  const unpaid = unpaidInvoice(slice, subscription);
  if (subscription.cancelAtPeriodEnd) {
    const ended = event("subscription.canceled", {
      subscriptionId: subscription.id,
      reason: subscription.cancelReason ?? "requested",
      endedAt: instant(subscription.periodEndsAt),
    });
    return unpaid ? [event("invoice.marked_uncollectible", owedOn(unpaid)), ended] : [ended];
  }
  if (unpaid) return giveUp(unpaid, subscription, offer, now);
  return renewal(subscription, offer, now, ids);
}

function renewal(subscription: Subscription, offer: Offer, now: Now, ids: Ids): readonly NewEvent[] {
  const period = nextPeriod(subscription, offer, now.billing);
  const renewed = event("subscription.renewed", {
    subscriptionId: subscription.id,
    periodIndex: period.index,
    startsAt: instant(period.startsAt),
    endsAt: instant(period.endsAt),
  });
  const isFree = offer.price.amountRials === 0;
  const isGranted = isFree || offer.product.grantOn === "period_start";
  const grant = isGranted ? [quotaGrant(subscription, offer, period)] : [];
  if (isFree) return [renewed, ...grant];
  const invoice = finalizedInvoice({
    invoiceId: ids.next("inv"),
    subscriptionId: subscription.id,
    offer,
    periodIndex: period.index,
    span: period,
    reason: "subscription_cycle",
    nextAttemptAt: firstAttemptAt(period.startsAt, subscription.customerId),
    at: now.billing,
  });
  return [renewed, invoice, ...grant];
}

/** The period that follows, or the present one: periods that passed while we were down are not billed. */
function nextPeriod(subscription: Subscription, offer: Offer, at: BillingMs): Period {
  const schedule = scheduleOf(subscription, offer);
  const next = periodAt(schedule, subscription.periodIndex + 1);
  const present = periodContaining(schedule, at);
  return "rejected" in present || present.index < next.index ? next : present;
}

function scheduleOf(subscription: Subscription, { price }: Offer): Schedule {
  const { startsOn, anchorDay } = subscription;
  return { startsOn, anchorDay, ...recurring(price) };
}

/** When an open invoice is to be debited next; null when no attempt is planned or a payment for it is live. */
export function attemptDueAt(slice: Slice, invoice: Invoice): BillingMs | null {
  if (invoice.status !== "open" || invoice.nextAttemptAt === null) return null;
  const subscription = subscriptionOf(slice, invoice);
  const isBeingPaid = paymentsOf(slice, invoice.id).some(keepsDebitsBack);
  if (!subscription || isBeingPaid) return null;
  const isOnRealTime = slice.state.customer?.clockNowAt === null;
  const sentAt = isOnRealTime ? debitsSentAt(slice, subscription) : [];
  return Math.max(invoice.nextAttemptAt, ...sentAt.map((at) => after(at, debitsApartMs))) as BillingMs;
}

/** An attempt to collect: a payment that begins, or, when no debit can be sent, an attempt that failed without one. */
export function decideAttempt(slice: Slice, invoice: Invoice, now: Now, ids: Ids): readonly NewEvent[] {
  const subscription = subscriptionOf(slice, invoice);
  if (!subscription) throw new Error(`${invoice.id} was loaded without its subscription`);
  const offer = offerOf(slice, subscription);
  const methodId = subscription.paymentMethodId;
  const method = methodId === null ? undefined : slice.state.paymentMethods[methodId];
  const refusal = method ? cannotCarry(slice.state, method, invoice.totalRials, now) : null;
  if (!method || refusal) {
    const reason = refusal?.rejected ?? "payment_method_required";
    const attempt = afterFailedAttempt({ invoice, subscription, offer }, reason, now);
    return [...attempt, ...paymentLink(invoice, attempt, now)];
  }
  return [
    event("payment.created", {
      paymentId: ids.next("pay"),
      invoiceId: invoice.id,
      kind: "debit",
      paymentMethodId: method.id,
      amountRials: invoice.totalRials,
      onDemand: false,
      createdAt: instant(now.billing),
    }),
  ];
}

/** What no debit can collect, the customer is asked to pay, as long as it is owed. */
function paymentLink(invoice: Invoice, attempt: readonly NewEvent[], now: Now): readonly NewEvent[] {
  const isGivenUp = attempt.some(({ type }) => type === "invoice.marked_uncollectible");
  return isGivenUp ? [] : [event("invoice.payment_link_due", { invoiceId: invoice.id, dueAt: instant(now.wall) })];
}

function subscriptionOf(slice: Slice, { subscriptionId }: Invoice): Subscription | undefined {
  return subscriptionId === null ? undefined : slice.state.subscriptions[subscriptionId];
}

function offerOf(slice: Slice, subscription: Subscription): Offer {
  const offer = slice.offers[subscription.priceId];
  if (!offer) throw new Error(`${subscription.id} was loaded without its price`);
  return offer;
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

/** A payment may have begun long before its debit went, while collecting was stopped or the breaker open. */
function debitsSentAt(slice: Slice, subscription: Subscription): readonly WallMs[] {
  return all(slice.state.payments)
    .filter((payment) => payment.kind === "debit" && isFor(slice, payment, subscription))
    .flatMap((payment) => payment.sendBefore ?? []);
}

function isFor(slice: Slice, payment: Payment, subscription: Subscription): boolean {
  return slice.state.invoices[payment.invoiceId]?.subscriptionId === subscription.id;
}
