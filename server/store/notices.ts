// Notices: each written down once by what it is about, its kind and its channel, then claimed by one run, then sent. A run
// that dies in between leaves one that nobody sends again.
import { and, asc, desc, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import * as z from "zod";
import type { CustomerId, SubscriptionId } from "../../contract/common/id.ts";
import { noticeData, noticeKinds, type Notice } from "../../contract/notification.ts";
import { comingWithinMs, toldTypes } from "../billing/notice.ts";
import { after, type BillingMs, type WallMs } from "../billing/clock.ts";
import { compiledBatch } from "./compiled.ts";
import { hasUnreadOf, isToRead } from "./reader.ts";
import { customer, notice, subscription } from "./schema.ts";

export type StoredNotice = typeof notice.$inferSelect;

/** The reader of the log that writes notices down. */
export const noticeReader = "notices";

/** Whether the log has news for anybody. */
export const isAnythingTold = isToRead(noticeReader, hasUnreadOf(noticeReader, toldTypes));

/** Which notice of all. */
export type NoticeKey = Pick<StoredNotice, "about" | "kind" | "channel">;

export type NewNotice = Omit<StoredNotice, "attempts" | "endedAt">;

/** Ten columns a row, of at most 100 parameters. */
const rowsPerStatement = 8;

/** Writes notices down; those that are there already stay as they are. */
export async function addNotices(db: D1Database, rows: readonly NewNotice[]): Promise<void> {
  const orm = drizzle(db);
  const statements = [];
  for (let first = 0; first < rows.length; first += rowsPerStatement) {
    const values = rows.slice(first, first + rowsPerStatement).map((row) => ({
      ...row,
      attempts: 0,
      endedAt: row.nextAt === null ? row.createdAt : null,
    }));
    statements.push(orm.insert(notice).values(values).onConflictDoNothing());
  }
  const [one, ...others] = statements;
  if (one) await orm.batch([one, ...others]);
}

/** What is to be told now. */
export interface ToTell {
  /** Notices whose time has come, the longest waiting first. */
  readonly due: readonly StoredNotice[];
  /** Whom to tell of what is coming, the soonest first. */
  readonly coming: readonly Coming[];
}

/**
 * What is to be told now, at most so much of each. Whoever claimed a notice and never said how it ended, has died: nobody
 * knows whether it went out, and it ends in the same batch.
 */
export async function findToTell(
  db: D1Database,
  now: WallMs,
  { maxDue, maxComing }: { readonly maxDue: number; readonly maxComing: number },
): Promise<ToTell> {
  const [, due, coming] = await toTell(db, { now, comingUntil: comingUntil(now), maxDue, maxComing });
  return { due, coming: coming.map(({ status, ...row }) => ({ ...row, isTrial: status === "trialing" })) };
}

/** Has a notice for oneself until then; false when another run was faster. */
export async function claimNotice(db: D1Database, key: NoticeKey, until: WallMs): Promise<boolean> {
  const claimed = await drizzle(db)
    .update(notice)
    .set({ status: "sending", nextAt: until, attempts: sql`attempts + 1` })
    .where(and(isIt(key), eq(notice.status, "waiting")))
    .returning({ about: notice.about });
  return claimed.length === 1;
}

/** What became of a notice: its end, or that it waits again. */
export async function settleNotice(
  db: D1Database,
  key: NoticeKey,
  end: Pick<StoredNotice, "status" | "nextAt" | "endedAt">,
): Promise<void> {
  await drizzle(db).update(notice).set(end).where(isIt(key));
}

function isIt({ about, kind, channel }: NoticeKey) {
  return and(eq(notice.about, about), eq(notice.kind, kind), eq(notice.channel, channel));
}

/** Whether a notice's time has come. */
export const isAnyNoticeDue = sql<number>`EXISTS (SELECT 1 FROM notice WHERE next_at <= ${sql.placeholder("now")})`;

/** What a row says, as its kind has it; throws on one that nobody could have written. */
export function noticeIn({ kind, data }: Pick<StoredNotice, "kind" | "data">): Notice {
  return asNotice(z.enum(noticeKinds).parse(kind), noticeData[kind].parse(data));
}

/** Safe: the data was parsed by the kind's own schema. */
function asNotice(kind: Notice["kind"], data: unknown): Notice {
  return { kind, data } as Notice;
}

/** A subscription whose next period is near, and whose customer was not told. */
export interface Coming {
  readonly subscriptionId: SubscriptionId;
  readonly customerId: CustomerId;
  readonly periodIndex: number;
  readonly isTrial: boolean;
  readonly endsAt: BillingMs;
}

/** By the wall clock: whose time stands still or is moved by hand is told of nothing to come. */
const isComing = sql`subscription.status IN ('trialing', 'active') AND subscription.period_ends_at > ${sql.placeholder("now")}
  AND subscription.period_ends_at <= ${sql.placeholder("comingUntil")}
  AND subscription.cancel_at_period_end = 0 AND subscription.pause_at_period_end = 0
  AND EXISTS (SELECT 1 FROM customer AS c WHERE c.id = subscription.customer_id AND c.clock_now_at IS NULL)
  AND NOT EXISTS (SELECT 1 FROM notice AS n WHERE n.about = subscription.id || ':' || subscription.period_index
    AND n.kind IN ('renewal_coming', 'trial_ending'))`;

/** Whether anybody is to be told of what is coming. */
export const isAnythingComing = sql<number>`EXISTS (SELECT 1 FROM subscription WHERE ${isComing})`;

/** Until when a period may end for its customer to be told now. */
export function comingUntil(now: WallMs): WallMs {
  return after(now, comingWithinMs);
}

const toTell = compiledBatch((orm) => {
  const now = sql.placeholder("now");
  const { id, customerId, periodIndex, status, periodEndsAt } = subscription;
  return [
    orm
      .update(notice)
      .set({ status: "unknown", nextAt: null, endedAt: sql`CAST(${now} AS INTEGER)` })
      .where(sql`status = 'sending' AND next_at <= ${now}`),
    orm
      .select()
      .from(notice)
      .where(sql`status = 'waiting' AND next_at <= ${now}`)
      .orderBy(asc(notice.nextAt))
      .limit(sql.placeholder("maxDue")),
    orm
      .select({ subscriptionId: id, customerId, periodIndex, status, endsAt: periodEndsAt })
      .from(subscription)
      .where(isComing)
      .orderBy(asc(periodEndsAt))
      .limit(sql.placeholder("maxComing")),
  ] as const;
});

/** A customer's latest notices, newest first; null when there is no such customer. */
export async function listNotices(
  db: D1Database,
  customerId: CustomerId,
  limit: number,
): Promise<readonly StoredNotice[] | null> {
  const orm = drizzle(db);
  const [known, rows] = await orm.batch([
    orm.select({ id: customer.id }).from(customer).where(eq(customer.id, customerId)),
    orm
      .select()
      .from(notice)
      .where(eq(notice.customerId, customerId))
      .orderBy(desc(notice.createdAt), desc(notice.about))
      .limit(limit),
  ]);
  return known.length === 0 ? null : rows;
}
