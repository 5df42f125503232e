// What an operator decides about an open invoice: void, or uncollectible.
import { describe, expect, it } from "vitest";
import type { Terms } from "../../contract/subscription.ts";
import { decideCloseInvoice } from "../../server/billing/close-invoice.ts";
import { signedRials } from "../../server/billing/money.ts";
import type { Payment, Slice, Subscription } from "../../server/billing/state.ts";
import {
  aCustomer,
  aFirstPayment,
  anInvoice,
  anOffer,
  aPayment,
  aRenewal,
  aSlice,
  aSubscription,
  eventsOf,
  now,
  typesOf,
} from "../support/billing-builders.ts";

const reason = "Billed by mistake";
const invoiceId = anInvoice().id;
const over = (slice: Slice, as: "void" | "uncollectible") => decideCloseInvoice(slice, { invoiceId, as, reason }, now);
const closed = (slice: Slice, as: "void" | "uncollectible") => eventsOf(over(slice, as));

const failed = (more: Partial<Payment> = {}) => aPayment({ status: "failed", nextAskAt: null, ...more });
const pastDue = (subscription: Partial<Subscription> = {}) =>
  aRenewal(failed(), { subscription: aSubscription({ status: "past_due", ...subscription }) });

describe("voiding", () => {
  it("a renewal: nothing is owed, the period goes on, and the operator's words stand beside it", () => {
    const events = closed(pastDue(), "void");
    expect(typesOf(events)).toEqual(["invoice.voided", "subscription.recovered", "quota.granted"]);
    expect(events[0]).toMatchObject({ data: { invoiceId, totalRials: 3_289_000 }, evidence: { reason } });
  });

  it("a purchase: nothing is owed, and nothing else follows", () => {
    const invoice = anInvoice({ reason: "purchase", subscriptionId: null, periodIndex: null });
    expect(typesOf(closed(aSlice({ invoices: [invoice] }), "void"))).toEqual(["invoice.voided"]);
  });

  it("what a subscription would begin with: it never began", () => {
    const events = closed(aFirstPayment(failed()), "void");
    expect(typesOf(events)).toEqual(["invoice.voided", "subscription.incomplete_expired"]);
  });

  it("what a change waits for: everything is as it was", () => {
    const terms: Terms = { productId: "prod_1", priceId: "price_1", quantity: 2, addOns: [] };
    const pendingChange = { invoiceId, restarts: false, terms };
    const subscription = aSubscription({ pendingChange });
    const invoices = [anInvoice({ reason: "subscription_change" })];
    const slice = aSlice({ subscriptions: [subscription], invoices });
    expect(typesOf(closed(slice, "void"))).toEqual(["invoice.voided", "subscription.change_failed"]);
  });

  it("gives back the credit that was used for it", () => {
    const customer = aCustomer({ creditRials: signedRials(5) });
    const invoice = anInvoice({ subscriptionId: null, creditAppliedRials: signedRials(1_000) });
    const [returned] = closed(aSlice({ customer, invoices: [invoice] }), "void");
    expect(returned).toMatchObject({ type: "credit.applied", data: { amountRials: -1_000, balanceRials: 1_005 } });
  });
});

describe("giving up", () => {
  it("a renewal: the price says what becomes of the subscription", () => {
    const canceled = closed(pastDue(), "uncollectible");
    expect(typesOf(canceled)).toEqual(["invoice.marked_uncollectible", "subscription.canceled", "quota.granted"]);
    expect(canceled[0]).toMatchObject({ evidence: { reason } });
    const slice = { ...pastDue(), offers: { [anOffer().price.id]: anOffer({ price: { unpaidPolicy: "pause" } }) } };
    expect(typesOf(closed(slice, "uncollectible"))).toContain("subscription.paused");
  });

  it("an invoice of an earlier period ends nothing of the present one", () => {
    const slice = pastDue({ periodIndex: 4 });
    expect(typesOf(closed(slice, "uncollectible"))).toEqual(["invoice.marked_uncollectible"]);
  });
});

describe("closing", () => {
  it.each(["void", "uncollectible"] as const)("again as %s changes nothing", (as) => {
    const slice = aSlice({ invoices: [anInvoice({ status: as })] });
    expect(over(slice, as)).toEqual([]);
  });

  it.each(["paid", "void"] as const)("one that is %s is refused", (status) => {
    const slice = aSlice({ invoices: [anInvoice({ status })] });
    expect(over(slice, "uncollectible")).toMatchObject({ rejected: "invoice_not_open" });
  });

  it.each(["created", "submitted", "open", "verifying", "unknown", "needs_review"] as const)(
    "is refused while its payment is %s",
    (status) => {
      expect(over(aRenewal(aPayment({ status })), "void")).toMatchObject({ rejected: "payment_in_progress" });
    },
  );

  it("what does not exist is not found", () => {
    expect(over(aSlice(), "void")).toMatchObject({ rejected: "not_found" });
  });
});
