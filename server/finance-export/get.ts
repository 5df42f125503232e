import { contract } from "../../contract/index.ts";
import { answered, asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { filesOf, findExport } from "../store/finance-export.ts";
import { presentExport, presentFile } from "./present.ts";

export const getExport = asOperator.route(contract.financeExports.get, async ({ params }, context) => {
  const { db } = context.deps;
  const found = await findExport(db, params.exportId);
  if (!found) return refusal(context, "not_found");
  const files = await filesOf(db, found.id);
  return answered(context, 200, { ...presentExport(found), files: files.map(presentFile) });
});
