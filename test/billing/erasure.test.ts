import { describe, expect, it } from "vitest";
import { decideErasure } from "../../server/billing/erasure.ts";
import { signedRials } from "../../server/billing/money.ts";
import { decideRefund } from "../../server/billing/refund.ts";
import { isRejection } from "../../server/billing/rejection.ts";
import { all, type Refund } from "../../server/billing/state.ts";
import {
  aCustomer,
  afterEvents,
  anInvoice,
  aPayment,
  aPaymentMethod,
  aPendingPaymentMethod,
  aSlice,
  aSubmittedPayment,
  aSubscription,
  eventsOf,
  newCustomer,
  now,
  wall,
} from "../support/billing-builders.ts";

type Parts = Parameters<typeof aSlice>[0];

const ended = {
  subscriptions: [aSubscription({ status: "canceled" })],
  paymentMethods: [aPaymentMethod({ status: "cancelled_by_user", cancellation: "confirmed" })],
  invoices: [anInvoice({ status: "paid" })],
  payments: [aPayment({ status: "succeeded", nextAskAt: null })],
} satisfies Parts;

/** A refund that was ordered, and what became of it. */
function aRefund(status: Refund["status"]): Refund {
  const slice = aSlice(ended);
  const { id: paymentId } = aPayment();
  const order = {
    refundId: `ref_${status}`,
    paymentId,
    method: "manual",
    reason: "asked for",
    amountRials: null,
  } as const;
  const [refund] = all(afterEvents(slice, eventsOf(decideRefund(slice, order, now))).state.refunds);
  if (!refund) throw new Error("Nothing was ordered");
  return { ...refund, status };
}

const erase = (parts: Parts) => decideErasure(aSlice({ ...ended, ...parts }), newCustomer, wall);

describe("a person is erased", () => {
  it("when everything of theirs has ended, once; the customer stays with nobody behind it", () => {
    const slice = aSlice({ ...ended, customer: aCustomer({ buyerId: "per_1", buyerKind: "natural" }) });
    const events = eventsOf(decideErasure(slice, newCustomer, wall));
    expect(events).toMatchObject([{ type: "customer.erased", data: { erasedAt: "2026-11-22T08:00:00.000Z" } }]);
    const after = afterEvents(slice, events);
    expect(after.state.customer).toMatchObject({ userId: null, buyerId: null, buyerKind: null, erasedAt: wall });
    expect(decideErasure(after, newCustomer, wall)).toEqual([]);
  });

  it("who never bought anything: the customer begins, so that the log can say it", () => {
    const events = eventsOf(decideErasure(aSlice({ customer: null, paymentMethods: [] }), newCustomer, wall));
    expect(events.map(({ type }) => type)).toEqual(["customer.created", "customer.erased"]);
  });

  it.each([
    ["money that is kept as credit", { payments: [aPayment({ status: "surplus", nextAskAt: null })] }],
    ["a payment whose end is asked for once more", { payments: [aPayment({ status: "succeeded", nextAskAt: wall })] }],
    ["what was given back", { refunds: [aRefund("succeeded"), aRefund("failed")] }],
  ] satisfies readonly (readonly [what: string, parts: Parts])[])("with %s", (_, parts) => {
    expect(isRejection(erase(parts))).toBe(false);
  });

  it("with a debt too small for the gateway to take", () => {
    expect(isRejection(erase({ customer: aCustomer({ creditRials: signedRials(-9_000) }) }))).toBe(false);
  });
});

describe("account_not_settled, with what is left by name", () => {
  const left: readonly (readonly [what: string, parts: Parts, named: RegExp])[] = [
    ["a subscription runs", { subscriptions: [aSubscription({ status: "past_due" })] }, /sub_\S+ is past_due/],
    ["an invoice is open", { invoices: [anInvoice({ status: "open" })] }, /inv_\S+ is open/],
    ["an agreement is active", { paymentMethods: [aPaymentMethod()] }, /pm_\S+ is active/],
    [
      "one may still be signed",
      { paymentMethods: [aPendingPaymentMethod({ nextAskAt: null })] },
      /pm_\S+ is pending_signature/,
    ],
    [
      "one that was not signed is still asked about",
      { paymentMethods: [aPaymentMethod({ status: "verification_failed", nextAskAt: wall })] },
      /pm_\S+ is verification_failed/,
    ],
    [
      "one is not ended at the bank",
      { paymentMethods: [aPaymentMethod({ status: "cancelled_by_user", cancellation: "requested" })] },
      /pm_\S+ is cancelled_by_user/,
    ],
    ["a debit is under way", { payments: [aSubmittedPayment()] }, /pay_\S+ is submitted/],
    ["nobody knows what became of one", { payments: [aPayment({ status: "needs_review" })] }, /is needs_review/],
    [
      "money goes back by itself",
      { payments: [aPayment({ status: "surplus", nextAskAt: wall })] },
      /pay_\S+ is surplus/,
    ],
    ["a refund was ordered", { refunds: [aRefund("pending")] }, /ref_\S+ is pending/],
    ["one is on its way", { refunds: [aRefund("submitted")] }, /ref_\S+ is submitted/],
    ["nobody knows what became of it", { refunds: [aRefund("needs_review")] }, /ref_\S+ is needs_review/],
    ["credit is left", { customer: aCustomer({ creditRials: signedRials(5) }) }, /the credit is 5 Rials/],
  ];
  it.each(left)("while %s", (_, parts, named) => {
    expect(erase(parts)).toMatchObject({ rejected: "account_not_settled", detail: expect.stringMatching(named) });
  });

  it("names five, and counts the others", () => {
    const invoices = [1, 2, 3, 4, 5, 6, 7].map((n) => anInvoice({ id: `inv_${n}`, status: "open" }));
    const named = (count: number) => erase({ invoices: invoices.slice(0, count) });
    const five = "inv_1 is open, inv_2 is open, inv_3 is open, inv_4 is open, inv_5 is open";
    expect(named(5)).toMatchObject({ detail: `${five}: end or settle that first.` });
    expect(named(7)).toMatchObject({ detail: `${five} and 2 more: end or settle that first.` });
  });
});
