// Instants on the wire are ISO 8601 in UTC with `Z`; days are Tehran's.
import * as z from "zod";

/** An instant such as `2026-11-22T12:30:00.000Z`. */
export const Instant = z.iso
  .datetime({ precision: 3 })
  .meta({ description: "An instant, ISO 8601 in UTC.", example: "2026-11-22T12:30:00.000Z" });

export type Instant = z.infer<typeof Instant>;

/** An instant as clients may send it: fractions of a second are optional. */
export const InstantInput = z.iso
  .datetime()
  .meta({ description: "An instant, ISO 8601 in UTC with `Z`.", example: "2027-11-22T12:30:00Z" });

/** The calendar whose months and years a price's periods follow. */
export const Calendar = z.enum(["jalali", "gregorian"]).meta({
  description: "The calendar whose months or years a period follows; days begin at 00:00 in Tehran.",
  example: "jalali",
});

export type Calendar = z.infer<typeof Calendar>;

/** How long a period lasts, counted in the price's calendar. */
export const Interval = z.enum(["month", "year"]).meta({
  description: "The length of a period: a month or a year of the price's calendar.",
  example: "month",
});

export type Interval = z.infer<typeof Interval>;

/** A day in Tehran, by its Gregorian date. */
export const TehranDate = z.iso
  .date()
  .meta({ description: "A day in Tehran, by its Gregorian date.", example: "2026-11-22" });

export type TehranDate = z.infer<typeof TehranDate>;

/** The most days between the two ends of what a query asks for. */
export const mostDaysAsked = 366;

/**
 * Holds the two ends of a query's span together, where both are given: the later one may not come first, nor more than
 * `mostDaysAsked` days later. The mistake is told of the later one. Example: `.check(spanOf("from", "to"))`.
 */
export function spanOf<F extends string, L extends string>(first: F, last: L) {
  return ({ value, issues }: z.core.ParsePayload<Readonly<Partial<Record<F | L, string | undefined>>>>): void => {
    const [from, to] = [value[first], value[last]];
    if (from === undefined || to === undefined) return;
    const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
    const message = days < 0 ? `Must not be before \`${first}\`.` : `At most ${mostDaysAsked} days after \`${first}\`.`;
    if (days < 0 || days > mostDaysAsked) issues.push({ code: "custom", input: to, path: [last], message });
  };
}
