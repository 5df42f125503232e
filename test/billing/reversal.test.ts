import { describe, expect, it } from "vitest";
import { after, hourMs, instant, minuteMs, secondMs } from "../../server/billing/clock.ts";
import { rials } from "../../server/billing/money.ts";
import type { Invoice, Payment, Refund, Slice, Subscription } from "../../server/billing/state.ts";
import { grantAdded, topUpGrantId } from "../../server/billing/quota-grant.ts";
import {
  afterEvents,
  aHint,
  aLine,
  anInvoice,
  aPayment,
  aSlice,
  aSubscription,
  authority,
  customerId,
  now,
  says,
  typesOf,
  unknown,
  wall,
} from "../support/billing-builders.ts";
import { calling, committed, heard, stepAt } from "../support/steps.ts";

const paid = (over: Partial<Payment> = {}) =>
  aPayment({ status: "succeeded", authority, refId: "40123456", settledAt: wall, nextAskAt: null, ...over });
const aRefund = (over: Partial<Refund>): Refund => ({
  id: "ref_1",
  customerId,
  paymentId: paid().id,
  invoiceId: anInvoice().id,
  source: "invoice",
  method: "refund",
  status: "succeeded",
  amountRials: rials(1_000_000),
  netRials: rials(909_091),
  vatRials: rials(90_909),
  sendBefore: null,
  settlesAfter: null,
  nextStepAt: null,
  failedHeardAt: null,
  reference: null,
  failureReason: null,
  createdAt: wall,
  settledAt: wall,
  ...over,
});

interface Given {
  readonly payment?: Partial<Payment>;
  readonly invoice?: Partial<Invoice>;
  readonly subscription?: Partial<Subscription>;
  readonly refunds?: readonly Refund[];
}
/** A paid renewal about whose payment somebody says something. */
const hinted = ({ payment = {}, invoice = {}, subscription = {}, refunds = [] }: Given = {}): Slice =>
  aSlice({
    payments: [paid(payment)],
    invoices: [anInvoice({ status: "paid", paidAt: now.billing, ...invoice })],
    subscriptions: [aSubscription({ latestInvoiceId: anInvoice().id, ...subscription })],
    refunds,
    hints: { [paid().id]: aHint({ at: after(wall, minuteMs) }) },
  });
const at = after(wall, minuteMs);
const reversedOf = (slice: Slice) => committed(heard(stepAt(slice, at), "inquire", says("REVERSED"), at));

describe("a payment that succeeded", () => {
  it("is asked about when somebody says something about it, and else never again", () => {
    expect(calling(stepAt(hinted(), at), "inquire").input).toEqual({ authority });
    expect(stepAt({ ...hinted(), hints: {} }, at).kind).toBe("wait");
  });

  it.each(["VERIFIED", "PAID", "IN_BANK", "FAILED"] as const)("stays so while the gateway says %s", (status) => {
    const events = committed(heard(stepAt(hinted(), at), "inquire", says(status), at));
    expect(events).toMatchObject([{ type: "payment.asked", data: { askedAt: instant(at), nextAskAt: null } }]);
  });

  it("is asked about again in an hour when the gateway does not answer", () => {
    const events = committed(heard(stepAt(hinted(), at), "inquire", unknown(), at));
    expect(events).toMatchObject([{ data: { nextAskAt: instant(after(at, hourMs)) } }]);
  });
});

describe("a payment that the bank took back", () => {
  it("leaves its invoice owed again and its subscription past due, and no debit follows by itself", () => {
    const events = reversedOf(hinted());
    expect(events).toMatchObject([
      {
        type: "payment.reversed",
        data: { paymentId: paid().id, invoiceId: anInvoice().id, amountRials: 3_289_000, reversedAt: instant(at) },
        evidence: expect.anything(),
      },
      { type: "invoice.reopened", data: { invoiceId: anInvoice().id, reopenedAt: instant(at) } },
      { type: "subscription.past_due", data: { subscriptionId: aSubscription().id } },
    ]);
    const { state } = afterEvents(hinted(), events, at);
    expect(state.payments[paid().id]).toMatchObject({ status: "reversed", nextAskAt: null, settledAt: at });
    expect(state.invoices[anInvoice().id]).toMatchObject({ status: "open", nextAttemptAt: null });
    expect(stepAt({ ...hinted(), state, hints: {} }, after(at, secondMs)).kind).toBe("wait");
  });

  it("that was for a change leaves what runs past due, and not what a later period is", () => {
    const change = { reason: "subscription_change", periodIndex: 1 } as const;
    const running = { latestInvoiceId: "inv_2", periodIndex: 1 } as const;
    const reopened = ["payment.reversed", "invoice.reopened"];
    const present = reversedOf(hinted({ invoice: change, subscription: running }));
    expect(typesOf(present)).toEqual([...reopened, "subscription.past_due"]);
    const later = reversedOf(hinted({ invoice: change, subscription: { ...running, periodIndex: 2 } }));
    expect(typesOf(later)).toEqual(reopened);
  });

  it.each<[string, Partial<Subscription>]>([
    ["past due already", { status: "past_due" }],
    ["over", { status: "canceled" }],
    ["in a later period", { latestInvoiceId: "inv_2" }],
  ])("leaves a subscription that is %s as it is", (_title, subscription) => {
    expect(typesOf(reversedOf(hinted({ subscription })))).toEqual(["payment.reversed", "invoice.reopened"]);
  });

  it("leaves a purchase owed again", () => {
    const lines = [aLine()];
    const purchase = { subscriptionId: null, periodIndex: null, reason: "purchase", lines } as const;
    expect(typesOf(reversedOf(hinted({ invoice: purchase })))).toEqual(["payment.reversed", "invoice.reopened"]);
  });

  it("takes back the messages that it bought", () => {
    const lines = [aLine()];
    const purchase = { subscriptionId: null, periodIndex: null, reason: "purchase", lines } as const;
    const grant = { grantId: topUpGrantId(anInvoice().id), productId: "prod_1", source: "top_up" } as const;
    const added = grantAdded({ ...grant, priority: 60, messages: 100, expiresAt: null }, now);
    const events = reversedOf(afterEvents(hinted({ invoice: purchase }), [added]));
    expect(typesOf(events)).toEqual(["payment.reversed", "invoice.reopened", "quota.grant_revoked"]);
  });

  it.each(["void", "uncollectible"] as const)("that had become credit reopens nothing: the invoice is %s", (status) => {
    expect(typesOf(reversedOf(hinted({ invoice: { status } })))).toEqual(["payment.reversed"]);
  });

  it("of an invoice of which a part is credit reopens nothing", () => {
    expect(typesOf(reversedOf(hinted({ invoice: { returnedRials: rials(1) } })))).toEqual(["payment.reversed"]);
  });

  it("after a part was given back reopens nothing, and takes what the gateway still had of it", () => {
    const refunds = [
      aRefund({}),
      aRefund({ id: "ref_2", method: "manual", amountRials: rials(500_000) }),
      aRefund({ id: "ref_3", status: "failed", amountRials: rials(200_000) }),
      aRefund({ id: "ref_4", paymentId: "pay_other", amountRials: rials(100_000) }),
    ];
    expect(reversedOf(hinted({ payment: { refundedRials: rials(1_500_000) }, refunds }))).toMatchObject([
      { type: "payment.reversed", data: { amountRials: 2_289_000 } },
    ]);
  });
});

describe("a payment that we ordered to be reversed", () => {
  it("is not taken back a second time when the gateway says so", () => {
    const ours = aRefund({ method: "reverse", status: "submitted" });
    expect(typesOf(reversedOf(hinted({ refunds: [ours] })))).toEqual(["payment.asked"]);
  });

  it.each<Partial<Refund>>([
    { method: "reverse", status: "failed" },
    { method: "refund", status: "submitted" },
    { method: "reverse", status: "submitted", paymentId: "pay_other" },
  ])("unless that was another order: %j", (order) => {
    expect(typesOf(reversedOf(hinted({ refunds: [aRefund(order)] })))).toContain("payment.reversed");
  });
});

describe("a payment that was given back", () => {
  const all = rials(3_289_000);
  const refunded = (method: Refund["method"]) =>
    hinted({
      payment: { status: "refunded", refundedRials: all },
      invoice: { returnedRials: all, returnedNetRials: rials(2_990_000) },
      refunds: [aRefund({ method, amountRials: all, netRials: rials(2_990_000), vatRials: rials(299_000) })],
    });

  it("by hand, and was taken back by the bank before anybody knew, is reversed: the customer has it twice", () => {
    const events = reversedOf(refunded("manual"));
    expect(typesOf(events)).toEqual(["payment.reversed"]);
    expect(events[0]?.data).toMatchObject({ amountRials: all });
  });

  it.each(["reverse", "refund"] as const)("by the gateway (%s) is not taken back a second time", (method) => {
    expect(typesOf(reversedOf(refunded(method)))).toEqual(["payment.asked"]);
  });
});
