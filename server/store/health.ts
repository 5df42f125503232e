// How the system is, asked in one batch: what waits, and since when.
import { desc, sql } from "drizzle-orm";
import type { TehranDate } from "../../contract/common/time.ts";
import { wallMs, type WallMs } from "../billing/clock.ts";
import { breakerUntil, newestOutcomes, newestSubmission } from "./breaker.ts";
import { compiledBatch } from "./compiled.ts";
import { exceptionAttempts } from "./due.ts";
import { openExceptions } from "./exceptions.ts";
import { readerCursor, reconciliation, systemState } from "./schema.ts";

export interface Condition {
  readonly collecting: boolean;
  /** When the one who has waited longest fell due. */
  readonly dueSince: WallMs | null;
  /** Customers whose work has failed too often. */
  readonly stuck: number;
  readonly deliverySince: WallMs | null;
  readonly disabledEndpoints: number;
  readonly openExceptions: number;
  /** The last day that is reconciled. */
  readonly reconciledUntil: TehranDate | null;
  /** When the first entry of the ledger was made: from then on there is something to reconcile. */
  readonly firstEntryAt: WallMs | null;
  readonly breakerUntil: WallMs | null;
  readonly readers: readonly { readonly reader: string; readonly unreadSince: WallMs | null }[];
}

/** The system's condition now. */
export async function loadCondition(db: D1Database, now: WallMs): Promise<Condition> {
  const [[found], readers, days, outcomes, submissions] = await questions(db, { now });
  if (!found) throw new Error("The system has no state");
  return {
    collecting: found.collecting,
    dueSince: momentIn(found.dueSince),
    stuck: found.stuck,
    deliverySince: momentIn(found.deliverySince),
    disabledEndpoints: found.disabledEndpoints,
    openExceptions: found.openExceptions,
    reconciledUntil: days[0]?.day ?? null,
    firstEntryAt: momentIn(found.firstEntryAt),
    breakerUntil: breakerUntil(outcomes, submissions),
    readers: readers.map(({ reader, unreadSince }) => ({ reader, unreadSince: momentIn(unreadSince) })),
  };
}

function momentIn(at: number | null): WallMs | null {
  return at === null ? null : wallMs(at);
}

const questions = compiledBatch((orm) => {
  const now = sql.placeholder("now");
  return [
    orm
      .select({
        collecting: systemState.collecting,
        dueSince: sql<number | null>`(SELECT MIN(due_at) FROM due WHERE due_at <= ${now})`,
        stuck: sql<number>`(SELECT COUNT(*) FROM due WHERE attempts >= ${sql.raw(String(exceptionAttempts))})`,
        deliverySince: sql<number | null>`(SELECT MIN(d.next_attempt_at) FROM webhook_endpoint AS w
          JOIN webhook_delivery AS d ON d.endpoint_id = w.id AND d.next_attempt_at <= ${now} WHERE w.status = 'enabled')`,
        disabledEndpoints: sql<number>`(SELECT COUNT(*) FROM webhook_endpoint WHERE status = 'disabled')`,
        openExceptions: sql<number>`(${openExceptions})`,
        firstEntryAt: sql<number | null>`(SELECT MIN(at) FROM ledger_entry)`,
      })
      .from(systemState),
    orm
      .select({
        reader: readerCursor.reader,
        unreadSince: sql<number | null>`(SELECT e.at FROM billing_event AS e
          WHERE e.position > reader_cursor.position ORDER BY e.position LIMIT 1)`,
      })
      .from(readerCursor)
      .orderBy(readerCursor.reader),
    orm
      .select({ day: reconciliation.day })
      .from(reconciliation)
      .where(sql`status = 'completed'`)
      .orderBy(desc(reconciliation.day))
      .limit(1),
    newestOutcomes(orm),
    newestSubmission(orm),
  ] as const;
});
