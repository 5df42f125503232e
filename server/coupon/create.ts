import { contract } from "../../contract/index.ts";
import { wallOf } from "../billing/clock.ts";
import { idFromSeed } from "../billing/ids.ts";
import { answered, asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { catalogueBucket } from "../store/catalogue.ts";
import { counted, createCoupon, findCoupon } from "../store/coupons.ts";
import { findProduct } from "../store/read.ts";
import { presentCoupon } from "./present.ts";

export const createCouponHandler = asOperator.route(contract.coupons.create, async ({ body }, context) => {
  const { deps, caller, resourceSeed } = context;
  const id = idFromSeed("cpn", resourceSeed, catalogueBucket);
  const { productId, expiresAt } = body;
  if (productId !== null && !(await findProduct(deps.db, productId))) {
    return refusal(context, "coupon_not_valid", `There is no product ${productId}.`);
  }
  if (!(await findCoupon(deps.db, id))) {
    const row = { ...body, id, expiresAt: expiresAt === null ? null : wallOf(expiresAt) };
    const made = await createCoupon(deps, row, `operator:${caller.userId}`);
    if (made === null) return refusal(context, "coupon_exists", `There is a coupon ${body.code} already.`);
  }
  const stored = await findCoupon(deps.db, id);
  const [coupon] = stored ? await counted(deps.db, [stored]) : [];
  if (!coupon) throw new Error(`${id} was created but cannot be read`);
  return answered(context, 201, presentCoupon(coupon));
});
