// A D1 binding with something around it: every round trip passes `around`, every bound value `onBind`. Limits and kills
// are both made of it.

export interface Around {
  /** One round trip with the SQL of its statements; call `effect` to let it happen. */
  readonly around: <T>(queries: readonly string[], effect: () => Promise<T>) => Promise<T>;
  readonly onBind?: (query: string, values: readonly unknown[]) => void;
  /** The names of the columns of what is read as bare rows. */
  readonly onColumns?: (query: string, names: readonly string[]) => void;
}

export function d1Around(db: D1Database, hooks: Around): D1Database {
  const wrapped = {
    prepare: (query: string) => new StatementAround(db.prepare(query), query, hooks),
    batch: (statements: readonly StatementAround[]) =>
      hooks.around(
        statements.map(({ query }) => query),
        () => db.batch(statements.map(({ statement }) => statement)),
      ),
  };
  return asD1(wrapped);
}

/** A statement that knows what is behind it: D1's own `batch` takes its own statements only. */
class StatementAround {
  readonly statement: D1PreparedStatement;
  readonly query: string;
  readonly #hooks: Around;

  constructor(statement: D1PreparedStatement, query: string, hooks: Around) {
    this.statement = statement;
    this.query = query;
    this.#hooks = hooks;
  }

  bind(...values: unknown[]): StatementAround {
    this.#hooks.onBind?.(this.query, values);
    return new StatementAround(this.statement.bind(...values), this.query, this.#hooks);
  }

  first(column: string) {
    return this.#hooks.around([this.query], () => this.statement.first(column));
  }

  run() {
    return this.#hooks.around([this.query], () => this.statement.run());
  }

  all() {
    return this.#hooks.around([this.query], () => this.statement.all());
  }

  raw({ columnNames = false } = {}) {
    return this.#hooks.around([this.query], async () => {
      const [names, ...rows] = await this.statement.raw({ columnNames: true });
      this.#hooks.onColumns?.(this.query, names);
      return columnNames ? [names, ...rows] : rows;
    });
  }
}

/** The part of the binding that the server and drizzle use; anything else would be undefined and throw. */
function asD1(wrapped: object): D1Database {
  return wrapped as D1Database;
}
