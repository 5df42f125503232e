// Giving money back. What is ordered is set aside first, so that two orders can never give back more than was paid; the
// gateway is told once, by whoever wrote the intent, since a repeated refund may give back twice.
import type { PaymentId, RefundId } from "../../contract/common/id.ts";
import type { Rials, SignedRials } from "../../contract/common/money.ts";
import type { RefundMethod } from "../../contract/refund.ts";
import { after, hourMs, instant, instantOrNull, minuteMs, type Now, type WallMs } from "./clock.ts";
import { creditOf } from "./credit.ts";
import { mayHaveBeenSent } from "./doubt.ts";
import { event, type EventEvidence, type NewEvent } from "./event.ts";
import { intentAt } from "./intent.ts";
import { addRials, rials, signedRials, splitByLargestRemainder, subtractRials, zeroRials } from "./money.ts";
import { evidenceOf, type AuthorityStatus, type Outcome } from "./outcome.ts";
import { reject, type Rejection } from "./rejection.ts";
import { topUpRevoked } from "./quota-grant.ts";
import { all, type Invoice, type Payment, type Refund, type Slice } from "./state.ts";
import { commit, type Means, type Step } from "./step.ts";

/** The gateway reverses a payment within 30 minutes of it (wire facts §2.7); a minute is left for the way there. */
export const reverseWithinMs = 29 * minuteMs;
/** The least the gateway pays out as a refund, in Rials (wire facts §2.9). */
const leastRefundRials = 20_000;
const [hearAgainMs, askAgainMs] = [hourMs, 4 * minuteMs];

export interface RefundInput {
  readonly refundId: RefundId;
  readonly paymentId: PaymentId;
  /** Null is all that is left of it. */
  readonly amountRials: Rials | null;
  readonly method: RefundMethod;
  /** Why, for the audit trail; names no person. */
  readonly reason: string;
}

export type RefundRefusal =
  | "not_found"
  | "payment_not_refundable"
  | "refund_exceeds_payment"
  | "refund_method_unavailable";

/**
 * Orders a refund: from what the invoice was paid with, or from the credit that surplus or late money became. Rejects
 * `not_found`, `payment_not_refundable` (its money is not here), `refund_exceeds_payment` (more than is left of it, or
 * of the credit) and `refund_method_unavailable` (a reversal is of the whole payment, and within 29 minutes; the gateway
 * pays out 20,000 Rials or more, for a payment whose reference is known).
 */
export function decideRefund(
  slice: Slice,
  input: RefundInput,
  now: Now,
): readonly NewEvent[] | Rejection<RefundRefusal> {
  const { state } = slice;
  const { paymentId, method } = input;
  const payment = state.payments[paymentId];
  const invoice = payment && state.invoices[payment.invoiceId];
  if (!payment || !invoice || !state.customer) return reject("not_found", `There is no payment ${paymentId}.`);
  const source = sourceOf(payment, invoice);
  if (source === null) return reject("payment_not_refundable", `${paymentId} is ${payment.status}.`);
  const { creditRials } = state.customer;
  const left = subtractRials(payment.amountRials, payment.refundedRials);
  const most = least(left, source === "credit" ? atLeastZero(creditRials) : unreturnedOf(invoice));
  const amountRials = input.amountRials ?? most;
  if (amountRials > most || amountRials === 0) {
    return reject("refund_exceeds_payment", `${most.toLocaleString("en-US")} IRR of ${paymentId} can be given back.`);
  }
  if (method === "reverse" && !mayReverse(payment, amountRials, now.wall)) {
    return reject("refund_method_unavailable", `${paymentId} can be reversed only as a whole and within 29 minutes.`);
  }
  if (method === "refund" && payment.refId === null) {
    return reject("refund_method_unavailable", `${paymentId} has no reference that the gateway could find it by.`);
  }
  if (method === "refund" && amountRials < leastRefundRials) {
    return reject("refund_method_unavailable", "The gateway pays out 20,000 IRR or more.");
  }
  const order = { ...input, amountRials };
  if (source === "credit") {
    return [fromCredit(payment, invoice, order, signedRials(creditRials - amountRials), now)];
  }
  return [fromInvoice(payment, invoice, { ...order, creditRials }, now)];
}

/** The refund of late money that the price orders by itself, paid out by an operator. */
export function refundOfCredit(
  payment: Payment,
  invoice: Invoice,
  refundId: RefundId,
  creditRials: SignedRials,
  now: Now,
): NewEvent {
  const { id: paymentId, amountRials } = payment;
  const reason = "late_payment_policy";
  const order = { refundId, paymentId, amountRials, method: "manual", reason } as const;
  return fromCredit(payment, invoice, order, signedRials(creditRials - amountRials), now);
}

/** What a payment's money is now: settled an invoice, became credit, or is not here (null). */
function sourceOf(payment: Payment, invoice: Invoice): Refund["source"] | null {
  if (payment.status === "succeeded") return invoice.status === "paid" ? "invoice" : "credit";
  return payment.status === "surplus" && payment.settledAt !== null ? "credit" : null;
}

function mayReverse(payment: Payment, amountRials: Rials, at: WallMs): boolean {
  const isWhole = payment.refundedRials === 0 && amountRials === payment.amountRials;
  return isWhole && payment.settledAt !== null && at < after(payment.settledAt, reverseWithinMs);
}

type Order = Pick<RefundInput, "refundId" | "method" | "reason"> & { readonly amountRials: Rials };

function fromCredit(
  payment: Payment,
  invoice: Invoice,
  order: Order,
  creditBalanceRials: SignedRials,
  now: Now,
): NewEvent {
  const parts = { source: "credit", netRials: zeroRials, vatRials: zeroRials, creditBalanceRials } as const;
  return created(payment, order, { ...parts, recognized: isRecognized(invoice) }, now);
}

/** Each part takes its share of the VAT, and all parts together take exactly what the invoice has. */
function fromInvoice(
  payment: Payment,
  invoice: Invoice,
  order: Order & { readonly creditRials: SignedRials },
  now: Now,
): NewEvent {
  const parts = {
    source: "invoice",
    ...returnedShare(invoice, order.amountRials),
    recognized: isRecognized(invoice),
    creditBalanceRials: order.creditRials,
  } as const;
  return created(payment, order, parts, now);
}

/** The net and the VAT in what is to be returned of an invoice, after what was returned before. */
export function returnedShare(invoice: Invoice, amountRials: Rials): Pick<Refund, "netRials" | "vatRials"> {
  const { subtotalRials, vatRials, returnedRials, returnedNetRials } = invoice;
  const after = addRials(returnedRials, amountRials);
  const [netAfter = zeroRials] = splitByLargestRemainder(after, [subtotalRials, vatRials]);
  const net = subtractRials(netAfter, returnedNetRials);
  return { netRials: net, vatRials: subtractRials(amountRials, net) };
}

/** What has not been given back of an invoice, by refunds or by credit notes. */
export function unreturnedOf({ totalRials, returnedRials }: Invoice): Rials {
  return subtractRials(totalRials, returnedRials);
}

export function isRecognized({ recognizedAt }: Invoice): boolean {
  return recognizedAt !== null;
}

function least(a: Rials, b: Rials): Rials {
  return a < b ? a : b;
}

function atLeastZero(amount: SignedRials): Rials {
  return amount < 0 ? zeroRials : rials(amount);
}

type Parts = Pick<Refund, "source" | "netRials" | "vatRials"> & {
  readonly creditBalanceRials: SignedRials;
  readonly recognized: boolean;
};

function created({ id, invoiceId }: Payment, order: Order, parts: Parts, now: Now): NewEvent {
  const data = {
    refundId: order.refundId,
    paymentId: id,
    invoiceId,
    amountRials: order.amountRials,
    method: order.method,
    ...parts,
    createdAt: instant(now.wall),
    nextStepAt: order.method === "manual" ? null : instant(now.wall),
  };
  return event("refund.created", data, { reason: order.reason });
}

/** The next step of a refund that the gateway makes: the intent, the call, and asking what became of it. */
export function refundStep(slice: Slice, refund: Refund, means: Means): Step {
  const payment = slice.state.payments[refund.paymentId];
  if (!payment) throw new Error(`${refund.id} was loaded without its payment`);
  const isPending = refund.status === "pending";
  if (isPending && payment.status === "reversed")
    return commit([refundFailed(slice, refund, "payment_reversed", means.now.wall, {})]);
  const intent = { ...of(refund), ...intentAt(means.now.wall) };
  if (isPending && !mayHaveBeenSent(slice, refund)) return commit([event("refund.submitted", intent)]);
  if (means.own.has(refund.id)) return sendStep(slice, refund, payment);
  if (refund.method === "reverse") return askWhetherReversed(slice, refund, payment);
  return commit([event("refund.needs_review", { ...of(refund), reason: "unanswered" })]);
}

/** Whether this very invocation has to make the call that gives the money back. */
export function isMyRefund(refund: Refund, { own }: Pick<Means, "own">): boolean {
  return refund.status === "submitted" && own.has(refund.id);
}

function sendStep(slice: Slice, refund: Refund, payment: Payment): Step {
  const { id: refundId, amountRials, sendBefore } = refund;
  const { id: paymentId, authority, refId } = payment;
  if (sendBefore === null || authority === null) throw new Error(`${refundId} was submitted without an intent`);
  const onOutcome = (outcome: Outcome<{ readonly refundId?: string }>, at: WallMs) =>
    onSent(slice, refund, outcome, at);
  if (refund.method === "reverse") {
    return { kind: "call", name: "reversePayment", input: { refundId, authority, sendBefore }, onOutcome };
  }
  if (refId === null) throw new Error(`${paymentId} has no reference to refund it by`);
  return {
    kind: "call",
    name: "refundPayment",
    input: { refundId, paymentId, refId, amountRials, sendBefore },
    onOutcome,
  };
}

function onSent(slice: Slice, refund: Refund, outcome: Outcome<{ readonly refundId?: string }>, at: WallMs): Step {
  const evidence = evidenceOf(outcome.evidence);
  if (outcome.kind === "settled") {
    return commit(refundSucceeded(slice, refund, { reference: outcome.value.refundId ?? null, at, evidence }));
  }
  if (outcome.kind === "declined") return commit([refundFailed(slice, refund, "declined", at, evidence)]);
  if (outcome.reason === "not_sent") return commit([refundFailed(slice, refund, "not_sent", at, evidence)]);
  return commit([stillAsked(refund, refund.settlesAfter ?? at, evidence)]);
}

/** A reversal shows in the payment's status; that it did not happen is believed when heard again an hour later. */
function askWhetherReversed(slice: Slice, refund: Refund, { authority }: Payment): Step {
  if (authority === null) throw new Error(`${refund.id} has no authority to ask about`);
  return {
    kind: "call",
    name: "inquire",
    input: { authority },
    onOutcome: (outcome, at) => commit(onAsked(slice, refund, outcome, at)),
  };
}

function onAsked(
  slice: Slice,
  refund: Refund,
  outcome: Outcome<{ status: AuthorityStatus }>,
  at: WallMs,
): readonly NewEvent[] {
  const evidence = evidenceOf(outcome.evidence);
  if (outcome.kind !== "settled") return [stillAsked(refund, after(at, askAgainMs), evidence)];
  const { status } = outcome.value;
  if (status === "REVERSED" || status === "FAILED") {
    return refundSucceeded(slice, refund, { reference: null, at, evidence });
  }
  const { failedHeardAt } = refund;
  if (failedHeardAt === null) return [stillAsked(refund, after(at, hearAgainMs), evidence, at)];
  if (at - failedHeardAt < hearAgainMs) return [stillAsked(refund, after(failedHeardAt, hearAgainMs), evidence)];
  return [refundFailed(slice, refund, "not_reversed", at, evidence)];
}

function stillAsked(refund: Refund, nextStepAt: WallMs, evidence: EventEvidence, failedHeardAt = refund.failedHeardAt) {
  const asked = { nextStepAt: instant(nextStepAt), failedHeardAt: instantOrNull(failedHeardAt) };
  return event("refund.asked", { ...of(refund), ...asked }, evidence);
}

type RefundMade = Pick<Refund, "reference"> & { readonly at: WallMs; readonly evidence: EventEvidence };

/** With the last part of a purchase, the messages that it brought are taken back. */
export function refundSucceeded(slice: Slice, refund: Refund, made: RefundMade): readonly NewEvent[] {
  const { reference, at, evidence } = made;
  const data = { ...of(refund), method: refund.method, reference, settledAt: instant(at) };
  const succeeded = event("refund.succeeded", data, evidence);
  return isLastPart(slice, refund) ? [succeeded, ...topUpRevoked(slice, refund.invoiceId)] : [succeeded];
}

/** Whether with it all that paid the invoice is given back. */
function isLastPart({ state }: Slice, { id, paymentId, source }: Refund): boolean {
  const payment = state.payments[paymentId];
  if (source !== "invoice" || !payment || payment.refundedRials !== payment.amountRials) return false;
  const others = all(state.refunds).filter((other) => other.paymentId === paymentId && other.id !== id);
  return others.every(({ status }) => status === "succeeded" || status === "failed");
}

export function refundFailed(
  slice: Slice,
  refund: Refund,
  reason: string,
  at: WallMs,
  evidence: EventEvidence,
): NewEvent {
  const credit = creditOf(slice.state);
  const { netRials, vatRials } = refund;
  const creditBalanceRials = refund.source === "credit" ? signedRials(credit + refund.amountRials) : credit;
  const invoice = slice.state.invoices[refund.invoiceId];
  const recognized = invoice !== undefined && isRecognized(invoice);
  const data = { ...of(refund), netRials, vatRials, recognized, creditBalanceRials, reason, settledAt: instant(at) };
  return event("refund.failed", data, evidence);
}

function of(
  refund: Refund,
): Pick<Refund, "paymentId" | "invoiceId" | "source" | "amountRials"> & { refundId: RefundId } {
  const { id: refundId, paymentId, invoiceId, source, amountRials } = refund;
  return { refundId, paymentId, invoiceId, source, amountRials };
}
