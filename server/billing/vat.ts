// The rate of value-added tax by date. An invoice line keeps the rate it was made with, so a new row never changes an
// old invoice. Special goods have other rates (VAT law, art. 26) and none of them is sold here.
import { dayOf } from "./calendar.ts";
import type { BillingMs } from "./clock.ts";
import { startOfDay } from "./tehran.ts";

/** One row: the rate from 00:00 in Tehran of a day, until the next row's. */
export interface VatRow {
  readonly startsAt: BillingMs;
  readonly rateBasisPoints: number;
  readonly source: string;
}

/** Oldest first. A new rate is a new row; a row once used is never edited. */
export const vatTable: readonly [VatRow, ...VatRow[]] = [
  {
    startsAt: startOfDay(dayOf({ year: 1403, month: 1, day: 1 }, "jalali")),
    rateBasisPoints: 1_000,
    source: "INTA notice 27 for 1403; kept for 1404, and for 1405 as far as known (wire facts §9)",
  },
];

/**
 * The VAT rate at an instant, in basis points. Nothing was sold before the first row, which answers for all of it.
 * Example: 10 % in 1405 is 1,000.
 */
export function vatRateAt(at: BillingMs, table: readonly [VatRow, ...VatRow[]] = vatTable): number {
  const row = table.findLast(({ startsAt }) => startsAt <= at) ?? table[0];
  return row.rateBasisPoints;
}
