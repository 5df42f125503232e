import { contract } from "../../contract/index.ts";
import { asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { readExportFile } from "../store/finance-export.ts";

export const getExportFile = asOperator.route(contract.financeExports.file, async ({ params }, context) => {
  const { exportId, fileName: name } = params;
  const text = await readExportFile(context.deps, { exportId, name });
  if (text === null) return refusal(context, "not_found");
  context.responseHeaders.set("content-disposition", `attachment; filename="${name}"`);
  return { status: 200, body: text };
});
