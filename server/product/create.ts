import { contract } from "../../contract/index.ts";
import { idFromSeed } from "../billing/ids.ts";
import { answered, asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { catalogueBucket, createProduct } from "../store/catalogue.ts";
import { findProduct } from "../store/read.ts";
import { presentProduct } from "./present.ts";

export const createProductHandler = asOperator.route(contract.products.create, async ({ body }, context) => {
  const { deps, caller, resourceSeed } = context;
  const id = idFromSeed("prod", resourceSeed, catalogueBucket);
  const isThere = (await findProduct(deps.db, id)) !== null;
  const created = isThere ? id : await createProduct(deps, { id, ...body }, `operator:${caller.userId}`);
  if (created === null) return refusal(context, "product_exists", "Its name, or Roundtable's id of it, is taken.");
  const product = await findProduct(deps.db, id);
  if (!product) throw new Error(`${id} was created but cannot be read`);
  return answered(context, 201, presentProduct(product));
});
