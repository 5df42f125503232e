// The Jalali calendar as arithmetic on days since 1970-01-01. Knows nothing of time zones: Tehran's midnights are in
// `tehran.ts`.

/** The years for which this arithmetic was compared with the platform's own Persian calendar, day for day. */
export const jalaliYears = { first: 1210, last: 1501 } as const;

/** A cycle of 33 years holds 8 leap years: its years 1, 5, 9, 13, 17, 21, 25 and 29, counted from 0 in 1209. */
const cycleYears = 33;
const cycleDays = 33 * 365 + 8;
const cycleStartYear = 1209;

/** Days since 1970-01-01 of 1 Farvardin 1209: 2025-03-21 is 1 Farvardin 1404. */
const cycleStartDay = Date.UTC(2025, 2, 21) / 86_400_000 - daysSinceCycleStart(1404);

/**
 * Whether Esfand has 30 days in this year. Borkowski's rule between his break points 1210 and 1635, which is the
 * astronomical calendar for `jalaliYears`; the 2820-year formula is not (it has no leap year in 1408).
 * Example: 1403 and 1408 are leap years, 1404 to 1407 are not.
 */
export function isJalaliLeapYear(year: number): boolean {
  const position = positionInCycle(year);
  return position >= 1 && (position - 1) % 4 === 0;
}

/** The number of days in a month, 29 to 31. Example: month 12 has 30 in 1403 and 29 in 1404. */
export function jalaliMonthLength(year: number, month: number): number {
  if (month <= 6) return 31;
  if (month <= 11) return 30;
  return isJalaliLeapYear(year) ? 30 : 29;
}

/** Days since 1970-01-01 of a Jalali date. Example: 1404/1/1 is 20,168, the day of 2025-03-21. */
export function dayOfJalali(year: number, month: number, day: number): number {
  return newYearDay(year) + daysBeforeMonth(month) + day - 1;
}

/** The Jalali date of a day since 1970-01-01. Example: 20,167 (2025-03-20) is 1403/12/30. */
export function jalaliOfDay(day: number): { year: number; month: number; day: number } {
  const year = yearOfDay(day);
  const dayOfYear = day - newYearDay(year);
  const month = dayOfYear < 186 ? Math.floor(dayOfYear / 31) + 1 : Math.floor((dayOfYear - 186) / 30) + 7;
  return { year, month, day: dayOfYear - daysBeforeMonth(month) + 1 };
}

function yearOfDay(day: number): number {
  const guess = cycleStartYear + Math.floor(((day - cycleStartDay) * cycleYears) / cycleDays);
  return day < newYearDay(guess + 1) ? guess : guess + 1;
}

function newYearDay(year: number): number {
  return cycleStartDay + daysSinceCycleStart(year);
}

function daysSinceCycleStart(year: number): number {
  const years = year - cycleStartYear;
  const leapYearsOfCycle = Math.floor((positionInCycle(year) + 2) / 4);
  return 365 * years + 8 * Math.floor(years / cycleYears) + leapYearsOfCycle;
}

function positionInCycle(year: number): number {
  const position = (year - cycleStartYear) % cycleYears;
  return position < 0 ? position + cycleYears : position;
}

function daysBeforeMonth(month: number): number {
  return month <= 7 ? 31 * (month - 1) : 186 + 30 * (month - 7);
}
