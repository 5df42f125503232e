import { contract } from "../../contract/index.ts";
import { answered, asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { confirmedMigrationOf, endPlanning, findMigration } from "../store/price-migrations.ts";
import { presentMigration } from "./present.ts";

export const confirmPriceMigration = asOperator.route(
  contract.priceMigrations.confirm,
  async ({ params, body }, context) => {
    const { deps, caller } = context;
    const { migrationId: id } = params;
    const migration = await findMigration(deps.db, id);
    if (!migration) return refusal(context, "not_found");
    if (migration.status === "canceled") return refusal(context, "price_migration_not_valid", `${id} was canceled.`);
    const other = await confirmedMigrationOf(deps.db, migration.fromPriceId);
    if (other && other.id !== id) {
      return refusal(context, "price_migration_not_valid", `${other.id} moves the same price already.`);
    }
    if (!other) await endPlanning(deps, { id, as: "confirmed", ...body }, `operator:${caller.userId}`);
    return answered(context, 200, presentMigration((await findMigration(deps.db, id)) ?? migration));
  },
);
