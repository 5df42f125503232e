// The `due` table: who is looked at next. The scan claims rows, so that overlapping scans and repeated messages meet
// the same customer once; a commit writes the next date; a fault backs off.
import { eq, sql, type Placeholder, type SQL } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { CustomerId } from "../../contract/common/id.ts";
import { after, minuteMs, secondMs, wallMs, type WallMs } from "../billing/clock.ts";
import { rulesVersion } from "../billing/due-rules.ts";
import type { Slice } from "../billing/state.ts";
import { compiledBatch } from "./compiled.ts";
import { quotaVersions } from "./quota.ts";
import { due } from "./schema.ts";

/** How long a claim keeps other scans away from a customer. */
export const claimMs = 2 * minuteMs;
/** At so many faults in a row a customer is an operator's exception; it is still looked at, hourly. */
export const exceptionAttempts = 8;

/** How many one claim takes at most. */
export const scanSize = 500;
const firstBackoffMs = 15 * secondMs;
const longestBackoffMs = 60 * minuteMs;

/** Claims at most 500 customers that are due, or whose date was computed by older rules; answers their ids. */
export async function claimDue(db: D1Database, now: WallMs): Promise<readonly CustomerId[]> {
  const [claimed] = await claimAll(db, { now, rulesVersion, claimedUntil: after(now, claimMs) });
  return claimed.map((row) => row.id);
}

/** Whether a claim would have come to as many as it takes, so that another one may find more. */
export function mayBeMore(claimed: readonly CustomerId[]): boolean {
  return claimed.length >= scanSize;
}

/** Two ways to be due, each along an index of its own. */
const isDue = sql`(due_at <= ${sql.placeholder("now")} OR rules_version < ${sql.placeholder("rulesVersion")})
  AND claimed_until <= ${sql.placeholder("now")}`;

/** Whether a claim would find anybody. */
export const isAnybodyDue = sql<number>`EXISTS (SELECT 1 FROM due WHERE ${isDue})`;

const claimAll = compiledBatch(
  (orm) =>
    [
      orm
        .update(due)
        .set({ claimedUntil: sql`${sql.placeholder("claimedUntil")}` })
        .where(
          sql`${due.customerId} IN (SELECT customer_id FROM due WHERE ${isDue} ORDER BY due_at LIMIT ${sql.raw(String(scanSize))})`,
        )
        .returning({ id: due.customerId }),
    ] as const,
);

/** What operators have switched that decides whether debits wait: a run that saw it otherwise has planned amiss. */
export function switchesOf({ collecting, doubtUntil }: Pick<Slice, "collecting" | "doubtUntil">): number {
  return (collecting ? 1 : 0) + (doubtUntil === null ? 0 : 2);
}

export const switchesNow = sql`(SELECT collecting + 2 * (doubt_until IS NOT NULL) FROM system_state WHERE id = 1)`;

/** Whether somebody hinted since an instant. */
export function hasHintSince(customerId: Placeholder, since: Placeholder): SQL {
  return sql`EXISTS (SELECT 1 FROM webhook_event WHERE customer_id = ${customerId} AND received_at >= ${since})`;
}

/** What a run knew when it came to its end: whatever came later keeps its own date. */
export interface Seen {
  /** The last event of the stream. */
  readonly seq: number;
  readonly loadedAt: WallMs;
  /** The operators' switches: see `switchesOf`. */
  readonly switches: number;
  /** Of the customer's messages: see `quotaVersions`. */
  readonly quotaVersions: number;
}

/** Nothing more to do for a customer now: its claim ends; its next date is set, or it is now if something came since. */
export async function settleDue(
  db: D1Database,
  customerId: CustomerId,
  dueAt: WallMs | null,
  seen: Seen,
): Promise<void> {
  await settle(db, { customerId, dueAt, ...seen, rulesVersion });
}

const settle = compiledBatch((orm) => {
  const [customerId, dueAt, seq, loadedAt, switches] = ["customerId", "dueAt", "seq", "loadedAt", "switches"].map(
    (name) => sql.placeholder(name),
  );
  const isUpToDate = sql`(SELECT COALESCE(MAX(seq), 0) FROM billing_event WHERE stream = ${customerId}) = ${seq}
    AND NOT ${hasHintSince(sql.placeholder("customerId"), sql.placeholder("loadedAt"))}
    AND ${switchesNow} = ${switches}
    AND ${quotaVersions(sql.placeholder("customerId"))} = ${sql.placeholder("quotaVersions")}`;
  return [
    orm
      .update(due)
      .set({
        dueAt: sql`CASE WHEN ${isUpToDate} THEN ${dueAt} ELSE MIN(COALESCE(${due.dueAt}, ${loadedAt}), ${loadedAt}) END`,
        rulesVersion: sql`${sql.placeholder("rulesVersion")}`,
        claimedUntil: wallMs(0),
        attempts: 0,
        lastError: null,
      })
      .where(sql`${due.customerId} = ${customerId}`),
  ] as const;
});

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

/** The doubt after a restore is over: whoever owes what fell due before it is due now. */
export function wakeDoubted(db: D1Database, now: WallMs) {
  return drizzle(db)
    .update(due)
    .set({ dueAt: now })
    .where(
      sql`${due.customerId} IN (SELECT customer_id FROM invoice WHERE status = 'open' AND due_at < (
        SELECT doubt_until FROM system_state WHERE id = 1))`,
    );
}
