// The periods of a subscription and how much of one a span of days is. Periods are half-open, tile without gap or
// overlap, begin at 00:00 in Tehran, and end on an anchor day that is clamped to short months and springs back.
import type { Calendar, Interval } from "../../contract/common/time.ts";
import { type TehranDay, dateOf, dayOf, monthLength } from "./calendar.ts";
import type { BillingMs } from "./clock.ts";
import { startOfDay, startOfDayOf, tehranDayOf } from "./tehran.ts";

/** What a subscription stores (`startsOn`, `anchorDay`) and what its price says (`interval`, `calendar`). */
export interface Schedule {
  /** Where period 0 begins: 00:00 in Tehran of the first day. A later instant counts as its day's first moment. */
  readonly startsOn: BillingMs;
  /** Day of the month on which periods end, 1–31; in a shorter month its last day. */
  readonly anchorDay: number;
  /** Yearly only: the month in which periods end, 1–12; the month of `startsOn` when left out. */
  readonly anchorMonth?: number;
  readonly interval: Interval;
  readonly calendar: Calendar;
}

/** A half-open span `[startsAt, endsAt)` on the customer's clock. */
export interface Span {
  readonly startsAt: BillingMs;
  readonly endsAt: BillingMs;
}

/** A numbered span; the first has index 0. */
export interface Period extends Span {
  readonly index: number;
}

/** Days of a whole: `numerator` of `denominator` days. Not reduced, so that an invoice can say "12 of 31 days". */
export interface DayFraction {
  readonly numerator: number;
  readonly denominator: number;
}

/** How much of one period a span covers. */
export interface PeriodShare extends DayFraction {
  readonly index: number;
}

/** Why a question about periods has no answer. Returned, never thrown. */
export interface PeriodRejection {
  readonly rejected: "before_start" | "ends_before_it_starts" | "part_exceeds_whole" | "too_many_periods";
}

/** More than a lifetime of months; the most periods one span may be split over. */
export const maxPeriodsOfSpan = 1_200;

/** What a price says of its periods; a one-time price has none. */
export interface RecurringTerms {
  readonly interval: Interval | null;
  readonly calendar: Calendar;
}

/** The terms of a price that recurs; throws on a one-time price, which nobody can subscribe to. */
export function recurring({ interval, calendar }: RecurringTerms): Pick<Schedule, "interval" | "calendar"> {
  if (interval === null) throw new Error("A one-time price has no periods");
  return { interval, calendar };
}

/**
 * The schedule of somebody who subscribes at an instant: it begins at 00:00 of that day (the first day counts whole)
 * and is anchored on that day of the month. Example: Jalali, 2025-03-20T15:00Z → startsOn 2025-03-19T20:30Z, day 30.
 */
export function scheduleFrom(at: BillingMs, price: RecurringTerms): Schedule {
  const { interval, calendar } = recurring(price);
  return { startsOn: startOfDayOf(at), anchorDay: dateOf(tehranDayOf(at), calendar).day, interval, calendar };
}

/**
 * The period with this index. Period 0 begins on `startsOn` and ends on the first anchor day after it, so it is a part
 * period when the start is not itself an anchor day; each next one runs from anchor to anchor.
 * Throws RangeError for an index that is not 0 or a positive whole number, or a schedule with an impossible anchor.
 * Example: monthly, Gregorian, 2024-01-31, day 31: [01-31, 02-29), [02-29, 03-31), [03-31, 04-30).
 */
export function periodAt(schedule: Schedule, index: number): Period {
  if (!Number.isSafeInteger(index) || index < 0) throw new RangeError(`no period has the index ${index}`);
  const end = unitOfNextAnchor(schedule, tehranDayOf(schedule.startsOn)) + index;
  return {
    index,
    startsAt: index === 0 ? startOfDayOf(schedule.startsOn) : startOfDay(anchorOf(schedule, end - 1)),
    endsAt: startOfDay(anchorOf(schedule, end)),
  };
}

/**
 * The period an instant lies in. Rejects `before_start` when it is before the schedule's first day.
 * Example: monthly, Gregorian, 2024-01-31, day 31, asked at 2024-02-15: period 0.
 */
export function periodContaining(schedule: Schedule, at: BillingMs): Period | PeriodRejection {
  if (at < startOfDayOf(schedule.startsOn)) return { rejected: "before_start" };
  const first = unitOfNextAnchor(schedule, tehranDayOf(schedule.startsOn));
  return periodAt(schedule, unitOfNextAnchor(schedule, tehranDayOf(at)) - first);
}

/**
 * The span from anchor to anchor that a period is, or is a part of: what a part period's price is a share of.
 * Example: start 2011-02-01, day 13: period 0 is [02-01, 02-13), its whole is [01-13, 02-13).
 */
export function wholePeriodAt(schedule: Schedule, index: number): Span {
  const { endsAt } = periodAt(schedule, index);
  const end = unitOfNextAnchor(schedule, tehranDayOf(schedule.startsOn)) + index;
  return { startsAt: startOfDay(anchorOf(schedule, end - 1)), endsAt };
}

/** The number of Tehran's calendar days in a span; a begun day counts, the day of the end does not. */
export function daysOf(span: Span): number {
  return tehranDayOf(span.endsAt) - tehranDayOf(span.startsAt);
}

/**
 * A part of a whole in calendar days. An empty part is 0 of n, an equal one n of n. Rejects `ends_before_it_starts`
 * and `part_exceeds_whole`. Example: [2011-02-14, 2011-03-01) of [2011-02-01, 2011-03-01) is 15 of 28.
 */
export function prorationOf(part: Span, whole: Span): DayFraction | PeriodRejection {
  const numerator = daysOf(part);
  const denominator = daysOf(whole);
  if (numerator < 0 || denominator <= 0) return { rejected: "ends_before_it_starts" };
  if (numerator > denominator) return { rejected: "part_exceeds_whole" };
  return { numerator, denominator };
}

/**
 * What is left of a period at an instant, that day included. Rejects `part_exceeds_whole` before the period and
 * `ends_before_it_starts` after it. Example: day 16 of a month of 31 days: 16 of 31 are left.
 */
export function remainderOf(period: Span, at: BillingMs): DayFraction | PeriodRejection {
  return prorationOf({ startsAt: at, endsAt: period.endsAt }, period);
}

/**
 * How much of each period a span covers, in order; the shares of the price add up to what the span costs. An empty
 * span has no shares. Rejects `ends_before_it_starts`, `before_start` and `too_many_periods`.
 * Example: 2010-06-17 to 07-25, day 17: 30/30 of period 0 and 8/31 of period 1.
 */
export function sharesOf(schedule: Schedule, span: Span): readonly PeriodShare[] | PeriodRejection {
  if (daysOf(span) < 0) return { rejected: "ends_before_it_starts" };
  const first = periodContaining(schedule, span.startsAt);
  if ("rejected" in first) return first;
  const shares: PeriodShare[] = [];
  for (let index = first.index; ; index++) {
    const period = periodAt(schedule, index);
    const part = overlapOf(span, period);
    if (daysOf(part) <= 0) return shares;
    if (shares.length === maxPeriodsOfSpan) return { rejected: "too_many_periods" };
    shares.push({ index, numerator: daysOf(part), denominator: daysOf(wholePeriodAt(schedule, index)) });
  }
}

function overlapOf(a: Span, b: Span): Span {
  return {
    startsAt: a.startsAt > b.startsAt ? a.startsAt : b.startsAt,
    endsAt: a.endsAt < b.endsAt ? a.endsAt : b.endsAt,
  };
}

/**
 * Anchors are numbered by units: months since year 0, or years. There is exactly one anchor in each unit, so the next
 * one after a day is in the day's own unit or in the one after.
 */
function unitOfNextAnchor(schedule: Schedule, day: TehranDay): number {
  const { year, month } = dateOf(day, schedule.calendar);
  const unit = schedule.interval === "year" ? year : year * 12 + month - 1;
  return anchorOf(schedule, unit) > day ? unit : unit + 1;
}

function anchorOf(schedule: Schedule, unit: number): TehranDay {
  const { anchorDay, calendar } = schedule;
  assertBetween(anchorDay, 1, 31);
  const year = schedule.interval === "year" ? unit : Math.floor(unit / 12);
  const month = schedule.interval === "year" ? anchorMonthOf(schedule) : (unit % 12) + 1;
  return dayOf({ year, month, day: Math.min(anchorDay, monthLength(year, month, calendar)) }, calendar);
}

function anchorMonthOf(schedule: Schedule): number {
  const month = schedule.anchorMonth ?? dateOf(tehranDayOf(schedule.startsOn), schedule.calendar).month;
  assertBetween(month, 1, 12);
  return month;
}

function assertBetween(value: number, least: number, most: number): void {
  const ok = Number.isSafeInteger(value) && value >= least && value <= most;
  if (!ok) throw new RangeError(`an anchor must be a whole number from ${least} to ${most}, not ${value}`);
}
