// Monthly recurring revenue: what a subscription's terms come to in a month, product by product, and what a change of it is
// called. Without VAT, before coupons and gifts, so that it moves when somebody comes, goes or chooses, and not when a
// coupon runs out.
import type { PriceId, ProductId } from "../../contract/common/id.ts";
import type { Rials } from "../../contract/common/money.ts";
import type { Price } from "../../contract/product.ts";
import type { SubscriptionStatus, Terms } from "../../contract/subscription.ts";
import { addRials, differenceOf, multiplyRials, rials, shareHalfUp, vatInclusive, zeroRials } from "./money.ts";

/** All that a price's part in it depends on; no price ever changes. */
export type PricedBy = Pick<Price, "productId" | "amountRials" | "interval" | "taxBehavior">;

export type Prices = ReadonlyMap<PriceId, PricedBy>;

/** What comes to so much in a month of each product. */
export type Monthly = ReadonlyMap<ProductId, Rials>;

const monthsOfYear = 12;

/** What a change of a customer's revenue is called. */
export const movements = [
  "new",
  "reactivation",
  "expansion",
  "contraction",
  "churn_voluntary",
  "churn_involuntary",
] as const;

export type Movement = (typeof movements)[number];

/**
 * What terms come to in a month of the product itself and of each that comes on top, at a rate of VAT in basis points; what
 * is paid once comes to 0. Throws on a price that was not loaded. Example: two seats at 11,880,000 a year with 10 % VAT in
 * it are 21,600,000 net, so 1,800,000.
 */
export function monthlyByProduct(
  terms: Pick<Terms, "priceId" | "quantity" | "addOns">,
  prices: Prices,
  vat: number,
): Monthly {
  const monthly = new Map<ProductId, Rials>();
  for (const { priceId, quantity } of [terms, ...terms.addOns]) {
    const price = prices.get(priceId);
    if (!price) throw new Error(`${priceId} was not loaded`);
    const before = monthly.get(price.productId) ?? zeroRials;
    monthly.set(price.productId, addRials(before, monthlyOf(price, quantity, vat)));
  }
  return monthly;
}

function monthlyOf({ amountRials, interval, taxBehavior }: PricedBy, quantity: number, vat: number): Rials {
  if (interval === null) return zeroRials;
  const listed = multiplyRials(amountRials, quantity);
  const net = taxBehavior === "inclusive" ? vatInclusive(listed, vat).net : listed;
  return interval === "year" ? shareHalfUp(net, 1, monthsOfYear) : net;
}

/** Whether its price counts: it runs, paid or overdue; not in a trial, a pause, or before its first payment. */
export function counts(status: SubscriptionStatus): boolean {
  return status === "active" || status === "past_due";
}

/** What one customer's revenue was before something happened, and is after it: all of it, or a product's. */
export interface Moved {
  readonly before: Rials;
  readonly after: Rials;
  /** Whether it had ever been above zero. */
  readonly hadPaid: boolean;
  /** Whether it ends since it was not paid. */
  readonly isUnpaid: boolean;
}

/**
 * What a change of one customer's revenue is called, and its size; null when there is none. Example: 900,000 after 0 is
 * `new` the first time and `reactivation` ever after; 400,000 after 900,000 is a `contraction` of 500,000.
 */
export function movementOf(moved: Moved): { readonly movement: Movement; readonly amountRials: Rials } | null {
  const { before, after } = moved;
  if (after === before) return null;
  return { movement: nameOf(moved), amountRials: rials(Math.abs(differenceOf(after, before))) };
}

function nameOf({ before, after, hadPaid, isUnpaid }: Moved): Movement {
  if (before === 0) return hadPaid ? "reactivation" : "new";
  if (after === 0) return isUnpaid ? "churn_involuntary" : "churn_voluntary";
  return after > before ? "expansion" : "contraction";
}
