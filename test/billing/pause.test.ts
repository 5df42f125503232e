import { describe, expect, it } from "vitest";
import { after, billingOf, dayMs, instant, wallOf, type BillingMs } from "../../server/billing/clock.ts";
import { event } from "../../server/billing/event.ts";
import { decideExtend } from "../../server/billing/gift.ts";
import { decidePause, decideResume, type PauseInput } from "../../server/billing/pause.ts";
import type { Invoice } from "../../server/billing/state.ts";
import { anInvoice, aSlice, aSubscription, eventsOf, now, seededIds, typesOf } from "../support/billing-builders.ts";
import { subscribedLife, type Life } from "../support/life.ts";

const subscriptionId = aSubscription().id;
const input = (over: Partial<PauseInput> = {}): PauseInput => ({
  subscriptionId,
  when: "now",
  resumesAt: null,
  ...over,
});
const pause = (life: Life, over: Partial<PauseInput> = {}) =>
  life.wish((slice, at) => decidePause(slice, input(over), at));
const resume = (life: Life) => life.wish((slice, at, ids) => decideResume(slice, subscriptionId, at, ids));
const endsAt = (life: Life) => instant(life.subscription.periodEndsAt);
const grant = (life: Life) => life.slice.state.quotas[life.subscription.productId];
const inDays = (days: number) => (now.billing + days * dayMs) as BillingMs;

describe("a pause", () => {
  it("begins at once: the begun day counts as used, and no message may be used", () => {
    const life = subscribedLife().pass(10);
    pause(life);
    expect(life.subscription).toMatchObject({ status: "paused", pauseReason: "requested", pausedDaysLeft: 19 });
    expect(life.use(1)).toBe(0);
  });

  it("charges nothing while it lasts, for months", () => {
    const life = subscribedLife().pass(10);
    pause(life);
    life.pass(400);
    expect(life.told("invoice.finalized")).toHaveLength(1);
    expect(life.subscription.status).toBe("paused");
  });

  it("gives the days that were left back when it ends, and their messages; the next period is paid after them", () => {
    const life = subscribedLife().pass(10);
    life.use(500);
    pause(life);
    life.pass(100);
    resume(life);
    expect(life.subscription).toMatchObject({ status: "active", periodIndex: 0, pausedDaysLeft: 0, pausedAt: null });
    expect(life.told("subscription.rescheduled")).toMatchObject([{ data: { reason: "resumed" } }]);
    // 1 Azar and 110 days are 21 Esfand; 19 days are left.
    expect(endsAt(life)).toBe("2027-03-30T20:30:00.000Z");
    expect(grant(life)).toMatchObject({ granted: 2_000, validUntil: life.subscription.periodEndsAt });
    expect(life.use(9_000)).toBe(1_500);
    life.pass(20);
    expect(life.told("subscription.renewed")).toMatchObject([
      { data: { periodIndex: 1, startsAt: "2027-03-30T20:30:00.000Z", endsAt: "2027-04-30T20:30:00.000Z" } },
    ]);
  });

  it("whose period the bank took back meanwhile ends with the subscription past due", () => {
    const life = subscribedLife().pass(10);
    pause(life);
    const reopenedAt = instant(inDays(10));
    const invoiceId = life.subscription.latestInvoiceId ?? anInvoice().id;
    life.wish(() => [event("invoice.reopened", { invoiceId, reopenedAt })]);
    life.pass(5);
    resume(life);
    expect(life.subscription).toMatchObject({ status: "past_due", periodIndex: 0 });
  });

  it.each<[string, Partial<Invoice>]>([
    ["another subscription", { subscriptionId: "sub_2" }],
    ["another period", { periodIndex: 7 }],
  ])("ends with the subscription active when only an invoice of %s is owed", (_title, over) => {
    const paused = aSubscription({ status: "paused", pauseReason: "requested", pausedDaysLeft: 5 });
    const invoices = [anInvoice({ status: "paid" }), anInvoice({ id: "inv_2", ...over })];
    const events = decideResume(aSlice({ subscriptions: [paused], invoices }), subscriptionId, now, seededIds());
    expect(typesOf(eventsOf(events))).not.toContain("subscription.past_due");
  });

  it("ends with the subscription past due when the period is owed, among invoices that are not", () => {
    const paused = aSubscription({ status: "paused", pauseReason: "requested", pausedDaysLeft: 5 });
    const invoices = [anInvoice(), anInvoice({ id: "inv_2", periodIndex: 7, status: "paid" })];
    const events = decideResume(aSlice({ subscriptions: [paused], invoices }), subscriptionId, now, seededIds());
    expect(typesOf(eventsOf(events))).toContain("subscription.past_due");
  });

  it("asked for when the period is over and the next one has not begun leaves no day", () => {
    const slice = aSlice({ subscriptions: [aSubscription()] });
    const late = { ...now, billing: inDays(40) };
    expect(eventsOf(decidePause(slice, input(), late))).toMatchObject([{ data: { daysLeft: 0 } }]);
  });

  it("ended on the day it began leaves the period as it was, however often", () => {
    const life = subscribedLife().pass(10);
    const before = endsAt(life);
    for (let count = 0; count < 5; count++) {
      pause(life);
      resume(life);
    }
    expect(endsAt(life)).toBe(before);
    expect(life.told("subscription.rescheduled")).toEqual([]);
  });

  it("ended on the last day of the period, on which it began, charges nothing twice", () => {
    const life = subscribedLife().pass(29);
    const before = endsAt(life);
    pause(life);
    expect(life.subscription.pausedDaysLeft).toBe(0);
    resume(life);
    expect(endsAt(life)).toBe(before);
    expect(life.subscription).toMatchObject({ status: "active", periodIndex: 0 });
    expect(life.told("invoice.finalized")).toHaveLength(1);
  });

  it("for one night costs one day of rest and none of service", () => {
    const life = subscribedLife().pass(10);
    pause(life);
    life.pass(2);
    resume(life);
    expect(endsAt(life)).toBe("2026-12-22T20:30:00.000Z");
  });

  it("ends by itself when it was given an end", () => {
    const life = subscribedLife().pass(10);
    pause(life, { resumesAt: billingOf("2027-01-10T20:30:00.000Z") });
    life.pass(50);
    expect(life.told("subscription.resumed")).toHaveLength(1);
    expect(endsAt(life)).toBe("2027-01-29T20:30:00.000Z");
  });

  it("with the period's end begins then, and its end begins a period that is charged and granted once paid", () => {
    const life = subscribedLife();
    pause(life, { when: "period_end" });
    expect(life.subscription).toMatchObject({ status: "active", pauseAtPeriodEnd: true });
    life.pass(40);
    expect(life.subscription).toMatchObject({ status: "paused", pausedDaysLeft: 0, periodIndex: 0 });
    expect(life.told("revenue.recognized")).toHaveLength(1);
    expect(life.told("subscription.paused")).toMatchObject([{ data: { reason: "requested" } }]);
    life.pays = false;
    resume(life);
    expect(life.subscription).toMatchObject({ status: "active", periodIndex: 1 });
    expect(life.use(1)).toBe(0);
    life.pays = true;
    life.pass(3);
    expect(life.told("invoice.paid")).toHaveLength(2);
    expect(life.use(1)).toBe(1);
    expect(life.told("subscription.rescheduled")).toMatchObject([{ data: { firstIndex: 1, reason: "resumed" } }]);
  });

  it("that has not begun can be taken back; what runs is resumed by doing nothing", () => {
    const life = subscribedLife();
    pause(life, { when: "period_end" });
    resume(life);
    expect(life.subscription.pauseAtPeriodEnd).toBe(false);
    expect(resume(life)).toEqual([]);
  });

  it("asked for again changes nothing", () => {
    const life = subscribedLife();
    pause(life);
    expect(pause(life)).toEqual([]);
  });

  it("that was over before it began, since the period was extended, begins a period of its own at once", () => {
    const life = subscribedLife();
    pause(life, { when: "period_end", resumesAt: inDays(40) });
    life.wish((slice) => decideExtend(slice, { subscriptionId, days: 20, reason: "sorry" }));
    life.pass(90);
    const [first, second] = life.told("subscription.renewed").map(({ data }) => [data.startsAt, data.endsAt]);
    expect(first).toEqual(["2027-01-10T20:30:00.000Z", "2027-02-09T20:30:00.000Z"]);
    expect(second?.[0]).toBe(first?.[1]);
  });

  it("after days that were given counts the periods from its own end, without a day charged twice", () => {
    const life = subscribedLife();
    life.wish((slice) => decideExtend(slice, { subscriptionId, days: 5, reason: "sorry" }));
    life.until(wallOf("2026-12-26T08:00:00.000Z"));
    pause(life, { resumesAt: billingOf("2026-12-28T20:30:00.000Z") });
    life.pass(80);
    const [first, second] = life.told("subscription.renewed").map(({ data }) => [data.startsAt, data.endsAt]);
    expect(first?.[0]).toBe("2026-12-28T20:30:00.000Z");
    expect(second?.[0]).toBe(first?.[1]);
  });
});

describe("a pause is refused", () => {
  const asked = (over: object, parts: object = {}, wish: Partial<PauseInput> = {}) =>
    decidePause(aSlice({ subscriptions: [aSubscription(over)], ...parts }), input(wish), now);
  const notNow = (why: string) => `${subscriptionId} ${why}; only one that runs and owes nothing can pause.`;
  const pendingChange = {
    invoiceId: "inv_8",
    terms: { productId: "prod_2", priceId: "price_2", quantity: 1, addOns: [] },
    restarts: false,
  } as const;

  it.each([
    ["not_found: no such subscription", () => asked({ id: "sub_2" }), `There is no subscription ${subscriptionId}.`],
    ["subscription_not_active: a trial", () => asked({ status: "trialing" }), notNow("is trialing")],
    ["subscription_not_active: unpaid", () => asked({ status: "past_due" }), notNow("is past_due")],
    [
      "subscription_not_active: resting unpaid",
      () => asked({ status: "paused", pauseReason: "unpaid" }),
      notNow("is paused"),
    ],
    [
      "subscription_not_active: ended while it rested",
      () => asked({ status: "canceled", pauseReason: "requested" }),
      notNow("is canceled"),
    ],
    ["subscription_not_active: about to end", () => asked({ cancelAtPeriodEnd: true }), notNow("is about to end")],
    [
      "subscription_not_active: something is owed",
      () => asked({}, { invoices: [anInvoice()] }),
      notNow("owes something"),
    ],
    [
      "change_in_progress: a change is being paid",
      () => asked({ pendingChange }),
      `A change of ${subscriptionId} is not paid yet.`,
    ],
    [
      "validation_failed: an end before its beginning",
      () => asked({}, {}, { resumesAt: now.billing }),
      `resumesAt must be after ${instant(now.billing)}, and at most two years after it.`,
    ],
    [
      "validation_failed: an end before the period's",
      () => asked({}, {}, { when: "period_end", resumesAt: inDays(3) }),
      `resumesAt must be after ${instant(aSubscription().periodEndsAt)}, and at most two years after it.`,
    ],
    [
      "validation_failed: more than two years",
      () => asked({}, {}, { resumesAt: after(inDays(732), 1) }),
      `resumesAt must be after ${instant(now.billing)}, and at most two years after it.`,
    ],
  ])("%s", (title, decide, detail) => {
    expect(decide()).toMatchObject({ rejected: title.split(":")[0], detail });
  });

  it("not for two years to the millisecond, nor for what another subscription owes", () => {
    expect(eventsOf(asked({}, {}, { resumesAt: inDays(732) }))).not.toEqual([]);
    expect(eventsOf(asked({}, { invoices: [anInvoice({ subscriptionId: "sub_2" })] }))).not.toEqual([]);
  });

  it.each(["canceled", "incomplete", "incomplete_expired"] as const)("resuming one that is %s is refused", (status) => {
    const slice = aSlice({ subscriptions: [aSubscription({ status })] });
    expect(decideResume(slice, subscriptionId, now, seededIds())).toMatchObject({
      rejected: "subscription_not_active",
      detail: `${subscriptionId} is ${status}; subscribe anew.`,
    });
    expect(decideResume(slice, "sub_2", now, seededIds())).toMatchObject({
      rejected: "not_found",
      detail: "There is no subscription sub_2.",
    });
  });

  it.each(["active", "past_due", "trialing"] as const)("resuming one that is %s changes nothing", (status) => {
    const slice = aSlice({ subscriptions: [aSubscription({ status })] });
    expect(decideResume(slice, subscriptionId, now, seededIds())).toEqual([]);
  });

  it("one that rested unpaid comes back with a new period, charged at once", () => {
    const slice = aSlice({ subscriptions: [aSubscription({ status: "paused", pauseReason: "unpaid" })] });
    const events = decideResume(slice, subscriptionId, now, seededIds());
    expect("rejected" in events ? events : typesOf(events)).toEqual([
      "subscription.resumed",
      "subscription.rescheduled",
      "subscription.renewed",
      "invoice.finalized",
    ]);
  });
});
