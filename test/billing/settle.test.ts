import { describe, expect, it } from "vitest";
import { after, type BillingMs } from "../../server/billing/clock.ts";
import { rials, signedRials } from "../../server/billing/money.ts";
import { failed, purposeOf, succeeded } from "../../server/billing/settle.ts";
import type {
  Customer,
  CustomerState,
  Invoice,
  Offer,
  Payment,
  Slice,
  Subscription,
} from "../../server/billing/state.ts";
import {
  aCustomer,
  anInvoice,
  anOffer,
  aPayment,
  aQuotaGrant,
  aSlice,
  aSubmittedPayment,
  aSubscription,
  now,
  seededIds,
  typesOf,
  verified,
} from "../support/billing-builders.ts";

interface Given {
  readonly payment?: Partial<Payment>;
  readonly invoice?: Partial<Invoice>;
  readonly subscription?: Partial<Subscription>;
  readonly others?: readonly Subscription[];
  readonly offer?: Offer;
  readonly customer?: Customer;
}
const given = ({ payment = {}, invoice = {}, subscription = {}, others = [], ...more }: Given = {}): Slice =>
  aSlice({
    customer: more.customer ?? aCustomer(),
    payments: [aSubmittedPayment(payment)],
    invoices: [anInvoice({ ...invoice })],
    subscriptions: [aSubscription({ latestInvoiceId: anInvoice().id, ...subscription }), ...others],
    offers: [more.offer ?? anOffer()],
  });
const paymentId = aPayment().id;
const paidIn = (slice: Slice) => {
  const outcome = verified();
  if (outcome.kind !== "settled") throw new Error("Not verified");
  return succeeded(purposeOf(slice, paymentId), outcome.value, { now, ids: seededIds() }, {});
};
const paid = (parts: Given = {}) => paidIn(given(parts));
const policy = (latePaymentPolicy: Offer["price"]["latePaymentPolicy"]) => anOffer({ price: { latePaymentPolicy } });
const ended = { status: "canceled", cancelReason: "unpaid", endedAt: now.billing } as const;
const purchase = { subscriptionId: null, periodIndex: null, reason: "purchase" } as const;

describe("money that comes for an invoice that credit was used for meanwhile", () => {
  it("pays it, and the credit is free again", () => {
    const events = paid({ invoice: { creditAppliedRials: signedRials(7_000) } });
    expect(typesOf(events)).toEqual(["payment.succeeded", "credit.applied", "invoice.paid", "quota.granted"]);
    expect(events[1]?.data).toMatchObject({ amountRials: -7_000, balanceRials: 7_000 });
  });
});

describe("what a payment is for", () => {
  const lacking = (over: Partial<CustomerState>): Slice => ({ ...given(), state: { ...given().state, ...over } });
  const noPrice: Slice = aSlice({ payments: [aPayment()], invoices: [anInvoice({ ...purchase, lines: [] })] });

  it.each<[string, Slice]>([
    ["its customer", lacking({ customer: null })],
    ["itself", lacking({ payments: {} })],
    ["its invoice", lacking({ invoices: {} })],
    ["its subscription", lacking({ subscriptions: {} })],
    ["its price", { ...given(), offers: {} }],
    ["a line that names its price", noPrice],
  ])("is a fault when it was loaded without %s", (_title, slice) => {
    expect(() => purposeOf(slice, paymentId)).toThrow(`${paymentId} was loaded without its purpose`);
  });
});

describe("money that comes in time", () => {
  const pastDue = { status: "past_due" } as const;
  const owing = (over: Partial<Invoice>) => {
    const slice = given({ subscription: pastDue });
    const invoices = { ...slice.state.invoices, inv_2: anInvoice({ id: "inv_2", periodIndex: 1, ...over }) };
    return typesOf(paidIn({ ...slice, state: { ...slice.state, invoices } }));
  };

  it("lets what is past due go on when nothing else of it is owed", () => {
    const told = ["payment.succeeded", "invoice.paid"];
    expect(owing({})).toEqual([...told, "quota.granted"]);
    const back = [...told, "subscription.recovered", "quota.granted"];
    expect(owing({ status: "paid" })).toEqual(back);
    expect(owing({ subscriptionId: "sub_2" })).toEqual(back);
  });

  it("makes no change that waits for another invoice", () => {
    const terms = { productId: anOffer().product.id, priceId: anOffer().price.id, quantity: 2, addOns: [] };
    const pendingChange = { invoiceId: "inv_2", terms, restarts: false } as const;
    expect(typesOf(paid({ subscription: { ...pastDue, pendingChange } }))).toEqual([
      "payment.succeeded",
      "invoice.paid",
      "subscription.recovered",
      "quota.granted",
    ]);
  });

  it("brings back the messages that grace took away, and of one that rests none", () => {
    const { periodEndsAt, productId } = aSubscription();
    const granted = (validUntil: BillingMs, status: Subscription["status"]) => {
      const quota = aQuotaGrant({ validUntil });
      const slice = given({ subscription: { status } });
      return typesOf(paidIn({ ...slice, state: { ...slice.state, quotas: { [productId]: quota } } })).slice(2);
    };
    expect(granted(now.billing, "past_due")).toEqual(["subscription.recovered", "quota.changed"]);
    expect(granted(periodEndsAt, "past_due")).toEqual(["subscription.recovered"]);
    expect(granted(now.billing, "paused")).toEqual([]);
    expect(granted(periodEndsAt, "active")).toEqual([]);
  });

  it("for a purchase pays it", () => {
    expect(typesOf(paid({ invoice: purchase }))).toEqual(["payment.succeeded", "invoice.paid"]);
  });

  it("for a period that is over grants no messages of the present one", () => {
    const offer = anOffer({ product: { grantOn: "payment" } });
    expect(typesOf(paid({ offer }))).toEqual(["payment.succeeded", "invoice.paid", "quota.granted"]);
    expect(typesOf(paid({ offer, subscription: { periodIndex: 1 } }))).toEqual(["payment.succeeded", "invoice.paid"]);
  });
});

describe("a change that had been paid, and whose money the bank took back", () => {
  const invoice = { reason: "subscription_change" } as const;
  const subscription = { status: "past_due" } as const;

  it("is still owed when a debit that the customer asked for fails", () => {
    const slice = given({ invoice, subscription, payment: { onDemand: true } });
    const events = failed(purposeOf(slice, paymentId), "failed", "declined", now, {});
    expect(typesOf(events)).not.toContain("invoice.voided");
  });

  it("is paid again, and the subscription recovers", () => {
    const events = typesOf(paid({ invoice, subscription }));
    expect(events.slice(0, 3)).toEqual(["payment.succeeded", "invoice.paid", "subscription.recovered"]);
  });
});

describe("money that comes too late", () => {
  const late = (parts: Given, by: Offer["price"]["latePaymentPolicy"] = "reactivate") =>
    typesOf(paid({ invoice: { status: "void" }, subscription: ended, offer: policy(by), ...parts })).slice(1);
  const back = ["invoice.reinstated", "invoice.paid", "subscription.reactivated", "quota.granted"];

  it("brings back what was given up, and nothing that was paid in another way", () => {
    expect(late({})).toEqual(back);
    expect(late({ invoice: { status: "uncollectible" } })).toEqual(back);
    expect(late({ invoice: { status: "paid" } })).toEqual(["credit.granted"]);
  });

  it("brings back a purchase, which has no period that could be over", () => {
    expect(late({ invoice: { ...purchase, status: "void" } })).toEqual(["invoice.reinstated", "invoice.paid"]);
  });

  it("is credit when the subscription runs already, unless it rests", () => {
    for (const status of ["incomplete", "active", "past_due"] as const) {
      expect(late({ subscription: { status } })).toEqual(["credit.granted"]);
    }
    expect(late({ subscription: { status: "paused" } })).toEqual(back);
  });

  it("is credit when the part that credit had paid was spent meanwhile", () => {
    const partly = (creditRials: number) =>
      late({
        payment: { amountRials: rials(3_000_000) },
        customer: aCustomer({ creditRials: signedRials(creditRials) }),
      });
    expect(partly(288_999)).toEqual(["credit.granted"]);
    expect(partly(289_000)).toEqual(["invoice.reinstated", "credit.applied", ...back.slice(1)]);
  });

  it("brings back whole payments of who owes what was carried over, too", () => {
    expect(late({ customer: aCustomer({ creditRials: signedRials(-5_000) }) })).toEqual(back);
  });

  it("is credit when it was for a change, which is not made any more", () => {
    expect(late({ invoice: { status: "void", reason: "subscription_change" } })).toEqual(["credit.granted"]);
  });

  it("is credit from the end of the period on", () => {
    const endingAt = (periodEndsAt: BillingMs) => late({ subscription: { ...ended, periodEndsAt } });
    expect(endingAt(after(now.billing, 1))).toEqual(back);
    expect(endingAt(now.billing)).toEqual(["credit.granted"]);
  });

  it("is credit when another subscription to the product runs, and only then", () => {
    const other = (over: Partial<Subscription>) => late({ others: [aSubscription({ id: "sub_other", ...over })] });
    expect(other({})).toEqual(["credit.granted"]);
    expect(other({ productId: "prod_other" })).toEqual(back);
    expect(other({ status: "canceled" })).toEqual(back);
  });

  it("says why it is credit, and orders the refund of it by a name of its own", () => {
    const [, credit, refund] = paid({ invoice: { status: "void" }, subscription: ended, offer: policy("refund") });
    expect(credit).toMatchObject({ type: "credit.granted", data: { reason: "late_payment" } });
    expect(refund).toMatchObject({
      type: "refund.created",
      data: { refundId: expect.stringMatching(/^ref_/) },
      evidence: { reason: "late_payment_policy" },
    });
  });
});

describe("a payment that fails", () => {
  const ends = (parts: Given) => typesOf(failed(purposeOf(given(parts), paymentId), "failed", "declined", now, {}));

  const told = ["payment.failed", "payment_method.declined"];

  it("changes nothing about an invoice that is not open", () => {
    for (const status of ["paid", "void", "uncollectible"] as const) {
      expect(ends({ invoice: { status }, subscription: { status: "incomplete" } })).toEqual(told);
    }
  });

  it("ends what it was to begin, and tries a renewal again", () => {
    expect(ends({ invoice: purchase })).toEqual([...told, "invoice.voided"]);
    expect(ends({ subscription: { status: "incomplete" } })).toContain("subscription.incomplete_expired");
    expect(ends({})).toContain("invoice.attempt_failed");
    expect(ends({ payment: { onDemand: true } })).toEqual(told);
  });
});
