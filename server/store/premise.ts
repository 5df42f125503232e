// What a request takes for granted: who calls, that its key is new. Nobody asks first; the batch of the request's first
// statements says it along with them and is undone as a whole when it is not so. Proof and work are one round trip.
import { sql, type SQL } from "drizzle-orm";
import { sqliteTable, text } from "drizzle-orm/sqlite-core";
import { compiledWrite, statementsOf, type Write } from "./compiled.ts";
import type { Placed } from "./databases.ts";

const premiseNames = ["caller", "idempotency_key"] as const;

export type PremiseName = (typeof premiseNames)[number];

/** Statements that run before a request's own; the last one fails the batch unless the premise holds. */
export type Premise = readonly Write[];

/** Never has a row: a trigger refuses each, by the name of its premise. */
export const brokenPremise = sqliteTable("broken_premise", {
  premise: text("premise", { enum: premiseNames }).notNull(),
});

/** The statement that fails its batch unless the condition holds. Its placeholders are the call's values. */
export function premiseThat(name: PremiseName, holds: SQL): (values: object) => Write {
  return compiledWrite((orm) =>
    orm.insert(brokenPremise).select(sql`SELECT ${sql.raw(`'${name}'`)} WHERE NOT (${holds})`),
  );
}

/** A premise did not hold: of the work nothing has taken effect, and nothing of it will. */
class BrokenPremise extends Error {
  override readonly name = "BrokenPremise";
  readonly premise: PremiseName;

  constructor(premise: PremiseName) {
    super(`broken premise: ${premise}`);
    this.premise = premise;
  }
}

/** What the work came to, or which premise did not hold. */
export type Founded<T> = { readonly done: T } | { readonly broken: PremiseName };

/**
 * Does work over a database whose first round trip carries the premises. Work that asks nothing is asked for at its end:
 * an answer always rests on premises that held. Work must have no effect elsewhere before it has asked the database.
 */
export async function onPremises<T>(
  db: D1Database,
  premises: readonly Premise[],
  work: (db: D1Database) => Promise<T>,
): Promise<Founded<T>> {
  if (premises.length === 0) return { done: await work(db) };
  const founded = new FoundedDatabase(db, premises.flat());
  try {
    const done = await work(asD1(founded));
    await founded.settle();
    return { done };
  } catch (error) {
    if (founded.broken) return { broken: founded.broken.premise };
    throw error;
  }
}

/** Whether work failed because a premise did not hold, which is no fault of anybody. */
export function isBrokenPremise(error: unknown): boolean {
  return error instanceof BrokenPremise || (error instanceof Error && isBrokenPremise(error.cause));
}

/**
 * The same over the home database where there are several: there the premises are proved by themselves first, since the work
 * may be in any of them, and no batch reaches over two.
 */
export async function onPremisesAtHome<T>(
  { db, databases }: Placed,
  premises: readonly Premise[],
  work: (db: D1Database) => Promise<T>,
): Promise<Founded<T>> {
  if (!databases) return onPremises(db, premises, work);
  const proved = await onPremises(db, premises, async () => {});
  return "broken" in proved ? proved : { done: await work(db) };
}

class FoundedDatabase {
  broken: BrokenPremise | null = null;
  #isHeld = false;
  #opening: Promise<void> | null = null;
  readonly #db: D1Database;
  readonly #premises: readonly Write[];

  constructor(db: D1Database, premises: readonly Write[]) {
    this.#db = db;
    this.#premises = premises;
  }

  prepare(query: string): FoundedStatement {
    return new FoundedStatement(this, this.#db.prepare(query));
  }

  async batch(statements: readonly FoundedStatement[]): Promise<D1Result[]> {
    const own = statements.map(({ statement }) => statement);
    return this.through(
      () => this.#db.batch(own),
      own,
      (results) => [...results],
    );
  }

  /** Asks for what nobody has asked. */
  async settle(): Promise<void> {
    await this.through(
      async () => {},
      [],
      () => {},
    );
  }

  /** One round trip: by itself once the premises are known to hold, else behind them. Others wait for the first. */
  async through<T>(
    alone: () => Promise<T>,
    statements: readonly D1PreparedStatement[],
    read: (results: readonly D1Result[]) => T,
  ): Promise<T> {
    while (this.#opening) await this.#opening;
    if (this.broken) throw this.broken;
    if (this.#isHeld) return alone();
    const opened = this.#open(statements);
    this.#opening = opened.then(noop, noop).finally(() => (this.#opening = null));
    return read(await opened);
  }

  async #open(statements: readonly D1PreparedStatement[]): Promise<readonly D1Result[]> {
    const premises = statementsOf(this.#db, this.#premises);
    try {
      const results = await this.#db.batch([...premises, ...statements]);
      this.#isHeld = true;
      return results.slice(premises.length);
    } catch (error) {
      // Any other failure leaves the premises to be asked again: nobody knows what became of them.
      this.broken = brokenIn(error);
      throw this.broken ?? error;
    }
  }
}

class FoundedStatement {
  readonly statement: D1PreparedStatement;
  readonly #db: FoundedDatabase;

  constructor(db: FoundedDatabase, statement: D1PreparedStatement) {
    this.#db = db;
    this.statement = statement;
  }

  bind(...values: unknown[]): FoundedStatement {
    return new FoundedStatement(this.#db, this.statement.bind(...values));
  }

  async first(column?: string): Promise<unknown> {
    const [row] = (await this.all()).results;
    if (row === undefined) return null;
    return column === undefined ? row : row[column];
  }

  async run() {
    return this.all();
  }

  async all() {
    return this.#through(
      () => this.statement.all(),
      (result) => result,
    );
  }

  /** A batch answers with objects: two columns of one name would be one. A test holds every statement to that. */
  async raw(): Promise<readonly (readonly unknown[])[]> {
    return this.#through(
      () => this.statement.raw<unknown[]>(),
      ({ results }) => results.map((row) => Object.values(row)),
    );
  }

  #through<T>(alone: () => Promise<T>, read: (result: D1Result<Record<string, unknown>>) => T): Promise<T> {
    return this.#db.through(alone, [this.statement], ([result]) => read(resultOf(result)));
  }
}

function noop(): void {}

function brokenIn(error: unknown): BrokenPremise | null {
  const message = error instanceof Error ? error.message : "";
  const name = premiseNames.find((premise) => message.includes(`broken premise: ${premise}`));
  return name ? new BrokenPremise(name) : null;
}

/** Safe: a batch answers each of its statements, with rows. */
function resultOf(result: D1Result | undefined): D1Result<Record<string, unknown>> {
  return result as D1Result<Record<string, unknown>>;
}

/** The part of the binding that the server and drizzle use; anything else would be undefined and throw. */
function asD1(founded: FoundedDatabase): D1Database {
  return founded as unknown as D1Database;
}
