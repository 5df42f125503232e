// What only an operator can decide: payments about which the gateway contradicts itself, and refunds whose end cannot be
// asked. Every decision is an event with who decided and why.
import type { PaymentId, RefundId } from "../../contract/common/id.ts";
import { instant, type Now } from "./clock.ts";
import { event, type EventEvidence, type NewEvent } from "./event.ts";
import { credited } from "./late-money.ts";
import { refundFailed, refundSucceeded } from "./refund.ts";
import { reject, type Rejection } from "./rejection.ts";
import { failed, purposeOf, succeeded } from "./settle.ts";
import type { Payment, Slice } from "./state.ts";
import type { Means } from "./step.ts";

/** Settle with the bank's reference, take it as not paid, or ask the gateway once more. */
export type Verdict =
  | { readonly decision: "settle"; readonly reference: string }
  | { readonly decision: "fail" }
  | { readonly decision: "ask_again" };

/**
 * Decides a payment that waits for an operator; one that had ended can be asked about again. Rejects `not_found` and
 * `nothing_to_decide`.
 */
export function decideReview(
  slice: Slice,
  { paymentId, verdict, reason }: { readonly paymentId: PaymentId; readonly verdict: Verdict; readonly reason: string },
  { now, ids }: Pick<Means, "now" | "ids">,
): readonly NewEvent[] | Rejection<"not_found" | "nothing_to_decide"> {
  const payment = slice.state.payments[paymentId];
  if (!payment) return reject("not_found", `There is no payment ${paymentId}.`);
  if (!waitsForOperator(payment)) {
    const mayBeAsked = verdict.decision === "ask_again" && isOver(payment);
    if (!mayBeAsked) return reject("nothing_to_decide", `${paymentId} is ${payment.status}.`);
    return [event("customer.resumed", { about: paymentId }, { decision: verdict.decision, reason })];
  }
  const purpose = purposeOf(slice, paymentId);
  const evidence: EventEvidence = { decision: verdict.decision, reason };
  const of = { paymentId, invoiceId: payment.invoiceId };
  if (verdict.decision === "settle") {
    const verification = { refId: verdict.reference, repeated: false, cardPanMasked: null, merchantFeeRials: 0 };
    return payment.status === "surplus"
      ? credited(purpose, verification, now.wall, evidence)
      : succeeded(purpose, verification, { now, ids }, evidence);
  }
  if (verdict.decision === "fail") {
    return payment.status === "surplus"
      ? [event("payment.returned", { ...of, returnedAt: instant(now.wall) }, evidence)]
      : failed(purpose, "failed", "reviewed", now, evidence);
  }
  return payment.status === "surplus"
    ? [event("payment.surplus", { ...of, watchUntil: instant(now.wall), nextAskAt: instant(now.wall) }, evidence)]
    : [event("payment.review_ended", { ...of, nextAskAt: instant(now.wall) }, evidence)];
}

/** Ended, as far as we know: its money may have gone back since, or have come after all. */
function isOver({ status, authority }: Payment): boolean {
  return authority !== null && ["succeeded", "failed", "lapsed", "closed"].includes(status);
}

/** In review, or surplus that the gateway would neither give back nor let us take. */
export function waitsForOperator(payment: Payment): boolean {
  const isStuckSurplus = payment.status === "surplus" && payment.nextAskAt === null && payment.settledAt === null;
  return payment.status === "needs_review" || isStuckSurplus;
}

/** Ends a refund that an operator paid out, or looked up. Rejects `not_found` and `nothing_to_decide`. */
export function decideRefundEnd(
  slice: Slice,
  input: { readonly refundId: RefundId; readonly reference: string | null; readonly reason: string },
  now: Now,
): readonly NewEvent[] | Rejection<"not_found" | "nothing_to_decide"> {
  const refund = slice.state.refunds[input.refundId];
  if (!refund) return reject("not_found", `There is no refund ${input.refundId}.`);
  const isManual = refund.status === "pending" && refund.method === "manual";
  if (!isManual && refund.status !== "needs_review") {
    return reject("nothing_to_decide", `${refund.id} is ${refund.status}.`);
  }
  const evidence: EventEvidence = { reason: input.reason };
  if (input.reference !== null)
    return refundSucceeded(slice, refund, { reference: input.reference, at: now.wall, evidence });
  return [refundFailed(slice, refund, "reviewed", now.wall, evidence)];
}
