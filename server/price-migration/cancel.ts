import { contract } from "../../contract/index.ts";
import { answered, asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { endPlanning, findMigration } from "../store/price-migrations.ts";
import { presentMigration } from "./present.ts";

export const cancelPriceMigration = asOperator.route(
  contract.priceMigrations.cancel,
  async ({ params, body }, context) => {
    const { deps, caller } = context;
    const { migrationId: id } = params;
    const migration = await findMigration(deps.db, id);
    if (!migration) return refusal(context, "not_found");
    if (migration.status !== "canceled") {
      await endPlanning(deps, { id, as: "canceled", ...body }, `operator:${caller.userId}`);
    }
    return answered(context, 200, presentMigration((await findMigration(deps.db, id)) ?? migration));
  },
);
