// The breaker as operators see it. What obeys it is the load, and a trigger in the database; both go by the same rows.
import * as z from "zod";
import { after, minuteMs, wallMs, type WallMs } from "../billing/clock.ts";

const breakerCount = 5;
const breakerMs = 5 * minuteMs;

export interface Breaker {
  /** When the next debit may go, as a probe; null while the breaker is closed. */
  readonly until: WallMs | null;
  /** What became of the last five debits, newest first. */
  readonly outcomes: readonly { readonly outcome: "succeeded" | "failed" | "unknown"; readonly at: WallMs }[];
}

const Outcomes = z.array(
  z.object({ outcome: z.enum(["succeeded", "failed", "unknown"]), at: z.int().transform(wallMs) }),
);
const Sent = z.object({ at: z.int() }).nullable();

/** Open after five unknowns in a row, five minutes from the newest of them or from the probe that was sent since. */
export async function loadBreaker(db: D1Database): Promise<Breaker> {
  const [outcomeRows, sentRows] = await db.batch([
    db.prepare(`SELECT substr(type, 9) AS outcome, at FROM billing_event
      WHERE type IN ('payment.succeeded', 'payment.failed', 'payment.unknown')
        AND (type <> 'payment.failed' OR json_extract(data, '$.reason') IN ('declined', 'not_taken'))
      ORDER BY position DESC LIMIT ${breakerCount}`),
    db.prepare("SELECT at FROM billing_event WHERE type = 'payment.submitted' ORDER BY position DESC LIMIT 1"),
  ]);
  const outcomes = Outcomes.parse(outcomeRows?.results ?? []);
  const sentAt = Sent.parse(sentRows?.results[0] ?? null)?.at ?? 0;
  const isTripped = outcomes.length === breakerCount && outcomes.every(({ outcome }) => outcome === "unknown");
  const newest = Math.max(sentAt, ...outcomes.map(({ at }) => at));
  return { until: isTripped ? after(wallMs(newest), breakerMs) : null, outcomes };
}
