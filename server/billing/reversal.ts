// A bank may take a payment back after it succeeded. Nobody tells us unasked: a hint, or an import of the gateway's
// payouts, makes us ask about a payment that had succeeded, also when an operator has given it back by hand meanwhile.
import { asked, askStep, patientlyMs, question, soonerIfUnanswered, statusIn, type Hearing } from "./ask.ts";
import { instant } from "./clock.ts";
import { event, type NewEvent } from "./event.ts";
import { subtractRials, sumRials } from "./money.ts";
import { evidenceOf } from "./outcome.ts";
import { topUpRevoked } from "./quota-grant.ts";
import type { Purpose } from "./settle.ts";
import { all, nowOf, type Invoice, type Payment, type Refund, type Slice, type Subscription } from "./state.ts";
import { commit, type Means, type Step } from "./step.ts";

/** Asks whether the money of a succeeded payment is still ours. */
export function reversalStep(slice: Slice, purpose: Purpose, { now }: Means): Step {
  return askStep(question(purpose, now.wall), (hearing) => {
    const { payment } = purpose;
    const isByUs = isReversedByUs(refundsOf(slice, payment)) || stillAtGateway(slice, payment) === 0;
    const isGone = statusIn(hearing) === "REVERSED" && !isByUs;
    return commit(isGone ? reversed(slice, hearing) : [asked(hearing, soonerIfUnanswered(hearing, null, patientlyMs))]);
  });
}

function refundsOf(slice: Slice, payment: Payment): readonly Refund[] {
  return all(slice.state.refunds).filter((refund) => refund.paymentId === payment.id);
}

/** A reversal that we ordered shows in the same word; while it is under way its refund asks for itself. */
function isReversedByUs(refunds: readonly Refund[]): boolean {
  return refunds.some(({ method, status }) => method === "reverse" && status === "submitted");
}

/**
 * The invoice is owed again, and what messages it brought are taken back. No debit follows by itself: an operator, or the customer, decides how it is paid. Where a
 * part had been given back, what is owed is not the invoice any more, and an operator decides that, too.
 */
function reversed(slice: Slice, hearing: Hearing): readonly NewEvent[] {
  const { payment, invoice, subscription } = hearing.purpose;
  const now = nowOf(slice.state, hearing.at);
  const of = { paymentId: payment.id, invoiceId: invoice.id };
  const gone = event(
    "payment.reversed",
    { ...of, amountRials: stillAtGateway(slice, payment), reversedAt: instant(now.wall) },
    evidenceOf(hearing.outcome.evidence),
  );
  const revoked = topUpRevoked(slice, invoice.id);
  if (invoice.status !== "paid" || payment.refundedRials > 0 || invoice.returnedRials > 0) return [gone, ...revoked];
  const reopened = event("invoice.reopened", { invoiceId: invoice.id, reopenedAt: instant(now.billing) });
  if (subscription?.status !== "active" || !isOfPresent(invoice, subscription)) return [gone, reopened, ...revoked];
  return [gone, reopened, event("subscription.past_due", { subscriptionId: subscription.id })];
}

/** Whether what runs now was paid by it: the period itself, or the change that it has had since, or began with. */
function isOfPresent(invoice: Invoice, { latestInvoiceId, periodIndex }: Subscription): boolean {
  if (latestInvoiceId === invoice.id) return true;
  return invoice.reason === "subscription_change" && invoice.periodIndex === periodIndex;
}

/** What the bank can have taken back: the payment less what the gateway had given back before. */
function stillAtGateway(slice: Slice, payment: Payment): Payment["amountRials"] {
  const given = refundsOf(slice, payment).filter(({ method, status }) => method !== "manual" && status === "succeeded");
  return subtractRials(payment.amountRials, sumRials(given.map(({ amountRials }) => amountRials)));
}
