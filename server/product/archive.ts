import { contract } from "../../contract/index.ts";
import { answered, asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { archiveProduct } from "../store/catalogue.ts";
import { findProduct } from "../store/read.ts";
import { presentProduct } from "./present.ts";

export const archiveProductHandler = asOperator.route(contract.products.archive, async ({ params }, context) => {
  const { deps, caller } = context;
  const product = await findProduct(deps.db, params.productId);
  if (!product) return refusal(context, "not_found");
  if (product.active) await archiveProduct(deps, product.id, `operator:${caller.userId}`);
  return answered(context, 200, presentProduct({ ...product, active: false }));
});
