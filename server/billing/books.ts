// The books by day and month: which days a Jalali month or season has, whose revenue an entry is, and when a month may be
// closed. Entries are dated by the wall time of their commit, so a day that is over in Tehran gets none any more.
import type { ProductId } from "../../contract/common/id.ts";
import type { Rials, SignedRials } from "../../contract/common/money.ts";
import type { JalaliMonth, JalaliSeason } from "../../contract/finance.ts";
import { dateOf, dayOf, monthLength, tehranDay, type TehranDay } from "./calendar.ts";
import { instant, type BillingMs } from "./clock.ts";
import { event, type NewEvent } from "./event.ts";
import {
  addRials,
  negated,
  rials,
  shareHalfUp,
  signedRials,
  splitByLargestRemainder,
  subtractRials,
  sumRials,
  zeroRials,
} from "./money.ts";
import { reject, type Rejection } from "./rejection.ts";
import { startOfDay } from "./tehran.ts";

/** Days in Tehran, the first and the last. */
export interface Days {
  readonly first: TehranDay;
  readonly last: TehranDay;
}

/** Example: 1404-12 is 2026-02-20 to 2026-03-20, 29 days. */
export function daysOfMonth(month: JalaliMonth): Days {
  const { year, number } = numbersIn(month);
  return monthsOf(year, number, number);
}

/** Example: 1404-4, winter, is 2025-12-22 to 2026-03-20, 89 days. */
export function daysOfSeason(season: JalaliSeason): Days {
  const { year, number } = numbersIn(season);
  return monthsOf(year, 3 * number - 2, 3 * number);
}

function numbersIn(text: string): { readonly year: number; readonly number: number } {
  const [year = 0, number = 0] = text.split("-").map(Number);
  return { year, number };
}

function monthsOf(year: number, from: number, to: number): Days {
  const first = dayOf({ year, month: from, day: 1 }, "jalali");
  return { first, last: dayOf({ year, month: to, day: monthLength(year, to, "jalali") }, "jalali") };
}

/** The month after this one. Example: 1404-12 is followed by 1405-01. */
export function monthAfter(month: JalaliMonth): JalaliMonth {
  const next = dateOf(tehranDay(daysOfMonth(month).last + 1), "jalali");
  return `${next.year}-${String(next.month).padStart(2, "0")}`;
}

/** The first moment after the last of these days. */
export function endOfDays({ last }: Days): BillingMs {
  return startOfDay(tehranDay(last + 1));
}

/** What one product's lines on an invoice came to, without VAT. */
export interface ProductShare {
  readonly productId: ProductId;
  readonly netRials: Rials;
}

/**
 * An amount of an invoice by product, by what each product's lines came to; adds up to the amount. When all lines came to
 * nothing it is the first one's. Example: 1,000,001 over lines of 2,000,000 and 1,000,000 is 666,667 and 333,334.
 */
export function splitByProduct(amountRials: Rials, shares: readonly ProductShare[]): ReadonlyMap<ProductId, Rials> {
  const isFree = shares.every(({ netRials }) => netRials === 0);
  const weights = shares.map(({ netRials }, index) => (isFree ? Number(index === 0) : netRials));
  const parts = splitByLargestRemainder(amountRials, weights);
  const byProduct = new Map<ProductId, Rials>();
  for (const [index, { productId }] of shares.entries()) {
    byProduct.set(productId, addRials(byProduct.get(productId) ?? zeroRials, parts[index] ?? zeroRials));
  }
  return byProduct;
}

/** An entry's revenue by product, split in the same way; below zero for what went back. */
export function revenueByProduct(
  revenueRials: SignedRials,
  shares: readonly ProductShare[],
): ReadonlyMap<ProductId, SignedRials> {
  const isReturned = revenueRials < 0;
  const parts = splitByProduct(rials(Math.abs(revenueRials)), shares);
  return new Map([...parts].map(([productId, part]) => [productId, isReturned ? negated(part) : signedRials(part)]));
}

/** A line of an invoice, as the tax office sees it. */
export interface TaxedLine {
  readonly netRials: Rials;
  readonly vatRateBasisPoints: number;
  readonly vatRials: Rials;
}

/**
 * How much of what an event booked of an invoice is exempt: what its VAT does not account for. Of a return of a part of
 * both kinds, the VAT in it says how much was taxed.
 * Example: lines of 1,000,000 taxed and 200,000 exempt; of a return of 600,000 with 50,000 VAT, 100,000 are exempt.
 */
export function exemptPart(
  { netRials, vatRials }: { readonly netRials: Rials; readonly vatRials: Rials },
  lines: readonly TaxedLine[],
): Rials {
  const taxed = lines.filter(({ vatRateBasisPoints }) => vatRateBasisPoints > 0);
  const invoiceVat = sumRials(taxed.map((line) => line.vatRials));
  const taxedNet = sumRials(taxed.map((line) => line.netRials));
  if (invoiceVat === 0) return zeroRials;
  const isOfTaxed = shareHalfUp(taxedNet, vatRials, invoiceVat);
  return isOfTaxed < netRials ? subtractRials(netRials, isOfTaxed) : zeroRials;
}

/** How far the books have come. */
export interface BooksSoFar {
  /** The month that was closed last; null before the first. */
  readonly lastClosed: JalaliMonth | null;
  /** The last day whose entries have been summed up; null before the first. */
  readonly summedThrough: TehranDay | null;
}

/**
 * Closes a month. Rejects `month_out_of_order` when it does not follow the one closed last, and `month_not_over` while
 * its last day has not been summed up.
 */
export function decideCloseMonth(
  { lastClosed, summedThrough }: BooksSoFar,
  { month, debitRials, reason }: { readonly month: JalaliMonth; readonly debitRials: Rials; readonly reason: string },
): readonly NewEvent[] | Rejection<"month_out_of_order" | "month_not_over"> {
  if (lastClosed !== null && month !== monthAfter(lastClosed)) {
    return reject("month_out_of_order", `${monthAfter(lastClosed)} is the next month to close.`);
  }
  const days = daysOfMonth(month);
  if (summedThrough === null || summedThrough < days.last) {
    return reject("month_not_over", `The last day of ${month} has not been summed up.`);
  }
  return [event("month.closed", { month, endsAt: instant(endOfDays(days)), debitRials }, { reason })];
}
