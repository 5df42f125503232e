import { describe, expect, it } from "vitest";
import { decideErasure } from "../../server/billing/erasure.ts";
import { signedRials } from "../../server/billing/money.ts";
import { isRejection } from "../../server/billing/rejection.ts";
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
  wall,
} from "../support/billing-builders.ts";

type Parts = Parameters<typeof aSlice>[0];

const ended = {
  subscriptions: [aSubscription({ status: "canceled" })],
  paymentMethods: [aPaymentMethod({ status: "cancelled_by_user", cancellation: "confirmed" })],
  invoices: [anInvoice({ status: "paid" })],
  payments: [aPayment({ status: "succeeded", nextAskAt: null })],
} satisfies Parts;

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

  it("with a debt too small for the gateway to take", () => {
    expect(isRejection(erase({ customer: aCustomer({ creditRials: signedRials(-9_000) }) }))).toBe(false);
  });
});

describe("account_not_settled, with what is left by name", () => {
  const left: readonly (readonly [what: string, parts: Parts, named: RegExp])[] = [
    ["a subscription runs", { subscriptions: [aSubscription({ status: "past_due" })] }, /sub_\S+ is past_due/],
    ["an invoice is open", { invoices: [anInvoice({ status: "open" })] }, /inv_\S+ is open/],
    ["an agreement is active", { paymentMethods: [aPaymentMethod()] }, /pm_\S+ is active/],
    ["one may still be signed", { paymentMethods: [aPendingPaymentMethod()] }, /pm_\S+ is pending_signature/],
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
    ["credit is left", { customer: aCustomer({ creditRials: signedRials(5) }) }, /the credit is 5 Rials/],
  ];
  it.each(left)("while %s", (_, parts, named) => {
    expect(erase(parts)).toMatchObject({ rejected: "account_not_settled", detail: expect.stringMatching(named) });
  });
});
