import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import type { Calendar } from "../../contract/common/time.ts";
import { dateOf, dayOf } from "../../server/billing/calendar.ts";
import { type BillingMs, billingMs, billingOf, dayMs, hourMs } from "../../server/billing/clock.ts";
import {
  type Schedule,
  type Span,
  daysOf,
  maxPeriodsOfSpan,
  periodAt,
  periodContaining,
  prorationOf,
  remainderOf,
  scheduleFrom,
  sharesOf,
  wholePeriodAt,
} from "../../server/billing/period.ts";
import { startOfDay, tehranDayOf } from "../../server/billing/tehran.ts";
import { runs, stride } from "../support/runs.ts";

const on = (text: string, calendar: Calendar = "gregorian"): BillingMs => {
  const [year = 0, month = 0, day = 0] = text.split(/[-/]/).map(Number);
  return startOfDay(dayOf({ year, month, day }, calendar));
};
const named = (at: BillingMs, calendar: Calendar = "gregorian") => {
  const { year, month, day } = dateOf(tehranDayOf(at), calendar);
  const two = (n: number) => String(n).padStart(2, "0");
  return calendar === "jalali" ? `${year}/${month}/${day}` : `${year}-${two(month)}-${two(day)}`;
};
const span = (from: string, to: string): Span => ({ startsAt: on(from), endsAt: on(to) });
const monthly = (startsOn: string, anchorDay: number): Schedule => ({
  startsOn: on(startsOn),
  anchorDay,
  interval: "month",
  calendar: "gregorian",
});
const yearly = (startsOn: string, anchorDay: number): Schedule => ({
  ...monthly(startsOn, anchorDay),
  interval: "year",
});
const ends = (schedule: Schedule, count: number) =>
  Array.from({ length: count }, (_, index) => named(periodAt(schedule, index).endsAt, schedule.calendar));

describe("monthly periods in the Gregorian calendar", () => {
  it("A1 31 January is followed by the last day of February and springs back in March", () => {
    expect(ends(monthly("2025-01-31", 31), 3)).toEqual(["2025-02-28", "2025-03-31", "2025-04-30"]);
    expect(ends(monthly("2024-01-31", 31), 3)).toEqual(["2024-02-29", "2024-03-31", "2024-04-30"]);
  });

  it("A18 a month after 31 January is never 3 March (lesson 14)", () => {
    expect(
      ends(scheduleFrom(billingOf("2026-01-31T00:00:00.000Z"), { interval: "month", calendar: "gregorian" }), 1),
    ).toEqual(["2026-02-28"]);
  });

  it.each([
    ["A3", "2012-04-30", 31, "2012-05-31"],
    ["A4", "2012-02-16", 30, "2012-02-29"],
    ["A8 before the anchor", "2012-03-02", 3, "2012-03-03"],
    ["A8 after the anchor", "2012-03-04", 3, "2012-04-03"],
  ])("%s: from %s with anchor day %i the first period ends %s", (_case, startsOn, anchorDay, endsOn) => {
    const first = periodAt(monthly(startsOn, anchorDay), 0);
    expect([named(first.startsAt), named(first.endsAt)]).toEqual([startsOn, endsOn]);
  });

  it("A8 a start on the anchor day has no part period: the first is whole", () => {
    const schedule = monthly("2012-03-03", 3);
    expect(named(periodAt(schedule, 0).startsAt)).toBe("2012-03-03");
    expect(wholePeriodAt(schedule, 0)).toEqual(span("2012-03-03", "2012-04-03"));
  });

  it.each([
    ["2024-02-15", 0, "2024-01-31", "2024-02-29"],
    ["2024-02-29", 1, "2024-02-29", "2024-03-31"],
    ["2024-03-31", 2, "2024-03-31", "2024-04-30"],
  ])("A11 asked at %s: period %i, [%s, %s)", (asked, index, startsOn, endsOn) => {
    expect(periodContaining(monthly("2024-01-31", 31), on(asked))).toEqual({ index, ...span(startsOn, endsOn) });
  });

  it("of a one-time price there are none", () => {
    const once = { interval: null, calendar: "gregorian" } as const;
    expect(() => scheduleFrom(on("2026-01-31"), once)).toThrow("A one-time price has no periods");
  });

  it("A16 an instant before the start is rejected, one on it is not", () => {
    const schedule = monthly("2024-01-31", 31);
    expect(periodContaining(schedule, billingMs(on("2024-01-31") - 1))).toEqual({ rejected: "before_start" });
    expect(periodContaining(schedule, on("2024-01-31"))).toMatchObject({ index: 0 });
  });
});

describe("yearly periods", () => {
  it("A15 a year from 29 February ends on the 28th and springs back in leap years", () => {
    expect(ends(yearly("2024-02-29", 29), 4)).toEqual(["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]);
  });

  it("A15 a year from the end of February tiles for anchor days 29, 30 and 31, whatever day is asked", () => {
    for (const anchorDay of [29, 30, 31]) {
      const schedule = yearly("2024-02-29", anchorDay);
      for (let day = 0; day < 9 * 366; day += stride) {
        const at = billingMs(on("2024-02-29") + day * dayMs);
        const period = periodContaining(schedule, at);
        if ("rejected" in period) throw new Error(period.rejected);
        expect(period.startsAt <= at && at < period.endsAt).toBe(true);
        expect(periodAt(schedule, period.index + 1).startsAt).toBe(period.endsAt);
      }
    }
  });

  it("a year from 30 Esfand ends on the 29th and springs back in leap years", () => {
    const schedule: Schedule = {
      startsOn: on("1403/12/30", "jalali"),
      anchorDay: 30,
      interval: "year",
      calendar: "jalali",
    };
    expect(ends(schedule, 5)).toEqual(["1404/12/29", "1405/12/29", "1406/12/29", "1407/12/29", "1408/12/30"]);
  });

  it("a chosen anchor month ends the first year early", () => {
    expect(ends({ ...yearly("2026-11-22", 1), anchorMonth: 1 }, 2)).toEqual(["2027-01-01", "2028-01-01"]);
  });
});

describe("monthly periods in the Jalali calendar", () => {
  const from = (text: string): Schedule => ({
    startsOn: on(text, "jalali"),
    anchorDay: 31,
    interval: "month",
    calendar: "jalali",
  });

  it("anchor day 31 in 1403 is the 31st of six months, the 30th of six, then 31 again", () => {
    const days = Array.from({ length: 13 }, (_, index) => named(periodAt(from("1403/1/31"), index).startsAt));
    expect(days.slice(0, 6).join(" ")).toBe("2024-04-19 2024-05-20 2024-06-20 2024-07-21 2024-08-21 2024-09-21");
    expect(days.slice(6, 12).join(" ")).toBe("2024-10-21 2024-11-20 2024-12-20 2025-01-19 2025-02-18 2025-03-20");
    expect(days[12]).toBe("2025-04-20");
  });

  it("anchor day 31 falls on 29 Esfand of a common year and springs back", () => {
    expect(ends(from("1404/11/30"), 2)).toEqual(["1404/12/29", "1405/1/31"]);
  });
});

describe("a schedule from the moment of subscribing", () => {
  it("begins at 00:00 in Tehran of that day: the first day counts whole (lesson 15)", () => {
    const schedule = scheduleFrom(billingOf("2025-03-20T20:29:59.000Z"), { interval: "month", calendar: "jalali" });
    expect(schedule).toEqual({
      startsOn: billingOf("2025-03-19T20:30:00.000Z"),
      anchorDay: 30,
      interval: "month",
      calendar: "jalali",
    });
    expect(ends(schedule, 1)).toEqual(["1404/1/30"]);
  });

  it("a start stored with an hour is read as its day", () => {
    const schedule = { ...monthly("2024-01-31", 31), startsOn: billingMs(on("2024-01-31") + 11 * hourMs) };
    expect(periodAt(schedule, 0)).toEqual({ index: 0, ...span("2024-01-31", "2024-02-29") });
    expect(periodContaining(schedule, on("2024-01-31"))).toMatchObject({ index: 0 });
  });

  it.each([-1, 0.5, Number.NaN])("period %d is a bug of the caller and throws", (index) => {
    const error = new RangeError(`no period has the index ${index}`);
    expect(() => periodAt(monthly("2024-01-31", 31), index)).toThrow(error);
  });

  it.each([0, 32, 1.5])("anchor day %d is a bug of the caller and throws", (anchorDay) => {
    const error = new RangeError(`an anchor must be a whole number from 1 to 31, not ${anchorDay}`);
    expect(() => periodAt(monthly("2024-01-31", anchorDay), 0)).toThrow(error);
  });

  it("anchor month 13 is a bug of the caller and throws", () => {
    expect(() => periodAt({ ...yearly("2024-01-31", 31), anchorMonth: 13 }, 0)).toThrow(RangeError);
  });
});

describe("proration by calendar days", () => {
  it("P1 2011-02-01 to anchor day 13 is 12/31 of the price", () => {
    expect(sharesOf(monthly("2011-02-01", 13), span("2011-02-01", "2011-02-13"))).toEqual([
      { index: 0, numerator: 12, denominator: 31 },
    ]);
  });

  it("P8 2010-06-17 to 07-25 with anchor day 17 is one whole and 8/31", () => {
    expect(sharesOf(monthly("2010-06-17", 17), span("2010-06-17", "2010-07-25"))).toEqual([
      { index: 0, numerator: 30, denominator: 30 },
      { index: 1, numerator: 8, denominator: 31 },
    ]);
  });

  it("P10 a year from 2011-02-01 with anchor day 13 begins with 12/365", () => {
    const schedule = yearly("2011-02-01", 13);
    expect(prorationOf(periodAt(schedule, 0), wholePeriodAt(schedule, 0))).toEqual({ numerator: 12, denominator: 365 });
  });

  it("P11 2012-02-01 to 02-15 is 14/29 in a leap year", () => {
    const shares = sharesOf(monthly("2012-02-01", 1), span("2012-02-01", "2012-02-15"));
    expect(shares).toEqual([{ index: 0, numerator: 14, denominator: 29 }]);
  });

  it("P12 2011-02-01 changed on 02-14 is 13/28, and 15/28 are left", () => {
    const whole = span("2011-02-01", "2011-03-01");
    expect(prorationOf(span("2011-02-01", "2011-02-14"), whole)).toEqual({ numerator: 13, denominator: 28 });
    expect(remainderOf(whole, billingMs(on("2011-02-14") + 15 * hourMs))).toEqual({ numerator: 15, denominator: 28 });
  });

  it("P16 an equal part is the whole and an empty one is none of it", () => {
    const whole = span("2011-02-01", "2011-03-01");
    expect(prorationOf(whole, whole)).toEqual({ numerator: 28, denominator: 28 });
    expect(prorationOf(span("2011-02-01", "2011-02-01"), whole)).toEqual({ numerator: 0, denominator: 28 });
    expect(sharesOf(monthly("2011-02-01", 1), span("2011-02-10", "2011-02-10"))).toEqual([]);
  });

  it("P16 a part of an empty whole is refused, an empty part as well", () => {
    const empty = span("2011-02-01", "2011-02-01");
    expect(prorationOf(empty, empty)).toEqual({ rejected: "ends_before_it_starts" });
  });

  it("P16 a part larger than the whole is refused", () => {
    expect(prorationOf(span("2011-02-01", "2011-03-02"), span("2011-02-01", "2011-03-01"))).toEqual({
      rejected: "part_exceeds_whole",
    });
  });

  it("A16 an end before the start is refused", () => {
    const backwards = span("2011-02-14", "2011-02-01");
    expect(prorationOf(backwards, span("2011-02-01", "2011-03-01"))).toEqual({ rejected: "ends_before_it_starts" });
    expect(sharesOf(monthly("2011-02-01", 1), backwards)).toEqual({ rejected: "ends_before_it_starts" });
    expect(sharesOf(monthly("2011-02-01", 1), span("2011-01-31", "2011-02-10"))).toEqual({ rejected: "before_start" });
  });

  it("a span of more than a lifetime of months is refused, not walked", () => {
    expect(sharesOf(monthly("2011-02-01", 1), span("2011-02-01", "2999-02-01"))).toEqual({
      rejected: "too_many_periods",
    });
    expect(sharesOf(monthly("2011-02-01", 1), span("2011-02-01", "2111-02-01"))).toHaveLength(maxPeriodsOfSpan);
  });

  it("the shares of a span have as many days as the span", () => {
    const days = fc.integer({ min: 0, max: 3_000 });
    fc.assert(
      fc.property(days, days, fc.integer({ min: 1, max: 31 }), (offset, length, anchorDay) => {
        const startsAt = billingMs(on("2023-05-01") + offset * dayMs);
        const wanted = { startsAt, endsAt: billingMs(startsAt + length * dayMs) };
        const shares = sharesOf(monthly("2023-05-01", anchorDay), wanted);
        if ("rejected" in shares) throw new Error(shares.rejected);
        expect(shares.reduce((sum, share) => sum + share.numerator, 0)).toBe(daysOf(wanted));
        expect(shares.every((share) => share.numerator > 0 && share.numerator <= share.denominator)).toBe(true);
      }),
    );
  });
});

/** From 1390 on. */
const tiledYears = runs(61);
const monthCount = { jalali: tiledYears * 12, gregorian: tiledYears * 12 - 1 };

/** The first moment of each day of each whole month of these years, by `Intl` alone. */
function monthsByIntl(calendar: Calendar): { year: number; month: number; starts: number[] }[] {
  const format = new Intl.DateTimeFormat(`en-US-u-ca-${calendar === "jalali" ? "persian" : "gregory"}`, {
    timeZone: "Asia/Tehran",
    year: "numeric",
    month: "numeric",
    day: "numeric",
  });
  const months: { year: number; month: number; starts: number[] }[] = [];
  let before = "";
  for (let hour = Date.UTC(2011, 2, 20, 18, 30); hour < Date.UTC(2011 + tiledYears, 2, 20); hour += dayMs) {
    for (const at of [hour + hourMs, hour + 2 * hourMs]) {
      const text = format.format(at);
      if (text === before) continue;
      before = text;
      const [month = 0, day = 0, year = 0] = text.split(/[/ ]/).map(Number);
      if (day === 1) months.push({ year, month, starts: [] });
      months.at(-1)?.starts.push(at);
    }
  }
  return months.slice(0, monthCount[calendar]);
}

describe.each<Calendar>(["jalali", "gregorian"])(
  "tiling 1390–1450 in the %s calendar, checked against Intl",
  (calendar) => {
    const months = monthsByIntl(calendar);
    const anchorIn = (starts: readonly number[], day: number) => starts[Math.min(day, starts.length) - 1] ?? Number.NaN;

    /** Every way in which the periods of a schedule differ from the boundaries they must have. */
    function differences(schedule: Schedule, boundaries: readonly number[]): string[] {
      return boundaries.slice(0, -1).flatMap((startsAt, index) => {
        const endsAt = boundaries[index + 1] ?? Number.NaN;
        const wanted = `${index} ${startsAt} ${endsAt}`;
        const inside = [startsAt, endsAt - 1].map(billingMs);
        return [periodAt(schedule, index), ...inside.map((at) => periodContaining(schedule, at))]
          .map((period) =>
            "rejected" in period ? period.rejected : `${period.index} ${period.startsAt} ${period.endsAt}`,
          )
          .filter((found) => found !== wanted);
      });
    }

    it("Intl names the months of all these years", () => {
      expect(months.length).toBe(monthCount[calendar]);
      expect(new Set(months.map((month) => month.starts.length))).toEqual(
        new Set([29, 30, 31, ...(calendar === "gregorian" ? [28] : [])]),
      );
    });

    it("months tile for every anchor day (lesson 16)", () => {
      for (let anchorDay = 1; anchorDay <= 31; anchorDay++) {
        const boundaries = months.map((month) => anchorIn(month.starts, anchorDay));
        const schedule: Schedule = { startsOn: billingMs(boundaries[0] ?? 0), anchorDay, interval: "month", calendar };
        expect(differences(schedule, boundaries)).toEqual([]);
      }
    });

    it("years tile for every anchor day of every month", () => {
      for (let month = 1; month <= 12; month++) {
        for (let anchorDay = 1; anchorDay <= 31; anchorDay++) {
          const boundaries = months.filter((m) => m.month === month).map((m) => anchorIn(m.starts, anchorDay));
          const schedule: Schedule = { startsOn: billingMs(boundaries[0] ?? 0), anchorDay, interval: "year", calendar };
          expect(differences(schedule, boundaries)).toEqual([]);
        }
      }
    });

    it("periods tile from any start to any anchor: the part period first, then from anchor to anchor", () => {
      const starts = months.slice(0, runs(600)).flatMap((month) => month.starts);
      fc.assert(
        fc.property(fc.nat(starts.length - 1), fc.integer({ min: 1, max: 31 }), (start, anchorDay) => {
          const startsOn = starts[start] ?? 0;
          const anchors = months
            .map((month) => anchorIn(month.starts, anchorDay))
            .filter((anchor) => anchor > startsOn);
          const schedule: Schedule = { startsOn: billingMs(startsOn), anchorDay, interval: "month", calendar };
          expect(differences(schedule, [startsOn, ...anchors.slice(0, 30)])).toEqual([]);
        }),
      );
    });
  },
);
