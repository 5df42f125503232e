import { contract } from "../../contract/index.ts";
import { answered, publicly } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { findProduct } from "../store/read.ts";
import { presentProduct } from "./present.ts";

export const getProduct = publicly.route(contract.products.get, async ({ params }, context) => {
  const product = await findProduct(context.deps.db, params.productId);
  return product ? answered(context, 200, presentProduct(product)) : refusal(context, "not_found");
});
