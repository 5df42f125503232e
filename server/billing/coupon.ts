// What a coupon gives to whom. How often it may be redeemed is a fact across customers, claimed in the store.
import type { CouponId, ProductId } from "../../contract/common/id.ts";
import type { Rials } from "../../contract/common/money.ts";
import type { CouponDuration } from "../../contract/coupon.ts";
import type { Discount } from "../../contract/subscription.ts";
import { instant, type BillingMs, type WallMs } from "./clock.ts";
import { reject, type Rejection } from "./rejection.ts";
import type { Offer } from "./state.ts";

export interface Coupon {
  readonly id: CouponId;
  readonly code: string;
  readonly percentBasisPoints: number | null;
  readonly amountRials: Rials | null;
  readonly duration: CouponDuration;
  readonly durationPeriods: number | null;
  readonly maxRedemptions: number | null;
  readonly productId: ProductId | null;
  readonly expiresAt: WallMs | null;
  readonly active: boolean;
}

export type CouponRefusal = "coupon_not_valid";

/** The discount that a coupon gives on an offer. Rejects `coupon_not_valid`: archived, over, or for another product. */
export function decideDiscount(coupon: Coupon, { product }: Offer, at: BillingMs): Discount | Rejection<CouponRefusal> {
  if (!coupon.active) return reject("coupon_not_valid", `${coupon.code} is no longer redeemed.`);
  if (coupon.expiresAt !== null && at >= (coupon.expiresAt as number)) {
    return reject("coupon_not_valid", `${coupon.code} could be redeemed until ${instant(coupon.expiresAt)}.`);
  }
  if (coupon.productId !== null && coupon.productId !== product.id) {
    return reject("coupon_not_valid", `${coupon.code} is not for ${product.name}.`);
  }
  const { id: couponId, percentBasisPoints, amountRials } = coupon;
  return { couponId, percentBasisPoints, amountRials, periodsLeft: periodsOf(coupon) };
}

/** Null: for ever. */
function periodsOf({ duration, durationPeriods }: Coupon): number | null {
  return duration === "once" ? 1 : durationPeriods;
}
