// The spans of which figures are asked: days of Tehran, or months of a calendar, of which the first and the last may be
// cut off by the days that were asked for.
import type { Calendar, TehranDate } from "../../contract/common/time.ts";
import type { MetricsBy } from "../../contract/metrics.ts";
import { dateOf, dateOfDay, dayOfDate, monthLength, tehranDay, type TehranDay } from "../billing/calendar.ts";

/** From a day to another, both part of it. */
export interface Span {
  readonly startsOn: TehranDate;
  readonly endsOn: TehranDate;
}

/** What is shown to whoever names no days. */
const daysShown = 30;
const monthsShown = 12;

/** The days that are asked for; without any the last 30, or the last twelve months, today's among them. */
export function askedSpan(
  {
    from,
    to,
    by,
  }: { readonly from?: TehranDate | undefined; readonly to?: TehranDate | undefined; readonly by: MetricsBy },
  today: TehranDay,
): Span {
  if (from !== undefined && to !== undefined) return { startsOn: from, endsOn: to };
  const first = by === "day" ? tehranDay(today - daysShown + 1) : monthsBefore(today, calendarOf(by));
  return { startsOn: dateOfDay(first), endsOn: dateOfDay(today) };
}

function monthsBefore(day: TehranDay, calendar: Calendar): TehranDay {
  let first = firstOfMonth(day, calendar);
  for (let months = 1; months < monthsShown; months++) first = firstOfMonth(tehranDay(first - 1), calendar);
  return first;
}

function firstOfMonth(day: TehranDay, calendar: Calendar): TehranDay {
  return tehranDay(day - dateOf(day, calendar).day + 1);
}

function calendarOf(by: MetricsBy): Calendar {
  return by === "jalali_month" ? "jalali" : "gregorian";
}

/**
 * The spans from a day to another; they tile it. Example: 2026-11-20 to 2026-12-22 by `jalali_month` are 2026-11-20 to
 * 2026-11-21 (the end of Aban), 2026-11-22 to 2026-12-21 (Azar), and 2026-12-22 (the first of Dey).
 */
export function spansOf({ startsOn, endsOn }: Span, by: MetricsBy): readonly Span[] {
  const last = dayOfDate(endsOn);
  const spans: Span[] = [];
  for (let first = dayOfDate(startsOn); first <= last;) {
    const end = tehranDay(Math.min(lastDayOf(first, by), last));
    spans.push({ startsOn: dateOfDay(first), endsOn: dateOfDay(end) });
    first = tehranDay(end + 1);
  }
  return spans;
}

function lastDayOf(day: TehranDay, by: MetricsBy): TehranDay {
  return by === "day" ? day : lastOfMonth(day, calendarOf(by));
}

function lastOfMonth(day: TehranDay, calendar: Calendar): TehranDay {
  const date = dateOf(day, calendar);
  return tehranDay(day + monthLength(date.year, date.month, calendar) - date.day);
}
