import { contract } from "../../contract/index.ts";
import { answeredPage, asOperator } from "../http/handler.ts";
import { listCoupons } from "../store/coupons.ts";
import { presentCoupon } from "./present.ts";

export const listCouponsHandler = asOperator.route(contract.coupons.list, async ({ query }, context) => {
  const coupons = await listCoupons(context.deps.db, query);
  return answeredPage(context, coupons, { limit: query.limit, present: presentCoupon });
});
