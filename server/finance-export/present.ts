// Exports as the contract shows them.
import type { ExportFile, FinanceExport } from "../../contract/finance-export.ts";
import { instant, instantOrNull } from "../billing/clock.ts";
import type { filesOf, StoredExport } from "../store/finance-export.ts";

export function presentExport({ id, fromDay, toDay, status, createdAt, finishedAt }: StoredExport): FinanceExport {
  return {
    id,
    from: fromDay,
    to: toDay,
    status,
    createdAt: instant(createdAt),
    finishedAt: instantOrNull(finishedAt),
  };
}

export function presentFile({ name, rowCount, sha256 }: Awaited<ReturnType<typeof filesOf>>[number]): ExportFile {
  return { name, rowCount, sha256 };
}
