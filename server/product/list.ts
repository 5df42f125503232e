import { contract } from "../../contract/index.ts";
import { answeredPage, publicly } from "../http/handler.ts";
import { shownProducts } from "../store/showcase.ts";
import { presentProduct } from "./present.ts";

export const listProductsHandler = publicly.route(contract.products.list, async ({ query }, context) => {
  const products = await shownProducts(context.deps, query);
  return answeredPage(context, products, { limit: query.limit, present: presentProduct });
});
