// Checking an audit trail without trusting who wrote it: the hashes are computed again, here, from what was told.
import { createHash } from "node:crypto";
import type { BillingEvent } from "../../contract/billing-event.ts";

/** The `seq` of the first event that is not as it was written or not in its place; null when the whole chain holds. */
export function brokenAt(events: readonly BillingEvent[]): number | null {
  let prevHash = "0".repeat(64);
  for (const [index, { position: _place, hash, ...event }] of events.entries()) {
    if (event.seq !== index + 1 || event.prevHash !== prevHash || hash !== sha256(canonical(event))) return index + 1;
    prevHash = hash;
  }
  return null;
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** JSON with sorted keys and no spaces. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(",")}}`;
}
