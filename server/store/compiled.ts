// Batches of reads whose SQL is built once per isolate: building thirteen queries anew costs four times what it costs to
// run them.
import { fillPlaceholders } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { SQLitePreparedQuery, PreparedQueryConfig } from "drizzle-orm/sqlite-core";

type Orm = ReturnType<typeof drizzle>;
type Prepared = Pick<SQLitePreparedQuery<PreparedQueryConfig & { type: "async" }>, "getQuery" | "mapResult">;

/** A select as drizzle builds it: awaited it is its rows. */
interface Read extends PromiseLike<unknown> {
  readonly prepare: () => Prepared;
}

type RowsOf<Q extends readonly Read[]> = { -readonly [K in keyof Q]: Awaited<Q[K]> };

/**
 * One batch of selects, so one consistent snapshot. What differs from call to call is an `sql.placeholder(name)` in the
 * queries and a value of that name in the call; a missing one throws.
 */
export function compiledBatch<const Q extends readonly Read[]>(build: (orm: Orm) => Q) {
  let built: readonly Prepared[] | undefined;
  return async (db: D1Database, values: Readonly<Record<string, string | number>>): Promise<RowsOf<Q>> => {
    const queries = (built ??= build(drizzle(nowhere)).map((read) => read.prepare()));
    const results = await db.batch(
      queries.map((query) => {
        const { sql, params } = query.getQuery();
        return db.prepare(sql).bind(...fillPlaceholders(params, values));
      }),
    );
    return rowsOf<Q>(queries.map((query, index) => query.mapResult(results[index], true)));
  };
}

/** Safe: each query maps its own result, in the order in which they were built. */
function rowsOf<Q extends readonly Read[]>(rows: readonly unknown[]): RowsOf<Q> {
  return rows as unknown as RowsOf<Q>;
}

/** Queries are built without a database; each call names its own. */
const nowhere = { prepare: () => null } as unknown as D1Database;
