// Counts what is paid for and what takes time, whatever the machine: round trips to D1 and the rows that they read and
// write by D1's own account, messages to queues, calls to the gateway.
import type { Deps } from "../../server/deps.ts";
import { depsAround } from "../support/deps-around.ts";

export interface Tally {
  /** Statements that are sent together are one round trip. */
  readonly roundTrips: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  /** To any queue. */
  readonly messages: number;
  readonly gatewayCalls: number;
}

export const nothing: Tally = { roundTrips: 0, rowsRead: 0, rowsWritten: 0, messages: 0, gatewayCalls: 0 };

/** Adds to a tally. */
export type Count = (more: Partial<Tally>) => void;

export function sumOf(a: Tally, b: Partial<Tally>): Tally {
  return {
    roundTrips: a.roundTrips + (b.roundTrips ?? 0),
    rowsRead: a.rowsRead + (b.rowsRead ?? 0),
    rowsWritten: a.rowsWritten + (b.rowsWritten ?? 0),
    messages: a.messages + (b.messages ?? 0),
    gatewayCalls: a.gatewayCalls + (b.gatewayCalls ?? 0),
  };
}

/** These dependencies, each use of which is counted. */
export function counted(deps: Deps, count: Count): Deps {
  const { due, deliveries } = deps;
  const own = {
    ...deps,
    db: countedD1(deps.db, count),
    due: countedQueue(due, count),
    deliveries: countedQueue(deliveries, count),
  };
  return depsAround(own, ({ name }, effect) => {
    // Only calls to the gateway are named by their paths.
    if (name.includes("/")) count({ gatewayCalls: 1 });
    return effect();
  });
}

function countedQueue<T>(queue: Pick<Queue<T>, "send" | "sendBatch">, count: Count): typeof queue {
  return {
    send: (body, options) => {
      count({ messages: 1 });
      return queue.send(body, options);
    },
    sendBatch: (messages, options) => {
      const batch = [...messages];
      count({ messages: batch.length });
      return queue.sendBatch(batch, options);
    },
  };
}

/** A D1 binding whose round trips are counted with what D1 says of each. */
function countedD1(db: D1Database, count: Count): D1Database {
  const counting = (results: readonly D1Result[]) => {
    count({ roundTrips: 1 });
    for (const { meta } of results) count({ rowsRead: meta.rows_read, rowsWritten: meta.rows_written });
  };
  const wrapped = {
    prepare: (query: string) => new CountedStatement(db.prepare(query), query, counting),
    batch: async (statements: readonly CountedStatement[]) => {
      const results = await db.batch(statements.map(({ statement }) => statement));
      counting(results);
      return results;
    },
  };
  return asD1(wrapped);
}

/** A statement that asks for D1's account as well, which `first` and `raw` leave out. */
class CountedStatement {
  readonly statement: D1PreparedStatement;
  readonly query: string;
  readonly #counting: (results: readonly D1Result[]) => void;

  constructor(statement: D1PreparedStatement, query: string, counting: (results: readonly D1Result[]) => void) {
    this.statement = statement;
    this.query = query;
    this.#counting = counting;
  }

  bind(...values: unknown[]): CountedStatement {
    return new CountedStatement(this.statement.bind(...values), this.query, this.#counting);
  }

  async all(): Promise<D1Result<Record<string, unknown>>> {
    const result = await this.statement.all();
    this.#counting([result]);
    return result;
  }

  run() {
    return this.all();
  }

  async first(column?: string): Promise<unknown> {
    const [row] = (await this.all()).results;
    if (row === undefined) return null;
    return column === undefined ? row : row[column];
  }

  /** A read is made twice, since columns of one name are one in the answer that comes with the account. */
  async raw(options: { readonly columnNames: true }): Promise<unknown> {
    const { results } = await this.all();
    if (/^\s*select/i.test(this.query)) return this.statement.raw(options);
    return [Object.keys(results[0] ?? {}), ...results.map((row) => Object.values(row))];
  }
}

/** The part of the binding that the server and drizzle use; anything else would be undefined and throw. */
function asD1(wrapped: object): D1Database {
  return wrapped as D1Database;
}
