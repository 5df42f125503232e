import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import {
  after,
  billingMs,
  billingOf,
  dayMs,
  hourMs,
  minuteMs,
  wallMs,
  type BillingMs,
  type WallMs,
} from "../../server/billing/clock.ts";
import { isInWindow } from "../../server/billing/collection-window.ts";
import { nextDueAt } from "../../server/billing/due-rules.ts";
import { firstAttemptAt, giveUp, nextAttemptAt } from "../../server/billing/dunning.ts";
import { event } from "../../server/billing/event.ts";
import { rials, signedRials } from "../../server/billing/money.ts";
import type { Outcome } from "../../server/billing/outcome.ts";
import { quotaGrant } from "../../server/billing/quota.ts";
import { all, type Invoice, type Offer, type Slice, type Subscription } from "../../server/billing/state.ts";
import { decideSubscribe } from "../../server/billing/subscribe.ts";
import { tehranDayOf } from "../../server/billing/tehran.ts";
import {
  afterEvents,
  anInvoice,
  anOffer,
  aPayment,
  aPaymentMethod,
  aSlice,
  aSubscribeInput,
  aSubscription,
  days,
  declined,
  eventsOf,
  generousGateway,
  now,
  runDue,
  runUntil,
  says,
  seededIds,
  settled,
  told,
  typesOf,
  wall,
  type Answers,
  type Run,
} from "../support/billing-builders.ts";

const poor: Outcome<never> = (() => {
  const { evidence } = declined(-200);
  return { kind: "declined", code: -200, evidence: { ...evidence, reason: "insufficient_funds" } };
})();
/** There is not enough money, and the bank says so. */
const refusing: Answers = { ...generousGateway(), debit: () => poor, inquire: () => says("FAILED") };

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
  const declinedToTheEnd = () => runUntil(due(), wallMs(wall + days(20)), refusing);

  it("is tried on the due day and on days 2, 5, 9 and 14, and never again", () => {
    expect(told(declinedToTheEnd(), "payment.created").map((it) => dayOf(it.at))).toEqual([0, 2, 5, 9, 14]);
  });

  it("is tried only inside the collection window, 08:30 to 22:30 in Tehran", () => {
    for (const { at } of told(declinedToTheEnd(), "payment.created")) expect(isInWindow(billingMs(at))).toBe(true);
  });

  it("is past due after the first decline, said once", () => {
    expect(told(declinedToTheEnd(), "subscription.past_due").map((it) => dayOf(it.at))).toEqual([0]);
  });

  it("then ends unpaid, with its invoice uncollectible", () => {
    const run = declinedToTheEnd();
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
    expect(told(paused, "subscription.paused")).toMatchObject([{ event: { data: { reason: "unpaid", daysLeft: 0 } } }]);
    expect(told(paused, "invoice.finalized")).toEqual([]);
  });
});

describe("a renewal that is declined and then paid", () => {
  const until = billingOf("2026-11-24T00:00:00.000Z");
  const declinedOnes = new Set<string>();
  const recovering: Answers = {
    ...generousGateway(),
    debit: ({ authority }, at) => {
      if (at >= until) return settled({ referenceId: null });
      declinedOnes.add(authority);
      return declined(-99);
    },
    inquire: ({ authority }) => says(declinedOnes.has(authority) ? "FAILED" : "PAID"),
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
    expect(told(run, "invoice.payment_link_due").map((it) => dayOf(it.at))).toEqual([0, 2, 5, 9]);
    expect(statusOf(run.slice)).toBe("canceled");
  });
});

describe("another invoice of the subscription that was debited while an attempt waited to be sent", () => {
  const sentAt = after(wall, 10 * hourMs);

  it("has the attempt begin anew twenty hours later", () => {
    const begun = runUntil(due({}, { collecting: false }), sentAt, generousGateway()).slice;
    const [waiting] = all(begun.state.payments);
    expect(waiting).toMatchObject({ status: "created" });
    const other = anInvoice({ id: "inv_other", status: "paid", periodIndex: 0 });
    const paid = aPayment({
      id: "pay_other",
      invoiceId: other.id,
      status: "succeeded",
      sendBefore: sentAt,
      nextAskAt: null,
    });
    const { invoices, payments } = begun.state;
    const both = {
      ...begun.state,
      invoices: { ...invoices, [other.id]: other },
      payments: { ...payments, [paid.id]: paid },
    };
    const held = { ...begun, state: both, collecting: true };
    const run = runUntil(held, after(wall, days(3)), generousGateway(), seededIds(9_000));
    expect(told(run, "payment.closed")).toMatchObject([{ event: { data: { paymentId: waiting?.id } } }]);
    const [submitted, ...more] = told(run, "payment.submitted");
    expect(more).toEqual([]);
    expect((submitted?.at ?? 0) - sentAt).toBeGreaterThanOrEqual(20 * hourMs);
    expect(told(run, "invoice.paid")).toHaveLength(1);
  });
});

describe("a payment method that the customer has changed while an attempt waited to be sent", () => {
  const other = aPaymentMethod({ id: "pm_other" });
  const waiting = (paymentMethodId: Subscription["paymentMethodId"]) => {
    const slice = due({}, { collecting: false, paymentMethods: [aPaymentMethod(), other] });
    const begun = runUntil(slice, after(wall, 10 * hourMs), generousGateway()).slice;
    expect(all(begun.state.payments)).toMatchObject([{ status: "created", paymentMethodId: aPaymentMethod().id }]);
    const [subscription] = all(begun.state.subscriptions);
    if (!subscription) throw new Error("There is no subscription");
    const change = event("subscription.payment_method_changed", { subscriptionId: subscription.id, paymentMethodId });
    const changed = afterEvents(begun, [change], after(wall, 10 * hourMs));
    return runUntil({ ...changed, collecting: true }, after(wall, days(1)), generousGateway(), seededIds(9_000));
  };

  it("is the one that is debited, and the attempt is not a failed one", () => {
    const run = waiting(other.id);
    expect(told(run, "payment.closed")).toMatchObject([{ event: { data: { reason: "superseded" } } }]);
    expect(told(run, "payment.created")).toMatchObject([{ event: { data: { paymentMethodId: other.id } } }]);
    expect(told(run, "invoice.attempt_failed")).toEqual([]);
    expect(told(run, "invoice.paid")).toHaveLength(1);
    expect(run.calls.filter((name) => name === "debit")).toHaveLength(1);
  });

  it("is debited no more when links are wanted instead: one is sent", () => {
    const run = waiting(null);
    expect(run.calls).toEqual([]);
    expect(told(run, "invoice.payment_link_due")).toHaveLength(1);
  });
});

describe("the price", () => {
  const priced = (price: Partial<Offer["price"]>, parts: Partial<Parameters<typeof aSlice>[0]> = {}) =>
    due({}, { offers: [anOffer({ price })], ...parts });
  const granted = () => {
    const { id, productId, periodIndex, periodEndsAt } = aSubscription();
    return quotaGrant(aSlice(), { id, productId }, 2_000, { index: periodIndex, endsAt: periodEndsAt });
  };
  const quotaIn = (slice: Slice) => all(slice.state.quotas)[0];
  const inGrace = (graceAccess: "keep" | "narrow") =>
    runUntil(afterEvents(priced({ graceAccess }), granted()), after(wall, days(1)), refusing).slice;

  it.each([
    [
      [1, 3],
      [0, 1, 3],
    ],
    [[], [0]],
    [[7], [0, 7]],
  ])("says when it is tried again: retryDays %j", (retryDays, expected) => {
    const run = runUntil(priced({ retryDays }), after(wall, days(20)), refusing);
    expect(told(run, "payment.created").map((it) => dayOf(it.at))).toEqual(expected);
    expect(statusOf(run.slice)).toBe("canceled");
  });

  it("says whether grace keeps the period's messages, or lets none be used until it is paid", () => {
    expect(quotaIn(inGrace("keep"))).toMatchObject({ granted: 2_000, validUntil: aSubscription().periodEndsAt });
    const narrowed = inGrace("narrow");
    expect(quotaIn(narrowed)?.validUntil).toBeLessThanOrEqual(after(wall, days(1)));
    expect(statusOf(narrowed)).toBe("past_due");
  });

  it.each([
    ["a debit", (slice: Slice) => runUntil(slice, after(wall, days(3)), generousGateway(), seededIds(9_000)).slice],
    [
      "the customer's credit",
      (slice: Slice) => {
        const { customer } = slice.state;
        if (!customer) throw new Error("There is no customer");
        const rich = {
          ...slice,
          state: { ...slice.state, customer: { ...customer, creditRials: signedRials(9_000_000) } },
        };
        return runUntil(rich, after(wall, days(2)), {}, seededIds(9_000)).slice;
      },
    ],
  ])("that narrowed the access gives it back when %s pays", (_title, pay) => {
    const recovered = pay(inGrace("narrow"));
    expect(statusOf(recovered)).toBe("active");
    expect(quotaIn(recovered)).toMatchObject({ granted: 2_000, validUntil: aSubscription().periodEndsAt });
  });
});

describe("the next attempt", () => {
  const invoice = anInvoice();
  const { retryDays } = anOffer().price;
  const on = (day: number): BillingMs => billingMs(firstAttemptAt(invoice.dueAt, invoice.customerId) + day * dayMs);

  it.each([
    [1, 0, 2],
    [2, 2, 5],
    [3, 5, 9],
    [4, 9, 14],
  ])("after attempt %i on day %i is on day %i", (attemptCount, at, expected) => {
    expect(nextAttemptAt(invoice, attemptCount, retryDays, on(at))).toBe(on(expected));
  });

  it("after the fifth is none", () => {
    expect(nextAttemptAt(invoice, 5, retryDays, on(14))).toBeNull();
  });

  it("leaves out retry days that passed while the gateway was silent", () => {
    expect(nextAttemptAt(invoice, 1, retryDays, on(6))).toBe(on(9));
    expect(nextAttemptAt(invoice, 1, retryDays, on(2))).toBe(on(5));
  });

  it("is two days on when all retry days passed, since it was we who were late; after the fifth there is none", () => {
    for (const count of [1, 2, 3, 4]) expect(nextAttemptAt(invoice, count, retryDays, on(15))).toBe(on(17));
    expect(nextAttemptAt(invoice, 4, retryDays, on(14))).toBe(on(16));
    expect(nextAttemptAt(invoice, 5, retryDays, on(15))).toBeNull();
  });

  it("is later than now, on a retry day or else two days on, in the window, whoever the customer is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.nat(20 * dayMs), fc.string(), (count, passed, id) => {
        const own = { ...invoice, customerId: `cus_${id}` as const };
        const at = billingMs(invoice.dueAt + passed);
        const next = nextAttemptAt(own, count, retryDays, at);
        expect(next === null).toBe(count > 4);
        if (next === null) return;
        expect(next).toBeGreaterThan(at);
        const lastRetryAt = firstAttemptAt(billingMs(own.dueAt + days(14)), own.customerId);
        if (at < lastRetryAt) expect(retryDays).toContain(tehranDayOf(next) - dueDay);
        else expect(next).toBe(firstAttemptAt(billingMs(at + days(2)), own.customerId));
        expect(isInWindow(next)).toBe(true);
      }),
    );
  });
});

describe("after we were late ourselves", () => {
  const firstAttempt = () => wallMs(firstAttemptAt(anInvoice().dueAt, anInvoice().customerId));
  /** The payment began on time and waited; collecting is resumed at a moment. */
  const resumedAt = (at: WallMs): Run => {
    const waiting = runDue(due({}, { collecting: false }), firstAttempt(), refusing);
    expect(waiting.calls).toEqual([]);
    return runDue({ ...waiting.slice, collecting: true }, at, refusing, seededIds(9_000));
  };

  it("the next retry is 20 hours after the debit went, not after its payment began", () => {
    const at = after(firstAttempt(), 2 * dayMs - 30 * minuteMs);
    const resumed = resumedAt(at);
    expect(resumed.calls).toContain("debit");
    const retried = runUntil(resumed.slice, after(at, 3 * dayMs), refusing, seededIds(20_000));
    const [retry] = told(retried, "payment.submitted");
    expect((retry?.at ?? 0) - at).toBeGreaterThanOrEqual(20 * hourMs);
    expect(isInWindow(billingMs(retry?.at ?? 0))).toBe(true);
  });

  it("by more than all retry days, a decline still has four retries, each two days after the one before", () => {
    const resumed = resumedAt(after(firstAttempt(), 15 * dayMs));
    expect(statusOf(resumed.slice)).toBe("past_due");
    const run = runUntil(resumed.slice, after(firstAttempt(), 28 * dayMs), refusing, seededIds(20_000));
    expect(told(run, "payment.submitted").map((it) => dayOf(it.at))).toEqual([17, 19, 21, 23]);
    expect(told(run, "subscription.canceled").map((it) => dayOf(it.at))).toEqual([23]);
  });
});

describe("giving up", () => {
  const subscription = aSubscription({ periodIndex: 4 });
  const pausing = anOffer({ price: { unpaidPolicy: "pause" } });

  it.each([
    ["ends the subscription", "subscription.canceled", anOffer()],
    ["lets it rest when its price says pause", "subscription.paused", pausing],
  ] as const)("takes back what the invoice booked and the messages, and %s", (_title, end, offer) => {
    const events = giveUp(aSlice({ offers: [offer] }), anInvoice(), subscription, now);
    expect(typesOf(events)).toEqual(["invoice.marked_uncollectible", end, "quota.granted"]);
    expect(events.at(-1)?.data).toEqual({
      productId: subscription.productId,
      subscriptionId: subscription.id,
      periodIndex: 4,
      messages: 0,
      rolledOver: 0,
      validUntil: "2026-11-22T08:00:00.000Z",
    });
  });

  it("ends one whose end was asked for, though its price says pause", () => {
    const ending = { ...subscription, cancelAtPeriodEnd: true, cancelReason: "requested" as const };
    expect(typesOf(giveUp(aSlice({ offers: [pausing] }), anInvoice(), ending, now))).toContain("subscription.canceled");
  });

  it("after the last retry leaves nothing of a period that was granted at its start and never paid", () => {
    const slice = aSlice();
    const begun = afterEvents(slice, eventsOf(decideSubscribe(slice, aSubscribeInput(), now)));
    const paid = runDue(begun, wall, generousGateway(), seededIds(100)).slice;
    const renewed = runDue(paid, wallMs(nextDueAt(paid) ?? 0), generousGateway(), seededIds(5_000)).slice;
    expect(all(renewed.state.quotas)).toMatchObject([{ periodIndex: 1, granted: 2_000 }]);
    const run = runUntil(renewed, after(wall, 50 * dayMs), refusing, seededIds(9_000));
    const [ended] = all(run.slice.state.subscriptions);
    expect(ended?.status).toBe("canceled");
    expect(all(run.slice.state.quotas)).toMatchObject([{ periodIndex: 1, granted: 0, validUntil: ended?.endedAt }]);
  });
});
