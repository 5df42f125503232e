// What the end of a payment means for its invoice and subscription, whichever way the end became known.
import type { PaymentId } from "../../contract/common/id.ts";
import { instant, type Now } from "./clock.ts";
import { afterFailedAttempt } from "./dunning.ts";
import { event, type EventEvidence, type NewEvent } from "./event.ts";
import { owedOn } from "./invoice.ts";
import { rials } from "./money.ts";
import type { Verification } from "./outcome.ts";
import type { Invoice, Offer, Payment, Slice, Subscription } from "./state.ts";

/** A payment with what it is for. Throws when the slice lacks a part, which is a fault of the load. */
export interface Purpose {
  readonly payment: Payment;
  readonly invoice: Invoice;
  readonly subscription: Subscription;
  readonly offer: Offer;
}

export function purposeOf(slice: Slice, paymentId: PaymentId): Purpose {
  const payment = slice.state.payments[paymentId];
  const invoice = payment && slice.state.invoices[payment.invoiceId];
  const subscription = invoice && slice.state.subscriptions[invoice.subscriptionId];
  const offer = subscription && slice.offers[subscription.priceId];
  if (!payment || !invoice || !subscription || !offer) throw new Error(`${paymentId} was loaded without its purpose`);
  return { payment, invoice, subscription, offer };
}

/** The money is here: the invoice is paid and the subscription runs, or runs again. */
export function succeeded(
  { payment, invoice, subscription, offer }: Purpose,
  verification: Verification,
  now: Now,
  evidence: EventEvidence,
): readonly NewEvent[] {
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
  if (invoice.status !== "open") return [money];
  const paid = event("invoice.paid", { invoiceId: invoice.id, paidAt: instant(now.billing) });
  return [money, paid, ...runsAgain(subscription), ...grantedByPayment(invoice, subscription, offer)];
}

/** No money was taken: a first payment ends its subscription, a renewal is tried again. */
export function failed(purpose: Purpose, end: "failed" | "lapsed", reason: string, now: Now, evidence: EventEvidence) {
  const { payment, invoice, subscription } = purpose;
  const of = { paymentId: payment.id, invoiceId: invoice.id, settledAt: instant(now.wall) };
  const ended =
    end === "failed" ? event("payment.failed", { ...of, reason }, evidence) : event("payment.lapsed", of, evidence);
  if (invoice.status !== "open") return [ended];
  if (subscription.status !== "incomplete") return [ended, ...afterFailedAttempt(purpose, reason, now)];
  return [
    ended,
    event("invoice.voided", owedOn(invoice)),
    event("subscription.incomplete_expired", { subscriptionId: subscription.id, endedAt: instant(now.billing) }),
  ];
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
