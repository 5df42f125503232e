// Dates as people read them, on Tehran's days: Jalali in Persian; in English Gregorian, with the Jalali date that Iranian
// books go by beside it.
import { whenNeeded } from "./when-needed.ts";

type Language = "fa" | "en";

const timeZone = "Asia/Tehran";
const format = (locale: string, options: Intl.DateTimeFormatOptions) =>
  whenNeeded(() => new Intl.DateTimeFormat(locale, options));

const jalali = format("fa-IR-u-ca-persian", { timeZone, dateStyle: "long" });
const gregorian = format("en-GB", { timeZone, dateStyle: "medium" });
const books = format("en-US-u-ca-persian", {
  timeZone,
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
});
const clock = {
  fa: format("fa-IR", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
  en: format("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
};

const spans = {
  fa: {
    day: format("fa-IR-u-ca-persian", { timeZone, day: "numeric", month: "long" }),
    month: format("fa-IR-u-ca-persian", { timeZone, month: "long", year: "numeric" }),
  },
  en: {
    day: format("en-GB", { timeZone, day: "numeric", month: "short" }),
    month: format("en-GB", { timeZone, month: "short", year: "numeric" }),
  },
};

/** Example: in Persian `۱ آذر ۱۴۰۵`, in English `22 Nov 2026 (1405/09/01)`. */
export function dateText(language: Language, atMs: number): string {
  return language === "fa" ? jalali().format(atMs) : `${gregorian().format(atMs)} (${booksDate(atMs)})`;
}

/** A date without its other calendar, for narrow places. Example: in English `22 Nov 2026`. */
export function shortDateText(language: Language, atMs: number): string {
  return language === "fa" ? jalali().format(atMs) : gregorian().format(atMs);
}

/** A day, or the month it is in, for the axis of a chart. Example: `۱ آذر` or `آذر ۱۴۰۵`, `22 Nov` or `Nov 2026`. */
export function spanText(language: Language, day: string, of: "day" | "month"): string {
  const parts = spans[language][of]().formatToParts(Date.parse(`${day}T12:00:00Z`));
  const words = new Map(parts.map(({ type, value }) => [type, value]));
  // By itself the platform puts the year before the month in Persian.
  return of === "day" ? parts.map(({ value }) => value).join("") : `${words.get("month")} ${words.get("year")}`;
}

/**
 * The day that somebody wrote in Latin digits by either calendar, as the interface writes it; null when it is none.
 * Example: `1405/12/29` and `2027-03-20` are `2027-03-20`.
 */
export function dayWritten(text: string): string | null {
  const [, year = 0, month = 0, day = 0] = (/^(\d{4})[/-](\d{1,2})[/-](\d{1,2})$/.exec(text) ?? []).map(Number);
  const isJalali = year < 1_700;
  const written = [year, month, day].map((part) => String(part).padStart(2, "0")).join(isJalali ? "/" : "-");
  // No calendar is computed here: of the days around where it must be, it is the one that reads like it.
  const about = isJalali
    ? Date.UTC(year + 621, 2, 21 + daysBefore(month) + day - 1, 12)
    : Date.UTC(year, month - 1, day, 12);
  for (const atMs of [about, about - dayMs, about + dayMs]) {
    const iso = new Date(atMs).toISOString().slice(0, 10);
    if ((isJalali ? booksDate(atMs) : iso) === written) return iso;
  }
  return null;
}

const dayMs = 86_400_000;

/** Of a Jalali year, before a month of it: six have 31 days, the others 30 at most. */
function daysBefore(month: number): number {
  return (month - 1) * 30 + Math.min(month - 1, 6);
}

/** Example: `۱۱:۳۰`. */
export function timeText(language: Language, atMs: number): string {
  return clock[language]().format(atMs);
}

function booksDate(atMs: number): string {
  const parts = new Map(
    books()
      .formatToParts(atMs)
      .map(({ type, value }) => [type, value]),
  );
  return [parts.get("year"), parts.get("month"), parts.get("day")].join("/");
}
