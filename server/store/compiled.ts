// Queries whose SQL is built once per isolate: building a statement anew costs several times what it costs to run it.
import { fillPlaceholders, is, Param, Placeholder } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { SQLitePreparedQuery, PreparedQueryConfig } from "drizzle-orm/sqlite-core";

type Orm = ReturnType<typeof drizzle>;
type Prepared = Pick<SQLitePreparedQuery<PreparedQueryConfig & { type: "async" }>, "getQuery" | "mapResult">;

/** A select as drizzle builds it: awaited it is its rows. */
interface Read extends PromiseLike<unknown> {
  readonly prepare: () => Prepared;
}

type Values = Readonly<Record<string, string | number | null>>;
type RowsOf<Q extends readonly Read[]> = { -readonly [K in keyof Q]: Awaited<Q[K]> };

/**
 * One batch of selects, so one consistent snapshot. What differs from call to call is an `sql.placeholder(name)` in the
 * queries and a value of that name in the call; a missing one throws.
 */
export function compiledBatch<const Q extends readonly Read[]>(build: (orm: Orm) => Q) {
  let built: readonly Prepared[] | undefined;
  return async (db: D1Database, values: Values = {}): Promise<RowsOf<Q>> => {
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

/** A statement that goes into a batch with others: what drizzle builds, or what is built once below. */
export interface Write {
  readonly toSQL: () => { readonly sql: string; readonly params: readonly unknown[] };
}

/** The statements of a batch, ready to be sent. */
export function statementsOf(db: D1Database, writes: readonly Write[]): D1PreparedStatement[] {
  return writes.map((write) => {
    const { sql: text, params } = write.toSQL();
    return db.prepare(text).bind(...params);
  });
}

/** One write; a value that the call leaves out is null. */
export function compiledWrite(build: (orm: Orm) => Write) {
  let built: ReturnType<Write["toSQL"]> | undefined;
  return (values: object): Write => ({
    toSQL: () => {
      const { sql: text, params } = (built ??= build(drizzle(nowhere)).toSQL());
      return {
        sql: text,
        params: params.map((param) => boundTo(param, new Map<string, unknown>(Object.entries(values)))),
      };
    },
  });
}

/** Drizzle's own would hand null to a column's encoder, which makes a text of it where the column is JSON. */
function boundTo(param: unknown, values: ReadonlyMap<string, unknown>): unknown {
  const placeholder = is(param, Param) ? param.value : param;
  if (!is(placeholder, Placeholder)) return param;
  const value = values.get(placeholder.name) ?? null;
  return value === null || !is(param, Param) ? value : param.encoder.mapToDriverValue(value);
}

/** Safe: each query maps its own result, in the order in which they were built. */
function rowsOf<Q extends readonly Read[]>(rows: readonly unknown[]): RowsOf<Q> {
  return rows as unknown as RowsOf<Q>;
}

/** Queries are built without a database; each call names its own. */
const nowhere = { prepare: () => null } as unknown as D1Database;
