import { contract } from "../../contract/index.ts";
import { billingMs } from "../billing/clock.ts";
import { moveOf } from "../billing/price-migration.ts";
import { pageOfEach } from "../http/each-database.ts";
import { answeredPage, asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { findMigration, listAtPrice } from "../store/price-migrations.ts";
import { findOffer } from "../store/read.ts";
import { presentMove } from "./present.ts";

export const listPriceMoves = asOperator.route(
  contract.priceMigrations.listMoves,
  async ({ params, query }, context) => {
    const { db, wall } = context.deps;
    const migration = await findMigration(db, params.migrationId);
    if (!migration) return refusal(context, "not_found");
    const [from, to] = await Promise.all([findOffer(db, migration.fromPriceId), findOffer(db, migration.toPriceId)]);
    if (!from || !to) throw new Error(`A price of ${migration.id} is not in the catalogue`);
    const at = billingMs(wall());
    return pageOfEach(context, query, async (deps, page) => {
      const subscriptions = await listAtPrice(deps.db, migration.fromPriceId, page);
      return answeredPage(context, subscriptions, {
        limit: page.limit,
        present: (subscription) => presentMove(subscription, moveOf(subscription, { from, to }, migration, at)),
      });
    });
  },
);
