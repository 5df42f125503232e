// D1 without workerd: Node's own SQLite behind D1's interface, for runs that need thousands of databases. It answers as
// D1 does wherever the server can notice; `test/store/d1.test.ts` asks both the same questions. Not imitated, because no
// query of ours can tell: `at offset N` in the texts of syntax errors, functions and temporary tables that D1 forbids,
// counts of rows read and written, integers beyond 2^53 in a result (refused here, rounded by D1), parameters with
// names, and several statements in one text (refused here).
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from "node:sqlite";

/** workerd's limits of one connection, where SQLite's own are wider. */
const limits = {
  length: 2_200_000,
  sqlLength: 100_000,
  column: 100,
  exprDepth: 100,
  compoundSelect: 5,
  likePatternLength: 50,
  variableNumber: 100,
} as const;

/** More texts than the server has queries; a text beyond them is parsed again. */
const mostStatements = 2_000;

const options = {
  enableForeignKeyConstraints: true,
  enableDoubleQuotedStringLiterals: true,
  defensive: true,
  limits,
} as const;

const images = new WeakMap<readonly string[], Uint8Array>();

/**
 * A new database in memory after these migrations, each applied in one transaction, as D1 applies them. The same list
 * of migrations is applied once: further databases begin as copies, in a tenth of the time.
 *
 * @param migrations The texts of the files, in order.
 */
export function openSqlite(migrations: readonly string[]): DatabaseSync {
  const database = new DatabaseSync(":memory:", options);
  database.deserialize(imageOf(migrations));
  return database;
}

function imageOf(migrations: readonly string[]): Uint8Array {
  const known = images.get(migrations);
  if (known) return known;
  using database = new DatabaseSync(":memory:", options);
  for (const migration of migrations) inTransaction(database, () => database.exec(migration));
  const image = database.serialize();
  images.set(migrations, image);
  return image;
}

/**
 * A database behind D1's interface. Every call takes effect before it returns; what it returns is already resolved.
 * While somebody has a transaction open on the connection, the batches are parts of it, each whole or not at all.
 */
export function sqliteD1(database: DatabaseSync): D1Database {
  const connection = new Connection(database);
  const binding = {
    prepare: (query: string) => new Statement(connection, query, []),
    batch: async (statements: readonly Statement[]) => connection.batch(statements).map(resultOf),
    exec: async (lines: string) => connection.exec(lines),
  };
  return asD1(binding);
}

/** What one statement came to. */
interface Outcome {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly changes: number;
  readonly lastRowId: number;
  readonly changed: boolean;
}

type Cell = string | number | null | readonly number[];
type Row = readonly Cell[];
type FoundRow = readonly SQLOutputValue[];

interface Prepared {
  readonly statement: StatementSync;
  readonly columns: readonly string[];
  readonly parameterCount: number;
  readonly isRead: boolean;
  /** The questions for keys that it may have left open until the commit. */
  readonly deferred: readonly StatementSync[];
}

class Statement {
  readonly connection: Connection;
  readonly query: string;
  readonly values: readonly SQLInputValue[];

  constructor(connection: Connection, query: string, values: readonly SQLInputValue[]) {
    this.connection = connection;
    this.query = query;
    this.values = values;
  }

  bind(...values: readonly unknown[]): Statement {
    return new Statement(this.connection, this.query, values.map(bound));
  }

  async first(column?: string): Promise<unknown> {
    const [row] = resultOf(this.#outcome()).results;
    if (row === undefined) return null;
    if (column === undefined) return row;
    const cell = row[column];
    if (cell === undefined) throw failure("D1_COLUMN_NOTFOUND", "Column not found", ` (${column})`);
    return cell;
  }

  async run() {
    return resultOf(this.#outcome());
  }

  async all() {
    return resultOf(this.#outcome());
  }

  async raw({ columnNames = false }: { columnNames?: boolean } = {}): Promise<readonly Row[]> {
    const { columns, rows } = this.#outcome();
    return columnNames ? [columns, ...rows] : rows;
  }

  #outcome(): Outcome {
    const [outcome] = this.connection.batch([this]);
    if (!outcome) throw new Error("One statement has one outcome");
    return outcome;
  }
}

class Connection {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, Prepared>();
  readonly #transaction: Frame;
  readonly #part: Frame;
  readonly #totals: StatementSync;
  #deferring: readonly Deferring[] | null = null;
  #totalChanges = 0;
  #lastRowId = 0;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#transaction = { begin: database.prepare("BEGIN"), end: database.prepare("COMMIT") };
    this.#part = { begin: database.prepare("SAVEPOINT part"), end: database.prepare("RELEASE part") };
    this.#totals = database.prepare("SELECT total_changes(), last_insert_rowid()");
    this.#totals.setReturnArrays(true);
    this.#readTotals();
  }

  /** All of the statements or, when one fails, none. */
  batch(statements: readonly Statement[]): readonly Outcome[] {
    if (statements.length === 0) throw failure("D1_ERROR", "No SQL statements detected.");
    return this.#guarded("D1_ERROR", "", () => {
      const prepared = statements.map(({ query }) => this.#prepare(query));
      const run = () => prepared.map((one, index) => this.#run(one, statements[index]?.values ?? []));
      // Nothing can come between two reads of one synchronous call: they see one snapshot as they are.
      return prepared.every(({ isRead }) => isRead) ? run() : this.#whole(prepared, run);
    });
  }

  /** Each line of the text is a query of its own, as D1 has it. */
  exec(text: string): { count: number; duration: number } {
    const lines = text.trim().split("\n");
    return this.#guarded("D1_EXEC_ERROR", `Error in line 1: ${lines[0]}: `, () => {
      this.#whole([], () => lines.forEach((line) => this.#database.exec(line)));
      if (lines.some((line) => schemaWords.has(knownShapeOf(line).word))) this.#forget();
      this.#readTotals();
      return { count: lines.length, duration: 0 };
    });
  }

  #guarded<T>(kind: string, before: string, effect: () => T): T {
    try {
      return effect();
    } catch (fault) {
      throw isOfSqlite(fault) ? failure(kind, before + textOf(fault)) : fault;
    }
  }

  #whole<T>(prepared: readonly Prepared[], effect: () => T): T {
    if (!this.#database.isTransaction) return inTransaction(this.#database, effect, this.#transaction);
    return asPart(this.#database, this.#part, () => {
      const made = effect();
      checkDeferredKeys(prepared);
      return made;
    });
  }

  /** What was parsed before the schema changed may have other columns, or other keys, after it. */
  #forget(): void {
    this.#prepared.clear();
    this.#deferring = null;
  }

  #prepare(query: string): Prepared {
    const known = this.#prepared.get(query);
    if (known) return known;
    const { parameterCount, rest, word } = knownShapeOf(query);
    if (word === "") throw failure("D1_ERROR", "No SQL statements detected.");
    if (transactionWords.has(word)) throw failure("D1_ERROR", noTransactions);
    if (rest && word !== "CREATE") throw failure("D1_ERROR", "Several statements in one text are not imitated.");
    // Asked before: a PRAGMA that defers keys takes effect when it is prepared, until any statement ends.
    const deferring = (this.#deferring ??= deferringIn(this.#database));
    const statement = this.#database.prepare(query);
    statement.setReturnArrays(true);
    const columns = statement.columns().map(({ name }) => name);
    const isRead = readWords.has(word);
    const deferred = isRead ? [] : deferring.filter(({ table }) => table.test(query)).map(({ check }) => check);
    const prepared = { statement, columns, parameterCount, isRead, deferred };
    if (schemaWords.has(word) || this.#prepared.size >= mostStatements) this.#forget();
    else this.#prepared.set(query, prepared);
    return prepared;
  }

  #run({ statement, columns, parameterCount, isRead }: Prepared, values: readonly SQLInputValue[]): Outcome {
    if (values.length !== parameterCount) {
      throw failure("D1_ERROR", "Wrong number of parameter bindings for SQL query.");
    }
    const rows = columns.length === 0 ? this.#write(statement, values) : rowsOf(statement.all(...values));
    if (isRead) return { columns, rows, changes: 0, lastRowId: this.#lastRowId, changed: false };
    const before = { changes: this.#totalChanges, rowId: this.#lastRowId };
    this.#readTotals();
    const changes = this.#totalChanges - before.changes;
    const lastRowId = this.#lastRowId;
    return { columns, rows, changes, lastRowId, changed: changes > 0 || lastRowId !== before.rowId };
  }

  #write(statement: StatementSync, values: readonly SQLInputValue[]): readonly Row[] {
    statement.run(...values);
    return [];
  }

  /** Changes made by triggers count as well: D1 reports the difference of the totals. */
  #readTotals(): void {
    const [changes, rowId] = asArrays([this.#totals.get()])[0] ?? [];
    this.#totalChanges = Number(changes);
    this.#lastRowId = Number(rowId);
  }
}

/** What begins a transaction, or a part of one, and what ends it. */
interface Frame {
  readonly begin: StatementSync;
  readonly end: StatementSync;
}

/** Runs an effect wholly or not at all. A foreign key that is still open at the end is a fault without a D1 text. */
function inTransaction<T>(
  database: DatabaseSync,
  effect: () => T,
  { begin, end }: Frame = { begin: database.prepare("BEGIN"), end: database.prepare("COMMIT") },
): T {
  begin.run();
  try {
    const made = effect();
    commitOrFault(end);
    return made;
  } finally {
    if (database.isTransaction) database.exec("ROLLBACK");
  }
}

/** The same within a transaction that goes on. */
function asPart<T>(database: DatabaseSync, { begin, end }: Frame, effect: () => T): T {
  begin.run();
  let isWhole = false;
  try {
    const made = effect();
    isWhole = true;
    return made;
  } finally {
    if (!isWhole) database.exec("ROLLBACK TO part");
    end.run();
  }
}

/** D1 finds an open deferred key only when it has answered: its object breaks, and callers hear of an internal error. */
function commitOrFault(commit: StatementSync): void {
  try {
    commit.run();
  } catch (cause) {
    throw openKey(cause);
  }
}

function openKey(cause?: unknown): Error {
  return new Error("internal error; reference = a deferred foreign key is open at the commit", { cause });
}

/** A table whose keys may stay open until a commit, and the question for one that is. */
interface Deferring {
  readonly table: RegExp;
  readonly check: StatementSync;
}

function deferringIn(database: DatabaseSync): readonly Deferring[] {
  const found = database.prepare("SELECT name, sql FROM sqlite_schema WHERE sql LIKE '%INITIALLY DEFERRED%'").all();
  return found.flatMap(({ name, sql }) =>
    [...String(sql).matchAll(deferredKey)].map(([, column, parent, key]) => ({
      table: new RegExp(`\\b${String(name)}\\b`),
      // Not `PRAGMA foreign_key_check`, which looks at every row of the table, and at each of its keys.
      check: database.prepare(
        `SELECT 1 FROM "${String(name)}" c WHERE ${column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ${parent} p WHERE p.${key} = c.${column})`,
      ),
    })),
  );
}

/** A column whose key may stay open, as the migrations write one. */
const deferredKey = /(\w+) [^,\n]*\bREFERENCES (\w+) \((\w+)\)[^,\n]*\bINITIALLY DEFERRED/g;

/** A part of a transaction ends without a look at the keys that were put off: what a commit would find is found here. */
function checkDeferredKeys(prepared: readonly Prepared[]): void {
  for (const check of new Set(prepared.flatMap(({ deferred }) => deferred))) {
    if (check.get() !== undefined) throw openKey();
  }
}

function resultOf({ columns, rows, changes, lastRowId, changed }: Outcome) {
  return {
    success: true,
    meta: {
      served_by: "sqlite",
      duration: 0,
      changes,
      last_row_id: lastRowId,
      changed_db: changed,
      size_after: 0,
      rows_read: 0,
      rows_written: 0,
    },
    results: rows.map((row) => {
      const object: Record<string, Cell> = {};
      for (let index = 0; index < columns.length; index++) object[columns[index] ?? ""] = row[index] ?? null;
      return object;
    }),
  };
}

/** The values travel to D1 as JSON; `node:sqlite` binds every number as REAL, as D1 does. */
function bound(value: unknown): SQLInputValue {
  if (typeof value === "string" || value === null) return value;
  // JSON has no other numbers than finite ones.
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return Uint8Array.from(elementsOf(value));
  if (Array.isArray(value) && value.every(isByte)) return Uint8Array.from(value);
  throw failure("D1_TYPE_ERROR", `Type '${typeof value}' not supported for value '${value as string}'`);
}

function isByte(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value < 256;
}

/** D1 takes a view by its elements, not by its bytes. A DataView has none, and is empty there too. */
function elementsOf(view: ArrayBufferView): Iterable<number> {
  return view instanceof DataView ? [] : (view as Uint8Array);
}

function rowsOf(found: readonly object[]): readonly Row[] {
  const rows = asArrays(found);
  return rows.every((row) => row.every(isJson)) ? (rows as readonly Row[]) : rows.map((row) => row.map(cellOf));
}

function isJson(value: SQLOutputValue): boolean {
  return typeof value === "number" ? Number.isFinite(value) : typeof value === "string" || value === null;
}

/** A result travels as JSON: bytes as an array of numbers, the infinite as null. */
function cellOf(value: SQLOutputValue): Cell {
  if (value instanceof Uint8Array) return Array.from(value);
  return isJson(value) ? (value as Cell) : null;
}

/** Rows of a statement that was told to return arrays; the library's type knows only objects. */
function asArrays(rows: readonly unknown[]): readonly FoundRow[] {
  return rows as readonly FoundRow[];
}

/** The part of the binding that the server, drizzle and the tests use; anything else would be undefined and throw. */
function asD1(binding: object): D1Database {
  return binding as D1Database;
}

const readWords = new Set(["SELECT", "VALUES", "EXPLAIN", "PRAGMA"]);
const schemaWords = new Set(["CREATE", "DROP", "ALTER"]);
const transactionWords = new Set(["BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE"]);
const noTransactions =
  "To execute a transaction, please use the state.storage.transaction() or state.storage.transactionSync() APIs " +
  "instead of the SQL BEGIN TRANSACTION or SAVEPOINT statements.";

const quotedOrComment = /'[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*[^]*?\*\//g;

const shapes = new Map<string, ReturnType<typeof shapeOf>>();

/** Each database prepares its own statements, but what a text looks like is the same in all. */
function knownShapeOf(query: string) {
  const known = shapes.get(query);
  if (known) return known;
  const shape = shapeOf(query);
  if (shapes.size < mostStatements) shapes.set(query, shape);
  return shape;
}

/** The first word of a query, how many values it wants, and whether a second statement follows. */
function shapeOf(query: string) {
  const bare = query.replace(quotedOrComment, " ");
  let parameterCount = 0;
  let next = 0;
  for (const [, number = ""] of bare.matchAll(/\?(\d*)/g)) {
    next = number === "" ? next + 1 : Math.max(next, Number(number));
    parameterCount = Math.max(parameterCount, next);
  }
  return {
    parameterCount,
    word: /\w+/.exec(bare)?.[0].toUpperCase() ?? "",
    rest: /;\s*\S/.test(bare),
  };
}

interface SqliteFault extends Error {
  readonly errcode: number;
}

function isOfSqlite(fault: unknown): fault is SqliteFault {
  return fault instanceof Error && "errcode" in fault && typeof fault.errcode === "number";
}

const codes: Readonly<Record<number, string>> = {
  1: "SQLITE_ERROR",
  5: "SQLITE_BUSY",
  6: "SQLITE_LOCKED",
  8: "SQLITE_READONLY",
  18: "SQLITE_TOOBIG",
  19: "SQLITE_CONSTRAINT",
  20: "SQLITE_MISMATCH",
  25: "SQLITE_RANGE",
  275: "SQLITE_CONSTRAINT_CHECK",
  787: "SQLITE_CONSTRAINT_FOREIGNKEY",
  1299: "SQLITE_CONSTRAINT_NOTNULL",
  1555: "SQLITE_CONSTRAINT_PRIMARYKEY",
  1811: "SQLITE_CONSTRAINT_TRIGGER",
  2067: "SQLITE_CONSTRAINT_UNIQUE",
  2579: "SQLITE_CONSTRAINT_ROWID",
  3091: "SQLITE_CONSTRAINT_DATATYPE",
};

/** SQLite's text as D1 gives it on: with the code, and the finer code where there is one. */
function textOf({ message, errcode }: SqliteFault): string {
  const primary = errcode & 0xff;
  const name = codes[primary] ?? `SQLITE_${primary}`;
  return errcode === primary ? `${message}: ${name}` : `${message}: ${name} (extended: ${codes[errcode] ?? errcode})`;
}

function failure(kind: string, text: string, detail = ""): Error {
  return new Error(`${kind}: ${text}${detail}`, { cause: new Error(text) });
}
