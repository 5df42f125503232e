import { describe, expect, it } from "vitest";
import { instant } from "../../server/billing/clock.ts";
import { decideComp, decideExtend } from "../../server/billing/gift.ts";
import { aCoupon, anOffer, aSlice, aSubscription } from "../support/billing-builders.ts";
import { subscribedLife, type Life } from "../support/life.ts";

const reason = "an outage of a day";
const extend = (life: Life, days: number) =>
  life.wish((slice) => decideExtend(slice, { subscriptionId: life.newestId, days, reason }));
const comp = (life: Life, periods: number) =>
  life.wish((slice) => decideComp(slice, { subscriptionId: life.newestId, periods, reason }));

describe("days that are given", () => {
  it("end the period later, with its messages; the next one begins there and is as long as any", () => {
    const life = subscribedLife();
    extend(life, 5);
    expect(instant(life.subscription.periodEndsAt)).toBe("2026-12-26T20:30:00.000Z");
    expect(life.slice.state.quotas[life.subscription.productId]).toMatchObject({
      granted: 2_000,
      validUntil: life.subscription.periodEndsAt,
    });
    life.pass(36);
    expect(life.told("subscription.renewed")).toMatchObject([
      { data: { periodIndex: 1, startsAt: "2026-12-26T20:30:00.000Z", endsAt: "2027-01-25T20:30:00.000Z" } },
    ]);
    expect(life.told("invoice.finalized").map(({ data }) => data.subtotalRials)).toEqual([2_990_000, 2_990_000]);
  });

  it("keep the reason beside the event, not in it", () => {
    const life = subscribedLife();
    extend(life, 5);
    const [given] = life.told("subscription.rescheduled");
    expect(given?.evidence).toEqual({ reason });
    expect(JSON.stringify(given?.data)).not.toContain(reason);
  });

  it("make a trial longer", () => {
    const life = subscribedLife([anOffer({ price: { trialDays: 14 } })], { wantsTrial: true });
    extend(life, 7);
    expect(life.subscription.trialEndsAt).toBe(life.subscription.periodEndsAt);
    expect(instant(life.subscription.periodEndsAt)).toBe("2026-12-12T20:30:00.000Z");
  });
});

describe("periods that are given", () => {
  it("are free, one after the other, with their messages; then it is charged again", () => {
    const life = subscribedLife();
    comp(life, 2);
    life.pass(100);
    expect(life.told("invoice.finalized").map(({ data }) => data.totalRials)).toEqual([3_289_000, 0, 0, 3_289_000]);
    expect(life.told("payment.created")).toHaveLength(2);
    expect(life.told("quota.granted").map(({ data }) => data.periodIndex)).toEqual([0, 1, 2, 3]);
    expect(life.subscription.freePeriods).toBe(0);
  });

  it("are given to one that is past due, too; the reason stands beside the event", () => {
    const slice = aSlice({ subscriptions: [aSubscription({ status: "past_due" })] });
    const given = decideComp(slice, { subscriptionId: aSubscription().id, periods: 1, reason });
    expect(given).toMatchObject([{ type: "subscription.comped", data: { freePeriods: 1 }, evidence: { reason } }]);
  });

  it("given again are not more", () => {
    const life = subscribedLife();
    comp(life, 2);
    expect(comp(life, 2)).toEqual([]);
    comp(life, 1);
    expect(life.subscription.freePeriods).toBe(1);
  });

  it("do not use up a coupon", () => {
    const coupon = aCoupon({ percentBasisPoints: 5_000, duration: "periods", durationPeriods: 2 });
    const life = subscribedLife([anOffer()], { coupon });
    comp(life, 1);
    life.pass(100);
    expect(life.told("invoice.finalized").map(({ data }) => data.subtotalRials)).toEqual([
      1_495_000, 0, 1_495_000, 2_990_000,
    ]);
  });
});

describe("nothing is given", () => {
  it.each(["incomplete", "paused", "canceled", "incomplete_expired"] as const)("to one that is %s", (status) => {
    const slice = aSlice({ subscriptions: [aSubscription({ status })] });
    const of = { subscriptionId: aSubscription().id, reason };
    const refusal = { rejected: "subscription_not_active", detail: `${of.subscriptionId} is ${status}.` };
    expect(decideExtend(slice, { ...of, days: 1 })).toMatchObject(refusal);
    expect(decideComp(slice, { ...of, periods: 1 })).toMatchObject(refusal);
  });

  it("to one that there is not", () => {
    const refusal = { rejected: "not_found", detail: "There is no subscription sub_9." };
    expect(decideExtend(aSlice(), { subscriptionId: "sub_9", days: 1, reason })).toMatchObject(refusal);
    expect(decideComp(aSlice(), { subscriptionId: "sub_9", periods: 1, reason })).toMatchObject(refusal);
  });
});
