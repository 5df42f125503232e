// The `due` table: who is looked at next. The scan claims rows, so that overlapping scans and repeated messages meet
// the same customer once; a commit writes the next date; a fault backs off.
import { and, eq, lt, lte, or, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { CustomerId } from "../../contract/common/id.ts";
import { after, minuteMs, secondMs, wallMs, type WallMs } from "../billing/clock.ts";
import { rulesVersion } from "../billing/due-rules.ts";
import { due } from "./schema.ts";

/** How long a claim keeps other scans away from a customer. */
export const claimMs = 2 * minuteMs;
/** At so many faults in a row a customer is an operator's exception; it is still looked at, hourly. */
export const exceptionAttempts = 8;

const scanSize = 500;
const firstBackoffMs = 15 * secondMs;
const longestBackoffMs = 60 * minuteMs;

/** Claims at most 500 customers that are due, or whose date was computed by older rules; answers their ids. */
export async function claimDue(db: D1Database, now: WallMs): Promise<readonly CustomerId[]> {
  const orm = drizzle(db);
  const isDue = or(lte(due.dueAt, now), lt(due.rulesVersion, rulesVersion));
  const wanted = orm
    .select({ id: due.customerId })
    .from(due)
    .where(and(isDue, lte(due.claimedUntil, now)))
    .orderBy(due.dueAt)
    .limit(scanSize);
  const claimed = await orm
    .update(due)
    .set({ claimedUntil: after(now, claimMs) })
    .where(sql`${due.customerId} IN ${wanted}`)
    .returning({ id: due.customerId });
  return claimed.map((row) => row.id);
}

/** What a run knew when it came to its end: whatever came later keeps its own date. */
export interface Seen {
  /** The last event of the stream. */
  readonly seq: number;
  readonly loadedAt: WallMs;
  readonly collecting: boolean;
}

/** Nothing more to do for a customer now: its claim ends; its next date is set, or it is now if something came since. */
export async function settleDue(
  db: D1Database,
  customerId: CustomerId,
  dueAt: WallMs | null,
  seen: Seen,
): Promise<void> {
  const isUpToDate = sql`(SELECT COALESCE(MAX(seq), 0) FROM billing_event WHERE stream = ${customerId}) = ${seen.seq}
    AND NOT EXISTS (SELECT 1 FROM webhook_event WHERE customer_id = ${customerId} AND received_at >= ${seen.loadedAt})
    AND (SELECT collecting FROM system_state WHERE id = 1) = ${seen.collecting ? 1 : 0}`;
  await drizzle(db)
    .update(due)
    .set({
      dueAt: sql`CASE WHEN ${isUpToDate} THEN ${dueAt} ELSE MIN(COALESCE(${due.dueAt}, ${seen.loadedAt}), ${seen.loadedAt}) END`,
      rulesVersion,
      claimedUntil: wallMs(0),
      attempts: 0,
      lastError: null,
    })
    .where(eq(due.customerId, customerId));
}

/** Looking at a customer threw: try again later, twice as late each time, hourly at last. Answers how often it threw. */
export async function backOffDue(db: D1Database, customerId: CustomerId, now: WallMs, error: string): Promise<number> {
  const backoffMs = sql`MIN(CAST(${firstBackoffMs} AS INTEGER) << MIN(${due.attempts}, 12), CAST(${longestBackoffMs} AS INTEGER))`;
  const [row] = await drizzle(db)
    .update(due)
    .set({
      claimedUntil: sql`CAST(${now} AS INTEGER) + ${backoffMs}`,
      attempts: sql`${due.attempts} + 1`,
      lastError: error.slice(0, 200),
    })
    .where(eq(due.customerId, customerId))
    .returning({ attempts: due.attempts });
  return row?.attempts ?? 0;
}

/** Somebody hinted: the customer is due now, whatever was planned. */
export function dueNow(db: D1Database, customerId: CustomerId, now: WallMs) {
  return drizzle(db)
    .update(due)
    .set({ dueAt: sql`MIN(COALESCE(${due.dueAt}, CAST(${now} AS INTEGER)), CAST(${now} AS INTEGER))` })
    .where(eq(due.customerId, customerId));
}

/** A customer's faults are forgotten, and it is due now, whoever may have claimed it. */
export async function resumeDue(db: D1Database, customerId: CustomerId, now: WallMs): Promise<void> {
  const dueAt = sql`MIN(COALESCE(${due.dueAt}, CAST(${now} AS INTEGER)), CAST(${now} AS INTEGER))`;
  await drizzle(db)
    .update(due)
    .set({ dueAt, claimedUntil: wallMs(0), attempts: 0, lastError: null })
    .where(eq(due.customerId, customerId));
}

/** The same for many customers. */
export function allDueNow(db: D1Database, customerIds: readonly CustomerId[], now: WallMs) {
  return drizzle(db)
    .update(due)
    .set({ dueAt: sql`MIN(COALESCE(${due.dueAt}, CAST(${now} AS INTEGER)), CAST(${now} AS INTEGER))` })
    .where(sql`${due.customerId} IN (SELECT value FROM json_each(${JSON.stringify(customerIds)}))`);
}

/** Collecting was resumed: whoever has a debit that waits for it is due now. */
export function wakeWaitingPayments(db: D1Database, now: WallMs) {
  return drizzle(db)
    .update(due)
    .set({ dueAt: now })
    .where(sql`${due.customerId} IN (SELECT customer_id FROM payment WHERE status = 'created')`);
}
