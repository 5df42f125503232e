// Coupons as the contract shows them.
import type { Coupon } from "../../contract/coupon.ts";
import { instant, instantOrNull } from "../billing/clock.ts";
import type { CountedCoupon } from "../store/coupons.ts";

export function presentCoupon({ expiresAt, createdAt, ...coupon }: CountedCoupon): Coupon {
  return { ...coupon, expiresAt: instantOrNull(expiresAt), createdAt: instant(createdAt) };
}
