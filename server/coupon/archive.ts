import { contract } from "../../contract/index.ts";
import { answered, asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { archiveCoupon, counted, findCoupon } from "../store/coupons.ts";
import { presentCoupon } from "./present.ts";

export const archiveCouponHandler = asOperator.route(contract.coupons.archive, async ({ params }, context) => {
  const { deps, caller } = context;
  const { couponId } = params;
  const before = await findCoupon(deps.db, couponId);
  if (!before) return refusal(context, "not_found");
  if (before.active) await archiveCoupon(deps, couponId, `operator:${caller.userId}`);
  const [coupon] = await counted(deps.db, [{ ...before, active: false }]);
  if (!coupon) throw new Error(`${couponId} was archived but cannot be read`);
  return answered(context, 200, presentCoupon(coupon));
});
