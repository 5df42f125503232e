// What an operator decides about an open invoice: void, or uncollectible.
import { describe, expect, it } from "vitest";
import type { Terms } from "../../contract/subscription.ts";
import { decideCloseInvoice } from "../../server/billing/close-invoice.ts";
import { instant } from "../../server/billing/clock.ts";
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
const purchase = anInvoice({ reason: "purchase", subscriptionId: null, periodIndex: null });
const terms: Terms = { productId: "prod_1", priceId: "price_1", quantity: 2, addOns: [] };
const changing = aSlice({
  subscriptions: [aSubscription({ pendingChange: { invoiceId, restarts: false, terms } })],
  invoices: [anInvoice({ reason: "subscription_change" })],
});
const pastDueBy = (latestInvoiceId: Subscription["latestInvoiceId"]) =>
  aSubscription({ status: "past_due", latestInvoiceId });
const pastDue = (subscription: Partial<Subscription> = {}) =>
  aRenewal(failed(), { subscription: aSubscription({ status: "past_due", ...subscription }) });

describe("voiding", () => {
  it("a renewal: nothing is owed, the period goes on, and the operator's words stand beside it", () => {
    const events = closed(pastDue(), "void");
    expect(typesOf(events)).toEqual(["invoice.voided", "subscription.recovered", "quota.granted"]);
    expect(events[0]).toMatchObject({ data: { invoiceId, totalRials: 3_289_000 }, evidence: { reason } });
    expect(events.slice(1).map(({ evidence }) => evidence)).toEqual([undefined, undefined]);
  });

  it("a purchase, or an invoice of what has ended: nothing is owed, and nothing else follows", () => {
    expect(typesOf(closed(aSlice({ invoices: [purchase] }), "void"))).toEqual(["invoice.voided"]);
    expect(typesOf(closed(pastDue({ status: "canceled" }), "void"))).toEqual(["invoice.voided"]);
  });

  it("what a subscription would begin with: it never began", () => {
    const events = closed(aFirstPayment(failed()), "void");
    expect(typesOf(events)).toEqual(["invoice.voided", "subscription.incomplete_expired"]);
  });

  it("what a change waits for: everything is as it was", () => {
    expect(typesOf(closed(changing, "void"))).toEqual(["invoice.voided", "subscription.change_failed"]);
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

  it("a renewal that no debit has tried yet: the price says it, too", () => {
    expect(typesOf(closed(pastDue({ status: "active" }), "uncollectible"))).toContain("subscription.canceled");
  });

  it("what a subscription would begin with: it never began", () => {
    const events = closed(aFirstPayment(failed()), "uncollectible");
    expect(typesOf(events)).toEqual(["invoice.marked_uncollectible", "subscription.incomplete_expired"]);
    expect(events[1]?.data).toEqual({ subscriptionId: aSubscription().id, endedAt: instant(now.billing) });
  });

  it("what a change waits for: everything is as it was", () => {
    const events = typesOf(closed(changing, "uncollectible"));
    expect(events).toEqual(["invoice.marked_uncollectible", "subscription.change_failed"]);
  });

  it.each<[string, Slice]>([
    ["of an earlier period", pastDue({ periodIndex: 4 })],
    ["of a change, beside the period's own", aSlice({ subscriptions: [pastDueBy("inv_2")], invoices: [anInvoice()] })],
    ["of one that rests", pastDue({ status: "paused" })],
    ["of one that has ended", pastDue({ status: "canceled" })],
    ["of a purchase", aSlice({ invoices: [purchase] })],
  ])("an invoice %s: nothing else ends", (_title, slice) => {
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
    expect(over(slice, "uncollectible")).toMatchObject({
      rejected: "invoice_not_open",
      detail: `${invoiceId} is ${status}.`,
    });
  });

  it.each(["created", "submitted", "open", "verifying", "unknown", "needs_review"] as const)(
    "is refused while its payment is %s",
    (status) => {
      expect(over(aRenewal(aPayment({ status })), "void")).toMatchObject({
        rejected: "payment_in_progress",
        detail: `${aPayment().id} of ${invoiceId} is ${status}.`,
      });
    },
  );

  it("goes on while a payment of another invoice is under way", () => {
    expect(typesOf(closed(aRenewal(aPayment({ invoiceId: "inv_2" })), "void"))).toContain("invoice.voided");
  });

  it("what does not exist is not found", () => {
    expect(over(aSlice(), "void")).toMatchObject({
      rejected: "not_found",
      detail: `There is no invoice ${invoiceId}.`,
    });
  });
});
