// A reservation has the partner's own id, which does not say whose it is: where there are several databases each is asked.
import type { Deps } from "../deps.ts";
import { inEachDatabase } from "../store/databases.ts";

/** What the first database says that knows of it; null when none does. */
export async function whereItIs<T>(deps: Deps, ask: (db: D1Database) => Promise<T | null>): Promise<T | null> {
  for (const { db } of inEachDatabase(deps)) {
    const found = await ask(db);
    if (found !== null) return found;
  }
  return null;
}
