import { contract } from "../../contract/index.ts";
import { idFromSeed } from "../billing/ids.ts";
import { isMigration } from "../billing/price-migration.ts";
import { answered, asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { catalogueBucket } from "../store/catalogue.ts";
import { findMigration, planMigration } from "../store/price-migrations.ts";
import { findOffer } from "../store/read.ts";
import { presentMigration } from "./present.ts";

export const createPriceMigration = asOperator.route(contract.priceMigrations.create, async ({ body }, context) => {
  const { deps, caller, resourceSeed } = context;
  const id = idFromSeed("mig", resourceSeed, catalogueBucket);
  const [from, to] = await Promise.all([findOffer(deps.db, body.fromPriceId), findOffer(deps.db, body.toPriceId)]);
  if (!from || !to || !isMigration(from, to)) {
    const detail = "Both prices must be of one product, interval and calendar, and the new one for sale.";
    return refusal(context, "price_migration_not_valid", detail);
  }
  const isThere = (await findMigration(deps.db, id)) !== null;
  if (!isThere) await planMigration(deps, { id, ...body }, `operator:${caller.userId}`);
  const planned = await findMigration(deps.db, id);
  if (!planned) throw new Error(`${id} was planned but cannot be read`);
  return answered(context, 201, presentMigration(planned));
});
