import { contract } from "../../contract/index.ts";
import { answeredPage, asOperator } from "../http/handler.ts";
import { listMigrations } from "../store/price-migrations.ts";
import { presentMigration } from "./present.ts";

export const listPriceMigrations = asOperator.route(contract.priceMigrations.list, async ({ query }, context) => {
  const migrations = await listMigrations(context.deps.db, query);
  return answeredPage(context, migrations, { limit: query.limit, present: presentMigration });
});
