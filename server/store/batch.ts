// A batch of statements whose number is not known before: D1 takes none that is empty.
import { drizzle } from "drizzle-orm/d1";
import type { Write } from "./commit.ts";

/** Runs all statements as one transaction; none is nothing to do. */
export async function inBatch(db: D1Database, writes: readonly Write[]): Promise<void> {
  const [first, ...others] = writes;
  if (first) await drizzle(db).batch([first, ...others]);
}
