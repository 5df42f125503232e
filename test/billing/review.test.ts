import { describe, expect, it } from "vitest";
import { instant } from "../../server/billing/clock.ts";
import { rials, signedRials } from "../../server/billing/money.ts";
import { decideRefundEnd, decideReview, waitsForOperator, type Verdict } from "../../server/billing/review.ts";
import type { Payment, Refund, Slice } from "../../server/billing/state.ts";
import {
  aCustomer,
  afterEvents,
  anInvoice,
  aPayment,
  aRenewal,
  aSlice,
  authority,
  customerId,
  eventsOf,
  now,
  seededIds,
  wall,
} from "../support/billing-builders.ts";

const inReview = (over: Partial<Payment> = {}) =>
  aPayment({ status: "needs_review", authority, nextAskAt: null, ...over });
const stuckSurplus = (over: Partial<Payment> = {}) => inReview({ status: "surplus", ...over });
const paymentId = inReview().id;
const reason = "The bank's statement of 2 Azar shows it";
const decided = (slice: Slice, verdict: Verdict) =>
  decideReview(slice, { paymentId, verdict, reason }, { now, ids: seededIds() });
const settle: Verdict = { decision: "settle", reference: "778899" };

describe("who waits for an operator", () => {
  it.each<[boolean, Payment]>([
    [true, inReview()],
    [true, stuckSurplus()],
    [false, stuckSurplus({ nextAskAt: wall })],
    [false, stuckSurplus({ settledAt: wall })],
    [false, inReview({ status: "succeeded" })],
    [false, inReview({ status: "unknown" })],
  ])("%s: %o", (waits, payment) => {
    expect(waitsForOperator(payment)).toBe(waits);
  });
});

describe("an operator's decision about a payment in review", () => {
  const slice = aRenewal(inReview());

  it("settles it with the bank's reference, and says who decided and why", () => {
    const events = eventsOf(decided(slice, settle));
    expect(events.slice(0, 2)).toMatchObject([
      {
        type: "payment.succeeded",
        data: { paymentId, amountRials: 3_289_000, refId: "778899", feeRials: 0, settledAt: instant(wall) },
        evidence: { decision: "settle", reason },
      },
      { type: "invoice.paid" },
    ]);
  });

  it("takes it as not paid: a renewal is tried again", () => {
    const events = eventsOf(decided(slice, { decision: "fail" }));
    expect(events).toMatchObject([
      { type: "payment.failed", data: { paymentId, reason: "reviewed" }, evidence: { decision: "fail", reason } },
      { type: "invoice.attempt_failed" },
      { type: "subscription.past_due" },
    ]);
  });

  it("asks the gateway once more, at once", () => {
    const events = eventsOf(decided(slice, { decision: "ask_again" }));
    expect(events).toMatchObject([
      {
        type: "payment.review_ended",
        data: { paymentId, invoiceId: anInvoice().id, nextAskAt: instant(wall) },
        evidence: { decision: "ask_again", reason },
      },
    ]);
    expect(afterEvents(slice, events).state.payments[paymentId]).toMatchObject({
      status: "verifying",
      nextAskAt: wall,
      failureReason: null,
    });
  });
});

describe("an operator's decision about surplus that the gateway would neither give back nor let us take", () => {
  const slice = aRenewal(stuckSurplus(), {
    customer: aCustomer({ creditRials: signedRials(1_000) }),
    invoices: [anInvoice({ status: "paid", paidAt: now.billing })],
  });

  it("makes it the customer's credit", () => {
    expect(eventsOf(decided(slice, settle))).toMatchObject([
      {
        type: "payment.credited",
        data: { paymentId, refId: "778899", feeRials: 0, settledAt: instant(wall) },
        evidence: { decision: "settle", reason },
      },
      { type: "credit.granted", data: { balanceRials: 3_290_000, reason: "surplus" } },
    ]);
  });

  it("takes it as given back", () => {
    expect(eventsOf(decided(slice, { decision: "fail" }))).toMatchObject([
      {
        type: "payment.returned",
        data: { paymentId, invoiceId: anInvoice().id, returnedAt: instant(wall) },
        evidence: { decision: "fail", reason },
      },
    ]);
  });

  it("asks the gateway once more, and takes what is still there", () => {
    expect(eventsOf(decided(slice, { decision: "ask_again" }))).toMatchObject([
      {
        type: "payment.surplus",
        data: { paymentId, invoiceId: anInvoice().id, watchUntil: instant(wall), nextAskAt: instant(wall) },
        evidence: { decision: "ask_again", reason },
      },
    ]);
  });
});

describe("a payment that had ended", () => {
  const asking: Verdict = { decision: "ask_again" };

  it.each(["succeeded", "failed", "lapsed", "closed"] as const)("may be asked about once more: %s", (status) => {
    const over = aRenewal(inReview({ status }));
    expect(eventsOf(decided(over, asking))).toMatchObject([
      { type: "customer.resumed", data: { about: paymentId }, evidence: { decision: "ask_again", reason } },
    ]);
    for (const verdict of [settle, { decision: "fail" } as const]) {
      expect(decided(over, verdict)).toMatchObject({ rejected: "nothing_to_decide" });
    }
  });

  it("may not when the gateway never knew it, or when it is asked about by itself", () => {
    expect(decided(aRenewal(inReview({ status: "failed", authority: null })), asking)).toMatchObject({
      rejected: "nothing_to_decide",
    });
    expect(decided(aRenewal(inReview({ status: "unknown" })), asking)).toMatchObject({ rejected: "nothing_to_decide" });
  });
});

describe("a decision is refused", () => {
  it("not_found: about a payment that is not this customer's", () => {
    expect(decided(aSlice(), settle)).toMatchObject({
      rejected: "not_found",
      detail: `There is no payment ${paymentId}.`,
    });
  });

  it("nothing_to_decide: about one that waits for nobody", () => {
    expect(decided(aRenewal(inReview({ status: "succeeded" })), settle)).toMatchObject({
      rejected: "nothing_to_decide",
      detail: `${paymentId} is succeeded.`,
    });
  });
});

describe("an operator's decision about a refund", () => {
  const aRefund = (over: Partial<Refund> = {}): Refund => ({
    id: "ref_1",
    customerId,
    paymentId,
    invoiceId: anInvoice().id,
    source: "invoice",
    method: "manual",
    status: "pending",
    amountRials: rials(3_289_000),
    netRials: rials(2_990_000),
    vatRials: rials(299_000),
    sendBefore: null,
    settlesAfter: null,
    nextStepAt: null,
    failedHeardAt: null,
    reference: null,
    failureReason: null,
    createdAt: wall,
    settledAt: null,
    ...over,
  });
  const withRefund = (refund: Refund) =>
    aRenewal(inReview({ status: "succeeded", refundedRials: rials(3_289_000) }), { refunds: [refund] });
  const ended = (refund: Refund, reference: string | null) =>
    decideRefundEnd(withRefund(refund), { refundId: "ref_1", reference, reason }, now);
  const waiting = [aRefund(), aRefund({ method: "refund", status: "needs_review" })];

  it.each(waiting)("ends it with the reference of what was paid out: $method, $status", (refund) => {
    const events = eventsOf(ended(refund, "112233"));
    expect(events).toMatchObject([
      {
        type: "refund.succeeded",
        data: { refundId: "ref_1", method: refund.method, reference: "112233", settledAt: instant(wall) },
        evidence: { reason },
      },
    ]);
    expect(afterEvents(withRefund(refund), events).state.payments[paymentId]?.status).toBe("refunded");
  });

  it.each(waiting)("takes it as not paid out: $method, $status", (refund) => {
    expect(eventsOf(ended(refund, null))).toMatchObject([
      { type: "refund.failed", data: { refundId: "ref_1", reason: "reviewed" }, evidence: { reason } },
    ]);
  });

  it.each<Partial<Refund>>([
    { method: "refund" },
    { method: "reverse" },
    { status: "succeeded" },
    { status: "failed" },
    { method: "refund", status: "submitted" },
  ])("nothing_to_decide: %j is not an operator's", (over) => {
    const refund = aRefund(over);
    expect(ended(refund, "112233")).toMatchObject({
      rejected: "nothing_to_decide",
      detail: `ref_1 is ${refund.status}.`,
    });
  });

  it("not_found: one that is not this customer's", () => {
    expect(decideRefundEnd(aSlice(), { refundId: "ref_1", reference: null, reason }, now)).toMatchObject({
      rejected: "not_found",
      detail: "There is no refund ref_1.",
    });
  });
});
