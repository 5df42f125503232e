import { contract } from "../../contract/index.ts";
import { answeredPage, asOperator } from "../http/handler.ts";
import { listClosedMonths } from "../store/finance.ts";
import { presentMonth } from "./present.ts";

export const listMonths = asOperator.route(contract.finance.listMonths, async ({ query }, context) => {
  const months = await listClosedMonths(context.deps.db, query);
  const rows = months.map((closed) => ({ ...closed, id: closed.month }));
  return answeredPage(context, rows, { limit: query.limit, present: presentMonth });
});
