// What becomes of reservations with time: open ones expire, and those of periods long over are deleted.
import { sql } from "drizzle-orm";
import { after, dayMs, type WallMs } from "../billing/clock.ts";
import { compiledBatch } from "./compiled.ts";
import { retentionDays } from "./retention.ts";
import { pastQuotaPeriod, quotaReservation } from "./schema.ts";

const value = (name: string) => sql`${sql.placeholder(name)}`;
const atMost = (count: number) => sql.raw(`LIMIT ${count}`);
const sweepCount = 1_000;

/** Literal, so that the index of what is reserved is used. */
const isExpired = sql`status = 'reserved' AND expires_at <= ${value("now")}`;

/** Whether there is a reservation whose time is over. */
export const hasExpiredReservations = sql<number>`EXISTS (SELECT 1 FROM quota_reservation WHERE ${isExpired})`;

/** Lets at most 1,000 reservations go whose time is over; whoever reserves next would as well. For the cron. */
export async function expireReservations(db: D1Database, now: WallMs): Promise<void> {
  await expire(db, { now });
}

const expire = compiledBatch((orm) => {
  const expired = sql`SELECT rowid FROM quota_reservation WHERE ${isExpired} ORDER BY expires_at ${atMost(sweepCount)}`;
  return [
    orm
      .update(quotaReservation)
      .set({ status: "expired", settledAt: sql`expires_at` })
      .where(sql`rowid IN (${expired})`),
  ] as const;
});

const keepMs = retentionDays.quotaReservations * dayMs;

/** Reservations that were settled until then go with their period. */
export function reservationsKeptSince(now: WallMs): WallMs {
  return after(now, -keepMs);
}

const isOld = sql`used_until <= ${value("reservationsKeptSince")}`;

/** Whether there is a period over so long that its reservations may go. */
export const hasOldReservations = sql<number>`EXISTS (SELECT 1 FROM past_quota_period WHERE ${isOld})`;

const periodsAtOnce = 100;
const deletedAtOnce = 5_000;

/**
 * Deletes reservations of the 100 periods that are over the longest, at most 5,000 a call: settled 90 days ago, and summed
 * up in no balance any more. A period that still has some is looked at again when those are old.
 */
export async function deleteOldReservations(db: D1Database, now: WallMs): Promise<void> {
  await forget(db, { now, reservationsKeptSince: reservationsKeptSince(now) });
}

const forget = compiledBatch((orm) => {
  const oldest = sql`SELECT rowid FROM past_quota_period WHERE ${isOld} ORDER BY used_until ${atMost(periodsAtOnce)}`;
  const isCounted = sql`EXISTS (SELECT 1 FROM quota_balance b WHERE b.customer_id = r.customer_id
    AND b.subscription_id = r.subscription_id AND b.period_index = r.period_index)`;
  const old = sql`SELECT r.rowid FROM past_quota_period p JOIN quota_reservation r
      ON r.subscription_id = p.subscription_id AND r.period_index = p.period_index
    WHERE p.rowid IN (${oldest}) AND r.settled_at <= ${value("reservationsKeptSince")} AND NOT ${isCounted}
    ${atMost(deletedAtOnce)}`;
  const left = sql`FROM quota_reservation r WHERE r.subscription_id = past_quota_period.subscription_id
    AND r.period_index = past_quota_period.period_index`;
  // Some are left that may go, or that were settled later, or a balance has come back to them.
  const usedUntil = sql`(SELECT CASE WHEN MAX(${isCounted}) THEN ${value("now")}
    ELSE MAX(COALESCE(r.settled_at, r.expires_at)) END ${left})`;
  return [
    orm.delete(quotaReservation).where(sql`rowid IN (${old})`),
    orm
      .update(pastQuotaPeriod)
      .set({ usedUntil })
      .where(sql`rowid IN (${oldest}) AND EXISTS (SELECT 1 ${left})`),
    orm.delete(pastQuotaPeriod).where(sql`rowid IN (${oldest}) AND NOT EXISTS (SELECT 1 ${left})`),
  ] as const;
});
