import { contract } from "../../contract/index.ts";
import { instant } from "../billing/clock.ts";
import { answered, asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { findReconciliation, listDifferences } from "../store/reconciliation.ts";
import { presentReconciliation } from "./present.ts";

export const getReconciliation = asOperator.route(contract.reconciliations.get, async ({ params }, context) => {
  const { db } = context.deps;
  const result = await findReconciliation(db, params.day);
  if (!result) return refusal(context, "not_found");
  const differences = (await listDifferences(db, params.day)).map(({ day: _day, foundAt, ...difference }) => ({
    ...difference,
    foundAt: instant(foundAt),
  }));
  return answered(context, 200, { ...presentReconciliation(result), differences });
});
