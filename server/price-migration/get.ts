import { contract } from "../../contract/index.ts";
import { answered, asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { findMigration } from "../store/price-migrations.ts";
import { presentMigration } from "./present.ts";

export const getPriceMigration = asOperator.route(contract.priceMigrations.get, async ({ params }, context) => {
  const migration = await findMigration(context.deps.db, params.migrationId);
  return migration ? answered(context, 200, presentMigration(migration)) : refusal(context, "not_found");
});
