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
