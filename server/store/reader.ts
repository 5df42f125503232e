// Readers of the log: the log is the outbox, and whoever tells the outside what happened keeps a cursor on it. Pages go
// by `position`, the order of commits; an id ordered by time would skip what committed late.
import { and, asc, eq, gt } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { readEvents } from "./rows.ts";
import { billingEvent, readerCursor } from "./schema.ts";

type StoredEvent = typeof billingEvent.$inferSelect;

/** What a reader has not read yet. */
export interface Unread {
  /** Where the reader stands: pass it to `moveReader` with the position of the last event it has dealt with. */
  readonly cursor: number;
  readonly events: readonly StoredEvent[];
}

/** The next events of a reader, oldest first, at most `limit`; a reader nobody knows begins at the beginning. */
export async function readLog(db: D1Database, reader: string, limit: number): Promise<Unread> {
  const orm = drizzle(db);
  const [row] = await orm.select().from(readerCursor).where(eq(readerCursor.reader, reader));
  const cursor = row?.position ?? 0;
  const query = orm.select().from(billingEvent).where(gt(billingEvent.position, cursor));
  return { cursor, events: readEvents(await query.orderBy(asc(billingEvent.position)).limit(limit)) };
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
  const orm = drizzle(db);
  const isStill = and(eq(readerCursor.reader, reader), eq(readerCursor.position, move.from));
  const [, moved] = await orm.batch([
    orm.insert(readerCursor).values({ reader, position: 0 }).onConflictDoNothing(),
    orm.update(readerCursor).set({ position: move.to }).where(isStill).returning({ position: readerCursor.position }),
  ]);
  return moved.length === 1;
}
