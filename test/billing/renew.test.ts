import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import type { Calendar } from "../../contract/common/time.ts";
import { decideCancelSubscription } from "../../server/billing/cancel-subscription.ts";
import { after, billingMs, billingOf, dayMs, hourMs, wallMs, wallOf, type WallMs } from "../../server/billing/clock.ts";
import { isInWindow } from "../../server/billing/collection-window.ts";
import { nextDueAt } from "../../server/billing/due-rules.ts";
import type { NewEvent } from "../../server/billing/event.ts";
import { rials, signedRials } from "../../server/billing/money.ts";
import { attemptDueAt, creditDueAt, decideAttempt, decideCredit } from "../../server/billing/collect.ts";
import { decideDuePeriodEnd, decidePeriodEnd, discountAfter, periodEndDueAt } from "../../server/billing/renew.ts";
import { expiryToldMs } from "../../server/billing/payment-method.ts";
import {
  all,
  type Invoice,
  type Offer,
  type Payment,
  type Slice,
  type Subscription,
} from "../../server/billing/state.ts";
import { decideSubscribe } from "../../server/billing/subscribe.ts";
import { decideSetTarget } from "../../server/billing/test-clock.ts";
import {
  aCancelInput,
  aCustomer,
  afterEvents,
  anInvoice,
  anOffer,
  aPayment,
  aPaymentMethod,
  aRenewal,
  aSlice,
  aSubscribeInput,
  aSubmittedPayment,
  aSubscription,
  days,
  eventsOf,
  generousGateway,
  newCustomer,
  now,
  ownSecondMs,
  runDue,
  runUntil,
  seededIds,
  told,
  typesOf,
  wall,
} from "../support/billing-builders.ts";
import { runs } from "../support/runs.ts";

const only = (slice: Slice): Subscription => {
  const [subscription] = all(slice.state.subscriptions);
  if (!subscription) throw new Error("There is no subscription");
  return subscription;
};
/** Subscribed at a moment, and paid. */
const subscribedAt = (at: WallMs, offer: Offer = anOffer()): Slice => {
  const paymentMethodId = offer.price.amountRials === 0 ? null : aPaymentMethod().id;
  const slice = aSlice({ offers: [offer] });
  const clocks = { wall: at, billing: billingMs(at) };
  const input = aSubscribeInput({ paymentMethodId, pricedAt: clocks.billing });
  const begun = afterEvents(slice, eventsOf(decideSubscribe(slice, input, clocks)), at);
  return runDue(begun, at, generousGateway(), seededIds(100)).slice;
};
const subscribed = (offer: Offer = anOffer()) => subscribedAt(wall, offer);
const run = (slice: Slice, until: number) => runUntil(slice, wallMs(until), generousGateway(), seededIds(5_000));

describe("a renewal", () => {
  const aMonth = () => run(subscribed(), wall + days(31));

  it("begins the next period where the last one ended, to the millisecond", () => {
    expect(told(aMonth(), "subscription.renewed").map((it) => [it.at, it.event.data])).toEqual([
      [
        wallOf("2026-12-21T20:30:00.000Z"),
        {
          subscriptionId: aSubscription().id,
          periodIndex: 1,
          startsAt: "2026-12-21T20:30:00.000Z",
          endsAt: "2027-01-20T20:30:00.000Z",
          discount: null,
          freePeriods: 0,
        },
      ],
    ]);
  });

  it("owes 3,289,000 Rials from the period's start and collects them later, in the window of that day", () => {
    const month = aMonth();
    const [invoice] = told(month, "invoice.finalized");
    expect(invoice?.event.data).toMatchObject({
      reason: "subscription_cycle",
      periodIndex: 1,
      totalRials: 3_289_000,
      dueAt: "2026-12-21T20:30:00.000Z",
    });
    const [payment] = told(month, "payment.created");
    expect(payment?.event.data.amountRials).toBe(3_289_000);
    expect(isInWindow(billingMs(payment?.at ?? 0))).toBe(true);
    expect((payment?.at ?? 0) - wallOf("2026-12-21T20:30:00.000Z")).toBeLessThan(dayMs);
  });

  it("debits once and stays active", () => {
    const month = aMonth();
    expect(month.calls.filter((name) => name === "debit")).toHaveLength(1);
    expect(only(month.slice).status).toBe("active");
  });

  it("grants the period's messages as it starts, before it is paid, when the product says period_start", () => {
    expect(told(aMonth(), "quota.granted").map((it) => [it.at, it.event.data.periodIndex])).toEqual([
      [wallOf("2026-12-21T20:30:00.000Z"), 1],
    ]);
  });

  it("grants them once it is paid, when the product says payment", () => {
    const paid = run(subscribed(anOffer({ product: { grantOn: "payment" } })), wall + days(31));
    const [succeeded] = told(paid, "payment.succeeded");
    expect(told(paid, "quota.granted").map((it) => [it.at, it.event.data.periodIndex])).toEqual([[succeeded?.at, 1]]);
  });

  it("of a free price grants messages and owes nothing", () => {
    const free = run(subscribed(anOffer({ price: { amountRials: rials(0) } })), wall + days(31));
    expect(free.told.map((it) => it.event.type)).toEqual(["subscription.renewed", "quota.granted"]);
  });
});

describe("three years of renewals on a test clock", () => {
  const calendars = fc.constantFrom<Calendar>("jalali", "gregorian");
  const starts = fc.integer({ min: wall, max: wall + days(366) }).map(wallMs);

  it("tile: each period begins where the one before it ended, and each is paid once, in both calendars", () => {
    fc.assert(
      fc.property(calendars, starts, (calendar, at) => {
        const slice = subscribedAt(at, anOffer({ price: { calendar } }));
        const clocks = { wall: at, billing: billingMs(at) };
        const targetAt = billingMs(at + days(3 * 365 + 4));
        const going = decideSetTarget(slice, { customer: newCustomer, targetAt }, clocks);
        const story = runDue(afterEvents(slice, eventsOf(going), at), at, generousGateway(), seededIds(5_000));
        const renewed = told(story, "subscription.renewed").map((it) => it.event.data);
        expect(renewed).toHaveLength(36);
        let endsAt = new Date(only(slice).periodEndsAt).toISOString();
        for (const [index, period] of renewed.entries()) {
          expect(period).toMatchObject({ periodIndex: index + 1, startsAt: endsAt });
          endsAt = period.endsAt;
        }
        expect(told(story, "invoice.paid")).toHaveLength(36);
        expect(story.calls.filter((name) => name === "debit")).toHaveLength(36);
        for (const it of told(story, "payment.created")) expect(isInWindow(it.billing)).toBe(true);
        expect(nextDueAt(story.slice)).toBe(after(aPaymentMethod().expiresAt, -expiryToldMs));
      }),
      { numRuns: runs(12) },
    );
  });

  it("on real time come to the same periods", () => {
    const real = told(run(subscribed(), wall + days(365)), "subscription.renewed").map((it) => it.event.data);
    const slice = subscribed();
    const going = decideSetTarget(slice, { customer: newCustomer, targetAt: billingMs(wall + days(365)) }, now);
    const story = runDue(afterEvents(slice, eventsOf(going)), wall, generousGateway(), seededIds(5_000));
    expect(told(story, "subscription.renewed").map((it) => it.event.data)).toEqual(real);
    expect(real).toHaveLength(12);
  });
});

describe("the end of a period", () => {
  it("is found among several subscriptions, once it has come and not a millisecond before", () => {
    const first = aSubscription({ id: "sub_2", status: "paused" });
    const slice = aSlice({ subscriptions: [first, aSubscription()] });
    const found = (ms: number) => {
      const at = after(aSubscription().periodEndsAt, ms);
      return decideDuePeriodEnd(slice, { wall: wallMs(at), billing: at }, seededIds());
    };
    expect(found(-1)).toEqual([]);
    expect(found(0)[0]).toMatchObject({
      type: "subscription.renewed",
      data: { subscriptionId: aSubscription().id, periodIndex: 1 },
    });
  });

  it("is not looked at while a payment of a change is under way; a payment of another invoice holds nothing up", () => {
    const terms = { productId: anOffer().product.id, priceId: anOffer().price.id, quantity: 2, addOns: [] };
    const pendingChange = { invoiceId: anInvoice().id, terms, restarts: false };
    const due = (over: Partial<Subscription>) => {
      const slice = aSlice({ subscriptions: [aSubscription(over)], payments: [aSubmittedPayment()] });
      return periodEndDueAt(slice, only(slice));
    };
    expect(due({ pendingChange })).toBeNull();
    expect(due({ latestInvoiceId: "inv_2" })).toBe(aSubscription().periodEndsAt);
    expect(due({})).toBe(aSubscription().periodEndsAt);
  });

  it("is not looked at while a payment of its invoice is under way", () => {
    for (const status of ["created", "submitted", "unknown"] as const) {
      const slice = aRenewal(aSubmittedPayment({ status }));
      expect(periodEndDueAt(slice, only(slice))).toBeNull();
    }
    const settledPayment = aRenewal(aPayment({ status: "succeeded", nextAskAt: null }));
    expect(periodEndDueAt(settledPayment, only(settledPayment))).toBe(only(settledPayment).periodEndsAt);
  });

  it.each(["incomplete", "incomplete_expired", "paused", "canceled"] as const)(
    "never comes for one that is %s",
    (status) => {
      const slice = aSlice({ subscriptions: [aSubscription({ status })] });
      expect(periodEndDueAt(slice, only(slice))).toBeNull();
    },
  );

  it("comes for one that is past due, too", () => {
    const slice = aSlice({ subscriptions: [aSubscription({ status: "past_due" })] });
    expect(periodEndDueAt(slice, only(slice))).toBe(only(slice).periodEndsAt);
  });

  const endOf = (slice: Slice) => {
    const { periodEndsAt } = only(slice);
    return decidePeriodEnd(slice, only(slice), { wall: wallMs(periodEndsAt), billing: periodEndsAt }, seededIds());
  };

  it.each(["paid", "void", "uncollectible"] as const)(
    "renews when the last invoice is %s, though its payment is long past and not loaded",
    (status) => {
      const slice = aRenewal(aPayment(), { invoices: [anInvoice({ status })], payments: [] });
      expect(typesOf(endOf(slice))).toContain("subscription.renewed");
    },
  );

  it("parks the invoice when only one of its payments is for an operator to look at", () => {
    const failed = aPayment({ status: "failed", nextAskAt: null });
    const slice = aRenewal(failed, { payments: [failed, aPayment({ id: "pay_2", status: "needs_review" })] });
    expect(typesOf(endOf(slice))).toContain("subscription.renewed");
  });

  it.each([
    ["before its time, even before it began", "2026-11-01T00:00:00.000Z", 1],
    ["before its time", "2026-12-01T00:00:00.000Z", 1],
    ["late, in the period's last millisecond", "2027-01-20T20:29:59.999Z", 1],
    ["late, as the period after it begins", "2027-01-20T20:30:00.000Z", 2],
  ])("asked %s: the next period, or the present one", (_title, when, periodIndex) => {
    const slice = aSlice({ subscriptions: [aSubscription()] });
    const at = { wall: wallOf(when), billing: billingOf(when) };
    const [renewed, invoice] = decidePeriodEnd(slice, only(slice), at, seededIds());
    expect(renewed).toMatchObject({ type: "subscription.renewed", data: { periodIndex } });
    expect(invoice?.data).toMatchObject({ invoiceId: expect.stringMatching(/^inv_/), periodIndex });
  });

  it.each([
    ["requested", null],
    ["requested", "requested"],
    ["unpaid", "unpaid"],
  ] as const)("says %s as the reason when the end was scheduled with %s", (reason, cancelReason) => {
    const slice = aSlice({ subscriptions: [aSubscription({ cancelAtPeriodEnd: true, cancelReason })] });
    expect(endOf(slice)).toMatchObject([{ type: "subscription.canceled", data: { reason } }]);
  });

  it("of a subscription whose price was not loaded is a fault", () => {
    const slice = { ...aSlice({ subscriptions: [aSubscription()] }), offers: {} };
    expect(() => endOf(slice)).toThrow(`${only(slice).priceId} was not loaded`);
  });

  it("drops a change whose payment an operator has to look at; the credit it had used pays for the next period", () => {
    const change = anInvoice({
      id: "inv_2",
      reason: "subscription_change",
      totalRials: rials(50_000),
      creditAppliedRials: signedRials(5_000),
    });
    const terms = { productId: anOffer().product.id, priceId: anOffer().price.id, quantity: 2, addOns: [] };
    const slice = aSlice({
      customer: aCustomer({ creditRials: signedRials(3_000) }),
      subscriptions: [aSubscription({ pendingChange: { invoiceId: change.id, terms, restarts: false } })],
      invoices: [change],
      payments: [aPayment({ status: "needs_review", invoiceId: change.id, nextAskAt: null })],
    });
    const events = endOf(slice);
    expect(typesOf(events).slice(0, 3)).toEqual(["credit.applied", "invoice.voided", "subscription.change_failed"]);
    const after = afterEvents(slice, events).state;
    expect(only({ ...slice, state: after })).toMatchObject({ quantity: 1, pendingChange: null, periodIndex: 1 });
    expect(after.customer?.creditRials).toBe(0);
    const invoice = all(after.invoices).find(({ reason }) => reason === "subscription_cycle");
    expect(invoice?.creditAppliedRials).toBe(8_000);
  });

  it("goes on to the next period while an operator has to look at the last payment: that parks the invoice only", () => {
    const slice = aRenewal(aPayment({ status: "needs_review", nextAskAt: null }));
    const at = { wall: wallMs(only(slice).periodEndsAt), billing: only(slice).periodEndsAt };
    expect(typesOf(decidePeriodEnd(slice, only(slice), at, seededIds()))).toContain("subscription.renewed");
  });

  it("says of a pause that begins then that it was asked for", () => {
    const slice = aSlice({ subscriptions: [aSubscription({ pauseAtPeriodEnd: true })] });
    expect(endOf(slice)).toMatchObject([{ type: "subscription.paused", data: { reason: "requested", daysLeft: 0 } }]);
  });

  it("brings the next period's messages to one that is past due, before it is paid", () => {
    expect(typesOf(endOf(aSlice({ subscriptions: [aSubscription({ status: "past_due" })] })))).toContain(
      "quota.granted",
    );
  });

  it("brings them whatever the product says, when credit pays for all of it", () => {
    const offer = anOffer({ product: { grantOn: "payment" } });
    const withCredit = (credit: number) =>
      aSlice({
        offers: [offer],
        subscriptions: [aSubscription()],
        customer: aCustomer({ creditRials: signedRials(credit) }),
      });
    expect(typesOf(endOf(withCredit(3_289_000)))).toContain("quota.granted");
    expect(typesOf(endOf(withCredit(3_000_000)))).not.toContain("quota.granted");
  });

  it("ends what is still unpaid, by the price's policy", () => {
    const slice = aRenewal(aPayment({ status: "failed", nextAskAt: null }));
    const at = { wall: wallMs(only(slice).periodEndsAt), billing: only(slice).periodEndsAt };
    expect(typesOf(decidePeriodEnd(slice, only(slice), at, seededIds()))).toEqual([
      "invoice.marked_uncollectible",
      "subscription.canceled",
      "quota.granted",
    ]);
  });

  it("bills the present period only, when whole periods passed while we were down", () => {
    const slice = subscribed();
    const late = wallOf("2027-03-01T06:00:00.000Z");
    const story = runDue(slice, late, generousGateway(), seededIds(5_000));
    expect(told(story, "subscription.renewed").map((it) => it.event.data)).toEqual([
      {
        subscriptionId: only(slice).id,
        periodIndex: 3,
        startsAt: "2027-02-19T20:30:00.000Z",
        endsAt: "2027-03-20T20:30:00.000Z",
        discount: null,
        freePeriods: 0,
      },
    ]);
    expect(story.calls.filter((name) => name === "debit")).toHaveLength(1);
  });
});

describe("a change that was scheduled", () => {
  const monthly = anOffer();
  const other = (price: Partial<Offer["price"]>) => anOffer({ price: { id: "price_2", ...price } });
  const once: Offer = {
    ...anOffer({ price: { id: "price_3", interval: null }, product: { id: "prod_3" } }),
  };
  const renewed = (offer: Offer, over: Partial<Subscription["scheduledChange"]> = {}) => {
    const { id: priceId, productId } = offer.price;
    const scheduledChange = { productId, priceId, quantity: 1, addOns: [], ...over };
    const slice = aSlice({ offers: [monthly, offer, once], subscriptions: [aSubscription({ scheduledChange })] });
    const { periodEndsAt: billing } = aSubscription();
    return afterwards(slice, decidePeriodEnd(slice, only(slice), { wall: wallMs(billing), billing }, seededIds()));
  };
  const afterwards = (slice: Slice, events: readonly NewEvent[]) => ({ events, slice: afterEvents(slice, events) });

  it.each([
    ["another interval", other({ interval: "year" })],
    ["another calendar", other({ calendar: "gregorian" })],
  ])("to %s counts the periods from there", (_title, offer) => {
    const { events } = renewed(offer);
    expect(typesOf(events).slice(0, 3)).toEqual([
      "subscription.changed",
      "subscription.rescheduled",
      "subscription.renewed",
    ]);
    expect(events[1]).toMatchObject({ data: { firstIndex: 1, reason: "changed" } });
  });

  it("to another price of the same interval and product counts on, and ends no messages", () => {
    expect(typesOf(renewed(other({ amountRials: rials(990_000) })).events)).toEqual([
      "subscription.changed",
      "subscription.renewed",
      "invoice.finalized",
      "quota.granted",
    ]);
  });

  it("to another product ends the messages of the old one", () => {
    const { events } = renewed(anOffer({ price: { id: "price_2", productId: "prod_2" }, product: { id: "prod_2" } }));
    expect(events[1]).toMatchObject({
      type: "quota.granted",
      data: { productId: monthly.product.id, messages: 0, validUntil: "2026-12-21T20:30:00.000Z" },
    });
  });

  it("by nothing but a thing that is paid once is over with that", () => {
    const { slice } = renewed(monthly, { addOns: [{ priceId: once.price.id, quantity: 1 }] });
    expect(only(slice)).toMatchObject({ scheduledChange: null, addOns: [] });
  });
});

it("a coupon for ever is never used up", () => {
  const discount = { couponId: "cpn_1", percentBasisPoints: 1_000, amountRials: null, periodsLeft: null } as const;
  expect(discountAfter({ discount })).toEqual(discount);
});

describe("cancelling", () => {
  const cancelled = (slice: Slice) => eventsOf(decideCancelSubscription(slice, aCancelInput(), now, seededIds()));

  it("lets the subscription run to its period's end, and then it is over and nothing is charged", () => {
    const slice = subscribed();
    const story = run(afterEvents(slice, cancelled(slice)), wall + days(90));
    expect(story.told.map((it) => [it.event.type, it.at])).toEqual([
      ["revenue.recognized", wallOf("2026-12-21T20:30:00.000Z")],
      ["subscription.canceled", wallOf("2026-12-21T20:30:00.000Z")],
    ]);
    expect(only(story.slice)).toMatchObject({ status: "canceled", cancelReason: "requested" });
    expect(story.calls).toEqual([]);
  });

  it("what is unpaid by then is not collected further", () => {
    const slice = aRenewal(aPayment({ status: "failed", nextAskAt: null }), {
      subscription: aSubscription({ cancelAtPeriodEnd: true, cancelReason: "requested" }),
    });
    const at = { wall: wallMs(only(slice).periodEndsAt), billing: only(slice).periodEndsAt };
    expect(typesOf(decidePeriodEnd(slice, only(slice), at, seededIds()))).toEqual([
      "invoice.marked_uncollectible",
      "subscription.canceled",
    ]);
  });

  it("a second time changes nothing", () => {
    const slice = subscribed();
    expect(cancelled(afterEvents(slice, cancelled(slice)))).toEqual([]);
  });

  it("one that rests unpaid ends it at once", () => {
    const slice = aSlice({ subscriptions: [aSubscription({ status: "paused" })] });
    expect(only(afterEvents(slice, cancelled(slice)))).toMatchObject({
      status: "canceled",
      cancelReason: "requested",
      endedAt: now.billing,
    });
  });

  it.each(["canceled", "incomplete_expired", "incomplete"] as const)("subscription_ended: one that is %s", (status) => {
    const slice = aSlice({ subscriptions: [aSubscription({ status })] });
    expect(decideCancelSubscription(slice, aCancelInput(), now, seededIds())).toMatchObject({
      rejected: "subscription_ended",
      detail: `${only(slice).id} is ${status}; there is nothing to cancel.`,
    });
  });

  it("not_found: one that is not this customer's", () => {
    expect(
      decideCancelSubscription(aSlice(), aCancelInput({ subscriptionId: "sub_other" }), now, seededIds()),
    ).toMatchObject({
      rejected: "not_found",
      detail: "There is no subscription sub_other.",
    });
  });
});

describe("nothing new is charged", () => {
  const stopped = (slice: Slice): Slice => ({ ...slice, collecting: false });

  it("while collecting is stopped, for weeks; what waits is debited once when it is resumed", () => {
    const silent = run(stopped(subscribed()), wall + days(55));
    expect(silent.calls).toEqual([]);
    const resumed = runDue({ ...silent.slice, collecting: true }, wallMs(wall + days(55)), generousGateway());
    expect(resumed.calls.filter((name) => name === "debit")).toHaveLength(1);
  });

  it("within 20 hours of a debit that had waited for the switch, though months are owed by then", () => {
    const at = wallMs(wall + days(100));
    const silent = run(stopped(subscribed()), at);
    const resumed = runDue({ ...silent.slice, collecting: true }, at, generousGateway(), seededIds(9_000));
    expect(told(resumed, "payment.submitted").map((it) => it.at)).toEqual([at]);
    const ids = seededIds(9_500);
    const [present, ...others] = told(
      runUntil(resumed.slice, after(at, 2 * dayMs), generousGateway(), ids),
      "payment.submitted",
    );
    expect(present?.at).toBeGreaterThanOrEqual(at + 20 * hourMs);
    expect(others).toEqual([]);
  });

  it("at night, when we come back late: the renewal waits for its customer's own second of the next window", () => {
    const renewed = run(subscribed(), wallOf("2026-12-21T20:30:00.000Z")).slice;
    const night = wallOf("2026-12-22T22:30:00.000Z");
    const late = runDue(renewed, night, generousGateway(), seededIds(9_000));
    expect(late.calls).toEqual([]);
    const ownSecond = after(wallOf("2026-12-23T05:00:00.000Z"), ownSecondMs);
    expect(nextDueAt(late.slice)).toBe(ownSecond);
    expect(runDue(late.slice, after(ownSecond, -1), generousGateway(), seededIds(9_500)).calls).toEqual([]);
    expect(runDue(late.slice, ownSecond, generousGateway(), seededIds(9_500)).calls).toContain("debit");
  });

  it("at night, when the switch or the breaker lets it go then", () => {
    const waiting = run(stopped(subscribed()), wallOf("2026-12-22T18:00:00.000Z")).slice;
    const night = wallOf("2026-12-22T22:30:00.000Z");
    expect(runDue({ ...waiting, collecting: true }, night, generousGateway()).calls).toEqual([]);
    expect(runDue({ ...waiting, collecting: true, breakerUntil: night }, night, generousGateway()).calls).toEqual([]);
  });

  it("until the breaker closes", () => {
    const renewed = run(subscribed(), wallOf("2026-12-21T20:30:00.000Z"));
    const attemptAt = nextDueAt(renewed.slice) ?? wall;
    const breakerUntil = after(attemptAt, hourMs);
    const broken = runUntil({ ...renewed.slice, breakerUntil }, after(breakerUntil, -1), generousGateway());
    expect(broken.calls).toEqual([]);
    expect(runUntil(broken.slice, breakerUntil, generousGateway()).calls).toContain("debit");
  });

  it("while a payment of the invoice is live", () => {
    const invoice = anInvoice({ nextAttemptAt: now.billing });
    const subscriptions = [aSubscription({ latestInvoiceId: invoice.id })];
    for (const status of ["created", "submitted", "unknown", "needs_review", "succeeded"] as const) {
      const slice = aSlice({ subscriptions, invoices: [invoice], payments: [aSubmittedPayment({ status })] });
      expect(attemptDueAt(slice, invoice)).toBeNull();
    }
    for (const status of ["failed", "lapsed"] as const) {
      const slice = aSlice({ subscriptions, invoices: [invoice], payments: [aSubmittedPayment({ status })] });
      expect(attemptDueAt(slice, invoice)).not.toBeNull();
    }
  });

  it("within 20 wall hours of the subscription's last debit", () => {
    const invoice = anInvoice({ nextAttemptAt: now.billing });
    const slice = aSlice({
      subscriptions: [aSubscription({ latestInvoiceId: invoice.id })],
      invoices: [invoice],
      payments: [aSubmittedPayment({ status: "failed", sendBefore: wall })],
    });
    expect(attemptDueAt(slice, invoice)).toBe(wall + 20 * hourMs);
  });
});

describe("credit that comes later", () => {
  const withCredit = (creditRials: number, over: Partial<Invoice> = {}) =>
    aSlice({
      customer: aCustomer({ creditRials: signedRials(creditRials) }),
      subscriptions: [aSubscription()],
      invoices: [anInvoice(over)],
    });

  it("pays for a renewal that is owed, and for nothing that its customer has yet to decide on", () => {
    const dueAt = (reason: Invoice["reason"]) => creditDueAt(withCredit(1), anInvoice({ reason }));
    expect(dueAt("subscription_cycle")).toBe(anInvoice().finalizedAt);
    for (const reason of ["subscription_create", "subscription_change", "purchase"] as const) {
      expect(dueAt(reason)).toBeNull();
    }
  });

  it("pays all of it, or a part of what is still owed", () => {
    const used = (credit: number) => typesOf(decideCredit(withCredit(credit), anInvoice(), now));
    expect(used(3_289_000)).toEqual(["credit.applied", "invoice.paid", "quota.granted"]);
    expect(used(1_000_000)).toEqual(["credit.applied"]);
  });
});

describe("an attempt", () => {
  const planned = anInvoice({ nextAttemptAt: now.billing });
  const other = anInvoice({ id: "inv_2", subscriptionId: "sub_2" });
  const sent = aSubmittedPayment({ status: "failed", sendBefore: wall });
  const withPayments = (...payments: readonly Payment[]) =>
    aSlice({ subscriptions: [aSubscription()], invoices: [planned, other], payments });

  it.each(["paid", "void", "uncollectible"] as const)("never comes for an invoice that is %s", (status) => {
    expect(attemptDueAt(withPayments(), { ...planned, status })).toBeNull();
  });

  it("never comes when none is planned, or when its subscription was not loaded", () => {
    expect(attemptDueAt(withPayments(), { ...planned, nextAttemptAt: null })).toBeNull();
    expect(attemptDueAt(aSlice(), planned)).toBeNull();
  });

  it("comes when it is planned after debits of other subscriptions, of what was not loaded, and that never went", () => {
    expect(attemptDueAt(withPayments(sent), planned)).toBe(wall + 20 * hourMs);
    expect(attemptDueAt(withPayments({ ...sent, invoiceId: other.id }), planned)).toBe(now.billing);
    expect(attemptDueAt(withPayments({ ...sent, invoiceId: "inv_3" }), planned)).toBe(now.billing);
    expect(attemptDueAt(withPayments({ ...sent, sendBefore: null }), planned)).toBe(now.billing);
    const page = { ...sent, kind: "checkout", toldAt: wall } as const;
    expect(attemptDueAt(withPayments(page), planned)).toBe(now.billing);
  });

  it("comes when it is planned on a test clock, which passes 20 hours in a moment", () => {
    const slice = withPayments(sent);
    const customer = aCustomer({ clockNowAt: now.billing, clockTargetAt: now.billing });
    expect(attemptDueAt({ ...slice, state: { ...slice.state, customer } }, planned)).toBe(now.billing);
  });

  it("waits 20 hours after the last of several debits, and no less than was planned", () => {
    const earlier = { ...sent, id: "pay_2" as const, sendBefore: after(wall, -hourMs) };
    expect(attemptDueAt(withPayments(sent, earlier), planned)).toBe(wall + 20 * hourMs);
    const later = { ...planned, nextAttemptAt: billingMs(wall + 21 * hourMs) };
    expect(attemptDueAt(withPayments(sent, earlier), later)).toBe(wall + 21 * hourMs);
  });

  it("comes when it is planned after a debit for a change, which the customer asked for", () => {
    const change = anInvoice({ id: "inv_2", reason: "subscription_change" });
    const slice = aSlice({
      subscriptions: [aSubscription()],
      invoices: [planned, change],
      payments: [{ ...sent, invoiceId: change.id }],
    });
    expect(attemptDueAt(slice, planned)).toBe(now.billing);
  });

  it("is a debit of all that is owed", () => {
    expect(decideAttempt(withPayments(), planned, now, seededIds())).toMatchObject([
      {
        type: "payment.created",
        data: { paymentId: expect.stringMatching(/^pay_/), kind: "debit", amountRials: 3_289_000 },
      },
    ]);
  });

  it("of an invoice whose subscription was not loaded is a fault", () => {
    expect(() => decideAttempt(aSlice(), planned, now, seededIds())).toThrow(
      `${planned.id} was loaded without its subscription`,
    );
  });
});
