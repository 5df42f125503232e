// Queries whose SQL is built once per isolate: building a statement anew costs several times what it costs to run it.
import { Column, fillPlaceholders, getTableColumns, getTableName, is, Param, Placeholder, SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { SQLitePreparedQuery, PreparedQueryConfig, SQLiteTable } from "drizzle-orm/sqlite-core";

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
  let built: readonly CompiledRead[] | undefined;
  return async (db: D1Database, values: Values = {}): Promise<RowsOf<Q>> => {
    const queries = (built ??= build(drizzle(nowhere)).map(compiledRead));
    const results = await db.batch(
      queries.map(({ text, params }) => db.prepare(text).bind(...fillPlaceholders(params, values))),
    );
    return rowsOf<Q>(queries.map(({ mapRows }, index) => mapRows(results[index])));
  };
}

interface CompiledRead {
  readonly mapRows: (result: unknown) => unknown;
  readonly text: string;
  readonly params: unknown[];
}

function compiledRead(read: Read): CompiledRead {
  const query = read.prepare();
  const { sql: text, params } = query.getQuery();
  const columns = columnsIn(query);
  const named = columns && namedAlready(text, columns);
  const mapRows = columns && named ? decoderOfRows(columns) : mapperOf(query);
  return { mapRows, ...withConstants({ sql: named ?? text, params }) };
}

interface SelectedColumn {
  /** What its rows have it as. */
  readonly name: string;
  readonly column: Column;
}

/** What a query selects, when that is columns and nothing else. */
function columnsIn(query: Prepared): readonly SelectedColumn[] | null {
  const columns = (fieldsIn(query) ?? []).flatMap(({ path: [name = "", ...deeper], field }) =>
    deeper.length === 0 && is(field, Column) ? [{ name, column: field }] : [],
  );
  return columns.length > 0 && columns.length === fieldsIn(query)?.length ? columns : null;
}

/** The same select, naming each column as its rows are to have it; null for a text that begins otherwise. */
function namedAlready(text: string, columns: readonly SelectedColumn[]): string | null {
  const bare = columns.map(({ column }) => `"${column.name}"`);
  const ofTables = columns.map(({ column }, index) => `"${getTableName(column.table)}".${bare[index]}`);
  const found = [bare, ofTables].find((list) => text.startsWith(`select ${list.join(", ")} from `));
  if (!found) return null;
  const named = found.map((each, index) => `${each} AS "${columns[index]?.name}"`);
  return `select ${named.join(", ")}${text.slice(`select ${found.join(", ")}`.length)}`;
}

/** D1 makes an object of every row, which would take as long to be made again: only values that are kept as others change. */
function decoderOfRows(columns: readonly SelectedColumn[]): CompiledRead["mapRows"] {
  const decoded = columns.filter(({ column }) => column.mapFromDriverValue !== Column.prototype.mapFromDriverValue);
  return (result) => {
    const rows = rowsIn(result);
    for (const row of rows)
      for (const { name, column } of decoded) if (row[name] !== null) row[name] = column.mapFromDriverValue(row[name]);
    return rows;
  };
}

interface SelectedField {
  readonly path: readonly string[];
  readonly field: unknown;
}

interface Decoder {
  readonly mapFromDriverValue: (value: unknown) => unknown;
}

/** Maps rows as drizzle does, but what each column is, is found out once and not for every row. */
function mapperOf(query: Prepared): CompiledRead["mapRows"] {
  const fields = fieldsIn(query);
  // None where nothing is selected; nested where tables are joined.
  if (!fields || fields.some(({ path }) => path.length !== 1)) return (result) => query.mapResult(result, true);
  const columns = fields.map(({ path, field }) => ({ name: path[0] ?? "", decoder: decoderOf(field) }));
  return (result) =>
    rowsIn(result).map((row) => {
      const mapped: Record<string, unknown> = {};
      Object.values(row).forEach((cell, index) => {
        const column = columns[index];
        if (column) mapped[column.name] = cell === null ? null : column.decoder.mapFromDriverValue(cell);
      });
      return mapped;
    });
}

/** Safe: what drizzle prepared keeps what it selects under this name. */
function fieldsIn(query: object): readonly SelectedField[] | undefined {
  return (query as { readonly fields?: readonly SelectedField[] }).fields;
}

/** Safe: whatever is selected and no column is an expression, which has a decoder that its type hides. */
function decoderOf(field: unknown): Decoder {
  if (is(field, Column)) return field;
  const expression = is(field, SQL.Aliased) ? field.sql : field;
  return (expression as { readonly decoder: Decoder }).decoder;
}

/** Safe: D1 answers a statement of a batch with rows, whatever the statement was. */
function rowsIn(result: unknown): readonly Record<string, unknown>[] {
  return (result as D1Result<Record<string, unknown>>).results;
}

/**
 * Writes into the text what is the same in each call. SQLite plans a statement anew whenever a value is bound that its
 * plan looked at, as those of LIMIT and of what a partial index asks for: that costs ten times what it costs to run it.
 */
function withConstants({ sql: text, params }: { readonly sql: string; readonly params: readonly unknown[] }) {
  const left: unknown[] = [];
  let next = 0;
  const filled = text.replaceAll(/'(?:[^']|'')*'|"[^"]*"|\?/g, (found, at: number) => {
    if (found !== "?") return found;
    const param = params[next++];
    if (typeof param === "string") return `'${param.replaceAll("'", "''")}'`;
    if (typeof param === "number") return String(param);
    left.push(param);
    // No plan looks into a subquery.
    return /\blimit $/i.test(text.slice(0, at)) ? "(SELECT ?)" : "?";
  });
  return { text: filled, params: left };
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

/** One write; a value that the call leaves out is the column's default, or null. */
export function compiledWrite(build: (orm: Orm) => Write) {
  let built: readonly [text: string, binders: readonly Binder[]] | undefined;
  return (values: object): Write => ({
    toSQL: () => {
      const [text, binders] = (built ??= boundOf(build(drizzle(nowhere)).toSQL()));
      return { sql: text, params: binders.map((bind) => bind(fieldsOf(values))) };
    },
  });
}

type Fields = Readonly<Record<string, unknown>>;
type Binder = (values: Fields) => unknown;

/** Safe: any object is a record of what it holds. */
function fieldsOf(values: object): Fields {
  return values as Fields;
}

function boundOf(query: ReturnType<Write["toSQL"]>): readonly [string, readonly Binder[]] {
  const { text, params } = withConstants(query);
  return [text, params.map(binderOf)];
}

/** Drizzle's own would hand null to a column's encoder, which makes a text of it where the column is JSON. */
function binderOf(param: unknown): Binder {
  if (is(param, Placeholder)) return (values) => values[param.name] ?? null;
  if (!is(param, Param) || !is(param.value, Placeholder)) return () => param;
  const { encoder } = param;
  const { name } = param.value;
  const absent =
    is(encoder, Column) && encoder.default !== undefined ? encoder.mapToDriverValue(encoder.default) : null;
  return (values) => {
    const value = values[name];
    if (value === undefined) return absent;
    return value === null ? null : encoder.mapToDriverValue(value);
  };
}

/** A placeholder for each column, named as the row's field is. Safe: drizzle takes one wherever it takes a value. */
export function placeholdersOf<T extends SQLiteTable>(table: T): T["$inferInsert"] {
  return Object.fromEntries(Object.keys(getTableColumns(table)).map((key) => [key, sql.placeholder(key)]));
}

/** For an upsert: each column but `id` as the row that was refused has it. */
export function excludedOf<T extends SQLiteTable>(table: T): T["$inferInsert"] {
  const columns = Object.entries(getTableColumns(table)).filter(([key]) => key !== "id");
  return Object.fromEntries(columns.map(([key, column]) => [key, sql.raw(`excluded."${column.name}"`)]));
}

/** Safe: each query maps its own result, in the order in which they were built. */
function rowsOf<Q extends readonly Read[]>(rows: readonly unknown[]): RowsOf<Q> {
  return rows as unknown as RowsOf<Q>;
}

/** Queries are built without a database; each call names its own. */
const nowhere = { prepare: () => null } as unknown as D1Database;
