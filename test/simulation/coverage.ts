// The payment machine as the log has lived it: which event met a payment in which status, and which of the pairs that the
// machine allows have never been.
import type { PaymentStatus } from "../../contract/payment.ts";

/** `new` is a payment that does not exist yet. Example: `submitted payment.succeeded`. */
export type Pair = `${PaymentStatus | "new"} payment.${string}`;

/** Every pair that the machine allows; one that is not here and happens is a violation. */
export const allowedPairs: readonly Pair[] = [
  "new payment.created",
  "created payment.deferred",
  "created payment.submitted",
  "created payment.failed",
  "submitted payment.unknown",
  "submitted payment.succeeded",
  "submitted payment.failed",
  "unknown payment.unknown",
  "unknown payment.asked",
  "unknown payment.succeeded",
  "unknown payment.failed",
  "unknown payment.lapsed",
  "submitted payment.needs_review",
  "unknown payment.needs_review",
];

export type Counts = Readonly<Record<string, number>>;

export function added(a: Counts, b: Counts): Counts {
  const sums: Record<string, number> = { ...a };
  for (const [key, count] of Object.entries(b)) sums[key] = (sums[key] ?? 0) + count;
  return sums;
}
