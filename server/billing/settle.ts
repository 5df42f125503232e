// What the end of a payment means for its invoice and subscription, whichever way the end became known.
import type { PaymentId } from "../../contract/common/id.ts";
import type { PendingChange } from "../../contract/subscription.ts";
import { withBank } from "./bank.ts";
import { instant, type Now } from "./clock.ts";
import { afterFailedAttempt } from "./dunning.ts";
import { event, type EventEvidence, type NewEvent } from "./event.ts";
import { changedTo, changeFailed } from "./change-payment.ts";
import { appliedEvents, dueOn } from "./credit.ts";
import { owedOn, voided } from "./invoice.ts";
import { rials, signedRials } from "./money.ts";
import type { Verification } from "./outcome.ts";
import { declineCounted, declinesForgotten } from "./decline.ts";
import { currentGrant, grantOf, quotaUntil } from "./quota.ts";
import { refundOfCredit } from "./refund.ts";
import {
  all,
  isRunning,
  takesProduct,
  type Customer,
  type Invoice,
  type Offer,
  type Payment,
  type Slice,
  type Subscription,
} from "./state.ts";
import type { Means } from "./step.ts";
import { toppedUp } from "./top-up.ts";

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
  readonly slice: Slice;
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
    (other) => other.id !== subscriptionId && takesProduct(other, offer.product.id) && isRunning(other),
  );
  return { customer: state.customer, payment, invoice, subscription, offer, isReplaced, slice };
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
    withBank(evidence, verification),
  );
  const told = [money, ...declinesForgotten(purpose.slice, payment)];
  if (invoice.status === "open") return [...told, ...creditNotNeeded(purpose), ...paid(purpose.slice, purpose, now)];
  return [...told, ...paidTooLate(purpose, { now, ids })];
}

/** Credit that was used for the invoice while its payment seemed to have failed is free again. */
function creditNotNeeded({ customer, payment, invoice }: Purpose): readonly NewEvent[] {
  return appliedEvents(invoice.id, signedRials(dueOn(invoice) - payment.amountRials), customer.creditRials);
}

/** No money was taken: a first payment ends what it was for, a renewal's debit is tried again. */
export function failed(purpose: Purpose, end: "failed" | "lapsed", reason: string, now: Now, evidence: EventEvidence) {
  const { payment, invoice, subscription, offer } = purpose;
  const of = { paymentId: payment.id, invoiceId: invoice.id, settledAt: instant(now.wall) };
  const ended =
    end === "failed" ? event("payment.failed", { ...of, reason }, evidence) : event("payment.lapsed", of, evidence);
  const { customer, slice } = purpose;
  const told = [ended, ...declineCounted(slice, payment, reason)];
  if (invoice.status !== "open") return told;
  if (!subscription || isBeginning(purpose)) return [...told, ...neverBegan(purpose, now)];
  // Whoever pays by themselves has not used up an attempt of ours.
  if (payment.onDemand) return told;
  return [...told, ...afterFailedAttempt({ slice, customer, invoice, subscription, offer }, reason, now)];
}

/** Whether something is to begin with the payment: a purchase, a subscription, a change of one. */
export function isBeginning({ invoice, subscription }: Purpose): boolean {
  return !subscription || subscription.status === "incomplete" || changeBegunBy(subscription, invoice) !== null;
}

/** The change that waits for this invoice; one that was paid, and reopened by a reversal, changes nothing any more. */
function changeBegunBy({ pendingChange }: Subscription, { id }: Invoice): PendingChange | null {
  return pendingChange?.invoiceId === id ? pendingChange : null;
}

/** What was to begin with a payment does not: nothing is owed. */
export function neverBegan({ customer, invoice, subscription }: Purpose, now: Now): readonly NewEvent[] {
  const nothingOwed = voided(invoice, customer.creditRials);
  if (!subscription) return nothingOwed;
  if (changeBegunBy(subscription, invoice)) return [...nothingOwed, changeFailed(subscription, invoice)];
  const ended = { subscriptionId: subscription.id, endedAt: instant(now.billing) };
  return [...nothingOwed, event("subscription.incomplete_expired", ended)];
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
    balanceRials: signedRials(customer.creditRials + payment.amountRials),
    reason,
  });
}

/** Refusals to verify that contradict what we know: another amount, another merchant (wire facts §3). */
export function contradictionIn(code: number): string | null {
  if (code === -50) return "amount_differs";
  return code === -53 ? "other_merchant" : null;
}

/** What an invoice that is paid brings: by a payment, or by the customer's credit. */
export function paid(
  slice: Slice,
  { invoice, subscription }: Pick<Purpose, "invoice" | "subscription">,
  now: Now,
): readonly NewEvent[] {
  const settled = event("invoice.paid", { invoiceId: invoice.id, paidAt: instant(now.billing) });
  if (!subscription) return [settled, ...toppedUp(slice, invoice, now)];
  const change = changeBegunBy(subscription, invoice);
  if (change) return [settled, ...changedTo(slice, subscription, { ...change, from: invoice.dueAt })];
  return [settled, ...goesOnPaid(slice, invoice, subscription)];
}

/** What a period that is owed no more brings: the subscription runs, and has its messages. */
export function goesOnPaid(slice: Slice, invoice: Invoice, subscription: Subscription): readonly NewEvent[] {
  const isOwingMore = all(slice.state.invoices).some(
    (other) => other.id !== invoice.id && other.subscriptionId === subscription.id && other.status === "open",
  );
  return [...(isOwingMore ? [] : runsAgain(subscription)), ...grantedByPayment(slice, invoice, subscription)];
}

/** Collecting was given up before the money came: the price says what it does now. */
function paidTooLate(purpose: Purpose, { now, ids }: Pick<Means, "now" | "ids">): readonly NewEvent[] {
  const { invoice, offer, payment } = purpose;
  const isGivenUp = invoice.status === "void" || invoice.status === "uncollectible";
  if (isGivenUp && offer.price.latePaymentPolicy === "reactivate" && mayComeBack(purpose, now)) {
    const { customer } = purpose;
    const fromCredit = signedRials(invoice.totalRials - payment.amountRials);
    return [
      event("invoice.reinstated", owedOn(invoice)),
      ...appliedEvents(invoice.id, fromCredit, customer.creditRials),
      ...broughtBack(purpose, now),
    ];
  }
  const credit = creditGranted(purpose, "late_payment");
  if (offer.price.latePaymentPolicy !== "refund") return [credit];
  return [credit, refundOfCredit(payment, invoice, ids.next("ref"), credit.data.balanceRials, now)];
}

/** A subscription comes back only while the period that the money is for lasts, and not beside another one. */
function mayComeBack({ customer, payment, invoice, subscription, isReplaced }: Purpose, now: Now): boolean {
  // The part that credit had paid is free again, and may be spent meanwhile.
  if (invoice.totalRials - payment.amountRials > Math.max(0, customer.creditRials)) return false;
  if (!subscription) return true;
  if (invoice.reason === "subscription_change") return false;
  if (isRunning(subscription) && subscription.status !== "paused") return false;
  return !isReplaced && invoice.periodIndex === subscription.periodIndex && now.billing < subscription.periodEndsAt;
}

function broughtBack({ slice, invoice, subscription }: Purpose, now: Now): readonly NewEvent[] {
  const settled = event("invoice.paid", { invoiceId: invoice.id, paidAt: instant(now.billing) });
  if (!subscription) return [settled, ...toppedUp(slice, invoice, now)];
  const back = event("subscription.reactivated", { subscriptionId: subscription.id });
  return [settled, back, ...currentGrant(slice, subscription)];
}

function runsAgain(subscription: Subscription): readonly NewEvent[] {
  const { id: subscriptionId, status } = subscription;
  if (status === "incomplete") return [event("subscription.activated", { subscriptionId })];
  if (status === "past_due") return [event("subscription.recovered", { subscriptionId })];
  return [];
}

/** The current period's messages, unless they were granted as it began; what grace took away comes back. */
function grantedByPayment(slice: Slice, invoice: Invoice, subscription: Subscription): readonly NewEvent[] {
  if (invoice.periodIndex !== subscription.periodIndex) return [];
  const { status, periodEndsAt } = subscription;
  const grant = grantOf(slice, subscription);
  if (grant === null) return currentGrant(slice, subscription);
  const isNarrowed = status === "past_due" && grant.validUntil < periodEndsAt;
  return isNarrowed ? quotaUntil(slice, subscription, periodEndsAt) : [];
}
