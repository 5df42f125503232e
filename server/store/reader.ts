// Readers of the log: the log is the outbox, and whoever tells the outside what happened keeps a cursor on it. Pages go
// by `position`, the order of commits; an id ordered by time would skip what committed late.
import { and, asc, eq, gt, sql } from "drizzle-orm";
import type { drizzle } from "drizzle-orm/d1";
import { compiledBatch } from "./compiled.ts";
import { readEvents } from "./rows.ts";
import { billingEvent, readerCursor, systemState } from "./schema.ts";

type StoredEvent = typeof billingEvent.$inferSelect;

/** What a reader has not read yet. */
export interface Unread {
  /** Where the reader stands: pass it to `moveReader` with the position of the last event it has dealt with. */
  readonly cursor: number;
  readonly events: readonly StoredEvent[];
}

/** Whether a reader of this name would find anything. */
export function hasUnread(reader: string) {
  return sql<number>`COALESCE((SELECT MAX(position) FROM billing_event), 0)
    > COALESCE((SELECT position FROM reader_cursor WHERE reader = ${reader}), 0)`;
}

/** The next events of a reader, oldest first, at most `limit`; a reader nobody knows begins at the beginning. */
export async function readLog(db: D1Database, reader: string, limit: number): Promise<Unread> {
  const [cursors, events] = await unread(db, { reader, limit });
  return { cursor: cursors[0]?.position ?? 0, events: readEvents(events) };
}

const unread = compiledBatch((orm) => {
  const reader = sql.placeholder("reader");
  const cursor = sql`COALESCE((SELECT position FROM reader_cursor WHERE reader = ${reader}), 0)`;
  return [
    orm.select().from(readerCursor).where(eq(readerCursor.reader, reader)),
    orm
      .select()
      .from(billingEvent)
      .where(gt(billingEvent.position, cursor))
      .orderBy(asc(billingEvent.position))
      .limit(sql.placeholder("limit")),
  ] as const;
});

/** The positions that a reader has not read, at most `limit` of them; null when there is none. */
export async function unreadSpan(
  db: D1Database,
  reader: string,
  limit: number,
): Promise<{ readonly from: number; readonly to: number } | null> {
  const [[found]] = await span(db, { reader });
  const { from = 0, last = 0 } = found ?? {};
  return last > from ? { from, to: Math.min(last, from + limit) } : null;
}

const span = compiledBatch(
  (orm) =>
    [
      orm
        .select({
          from: sql<number>`COALESCE((SELECT position FROM reader_cursor WHERE reader = ${sql.placeholder("reader")}), 0)`,
          last: sql<number>`COALESCE((SELECT MAX(position) FROM billing_event), 0)`,
        })
        .from(systemState),
    ] as const,
);

/** Moves a reader `from` one position `to` another in the batch that does its work, unless another run was faster. */
export function readerMove(orm: ReturnType<typeof drizzle>, reader: string) {
  return orm
    .update(readerCursor)
    .set({ position: sql`${sql.placeholder("to")}` })
    .where(and(eq(readerCursor.reader, reader), eq(readerCursor.position, sql.placeholder("from"))));
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
  const [, moved] = await moveOn(db, { reader, ...move });
  return moved.length === 1;
}

const moveOn = compiledBatch((orm) => {
  const reader = sql.placeholder("reader");
  const isStill = and(eq(readerCursor.reader, reader), eq(readerCursor.position, sql.placeholder("from")));
  return [
    orm.insert(readerCursor).values({ reader, position: 0 }).onConflictDoNothing(),
    orm
      .update(readerCursor)
      .set({ position: sql`${sql.placeholder("to")}` })
      .where(isStill)
      .returning({ position: readerCursor.position }),
  ] as const;
});
