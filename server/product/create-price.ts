import { contract } from "../../contract/index.ts";
import { idFromSeed } from "../billing/ids.ts";
import { answered, asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { catalogueBucket, createPrice } from "../store/catalogue.ts";
import { findProduct } from "../store/read.ts";
import { presentPrice } from "./present.ts";

export const createPriceHandler = asOperator.route(contract.products.createPrice, async ({ params, body }, context) => {
  const { deps, caller, resourceSeed } = context;
  const { productId } = params;
  const id = idFromSeed("price", resourceSeed, catalogueBucket);
  const before = await findProduct(deps.db, productId);
  if (!before) return refusal(context, "not_found");
  const isThere = before.prices.some((price) => price.id === id);
  if (!isThere) await createPrice(deps, { id, productId, ...body }, `operator:${caller.userId}`);
  const price = (await findProduct(deps.db, productId))?.prices.find((candidate) => candidate.id === id);
  if (!price) throw new Error(`${id} was created but cannot be read`);
  return answered(context, 201, presentPrice(price));
});
