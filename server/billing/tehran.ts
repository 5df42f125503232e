// Where Tehran's days begin and end on the customer's clock. UTC+03:30 all year since 1402 (2023); summer time, one
// hour more, in 1371–1384 and 1387–1401, from 2 Farvardin to 30 Shahrivar (IANA tz database, "Iran").
import { type TehranDay, dateOf, dayOf, tehranDay } from "./calendar.ts";
import { type BillingMs, billingMs, dayMs, hourMs, minuteMs } from "./clock.ts";

const standardOffsetMs = 3 * hourMs + 30 * minuteMs;
const summerMs = hourMs;

const firstDayOf1402 = dayOf({ year: 1402, month: 1, day: 1 }, "jalali");

/**
 * The first moment of a day: 00:00 in Tehran. On 2 Farvardin of a summer-time year midnight did not exist and the day
 * began at 01:00; 30 Shahrivar of such a year had 25 hours.
 * Right from 1371/1/1 on. Example: the day of 2025-03-21 begins at 2025-03-20T20:30:00Z.
 */
export function startOfDay(day: TehranDay): BillingMs {
  const beganAtOne = isSummerTime(day) && !isSummerTime(tehranDay(day - 1));
  return billingMs(day * dayMs - offsetOn(day) + (beganAtOne ? summerMs : 0));
}

/** The day an instant lies in. Example: 2025-03-20T20:29:59Z is still day 20,167 (1403/12/30). */
export function tehranDayOf(at: BillingMs): TehranDay {
  const latest = tehranDay(Math.floor((at + standardOffsetMs + summerMs) / dayMs));
  return startOfDay(latest) > at ? tehranDay(latest - 1) : latest;
}

/**
 * The instant at which Tehran's clocks show a time of day, given in milliseconds after 00:00; from 01:00 up to 23:00,
 * since clocks were changed between those. Example: 08:30 on 2025-03-21 is 2025-03-21T05:00:00Z.
 */
export function timeOfDay(day: TehranDay, afterMidnightMs: number): BillingMs {
  return billingMs(day * dayMs - offsetOn(day) + afterMidnightMs);
}

/** The first moment of the day an instant lies in. Example: 2025-03-21T12:00Z gives 2025-03-20T20:30Z. */
export function startOfDayOf(at: BillingMs): BillingMs {
  return startOfDay(tehranDayOf(at));
}

/** Tehran's distance from UTC by day. */
function offsetOn(day: TehranDay): number {
  return isSummerTime(day) ? standardOffsetMs + summerMs : standardOffsetMs;
}

function isSummerTime(day: TehranDay): boolean {
  if (day >= firstDayOf1402) return false;
  const { year, month, day: dayOfMonth } = dateOf(day, "jalali");
  if (year < 1371 || year === 1385 || year === 1386 || month > 6) return false;
  return month === 1 ? dayOfMonth >= 2 : month < 6 || dayOfMonth <= 30;
}
