// The breaker: it keeps new debits back while the gateway does not answer. Not kept but read from the log, by the load and
// for operators; a trigger in the database holds the same.
import { desc, sql, type SQL } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { after, minuteMs, type WallMs } from "../billing/clock.ts";
import { billingEvent } from "./schema.ts";

/** Five unknowns in a row stop new debits for five minutes; then one debit goes as a probe. A trigger holds the same. */
const breakerCount = 5;
const breakerMs = 5 * minuteMs;

/**
 * What the gateway made of debits; a payment that failed before it was sent says nothing of the gateway. Literal, since
 * SQLite proves only from literals that a partial index serves a query.
 */
const isOutcome = sql`type IN ('payment.succeeded', 'payment.failed', 'payment.unknown')
  AND (type <> 'payment.failed'
    OR json_extract(data, '$.reason') IN ('declined', 'not_taken', 'insufficient_funds', 'limit_reached'))`;
const isSubmission = sql`type = 'payment.submitted'`;

type Orm = ReturnType<typeof drizzle>;

export const newestOutcomes = (orm: Orm) => newestQuery(orm, isOutcome, breakerCount);
export const newestSubmission = (orm: Orm) => newestQuery(orm, isSubmission, 1);

function newestQuery(orm: Orm, isOne: SQL, count: number) {
  const { type, at, position } = billingEvent;
  return orm.select({ type, at }).from(billingEvent).where(isOne).orderBy(desc(position)).limit(count);
}

interface Occurred {
  readonly type: string;
  readonly at: WallMs;
}

/** Open after five unknowns in a row; a debit sent since the last of them is the probe under way. Newest first. */
export function breakerUntil(outcomes: readonly Occurred[], submissions: readonly Occurred[]): WallMs | null {
  const isOpen = outcomes.length === breakerCount && outcomes.every(({ type }) => type === "payment.unknown");
  if (!isOpen) return null;
  const newest = Math.max(...[...outcomes, ...submissions].map(({ at }) => at)) as WallMs;
  return after(newest, breakerMs);
}

export interface Breaker {
  /** When the next debit may go, as a probe; null while the breaker is closed. */
  readonly until: WallMs | null;
  /** What became of the last five debits, newest first. */
  readonly outcomes: readonly { readonly outcome: "succeeded" | "failed" | "unknown"; readonly at: WallMs }[];
}

/** The breaker as operators see it. */
export async function loadBreaker(db: D1Database): Promise<Breaker> {
  const orm = drizzle(db);
  const [outcomes, submissions] = await orm.batch([newestOutcomes(orm), newestSubmission(orm)]);
  return {
    until: breakerUntil(outcomes, submissions),
    outcomes: outcomes.map(({ type, at }) => ({ outcome: outcomeIn(type), at })),
  };
}

function outcomeIn(type: string): "succeeded" | "failed" | "unknown" {
  if (type === "payment.unknown") return "unknown";
  return type === "payment.succeeded" ? "succeeded" : "failed";
}
