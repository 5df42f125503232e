import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import { billingMs, billingOf, dayMs, wallMs, type BillingMs } from "../../server/billing/clock.ts";
import { isInWindow } from "../../server/billing/collection-window.ts";
import { firstAttemptAt, giveUp, nextAttemptAt, retryDays } from "../../server/billing/dunning.ts";
import { rials } from "../../server/billing/money.ts";
import { all, type Invoice, type Slice } from "../../server/billing/state.ts";
import { tehranDayOf } from "../../server/billing/tehran.ts";
import {
  anInvoice,
  anOffer,
  aPaymentMethod,
  aRenewal,
  aPayment,
  aSlice,
  aSubscription,
  days,
  declined,
  generousGateway,
  now,
  runUntil,
  says,
  settled,
  told,
  typesOf,
  wall,
  type Answers,
} from "../support/billing-builders.ts";

const refusing: Answers = { ...generousGateway(), debit: () => declined(-99), inquire: () => says("FAILED") };

/** An open renewal whose first attempt is planned for the due day. */
const due = (over: Partial<Invoice> = {}, parts: Partial<Parameters<typeof aSlice>[0]> = {}): Slice => {
  const open = anInvoice();
  const invoice = { ...open, nextAttemptAt: firstAttemptAt(open.dueAt, open.customerId), ...over };
  const subscription = aSubscription({ latestInvoiceId: invoice.id });
  return aSlice({ subscriptions: [subscription], invoices: [invoice], ...parts });
};
const dueDay = tehranDayOf(anInvoice().dueAt);
const dayOf = (at: number) => tehranDayOf(billingMs(at)) - dueDay;
const statusOf = (slice: Slice) => all(slice.state.subscriptions)[0]?.status;

describe("a renewal that is declined each time", () => {
  const run = runUntil(due(), wallMs(wall + days(20)), refusing);

  it("is tried on the due day and on days 2, 5, 9 and 14, and never again", () => {
    expect(told(run, "payment.created").map((it) => dayOf(it.at))).toEqual([0, 2, 5, 9, 14]);
  });

  it("is tried only inside the collection window, 08:30 to 22:30 in Tehran", () => {
    for (const { at } of told(run, "payment.created")) expect(isInWindow(billingMs(at))).toBe(true);
  });

  it("is past due after the first decline, said once", () => {
    expect(told(run, "subscription.past_due").map((it) => dayOf(it.at))).toEqual([0]);
  });

  it("then ends unpaid, with its invoice uncollectible", () => {
    expect(statusOf(run.slice)).toBe("canceled");
    expect(all(run.slice.state.subscriptions)[0]?.cancelReason).toBe("unpaid");
    expect(all(run.slice.state.invoices)[0]).toMatchObject({ status: "uncollectible", attemptCount: 5 });
    expect(told(run, "invoice.marked_uncollectible")[0]?.event.data).toMatchObject({
      subtotalRials: 2_990_000,
      vatRials: 299_000,
      totalRials: 3_289_000,
    });
  });

  it("then rests instead, when its price says pause", () => {
    const offers = [anOffer({ price: { unpaidPolicy: "pause" } })];
    const paused = runUntil(due({}, { offers }), wallMs(wall + days(60)), refusing);
    expect(statusOf(paused.slice)).toBe("paused");
    expect(all(paused.slice.state.subscriptions)[0]?.endedAt).toBeNull();
    expect(told(paused, "invoice.finalized")).toEqual([]);
  });
});

describe("a renewal that is declined and then paid", () => {
  const until = billingOf("2026-11-24T00:00:00.000Z");
  const recovering: Answers = {
    ...generousGateway(),
    debit: (_input, at) => (at < until ? declined(-99) : settled({ referenceId: null })),
    inquire: (_input, at) => says(at < until ? "FAILED" : "PAID"),
  };

  it("recovers on day 2 and is not tried again", () => {
    const run = runUntil(due(), wallMs(wall + days(20)), recovering);
    expect(told(run, "payment.created").map((it) => dayOf(it.at))).toEqual([0, 2]);
    expect(told(run, "subscription.recovered").map((it) => dayOf(it.at))).toEqual([2]);
    expect(statusOf(run.slice)).toBe("active");
  });
});

describe("an attempt that no debit can be sent for", () => {
  it.each([
    ["payment_method_not_active", [aPaymentMethod({ status: "cancelled_by_user" })]],
    ["payment_method_not_active", [aPaymentMethod({ status: "expired" })]],
    ["payment_method_cannot_carry", [aPaymentMethod({ maxAmountRials: rials(1_000_000) })]],
    ["payment_method_required", []],
  ])("counts like a decline and names its reason: %s", (reason, paymentMethods) => {
    const run = runUntil(due({}, { paymentMethods }), wallMs(wall + days(20)), generousGateway());
    expect(run.calls).toEqual([]);
    expect(told(run, "invoice.attempt_failed").map((it) => it.event.data.reason)).toEqual(
      Array.from({ length: 5 }, () => reason),
    );
    expect(statusOf(run.slice)).toBe("canceled");
  });
});

describe("the next attempt", () => {
  const invoice = anInvoice();
  const on = (day: number): BillingMs => billingMs(firstAttemptAt(invoice.dueAt, invoice.customerId) + day * dayMs);

  it.each([
    [1, 0, 2],
    [2, 2, 5],
    [3, 5, 9],
    [4, 9, 14],
  ])("after attempt %i on day %i is on day %i", (attemptCount, at, expected) => {
    expect(nextAttemptAt(invoice, attemptCount, on(at))).toBe(on(expected));
  });

  it("after the fifth is none", () => {
    expect(nextAttemptAt(invoice, 5, on(14))).toBeNull();
  });

  it("leaves out retry days that passed while the gateway was silent", () => {
    expect(nextAttemptAt(invoice, 1, on(6))).toBe(on(9));
    expect(nextAttemptAt(invoice, 1, on(2))).toBe(on(5));
    expect(nextAttemptAt(invoice, 1, on(15))).toBeNull();
  });

  it("is later than now, on a retry day, in the window, whoever the customer is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.nat(20 * dayMs), fc.string(), (count, passed, id) => {
        const own = { ...invoice, customerId: `cus_${id}` as const };
        const at = billingMs(invoice.dueAt + passed);
        const next = nextAttemptAt(own, count, at);
        if (next === null) return;
        expect(next).toBeGreaterThan(at);
        expect(retryDays).toContain(tehranDayOf(next) - dueDay);
        expect(isInWindow(next)).toBe(true);
      }),
    );
  });
});

describe("giving up", () => {
  it("takes back what the invoice booked and ends the subscription by its price's policy", () => {
    const slice = aRenewal(aPayment());
    const [invoice] = all(slice.state.invoices);
    if (!invoice) throw new Error("There is no invoice");
    expect(typesOf(giveUp(invoice, aSubscription(), anOffer(), now))).toEqual([
      "invoice.marked_uncollectible",
      "subscription.canceled",
    ]);
    expect(typesOf(giveUp(invoice, aSubscription(), anOffer({ price: { unpaidPolicy: "pause" } }), now))).toEqual([
      "invoice.marked_uncollectible",
      "subscription.paused",
    ]);
  });
});
