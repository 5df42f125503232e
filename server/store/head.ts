// The head of a stream: what its next event must follow.
import { desc, eq, sql, type Placeholder } from "drizzle-orm";
import type { drizzle } from "drizzle-orm/d1";
import type { BillingEventId } from "../../contract/common/id.ts";
import { compiledBatch } from "./compiled.ts";
import * as tables from "./schema.ts";

/** Where a stream stands: what the next event of it must follow. */
export interface Head {
  readonly stream: string;
  readonly seq: number;
  readonly hash: string;
  readonly epoch: number;
}

/** The same, as a request finds it. */
export interface FoundHead extends Head {
  /** Whether the request's own event is in the log: what it would decide is decided. */
  readonly hasDecided: boolean;
}

/** The hash that the first event of a stream follows. */
export const firstPrevHash = "0".repeat(64);

/** Where a stream stands now; for streams that need no state (the catalogue, the system). */
export async function loadHead(
  db: D1Database,
  stream: string,
  ownEvent: BillingEventId | null = null,
): Promise<FoundHead> {
  const [heads, systems] = await findHead(db, { stream, ownEvent });
  return headOf(stream, heads[0], systems[0]?.epoch ?? 1);
}

interface LastEvent {
  readonly seq: number;
  readonly hash: string;
  readonly hasDecided: number;
}

/** The head that a last event makes; of no event, a stream that begins. */
export function headOf(stream: string, last: LastEvent | undefined, epoch: number): FoundHead {
  const { seq = 0, hash = firstPrevHash, hasDecided = 0 } = last ?? {};
  return { stream, seq, hash, epoch, hasDecided: hasDecided === 1 };
}

type Orm = ReturnType<typeof drizzle>;

const findHead = compiledBatch(
  (orm) => [headQuery(orm, sql.placeholder("stream")), orm.select().from(tables.systemState)] as const,
);

/** Asks for the last event of a stream, and whether `ownEvent` is in the log. */
export function headQuery(orm: Orm, stream: Placeholder) {
  const { seq, hash } = tables.billingEvent;
  // Of the same stream, so that one without events has it no more than any other.
  const hasDecided = sql<number>`EXISTS (SELECT 1 FROM billing_event own WHERE own.id = ${sql.placeholder("ownEvent")})`;
  return orm
    .select({ seq, hash, hasDecided })
    .from(tables.billingEvent)
    .where(eq(tables.billingEvent.stream, stream))
    .orderBy(desc(seq))
    .limit(1);
}
