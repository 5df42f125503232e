import { contract } from "../../contract/index.ts";
import { answeredPage, publicly } from "../http/handler.ts";
import { listProducts } from "../store/read.ts";
import { presentProduct } from "./present.ts";

export const listProductsHandler = publicly.route(contract.products.list, async ({ query }, context) => {
  const products = await listProducts(context.deps.db, query);
  return answeredPage(context, products, { limit: query.limit, present: presentProduct });
});
