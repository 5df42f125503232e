// What an application sends to D1, kept as it was sent, so that it can be sent again without the application.

/** A statement with what was bound to it. */
export interface Sent {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The statements of one round trip. */
export type Trip = readonly Sent[];

/** A binding that tells each round trip once it is over. */
export function recorded(db: D1Database, tell: (trip: Trip) => void): D1Database {
  const binding = {
    prepare: (text: string) => new Recorded(db.prepare(text), { text, values: [] }, tell),
    batch: async (statements: readonly Recorded[]) => {
      const results = await db.batch(statements.map(({ statement }) => statement));
      tell(statements.map(({ sent }) => sent));
      return results;
    },
  };
  return asD1(binding);
}

class Recorded {
  readonly statement: D1PreparedStatement;
  readonly sent: Sent;
  readonly #tell: (trip: Trip) => void;

  constructor(statement: D1PreparedStatement, sent: Sent, tell: (trip: Trip) => void) {
    this.statement = statement;
    this.sent = sent;
    this.#tell = tell;
  }

  bind(...values: unknown[]): Recorded {
    return new Recorded(this.statement.bind(...values), { text: this.sent.text, values }, this.#tell);
  }

  first(column: string) {
    return this.#told(this.statement.first(column));
  }

  run() {
    return this.#told(this.statement.run());
  }

  all() {
    return this.#told(this.statement.all());
  }

  raw() {
    return this.#told(this.statement.raw());
  }

  async #told<T>(answer: Promise<T>): Promise<T> {
    const given = await answer;
    this.#tell([this.sent]);
    return given;
  }
}

/** Sends round trips again, one after the other; answers the last one's rows. */
export async function sentAgain(db: D1Database, trips: readonly Trip[]): Promise<unknown> {
  let last: unknown;
  for (const trip of trips) {
    const statements = trip.map(({ text, values }) => db.prepare(text).bind(...values));
    const [only] = statements;
    last = statements.length === 1 && only ? (await only.all()).results : (await db.batch(statements)).at(-1)?.results;
  }
  return last;
}

/** The part of the binding that the server and drizzle use; anything else would be undefined and throw. */
function asD1(binding: object): D1Database {
  return binding as D1Database;
}
