import { describe, expect, it } from "vitest";
import { billingOf, instant } from "../../server/billing/clock.ts";
import { nextPeriod, periodOf, scheduleFromDay, shareOfPeriod, wholeDaysOf } from "../../server/billing/schedule.ts";
import { anOffer, aSubscription } from "../support/billing-builders.ts";

const gregorian = anOffer({ price: { calendar: "gregorian" } });
const at = (day: string) => billingOf(`${day}T08:00:00.000Z`);
/** The day in Tehran on which a period begins or ends: its midnight is 20:30 of the day before in UTC. */
const dayOf = (ms: ReturnType<typeof at>) => instant(billingOf(instant((ms + 12_600_000) as typeof ms))).slice(0, 10);
const daysOf = ({ startsAt, endsAt }: { startsAt: ReturnType<typeof at>; endsAt: ReturnType<typeof at> }) => [
  dayOf(startsAt),
  dayOf(endsAt),
];

describe("a schedule", () => {
  it("counts its periods from the index it begins with, and springs back: 31 January, 28 February, 31 March", () => {
    const anchored = scheduleFromDay(at("2027-01-31"), gregorian, 5);
    expect([5, 6, 7].map((index) => daysOf(periodOf(anchored, gregorian, index)))).toEqual([
      ["2027-01-31", "2027-02-28"],
      ["2027-02-28", "2027-03-31"],
      ["2027-03-31", "2027-04-30"],
    ]);
    expect(() => periodOf(anchored, gregorian, 4)).toThrow(RangeError);
  });

  it("with a chosen day begins with a part period, 12 of 31 days (P1), and goes on with whole ones", () => {
    const anchored = scheduleFromDay(at("2011-02-01"), gregorian, 0, 13);
    const first = periodOf(anchored, gregorian, 0);
    expect(daysOf(first)).toEqual(["2011-02-01", "2011-02-13"]);
    expect(shareOfPeriod(anchored, gregorian, first)).toEqual({ numerator: 12, denominator: 31 });
    const second = periodOf(anchored, gregorian, 1);
    expect(shareOfPeriod(anchored, gregorian, second)).toEqual({ numerator: 28, denominator: 28 });
  });

  it("goes on with the next period, or with the present one when we were down meanwhile", () => {
    const anchored = scheduleFromDay(at("2026-01-31"), gregorian, 3);
    expect(nextPeriod(anchored, gregorian, 4, at("2026-02-28"))).toMatchObject({ index: 4 });
    expect(nextPeriod(anchored, gregorian, 4, at("2026-06-10"))).toMatchObject({ index: 7 });
    expect(nextPeriod(anchored, gregorian, 4, at("2025-01-01"))).toMatchObject({ index: 4 });
  });
});

describe("the days of a whole period", () => {
  it("are its own, of a first part period those of the whole one it is a part of", () => {
    expect(wholeDaysOf(aSubscription(), anOffer())).toBe(30);
    const { startsOn, anchorDay } = scheduleFromDay(at("2011-02-01"), gregorian, 0, 13);
    const part = { startsOn, anchorDay, periodStartsAt: startsOn, periodEndsAt: at("2011-02-13") };
    expect(wholeDaysOf(aSubscription(part), gregorian)).toBe(31);
  });

  it("are counted from the index that its schedule begins with", () => {
    const { startsOn, anchorDay } = scheduleFromDay(at("2027-01-31"), gregorian, 1);
    const counted = { startsOn, anchorDay, firstIndex: 1 };
    const days = [1, 2, 3].map((periodIndex) => wholeDaysOf(aSubscription({ ...counted, periodIndex }), gregorian));
    expect(days).toEqual([28, 31, 30]);
  });

  it("of one that was paused or extended are what the calendar says from its first day", () => {
    const { periodEndsAt } = aSubscription();
    const stretched = aSubscription({ periodEndsAt: at("2027-06-01"), firstIndex: 1, startsOn: periodEndsAt });
    expect(wholeDaysOf(stretched, anOffer())).toBe(30);
  });
});
