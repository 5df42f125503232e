// Dates of the two calendars a price may follow, and the days they name. Pure arithmetic: which instant a day begins
// at is `tehran.ts`'s to know.
import type { Calendar, TehranDate } from "../../contract/common/time.ts";
import { dayMs } from "./clock.ts";
import { dayOfJalali, jalaliMonthLength, jalaliOfDay } from "./jalali.ts";

declare const tehran: unique symbol;

/** A calendar day in Tehran, counted from 1970-01-01 = 0. Days may be subtracted and compared; they have no hour. */
export type TehranDay = number & { readonly [tehran]: "day" };

/** A date of some calendar: month 1–12, day 1–31. */
export interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Reads a count of days since 1970-01-01 as a day; the only cast to `TehranDay`. */
export function tehranDay(days: number): TehranDay {
  return days as TehranDay;
}

/**
 * The day a date names. The date must be valid (`isValidDate`). Jalali is exact for the years 1210–1501.
 * Example: 1403/12/30 in `jalali` and 2025-03-20 in `gregorian` are both day 20,167.
 */
export function dayOf(date: CalendarDate, calendar: Calendar): TehranDay {
  if (calendar === "jalali") return tehranDay(dayOfJalali(date.year, date.month, date.day));
  return tehranDay(Date.UTC(date.year, date.month - 1, date.day) / dayMs);
}

/** The date of a day, the inverse of `dayOf`. Example: day 20,168 is 1404/1/1, and 2025-03-21. */
export function dateOf(day: TehranDay, calendar: Calendar): CalendarDate {
  if (calendar === "jalali") return jalaliOfDay(day);
  const midnight = new Date(day * dayMs);
  return { year: midnight.getUTCFullYear(), month: midnight.getUTCMonth() + 1, day: midnight.getUTCDate() };
}

/** The number of days in a month, 28 to 31. Example: Esfand (12) 1403 has 30, February 2025 has 28. */
export function monthLength(year: number, month: number, calendar: Calendar): number {
  if (calendar === "jalali") return jalaliMonthLength(year, month);
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Whether a calendar has this date. Example: 1403/12/30 is valid; 1393/12/30 and 1393/7/31 are not. */
export function isValidDate(date: CalendarDate, calendar: Calendar): boolean {
  const { year, month, day } = date;
  if (![year, month, day].every(Number.isSafeInteger) || year < 1 || year > 9_999) return false;
  return month >= 1 && month <= 12 && day >= 1 && day <= monthLength(year, month, calendar);
}

/** The Gregorian date of a day, as the API says days. Example: day 20,167 is `2025-03-20`. */
export function dateOfDay(day: TehranDay): TehranDate {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

/** The day a Gregorian date names, the inverse of `dateOfDay`. */
export function dayOfDate(text: TehranDate): TehranDay {
  const [year = 0, month = 0, day = 0] = text.split("-").map(Number);
  return dayOf({ year, month, day }, "gregorian");
}
