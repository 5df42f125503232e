import { contract } from "../../contract/index.ts";
import { asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { readAuditFile } from "../store/audit-export.ts";

export const getAuditFile = asOperator.route(contract.auditExports.file, async ({ params }, context) => {
  const text = await readAuditFile(context.deps, params.exportName);
  if (text === null) return refusal(context, "not_found");
  context.responseHeaders.set("content-disposition", `attachment; filename="audit-${params.exportName}.ndjson"`);
  return { status: 200, body: text };
});
