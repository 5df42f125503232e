import { contract } from "../../contract/index.ts";
import { answeredPage, asOperator } from "../http/handler.ts";
import { listExports } from "../store/finance-export.ts";
import { presentExport } from "./present.ts";

export const listExportsHandler = asOperator.route(contract.financeExports.list, async ({ query }, context) => {
  const rows = await listExports(context.deps.db, query);
  return answeredPage(context, rows, { limit: query.limit, present: presentExport });
});
