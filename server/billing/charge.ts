// What is charged, line by line: a share of each item's price, less a coupon's discount, with the VAT of the day.
import type { Rials } from "../../contract/common/money.ts";
import type { InvoiceLine } from "../../contract/invoice.ts";
import type { Discount } from "../../contract/subscription.ts";
import { instant, type BillingMs } from "./clock.ts";
import {
  multiplyRials,
  shareHalfUp,
  subtractRials,
  sumRials,
  vatExclusive,
  vatInclusive,
  wholeBasisPoints,
  zeroRials,
  type VatSplit,
} from "./money.ts";
import type { DayFraction, Span } from "./period.ts";
import type { Offer } from "./state.ts";
import type { Item } from "./terms.ts";
import { vatRateAt } from "./vat.ts";

/** A whole period. */
export const whole: DayFraction = { numerator: 1, denominator: 1 };

export interface Charge {
  readonly items: readonly Item[];
  readonly span: Span;
  /** How much of a whole period the span is; what is paid once is never a part. */
  readonly share: DayFraction;
  readonly discount: Discount | null;
  /** Whether an operator gave the period for free. */
  readonly isGift: boolean;
  /** What is left of what was paid before, in the kind of the first item's price: with VAT in it, or without. */
  readonly paidBeforeRials?: Rials;
  /** When it is charged: the VAT is that day's. */
  readonly at: BillingMs;
}

/** What is taken off one line. */
interface Off {
  readonly discountRials: Rials;
  readonly paidBeforeRials: Rials;
}

/** The lines of a charge, one per item. Amounts are taken off the first line, then off the next. */
export function linesOf(charge: Charge): readonly InvoiceLine[] {
  let amountLeft = charge.discount?.amountRials ?? zeroRials;
  let paidLeft = charge.paidBeforeRials ?? zeroRials;
  return charge.items.map((item) => {
    const listed = listedShare(item, charge.share);
    const discountRials = charge.isGift ? listed : discountOf(listed, charge.discount, amountLeft);
    amountLeft = subtractRials(amountLeft, least(discountRials, amountLeft));
    const paidBeforeRials = least(subtractRials(listed, discountRials), paidLeft);
    paidLeft = subtractRials(paidLeft, paidBeforeRials);
    return lineOf(item, charge, listed, { discountRials, paidBeforeRials });
  });
}

/** The sums of lines. */
export function totalsOf(lines: readonly InvoiceLine[]) {
  return {
    subtotalRials: sumRials(lines.map((line) => line.netRials)),
    vatRials: sumRials(lines.map((line) => line.vatRials)),
    totalRials: sumRials(lines.map((line) => line.totalRials)),
  };
}

/** An amount as its price says it, net or gross, with the VAT of a day. */
export function vatSplitOf(amount: Rials, { price }: Offer, at: BillingMs): VatSplit {
  const rate = vatRateAt(at);
  return price.taxBehavior === "exclusive" ? vatExclusive(amount, rate) : vatInclusive(amount, rate);
}

function listedShare({ offer, quantity }: Item, share: DayFraction): Rials {
  const listed = multiplyRials(offer.price.amountRials, quantity);
  const { numerator, denominator } = offer.price.interval === null ? whole : share;
  return shareHalfUp(listed, numerator, denominator);
}

function discountOf(listed: Rials, discount: Discount | null, amountLeft: Rials): Rials {
  if (!discount) return zeroRials;
  if (discount.percentBasisPoints === null) return least(listed, amountLeft);
  return shareHalfUp(listed, discount.percentBasisPoints, wholeBasisPoints);
}

/** What is paid once is for no time. */
function lineOf({ offer, quantity }: Item, charge: Charge, listed: Rials, off: Off): InvoiceLine {
  const { span, share, at } = charge;
  const { discountRials, paidBeforeRials } = off;
  const rest = subtractRials(subtractRials(listed, discountRials), paidBeforeRials);
  const { net, vat, gross } = vatSplitOf(rest, offer, at);
  return {
    priceId: offer.price.id,
    quantity,
    startsAt: instant(span.startsAt),
    endsAt: instant(offer.price.interval === null ? span.startsAt : span.endsAt),
    discountRials,
    netRials: net,
    vatRateBasisPoints: vatRateAt(at),
    vatRials: vat,
    totalRials: gross,
    explain: explained({ offer, quantity }, share, off, charge),
  };
}

function explained({ offer, quantity }: Item, share: DayFraction, off: Off, { isGift, at }: Charge): string {
  const { discountRials: discount, paidBeforeRials: before } = off;
  const { price } = offer;
  const isOnce = price.interval === null;
  const what = isOnce ? "Once" : `One ${price.interval} (${price.calendar})`;
  const many = quantity === 1 ? "" : `${quantity} × `;
  const isPart = !isOnce && share.numerator < share.denominator;
  const part = isPart ? `, ${share.numerator} of ${share.denominator} days` : "";
  const less = discount === 0 ? "" : `, less ${text(discount)} IRR${isGift ? " (free)" : ""}`;
  const left = before === 0 ? "" : `, less ${text(before)} IRR left of before`;
  return `${what} at ${many}${text(price.amountRials)} IRR${part}${less}${left}; ${explainedVat(offer, at)}`;
}

/** Example: `VAT 10% on top, half up.` */
export function explainedVat({ price }: Offer, at: BillingMs): string {
  const side = price.taxBehavior === "exclusive" ? "on top" : "included";
  return `VAT ${vatRateAt(at) / 100}% ${side}, half up.`;
}

export function text(amount: number): string {
  return amount.toLocaleString("en-US");
}

function least(a: Rials, b: Rials): Rials {
  return a < b ? a : b;
}
