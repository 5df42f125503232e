// A batch of statements whose number is not known before: D1 takes none that is empty.
import { statementsOf, type Write } from "./compiled.ts";

/** Runs all statements as one transaction; none is nothing to do. */
export async function inBatch(db: D1Database, writes: readonly Write[]): Promise<void> {
  if (writes.length > 0) await db.batch(statementsOf(db, writes));
}
