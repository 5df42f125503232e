// The payment machine as the log has lived it: which event met a payment in which status, and which of the pairs that the
// machine allows have never been.
import type { PaymentStatus } from "../../contract/payment.ts";

/** `new` is a payment that does not exist yet. Example: `submitted payment.succeeded`. */
export type Pair = `${PaymentStatus | "new"} payment.${string}`;

/** What may happen to a payment in each status. What is not here and happens is a violation. */
const machine: Readonly<Record<PaymentStatus | "new", readonly string[]>> = {
  new: ["created"],
  created: ["deferred", "submitted", "opened", "closed", "failed"],
  submitted: ["unknown", "succeeded", "failed", "needs_review"],
  unknown: ["unknown", "asked", "succeeded", "failed", "lapsed", "needs_review"],
  open: ["asked", "verifying", "closed"],
  verifying: ["asked", "verifying", "succeeded", "failed", "lapsed", "needs_review"],
  needs_review: ["succeeded", "failed", "review_ended"],
  succeeded: ["asked", "reversed"],
  failed: ["asked", "watched", "verifying", "surplus"],
  lapsed: ["asked", "watched", "verifying", "surplus"],
  closed: ["asked", "watched", "verifying", "surplus"],
  surplus: ["asked", "surplus", "returned", "credited"],
  reversed: [],
  refunded: ["asked", "reversed"],
};

/** Every pair that the machine allows. */
export const allowedPairs: readonly Pair[] = Object.entries(machine).flatMap(([status, events]) =>
  events.map((event) => `${status as PaymentStatus | "new"} payment.${event}` as const),
);

export type Counts = Readonly<Record<string, number>>;

export function added(a: Counts, b: Counts): Counts {
  const sums: Record<string, number> = { ...a };
  for (const [key, count] of Object.entries(b)) sums[key] = (sums[key] ?? 0) + count;
  return sums;
}
