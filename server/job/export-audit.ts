// Copies the log of each day that is over into the bucket, signed: a few steps a minute, so that neither the memory nor the
// statements of one run are used up, however much happened on a day.
import type { Deps } from "../deps.ts";
import { exportNextOfAudit } from "../store/audit-export.ts";

/** A step is at most five statements. */
const stepsPerRun = 50;

export async function exportAudit({ auditSigner, ...deps }: Deps): Promise<void> {
  if (!auditSigner) return;
  const ports = { ...deps, auditSigner };
  for (let steps = 0; steps < stepsPerRun; steps++) {
    if (!(await exportNextOfAudit(ports))) return;
  }
}
