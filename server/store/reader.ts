// Readers of the log: the log is the outbox, and whoever tells the outside what happened keeps a cursor on it. Pages go
// by `position`, the order of commits; an id ordered by time would skip what committed late.
import { and, asc, eq, gt, sql, type SQL } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { BillingEventType } from "../../contract/billing-event.ts";
import { compiledBatch, compiledWrite } from "./compiled.ts";
import { readEvents } from "./rows.ts";
import { billingEvent, readerCursor } from "./schema.ts";

type Orm = ReturnType<typeof drizzle>;
type StoredEvent = typeof billingEvent.$inferSelect;

/** What a reader has not read yet. */
export interface Unread {
  /** Where the reader stands: pass it to `moveReader` with the position of the last event it has dealt with. */
  readonly cursor: number;
  readonly events: readonly StoredEvent[];
}

/** What a reader asks for: events of these types, at most so many. */
interface Interest {
  readonly types: readonly BillingEventType[];
  readonly limit: number;
}

/** Whether a reader of this name would find anything, or more than so much. */
export function hasUnread(reader: string, moreThan = 0) {
  return sql<number>`COALESCE((SELECT MAX(position) FROM billing_event), 0)
    > COALESCE((SELECT position FROM reader_cursor WHERE reader = ${reader}), 0) + ${sql.raw(String(moreThan))}`;
}

/** So much that is not for a reader stays unread until its cursor passes it by: a log that grows by the day wakes nobody. */
const mostUnread = 500;

/** Whether the log has something for a reader that is only woken `when`, or so much else that its cursor is to be moved. */
export function isToRead(reader: string, when: SQL) {
  return sql<number>`((${hasUnread(reader)} AND ${when}) OR ${hasUnread(reader, mostUnread)})`;
}

/** Whether one of these types is unread. */
export function hasUnreadOf(reader: string, types: readonly BillingEventType[]) {
  return sql<number>`EXISTS (SELECT 1 FROM billing_event
    WHERE position > COALESCE((SELECT position FROM reader_cursor WHERE reader = ${reader}), 0)
      AND type IN (${sql.raw(types.map((type) => `'${type}'`).join(", "))}))`;
}

/**
 * The next events for a reader, oldest first. The cursor passes by what is not for it in the same batch; a reader nobody
 * knows begins at the beginning.
 */
export async function readLog(db: D1Database, reader: string, { types, limit }: Interest): Promise<Unread> {
  const [, , cursors, events] = await unread(db, { reader, types: JSON.stringify(types), limit });
  return { cursor: cursors[0]?.position ?? 0, events: readEvents(events) };
}

const unread = compiledBatch((orm) => {
  const reader = sql.placeholder("reader");
  const isForIt = sql`type IN (SELECT value FROM json_each(${sql.placeholder("types")}))`;
  const next = sql`SELECT MIN(position) - 1 FROM billing_event WHERE position > reader_cursor.position AND ${isForIt}`;
  const last = sql`SELECT MAX(position) FROM billing_event`;
  const cursor = sql`(SELECT position FROM reader_cursor WHERE reader = ${reader})`;
  return [
    orm.insert(readerCursor).values({ reader, position: 0 }).onConflictDoNothing(),
    orm
      .update(readerCursor)
      .set({ position: sql`COALESCE((${next}), (${last}), 0)` })
      .where(eq(readerCursor.reader, reader)),
    orm.select().from(readerCursor).where(eq(readerCursor.reader, reader)),
    orm
      .select()
      .from(billingEvent)
      .where(and(gt(billingEvent.position, cursor), isForIt))
      .orderBy(asc(billingEvent.position))
      .limit(sql.placeholder("limit")),
  ] as const;
});

/** The positions that a reader has not read, at most `limit` of those that were given: after `from`, up to `to`. For the batch that reads them. */
export function nextSpan(reader: string, limit: number) {
  const from = sql`COALESCE((SELECT position FROM reader_cursor WHERE reader = ${reader}), 0)`;
  // From the next event on, which is far away where an epoch begins.
  const next = sql`COALESCE((SELECT MIN(position) FROM billing_event WHERE position > ${from}), ${from})`;
  return {
    from,
    to: sql`MIN(${next} + ${sql.raw(String(limit - 1))}, COALESCE((SELECT MAX(position) FROM billing_event), 0))`,
  };
}

/** The position of the first event after this one; the next that there will be when there is none. */
export async function nextPosition(db: D1Database, after: number): Promise<number> {
  const [next] = await drizzle(db)
    .select({ position: billingEvent.position })
    .from(billingEvent)
    .where(gt(billingEvent.position, after))
    .orderBy(asc(billingEvent.position))
    .limit(1);
  return next?.position ?? after + 1;
}

/** Moves a reader to the end of such a span: the last statement that looks at it. */
export function readerMove(orm: Orm, reader: string, to: SQL) {
  return orm.update(readerCursor).set({ position: to }).where(eq(readerCursor.reader, reader));
}

/**
 * Moves a reader on, after its work is done: so each event is dealt with at least once, and its id tells repeats. False
 * when another run of the same reader was faster.
 */
export async function moveReader(
  db: D1Database,
  reader: string,
  move: { readonly from: number; readonly to: number },
): Promise<boolean> {
  const [moved] = await moveOn(db, { reader, ...move });
  return moved.length === 1;
}

const moveOn = compiledBatch((orm) => [stepOf(orm).returning({ position: readerCursor.position })] as const);

/** The same as the last write of a batch whose other writes are made only while the reader stands there as well. */
export const readerStep = compiledWrite(stepOf);

function stepOf(orm: Orm) {
  const isStill = and(
    eq(readerCursor.reader, sql.placeholder("reader")),
    eq(readerCursor.position, sql.placeholder("from")),
  );
  return orm
    .update(readerCursor)
    .set({ position: sql`${sql.placeholder("to")}` })
    .where(isStill);
}
