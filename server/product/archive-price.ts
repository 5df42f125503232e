import { contract } from "../../contract/index.ts";
import { answered, asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { archivePrice } from "../store/catalogue.ts";
import { findProduct } from "../store/read.ts";
import { presentPrice } from "./present.ts";

export const archivePriceHandler = asOperator.route(contract.products.archivePrice, async ({ params }, context) => {
  const { deps, caller } = context;
  const { productId, priceId } = params;
  const price = (await findProduct(deps.db, productId))?.prices.find(({ id }) => id === priceId);
  if (!price) return refusal(context, "not_found");
  if (price.active) await archivePrice(deps, { priceId, productId }, `operator:${caller.userId}`);
  return answered(context, 200, presentPrice({ ...price, active: false }));
});
