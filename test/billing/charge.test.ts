import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import { linesOf, totalsOf, whole, type Charge } from "../../server/billing/charge.ts";
import { rials } from "../../server/billing/money.ts";
import { anOffer, aSubscription, now } from "../support/billing-builders.ts";

const { periodStartsAt: startsAt, periodEndsAt: endsAt } = aSubscription();
const pro = { offer: anOffer(), quantity: 1 };
const files = {
  offer: anOffer({ price: { id: "price_2", productId: "prod_2", amountRials: rials(250_000) } }),
  quantity: 2,
};
const setup = {
  offer: anOffer({ price: { id: "price_3", productId: "prod_3", amountRials: rials(500_000), interval: null } }),
  quantity: 1,
};
const inclusive = { offer: anOffer({ price: { amountRials: rials(990_000), taxBehavior: "inclusive" } }), quantity: 1 };
const charge = (over: Partial<Charge> = {}): Charge => ({
  items: [pro],
  span: { startsAt, endsAt },
  share: whole,
  discount: null,
  isGift: false,
  at: now.billing,
  ...over,
});
const netOf = (over: Partial<Charge>) => linesOf(charge(over)).map((line) => line.netRials);
const percent = (percentBasisPoints: number) => ({
  couponId: "cpn_1" as const,
  percentBasisPoints,
  amountRials: null,
  periodsLeft: null,
});
const amount = (amountRials: number) => ({
  couponId: "cpn_1" as const,
  percentBasisPoints: null,
  amountRials: rials(amountRials),
  periodsLeft: null,
});

describe("the lines of a charge", () => {
  it("are one for each item, each with its VAT, and say how they came about", () => {
    const lines = linesOf(charge({ items: [pro, files, setup] }));
    expect(lines.map((line) => [line.priceId, line.quantity, line.netRials, line.vatRials, line.totalRials])).toEqual([
      ["price_00000000000000000000000001", 1, 2_990_000, 299_000, 3_289_000],
      ["price_2", 2, 500_000, 50_000, 550_000],
      ["price_3", 1, 500_000, 50_000, 550_000],
    ]);
    expect(lines.map((line) => line.explain)).toEqual([
      "One month (jalali) at 2,990,000 IRR; VAT 10% on top, half up.",
      "One month (jalali) at 2 × 250,000 IRR; VAT 10% on top, half up.",
      "Once at 500,000 IRR; VAT 10% on top, half up.",
    ]);
    expect(totalsOf(lines)).toEqual({ subtotalRials: 3_990_000, vatRials: 399_000, totalRials: 4_389_000 });
  });

  it("of 12 of 31 days of 990,000 are 383,226; what is paid once is never a part, and for no time", () => {
    const share = { numerator: 12, denominator: 31 };
    const basic = { offer: anOffer({ price: { amountRials: rials(990_000) } }), quantity: 1 };
    const [part, once] = linesOf(charge({ items: [basic, setup], share }));
    expect(part).toMatchObject({ netRials: 383_226, endsAt: new Date(endsAt).toISOString() });
    expect(part?.explain).toBe("One month (jalali) at 990,000 IRR, 12 of 31 days; VAT 10% on top, half up.");
    expect(once).toMatchObject({ netRials: 500_000, endsAt: once?.startsAt });
  });

  it("with VAT in the price: 990,000 is 900,000 and 90,000; half off is 450,000 and 45,000", () => {
    expect(linesOf(charge({ items: [inclusive] }))).toMatchObject([{ netRials: 900_000, vatRials: 90_000 }]);
    expect(linesOf(charge({ items: [inclusive], discount: percent(5_000) }))).toMatchObject([
      { netRials: 450_000, vatRials: 45_000, totalRials: 495_000, discountRials: 495_000 },
    ]);
  });

  it("take a percentage off each line, half up", () => {
    expect(netOf({ items: [pro, files], discount: percent(2_000) })).toEqual([2_392_000, 400_000]);
    const odd = { offer: anOffer({ price: { amountRials: rials(10_005) } }), quantity: 1 };
    expect(netOf({ items: [odd], discount: percent(1_000) })).toEqual([9_004]);
  });

  it("take an amount off the first line, then off the next, and never more than there is", () => {
    expect(netOf({ items: [pro, files], discount: amount(90_000) })).toEqual([2_900_000, 500_000]);
    expect(netOf({ items: [pro, files], discount: amount(3_090_000) })).toEqual([0, 400_000]);
    expect(netOf({ items: [pro, files], discount: amount(900_000_000) })).toEqual([0, 0]);
  });

  it("take off what is left of before after the discount, from the first line on, and say so", () => {
    const lines = linesOf(charge({ items: [pro, files], discount: percent(5_000), paidBeforeRials: rials(1_500_000) }));
    expect(lines.map((line) => line.netRials)).toEqual([0, 245_000]);
    expect(lines[1]?.explain).toBe(
      "One month (jalali) at 2 × 250,000 IRR, less 250,000 IRR, less 5,000 IRR left of before; VAT 10% on top, half up.",
    );
  });

  it("of a period that was given are free, and say so", () => {
    const [line] = linesOf(charge({ isGift: true }));
    expect(line).toMatchObject({ discountRials: 2_990_000, netRials: 0, vatRials: 0, totalRials: 0 });
    expect(line?.explain).toContain("less 2,990,000 IRR (free)");
  });

  it("always add up: net and VAT to the total, nothing below zero, no discount above the price", () => {
    const items = fc.array(fc.constantFrom(pro, files, setup, inclusive), { minLength: 1, maxLength: 3 });
    const discount = fc.oneof(
      fc.constant(null),
      fc.integer({ min: 1, max: 10_000 }).map(percent),
      fc.integer({ min: 1, max: 9_000_000 }).map(amount),
    );
    const share = fc.integer({ min: 1, max: 31 }).map((numerator) => ({ numerator, denominator: 31 }));
    fc.assert(
      fc.property(items, discount, share, fc.nat(9_000_000), (them, off, part, before) => {
        const lines = linesOf(charge({ items: them, discount: off, share: part, paidBeforeRials: rials(before) }));
        for (const line of lines) expect(line.netRials + line.vatRials).toBe(line.totalRials);
        const totals = totalsOf(lines);
        expect(totals.subtotalRials + totals.vatRials).toBe(totals.totalRials);
        expect(lines).toHaveLength(them.length);
      }),
    );
  });
});
