import { contract } from "../../contract/index.ts";
import { answered, publicly } from "../http/handler.ts";

export const listAuditKeys = publicly.route(contract.auditExports.keys, async (_, context) =>
  answered(context, 200, [...((await context.deps.auditSigner?.keys()) ?? [])]),
);
