// Sessions, codes, links and counts that have ended: they open no door any more, and say who was where.
import { sql } from "drizzle-orm";
import { after, dayMs, type WallMs } from "../billing/clock.ts";
import { loginLink, rateLimit, session, verification } from "./auth-schema.ts";
import { compiledBatch } from "./compiled.ts";
import { retentionDays } from "./retention.ts";

const sweepCount = 1_000;

/** Until when each kind must have ended to go. */
export function accessTimes(now: WallMs) {
  return {
    sessionsKeptSince: after(now, -retentionDays.sessions * dayMs),
    codesKeptSince: after(now, -retentionDays.verificationCodes * dayMs),
    linksKeptSince: after(now, -retentionDays.loginLinks * dayMs),
    countsKeptSince: after(now, -retentionDays.rateLimits * dayMs),
  };
}

const stale = {
  session: sql`FROM session WHERE expires_at <= ${sql.placeholder("sessionsKeptSince")}`,
  verification: sql`FROM verification WHERE expires_at <= ${sql.placeholder("codesKeptSince")}`,
  loginLink: sql`FROM login_link WHERE expires_at <= ${sql.placeholder("linksKeptSince")}`,
  rateLimit: sql`FROM rate_limit WHERE last_request <= ${sql.placeholder("countsKeptSince")}`,
};

/** Whether anything of it may go. */
export const hasStaleAccess = sql<number>`EXISTS (SELECT 1 ${stale.session}) OR EXISTS (SELECT 1 ${stale.verification})
  OR EXISTS (SELECT 1 ${stale.loginLink}) OR EXISTS (SELECT 1 ${stale.rateLimit})`;

/** Deletes at most 1,000 of each kind. For the cron. */
export async function sweepAccess(db: D1Database, now: WallMs): Promise<void> {
  await sweep(db, accessTimes(now));
}

const sweep = compiledBatch((orm) => {
  const among = (found: (typeof stale)[keyof typeof stale]) =>
    sql`rowid IN (SELECT rowid ${found} LIMIT ${sql.raw(String(sweepCount))})`;
  return [
    orm.delete(session).where(among(stale.session)),
    orm.delete(verification).where(among(stale.verification)),
    orm.delete(loginLink).where(among(stale.loginLink)),
    orm.delete(rateLimit).where(among(stale.rateLimit)),
  ] as const;
});
