// A D1 binding with something around it: every round trip passes `around`, every bound value `onBind`. Limits and kills
// are both made of it.

export interface Around {
  /** One round trip with the SQL of its statements; call `effect` to let it happen. */
  readonly around: <T>(queries: readonly string[], effect: () => Promise<T>) => Promise<T>;
  readonly onBind?: (query: string, values: readonly unknown[]) => void;
}

const behind = Symbol("the statement behind a wrapped one");

interface Wrapped {
  readonly [behind]: { readonly statement: D1PreparedStatement; readonly query: string };
}

export function d1Around(db: D1Database, hooks: Around): D1Database {
  const wrapped = {
    prepare: (query: string) => statementAround(db.prepare(query), query, hooks),
    batch: (statements: D1PreparedStatement[]) =>
      hooks.around(
        statements.map((statement) => wrappedBehind(statement).query),
        () => db.batch(statements.map((statement) => wrappedBehind(statement).statement)),
      ),
  };
  return asD1<D1Database>(wrapped);
}

function statementAround(statement: D1PreparedStatement, query: string, hooks: Around): D1PreparedStatement {
  const wrapped = {
    [behind]: { statement, query },
    bind: (...values: unknown[]) => {
      hooks.onBind?.(query, values);
      return statementAround(statement.bind(...values), query, hooks);
    },
    first: (column: string) => hooks.around([query], () => statement.first(column)),
    run: () => hooks.around([query], () => statement.run()),
    all: () => hooks.around([query], () => statement.all()),
    raw: () => hooks.around([query], () => statement.raw()),
  };
  return asD1<D1PreparedStatement>(wrapped);
}

/** D1's own `batch` takes its own statements only; every statement here came from `prepare` above. */
function wrappedBehind(statement: D1PreparedStatement): Wrapped[typeof behind] {
  return (statement as unknown as Wrapped)[behind];
}

/** The part of the binding that the server and drizzle use; anything else would be undefined and throw. */
function asD1<T>(wrapped: object): T {
  return wrapped as T;
}
