// What the end of a payment means for its invoice and subscription, whichever way the end became known.
import type { PaymentId } from "../../contract/common/id.ts";
import { instant, type Now } from "./clock.ts";
import { afterFailedAttempt } from "./dunning.ts";
import { event, type EventEvidence, type NewEvent } from "./event.ts";
import { owedOn } from "./invoice.ts";
import { addRials, rials } from "./money.ts";
import type { Verification } from "./outcome.ts";
import { refundOfCredit } from "./refund.ts";
import {
  all,
  isRunning,
  type Customer,
  type Invoice,
  type Offer,
  type Payment,
  type Slice,
  type Subscription,
} from "./state.ts";
import type { Means } from "./step.ts";

/** A payment with what it is for. */
export interface Purpose {
  readonly customer: Customer;
  readonly payment: Payment;
  readonly invoice: Invoice;
  /** What the invoice is for; null for a purchase. */
  readonly subscription: Subscription | null;
  readonly offer: Offer;
  /** Whether the customer has another subscription to the product that runs. */
  readonly isReplaced: boolean;
}

/** Throws when the slice lacks a part, which is a fault of the load. */
export function purposeOf(slice: Slice, paymentId: PaymentId): Purpose {
  const { state, offers } = slice;
  const payment = state.payments[paymentId];
  const invoice = payment && state.invoices[payment.invoiceId];
  const subscriptionId = invoice?.subscriptionId ?? null;
  const subscription = subscriptionId === null ? null : state.subscriptions[subscriptionId];
  const priceId = subscription?.priceId ?? invoice?.lines[0]?.priceId;
  const offer = priceId && offers[priceId];
  if (!state.customer || !payment || !invoice || subscription === undefined || !offer) {
    throw new Error(`${paymentId} was loaded without its purpose`);
  }
  const isReplaced = all(state.subscriptions).some(
    (other) => other.id !== subscriptionId && other.productId === offer.product.id && isRunning(other),
  );
  return { customer: state.customer, payment, invoice, subscription, offer, isReplaced };
}

/** The money is here: it is booked first, and then it is asked what it is for. */
export function succeeded(
  purpose: Purpose,
  verification: Verification,
  { now, ids }: Pick<Means, "now" | "ids">,
  evidence: EventEvidence,
): readonly NewEvent[] {
  const { payment, invoice } = purpose;
  const money = event(
    "payment.succeeded",
    {
      paymentId: payment.id,
      invoiceId: invoice.id,
      amountRials: payment.amountRials,
      refId: verification.refId,
      feeRials: rials(verification.merchantFeeRials),
      settledAt: instant(now.wall),
    },
    evidence,
  );
  if (invoice.status === "open") return [money, ...paid(purpose, now)];
  return [money, ...paidTooLate(purpose, { now, ids })];
}

/** No money was taken: a first payment ends what it was for, a renewal's debit is tried again. */
export function failed(purpose: Purpose, end: "failed" | "lapsed", reason: string, now: Now, evidence: EventEvidence) {
  const { payment, invoice, subscription, offer } = purpose;
  const of = { paymentId: payment.id, invoiceId: invoice.id, settledAt: instant(now.wall) };
  const ended =
    end === "failed" ? event("payment.failed", { ...of, reason }, evidence) : event("payment.lapsed", of, evidence);
  if (invoice.status !== "open") return [ended];
  if (!subscription || subscription.status === "incomplete") return [ended, ...neverBegan(purpose, now)];
  // Whoever pays by themselves has not used up an attempt of ours.
  if (payment.onDemand) return [ended];
  return [ended, ...afterFailedAttempt({ invoice, subscription, offer }, reason, now)];
}

/** What was to begin with a payment does not: nothing is owed. */
export function neverBegan({ invoice, subscription }: Purpose, now: Now): readonly NewEvent[] {
  const voided = event("invoice.voided", owedOn(invoice));
  if (!subscription) return [voided];
  const ended = { subscriptionId: subscription.id, endedAt: instant(now.billing) };
  return [voided, event("subscription.incomplete_expired", ended)];
}

/** The messages of one period, valid to its end. */
export function quotaGrant(
  subscription: Pick<Subscription, "id" | "productId">,
  offer: Offer,
  period: { readonly index: number; readonly endsAt: Subscription["periodEndsAt"] },
): NewEvent {
  return event("quota.granted", {
    productId: subscription.productId,
    subscriptionId: subscription.id,
    periodIndex: period.index,
    messages: offer.product.messageQuota,
    validUntil: instant(period.endsAt),
  });
}

/** Credit for money that no invoice claims. */
export function creditGranted(
  { customer, payment, invoice }: Pick<Purpose, "customer" | "payment" | "invoice">,
  reason: "surplus" | "late_payment",
): NewEvent<"credit.granted"> {
  return event("credit.granted", {
    paymentId: payment.id,
    invoiceId: invoice.id,
    amountRials: payment.amountRials,
    balanceRials: addRials(customer.creditRials, payment.amountRials),
    reason,
  });
}

/** Refusals to verify that contradict what we know: another amount, another merchant (wire facts §3). */
export function contradictionIn(code: number): string | null {
  if (code === -50) return "amount_differs";
  return code === -53 ? "other_merchant" : null;
}

function paid({ invoice, subscription, offer }: Purpose, now: Now): readonly NewEvent[] {
  const settled = event("invoice.paid", { invoiceId: invoice.id, paidAt: instant(now.billing) });
  if (!subscription) return [settled];
  return [settled, ...runsAgain(subscription), ...grantedByPayment(invoice, subscription, offer)];
}

/** Collecting was given up before the money came: the price says what it does now. */
function paidTooLate(purpose: Purpose, { now, ids }: Pick<Means, "now" | "ids">): readonly NewEvent[] {
  const { invoice, offer, payment } = purpose;
  const isGivenUp = invoice.status === "void" || invoice.status === "uncollectible";
  if (isGivenUp && offer.price.latePaymentPolicy === "reactivate" && mayComeBack(purpose, now)) {
    return [event("invoice.reinstated", owedOn(invoice)), ...broughtBack(purpose, now)];
  }
  const credit = creditGranted(purpose, "late_payment");
  if (offer.price.latePaymentPolicy !== "refund") return [credit];
  return [credit, refundOfCredit(payment, ids.next("ref"), credit.data.balanceRials, now)];
}

/** A subscription comes back only while the period that the money is for lasts, and not beside another one. */
function mayComeBack({ invoice, subscription, isReplaced }: Purpose, now: Now): boolean {
  if (!subscription) return true;
  if (isRunning(subscription) && subscription.status !== "paused") return false;
  return !isReplaced && invoice.periodIndex === subscription.periodIndex && now.billing < subscription.periodEndsAt;
}

function broughtBack({ invoice, subscription, offer }: Purpose, now: Now): readonly NewEvent[] {
  const settled = event("invoice.paid", { invoiceId: invoice.id, paidAt: instant(now.billing) });
  if (!subscription) return [settled];
  const { id: subscriptionId, periodIndex: index, periodEndsAt: endsAt } = subscription;
  const back = event("subscription.reactivated", { subscriptionId });
  return [settled, back, quotaGrant(subscription, offer, { index, endsAt })];
}

function runsAgain(subscription: Subscription): readonly NewEvent[] {
  const { id: subscriptionId, status } = subscription;
  if (status === "incomplete") return [event("subscription.activated", { subscriptionId })];
  if (status === "past_due") return [event("subscription.recovered", { subscriptionId })];
  return [];
}

function grantedByPayment(invoice: Invoice, subscription: Subscription, offer: Offer): readonly NewEvent[] {
  const isFirst = subscription.status === "incomplete";
  if (offer.product.grantOn !== "payment" && !isFirst) return [];
  if (invoice.periodIndex !== subscription.periodIndex) return [];
  return [quotaGrant(subscription, offer, { index: subscription.periodIndex, endsAt: subscription.periodEndsAt })];
}
