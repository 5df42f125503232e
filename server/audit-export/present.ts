// A file of the audit trail as the contract shows it.
import type { AuditExport } from "../../contract/audit-export.ts";
import { instant } from "../billing/clock.ts";
import type { StoredAuditExport } from "../store/audit-export.ts";

/** Throws on one that is not signed yet: none of those is ever listed. */
export function presentAuditExport(row: StoredAuditExport): AuditExport {
  const { name, day, endsDay, epoch, firstPosition, lastPosition, previousRoot, root, keyId, finishedAt } = row;
  if (root === null || keyId === null || finishedAt === null) throw new Error(`${name} is not signed yet`);
  const signed = { root, keyId, finishedAt: instant(finishedAt) };
  return { name, day, endsDay, epoch, firstPosition, lastPosition, previousRoot, ...signed };
}
