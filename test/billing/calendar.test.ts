import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import type { Calendar } from "../../contract/common/time.ts";
import {
  type CalendarDate,
  dateOf,
  dayOf,
  isValidDate,
  monthLength,
  tehranDay,
} from "../../server/billing/calendar.ts";
import { billingMs, billingOf, instant } from "../../server/billing/clock.ts";
import { isJalaliLeapYear, jalaliYears } from "../../server/billing/jalali.ts";
import { startOfDay, startOfDayOf, tehranDayOf, timeOfDay } from "../../server/billing/tehran.ts";
import { stride } from "../support/runs.ts";

const date = (text: string): CalendarDate => {
  const [year = 0, month = 0, day = 0] = text.split(/[-/]/).map(Number);
  return { year, month, day };
};
const slashed = ({ year, month, day }: CalendarDate) => `${year}/${month}/${day}`;
const firstDay = (year: number) => dayOf({ year, month: 1, day: 1 }, "jalali");

/** The platform's calendars, the independent check: "1404/1/1 0:00:00" of an instant in Tehran. */
function intlIn(calendar: "persian" | "gregory", timeZone: string) {
  const format = new Intl.DateTimeFormat(`en-US-u-ca-${calendar}`, {
    timeZone,
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  return (at: number) =>
    format.format(at).replace(/^(\d+)\/(\d+)\/(\d+)(?: AP)?, /, (_all, month, day, year) => `${year}/${month}/${day} `);
}

describe("Jalali and Gregorian dates", () => {
  it.each([
    ["1925-03-22", "1304/1/2"],
    ["1981-08-17", "1360/5/26"],
    ["2000-01-01", "1378/10/11"],
    ["2016-04-11", "1395/1/23"],
    ["2021-03-21", "1400/1/1"],
    ["2024-03-19", "1402/12/29"],
    ["2025-03-20", "1403/12/30"],
    ["2025-03-21", "1404/1/1"],
  ])("%s is %s", (gregorian, jalali) => {
    const day = dayOf(date(gregorian), "gregorian");
    expect(slashed(dateOf(day, "jalali"))).toBe(jalali);
    expect(dayOf(date(jalali), "jalali")).toBe(day);
  });

  it("the leap years of 1395–1420 are seven, five years apart once", () => {
    const years = Array.from({ length: 26 }, (_, i) => 1395 + i);
    expect(years.filter(isJalaliLeapYear)).toEqual([1395, 1399, 1403, 1408, 1412, 1416, 1420]);
  });

  it.each(["1395/12/30", "1403/12/30", "1404/6/31"])("%s exists", (text) => {
    expect(isValidDate(date(text), "jalali")).toBe(true);
  });

  it.each(["1393/7/31", "1393/12/30", "1395/12/31", "1395/0/1", "1395/13/1", "1395/1/0", "1395/1/32", "1395/1/1.5"])(
    "%s does not exist",
    (text) => {
      expect(isValidDate(date(text), "jalali")).toBe(false);
    },
  );

  it("29 February exists in leap years only", () => {
    expect(isValidDate(date("2024-02-29"), "gregorian")).toBe(true);
    expect(isValidDate(date("2025-02-29"), "gregorian")).toBe(false);
    expect(isValidDate(date("2100-02-29"), "gregorian")).toBe(false);
  });

  it.each<[Calendar]>([["jalali"], ["gregorian"]])("years from 1 to 9999 exist in the %s calendar", (calendar) => {
    const exists = (year: number) => isValidDate({ year, month: 1, day: 1 }, calendar);
    expect([0, 1, 9_999, 10_000].map(exists)).toEqual([false, true, true, false]);
  });

  it("every first day of a Jalali month 1210–1501 is the one Intl names", () => {
    const intl = intlIn("persian", "UTC");
    for (let year: number = jalaliYears.first; year <= jalaliYears.last; year++) {
      for (let month = 1; month <= 12; month++) {
        const day = dayOf({ year, month, day: 1 }, "jalali");
        const last = tehranDay(day + monthLength(year, month, "jalali") - 1);
        expect(intl(day * 86_400_000)).toBe(`${year}/${month}/1 00:00:00`);
        expect(dateOf(last, "jalali")).toEqual({ year, month, day: monthLength(year, month, "jalali") });
      }
    }
  });

  it("before the years that were compared, a Jalali day's date still names that day, and no other", () => {
    for (let days = Number(firstDay(1)); days < firstDay(jalaliYears.first); days += 13 * stride) {
      const named = dateOf(tehranDay(days), "jalali");
      expect(isValidDate(named, "jalali"), slashed(named)).toBe(true);
      expect(dayOf(named, "jalali")).toBe(days);
    }
  });

  it("the days of a year follow on its last one's, from the year 1 on", () => {
    for (let year = 1; year <= jalaliYears.last; year++) {
      expect(firstDay(year + 1) - firstDay(year)).toBe(isJalaliLeapYear(year) ? 366 : 365);
    }
  });

  it("a day's date names that day, in both calendars", () => {
    const calendars = fc.constantFrom<Calendar>("jalali", "gregorian");
    fc.assert(
      fc.property(fc.integer({ min: -50_000, max: 50_000 }), calendars, (days, calendar) => {
        const named = dateOf(tehranDay(days), calendar);
        expect(isValidDate(named, calendar)).toBe(true);
        expect(dayOf(named, calendar)).toBe(days);
      }),
    );
  });
});

describe("Tehran's days", () => {
  it("1403/12/30 ends at 20:30 UTC", () => {
    expect(slashed(dateOf(tehranDayOf(billingOf("2025-03-20T20:29:59.999Z")), "jalali"))).toBe("1403/12/30");
    expect(slashed(dateOf(tehranDayOf(billingOf("2025-03-20T20:30:00.000Z")), "jalali"))).toBe("1404/1/1");
    expect(instant(startOfDayOf(billingOf("2025-03-21T12:00:00.000Z")))).toBe("2025-03-20T20:30:00.000Z");
  });

  it("2022-03-22 began at 01:00, and 2022-09-21 had 25 hours", () => {
    const spring = dayOf(date("2022-03-22"), "gregorian");
    expect(intlIn("gregory", "Asia/Tehran")(startOfDay(spring))).toBe("2022/3/22 01:00:00");
    const autumn = dayOf(date("2022-09-21"), "gregorian");
    expect(startOfDay(tehranDay(autumn + 1)) - startOfDay(autumn)).toBe(25 * 3_600_000);
  });

  it("every day 1390–1450 begins, ends and is named as Intl says, in both calendars (lesson 15)", () => {
    const persian = intlIn("persian", "Asia/Tehran");
    const gregory = intlIn("gregory", "Asia/Tehran");
    const wrong: string[] = [];
    for (let days: number = firstDay(1390); days < firstDay(1451); days += stride) {
      const day = tehranDay(days);
      const jalali = dateOf(day, "jalali");
      const hour = jalali.month === 1 && jalali.day === 2 && jalali.year <= 1401 ? "01" : "00";
      const startsAt = startOfDay(day);
      const yesterday = slashed(dateOf(tehranDay(days - 1), "jalali"));
      const ok =
        persian(startsAt) === `${slashed(jalali)} ${hour}:00:00` &&
        gregory(startsAt) === `${slashed(dateOf(day, "gregorian"))} ${hour}:00:00` &&
        persian(startsAt - 1) === `${yesterday} 23:59:59` &&
        tehranDayOf(startsAt) === day &&
        tehranDayOf(billingMs(startsAt - 1)) === day - 1;
      if (!ok) wrong.push(slashed(jalali));
    }
    expect(wrong).toEqual([]);
  });

  it("in 1371–1390 summer time begins and ends as Intl says, and in 1385 and 1386 there is none", () => {
    const gregory = intlIn("gregory", "Asia/Tehran");
    for (let year = 1371; year <= 1390; year++) {
      const ends = ["1/1", "1/2", "1/3", "6/29", "6/30", "6/31", "7/1"];
      for (const day of ends.map((end) => dayOf(date(`${year}/${end}`), "jalali"))) {
        const isSpring = slashed(dateOf(day, "jalali")) === `${year}/1/2` && year !== 1385 && year !== 1386;
        const name = slashed(dateOf(day, "gregorian"));
        expect(gregory(startOfDay(day))).toBe(`${name} ${isSpring ? "01" : "00"}:00:00`);
        expect(gregory(timeOfDay(day, 8.5 * 3_600_000))).toBe(`${name} 08:30:00`);
      }
    }
  });

  it("before 1371 summer time is not known", () => {
    expect(instant(startOfDay(dayOf(date("1370/6/1"), "jalali")))).toBe("1991-08-22T20:30:00.000Z");
  });

  it("an instant lies within the day it is counted to", () => {
    const [from, to] = [Number(startOfDay(firstDay(1371))), Number(startOfDay(firstDay(1451)))];
    fc.assert(
      fc.property(fc.integer({ min: from, max: to }), (ms) => {
        const day = tehranDayOf(billingMs(ms));
        expect(startOfDay(day)).toBeLessThanOrEqual(ms);
        expect(startOfDay(tehranDay(day + 1))).toBeGreaterThan(ms);
      }),
    );
  });

  it("a time of day is what Tehran's clocks show, in summer time too", () => {
    const persian = intlIn("persian", "Asia/Tehran");
    for (const text of ["1401/1/2", "1401/5/1", "1401/6/30", "1401/6/31", "1405/5/1"]) {
      expect(persian(timeOfDay(dayOf(date(text), "jalali"), 8.5 * 3_600_000))).toBe(`${text} 08:30:00`);
    }
  });
});
