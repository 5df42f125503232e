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
