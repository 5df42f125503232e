import { describe, expect, it } from "vitest";
import { rials } from "../../server/billing/money.ts";
import { isRejection } from "../../server/billing/rejection.ts";
import {
  decideTerms,
  isFree,
  itemsOf,
  listedAmount,
  messagesOf,
  recurringTerms,
  sameTerms,
  type WantedTerms,
} from "../../server/billing/terms.ts";
import { anOffer, aSlice } from "../support/billing-builders.ts";

const pro = anOffer();
const seat = anOffer({
  price: { id: "price_2", productId: "prod_2", amountRials: rials(250_000) },
  product: { id: "prod_2", name: "Files", messageQuota: 100, addOn: true },
});
const setup = anOffer({
  price: { id: "price_3", productId: "prod_3", amountRials: rials(500_000), interval: null },
  product: { id: "prod_3", name: "Setup", messageQuota: 7, addOn: true },
});
const other = anOffer({ price: { id: "price_4", productId: "prod_4" }, product: { id: "prod_4", name: "Basic" } });
const slice = aSlice({ offers: [pro, seat, setup, other] });
const wanted = (over: Partial<WantedTerms> = {}): WantedTerms => ({
  priceId: pro.price.id,
  quantity: 1,
  addOns: [],
  ...over,
});
const termsOf = (over: Partial<WantedTerms> = {}) => {
  const terms = decideTerms(slice, wanted(over));
  if (isRejection(terms)) throw new Error(terms.detail);
  return terms;
};
const addOns = [
  { priceId: seat.price.id, quantity: 2 },
  { priceId: setup.price.id, quantity: 1 },
];

describe("terms", () => {
  it("name the product of the price, and cost each item as often as it is wanted", () => {
    const terms = termsOf({ quantity: 3, addOns });
    expect(terms).toEqual({ productId: pro.product.id, priceId: pro.price.id, quantity: 3, addOns });
    expect(listedAmount(itemsOf(slice, terms))).toBe(3 * 2_990_000 + 2 * 250_000 + 500_000);
  });

  it("bring the messages of what comes again, not of what is paid once", () => {
    expect(messagesOf(itemsOf(slice, termsOf({ quantity: 3, addOns })))).toBe(3 * 2_000 + 2 * 100);
  });

  it("keep what comes again, once what is paid once is paid", () => {
    expect(recurringTerms(slice, termsOf({ addOns })).addOns).toEqual([addOns[0]]);
  });

  it("are the same in whatever order their add-ons stand, and not with another quantity", () => {
    expect(sameTerms(termsOf({ addOns }), termsOf({ addOns: addOns.toReversed() }))).toBe(true);
    expect(sameTerms(termsOf({ addOns }), termsOf({ addOns: addOns.slice(0, 1) }))).toBe(false);
    expect(sameTerms(termsOf(), termsOf({ quantity: 2 }))).toBe(false);
    expect(sameTerms(termsOf(), termsOf({ priceId: other.price.id }))).toBe(false);
  });
});

describe("terms are refused", () => {
  const seats = [{ priceId: seat.price.id, quantity: 1 }];
  const refusing = (offer: typeof pro, over: Partial<WantedTerms>) =>
    decideTerms({ ...slice, offers: { ...slice.offers, [offer.price.id]: offer } }, wanted(over));

  it.each([
    ["not_found: a price that there is not", slice, { priceId: "price_9" as const }, "There is no price price_9."],
    [
      "add_on_not_valid: an add-on alone",
      slice,
      { priceId: seat.price.id },
      "Files is sold only beside another product.",
    ],
    [
      "price_one_time: a one-time price as the main one",
      null,
      { priceId: pro.price.id },
      `${pro.price.id} is a one-time price; buy it through a checkout.`,
    ],
    [
      "add_on_not_valid: a main product on top",
      slice,
      { addOns: [{ priceId: other.price.id, quantity: 1 }] },
      "Basic is not an add-on.",
    ],
    [
      "add_on_not_valid: one add-on twice",
      slice,
      { addOns: [...seats, ...seats] },
      "An add-on stands there twice; give its quantity instead.",
    ],
    [
      "not_found: an add-on that there is not",
      slice,
      { addOns: [{ priceId: "price_9" as const, quantity: 1 }] },
      "There is no price price_9.",
    ],
  ])("%s", (title, given, over, detail) => {
    const once = { ...pro, price: { ...pro.price, interval: null } };
    const decided = given === null ? refusing(once, over) : decideTerms(given, wanted(over));
    expect(decided).toMatchObject({ rejected: title.split(":")[0], detail });
  });

  it.each([
    ["an add-on of another interval", { interval: "year" as const }],
    ["an add-on of another calendar", { calendar: "gregorian" as const }],
  ])("add_on_not_valid: %s", (_title, price) => {
    const odd = { ...seat, price: { ...seat.price, ...price } };
    expect(refusing(odd, { addOns: seats })).toMatchObject({
      rejected: "add_on_not_valid",
      detail: "price_2 is not charged by the month (jalali).",
    });
  });

  it("price_not_for_sale: a price or a product that is sold no more, on top as well", () => {
    const gone = { ...pro, price: { ...pro.price, active: false } };
    expect(refusing(gone, {})).toMatchObject({ rejected: "price_not_for_sale" });
    expect(refusing({ ...pro, product: { ...pro.product, active: false } }, {})).toMatchObject({
      rejected: "price_not_for_sale",
    });
    expect(refusing({ ...seat, price: { ...seat.price, active: false } }, { addOns: seats })).toMatchObject({
      rejected: "price_not_for_sale",
      detail: "price_2 is no longer for sale.",
    });
  });
});

it("a period is free when nothing that recurs costs anything, whatever is paid once", () => {
  const of = (offer: typeof pro) => ({ offer, quantity: 1 });
  const gratis = { ...pro, price: { ...pro.price, amountRials: rials(0) } };
  expect(isFree([of(gratis), of(setup)])).toBe(true);
  expect(isFree([of(gratis), of(seat)])).toBe(false);
  expect(isFree([of(pro)])).toBe(false);
});
