import { describe, expect, it } from "vitest";
import { after, wallMs } from "../../server/billing/clock.ts";
import { decideDiscount, type Coupon } from "../../server/billing/coupon.ts";
import { rials } from "../../server/billing/money.ts";
import { aCoupon, anOffer, now, wall } from "../support/billing-builders.ts";
import { subscribedLife } from "../support/life.ts";

/** The net of each invoice of the first five months. */
const nets = (coupon: Coupon) =>
  subscribedLife([anOffer()], { coupon })
    .pass(125)
    .told("invoice.finalized")
    .map(({ data }) => data.subtotalRials);
const full = 2_990_000;

describe("a coupon", () => {
  it.each([
    ["once: a fifth off the first period", aCoupon(), [2_392_000, full, full, full, full]],
    [
      "for three periods, no more",
      aCoupon({ duration: "periods", durationPeriods: 3 }),
      [2_392_000, 2_392_000, 2_392_000, full, full],
    ],
    ["for ever", aCoupon({ duration: "forever" }), [2_392_000, 2_392_000, 2_392_000, 2_392_000, 2_392_000]],
    [
      "an amount off two periods",
      aCoupon({
        percentBasisPoints: null,
        amountRials: rials(990_000),
        duration: "periods",
        durationPeriods: 2,
      }),
      [2_000_000, 2_000_000, full, full, full],
    ],
    [
      "of all of it, once: nothing is paid, and then the price",
      aCoupon({ percentBasisPoints: 10_000 }),
      [0, full, full, full, full],
    ],
  ])("%s", (_title, coupon, expected) => {
    expect(nets(coupon)).toEqual(expected);
  });

  it("does not discount a trial: its periods begin after it", () => {
    const life = subscribedLife([anOffer({ price: { trialDays: 14 } })], { wantsTrial: true, coupon: aCoupon() });
    expect(
      life
        .pass(50)
        .told("invoice.finalized")
        .map(({ data }) => data.subtotalRials),
    ).toEqual([2_392_000, full]);
  });

  it("says on the line what it took off, before VAT", () => {
    const [invoice] = subscribedLife([anOffer()], { coupon: aCoupon() }).told("invoice.finalized");
    expect(invoice?.data.lines).toMatchObject([{ discountRials: 598_000, netRials: 2_392_000, vatRials: 239_200 }]);
  });
});

describe("coupon_not_valid", () => {
  const decided = (coupon: Coupon) => decideDiscount(coupon, anOffer(), now.billing);

  it.each([
    ["one that was archived", aCoupon({ active: false }), "is no longer redeemed."],
    [
      "one that has expired, at that very moment",
      aCoupon({ expiresAt: wall }),
      "could be redeemed until 2026-11-22T08:00:00.000Z.",
    ],
    ["one for another product", aCoupon({ productId: "prod_9" }), "is not for Pro."],
  ])("%s", (_title, coupon, why) => {
    expect(decided(coupon)).toMatchObject({ rejected: "coupon_not_valid", detail: `${coupon.code} ${why}` });
  });

  it("not a moment before it expires, nor for its own product", () => {
    expect(decided(aCoupon({ expiresAt: after(wallMs(wall), 1), productId: anOffer().product.id }))).toEqual({
      couponId: "cpn_1",
      percentBasisPoints: 2_000,
      amountRials: null,
      periodsLeft: 1,
    });
  });
});
