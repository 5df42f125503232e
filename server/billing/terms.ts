// What a subscription is to: a price, how many of it, and what comes on top. Everything that asks for money or grants
// messages goes by the items these name.
import type { PriceId } from "../../contract/common/id.ts";
import type { Rials } from "../../contract/common/money.ts";
import type { Terms } from "../../contract/subscription.ts";
import { multiplyRials, sumRials } from "./money.ts";
import { reject, type Rejection } from "./rejection.ts";
import type { Offer, Slice, Subscription } from "./state.ts";

/** One thing that is charged: an offer, so many times. */
export interface Item {
  readonly offer: Offer;
  readonly quantity: number;
}

export type TermsRefusal = "not_found" | "price_not_for_sale" | "price_one_time" | "add_on_not_valid";

/** What was asked for. */
export interface WantedTerms {
  readonly priceId: PriceId;
  readonly quantity: number;
  readonly addOns: Terms["addOns"];
}

export function termsOf(subscription: Subscription): Terms {
  const { productId, priceId, quantity, addOns } = subscription;
  return { productId, priceId, quantity, addOns: [...addOns] };
}

/** Throws when the slice lacks a price, which is a fault of the load. */
export function offerOf(slice: Slice, priceId: PriceId): Offer {
  const offer = slice.offers[priceId];
  if (!offer) throw new Error(`${priceId} was not loaded`);
  return offer;
}

/** The main price first, then what comes on top. */
export function itemsOf(slice: Slice, terms: Terms): readonly [Item, ...Item[]] {
  const main = { offer: offerOf(slice, terms.priceId), quantity: terms.quantity };
  const onTop = terms.addOns.map(({ priceId, quantity }) => ({ offer: offerOf(slice, priceId), quantity }));
  return [main, ...onTop];
}

/** What comes again with each period. */
export function recurringItems(items: readonly Item[]): readonly Item[] {
  return items.filter(({ offer }) => offer.price.interval !== null);
}

/** The terms without what was to be paid only once. */
export function recurringTerms(slice: Slice, terms: Terms): Terms {
  const addOns = terms.addOns.filter(({ priceId }) => offerOf(slice, priceId).price.interval !== null);
  return { ...terms, addOns };
}

/** The listed amount of one whole period, before any discount. Example: three seats at 990,000 are 2,970,000. */
export function listedAmount(items: readonly Item[]): Rials {
  return sumRials(items.map(({ offer, quantity }) => multiplyRials(offer.price.amountRials, quantity)));
}

/** The messages that one whole period brings. */
export function messagesOf(items: readonly Item[]): number {
  return recurringItems(items).reduce((sum, { offer, quantity }) => sum + offer.product.messageQuota * quantity, 0);
}

/** Whether nothing is ever to pay for a period. */
export function isFree(items: readonly Item[]): boolean {
  return listedAmount(recurringItems(items)) === 0;
}

export function sameTerms(a: Terms, b: Terms): boolean {
  return a.priceId === b.priceId && a.quantity === b.quantity && keyOf(a) === keyOf(b);
}

function keyOf({ addOns }: Terms): string {
  return addOns
    .map(({ priceId, quantity }) => `${priceId} ${quantity}`)
    .toSorted()
    .join();
}

/**
 * The terms of a wish. Rejects `not_found` (no such price), `price_not_for_sale`, `price_one_time`, and
 * `add_on_not_valid`: an add-on alone, a main product as an add-on, one twice, or one of another interval or calendar.
 */
export function decideTerms(slice: Slice, wanted: WantedTerms): Terms | Rejection<TermsRefusal> {
  const { priceId, quantity, addOns } = wanted;
  const offer = slice.offers[priceId];
  if (!offer) return reject("not_found", `There is no price ${priceId}.`);
  const { price, product } = offer;
  if (!price.active || !product.active) return reject("price_not_for_sale", `${priceId} is no longer for sale.`);
  if (product.addOn) return reject("add_on_not_valid", `${product.name} is sold only beside another product.`);
  if (price.interval === null) {
    return reject("price_one_time", `${priceId} is a one-time price; buy it through a checkout.`);
  }
  if (new Set(addOns.map((addOn) => addOn.priceId)).size < addOns.length) {
    return reject("add_on_not_valid", "An add-on stands there twice; give its quantity instead.");
  }
  for (const addOn of addOns) {
    const refusal = refusedAddOn(slice, offer, addOn.priceId);
    if (refusal) return refusal;
  }
  return { productId: product.id, priceId, quantity, addOns: addOns.map((addOn) => ({ ...addOn })) };
}

function refusedAddOn(slice: Slice, main: Offer, priceId: PriceId): Rejection<TermsRefusal> | null {
  const offer = slice.offers[priceId];
  if (!offer) return reject("not_found", `There is no price ${priceId}.`);
  const { price, product } = offer;
  if (!price.active || !product.active) return reject("price_not_for_sale", `${priceId} is no longer for sale.`);
  if (!product.addOn) return reject("add_on_not_valid", `${product.name} is not an add-on.`);
  const isAlike = price.interval === main.price.interval && price.calendar === main.price.calendar;
  if (price.interval !== null && !isAlike) {
    return reject(
      "add_on_not_valid",
      `${priceId} is not charged by the ${main.price.interval} (${main.price.calendar}).`,
    );
  }
  return null;
}
