import { contract } from "../../contract/index.ts";
import { answeredPageBy, asOperator } from "../http/handler.ts";
import { listAuditExports } from "../store/audit-export.ts";
import { presentAuditExport } from "./present.ts";

export const listAuditExportsHandler = asOperator.route(contract.auditExports.list, async ({ query }, context) => {
  const rows = await listAuditExports(context.deps.db, query);
  return answeredPageBy(context, rows, {
    limit: query.limit,
    present: presentAuditExport,
    cursorOf: ({ name }) => name,
  });
});
