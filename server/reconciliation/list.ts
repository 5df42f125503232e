import { contract } from "../../contract/index.ts";
import { answeredPage, asOperator } from "../http/handler.ts";
import { listReconciliations } from "../store/reconciliation.ts";
import { presentReconciliation } from "./present.ts";

export const listReconciliationsHandler = asOperator.route(
  contract.reconciliations.list,
  async ({ query }, context) => {
    const days = await listReconciliations(context.deps.db, query);
    const rows = days.map((result) => ({ ...result, id: result.day }));
    return answeredPage(context, rows, {
      limit: query.limit,
      present: ({ id: _id, ...day }) => presentReconciliation(day),
    });
  },
);
