// Cloudflare's production limits that local workerd does not enforce. Every test and simulation runs over bindings that
// are wrapped here and throw at the limit, so that nobody finds out in production. Numbers: Cloudflare's documentation
// of D1, Queues and Workers, as design §8 lists them.

import type { Showcase } from "../../server/store/showcase.ts";
import { d1Around } from "./d1-around.ts";

export const limits = {
  d1StatementsPerInvocation: 1_000,
  d1Parameters: 100,
  d1ValueBytes: 2_000_000,
  d1LikeBytes: 50,
  queueMessageBytes: 128_000,
  queueBatch: 100,
  queueDelaySeconds: 86_400,
  kvWritesApartMs: 1_000,
  kvValueBytes: 25 * 1024 * 1024,
  connections: 6,
} as const;

export class LimitExceeded extends Error {
  override readonly name = "LimitExceeded";
}

/** What one invocation (a request, a cron, a batch) has used up so far. */
export interface Usage {
  statements: number;
}

/** A D1 binding that counts the statements of the invocation that asks, and checks each. */
export function limitedD1(db: D1Database, usage: () => Usage): D1Database {
  return d1Around(db, {
    onBind: checkValues,
    onColumns: checkColumns,
    around: async (queries, effect) => {
      const used = (usage().statements += queries.length);
      check(used, limits.d1StatementsPerInvocation, "D1 statements in one invocation");
      return effect();
    },
  });
}

function checkValues(query: string, values: readonly unknown[]): void {
  check(values.length, limits.d1Parameters, "parameters of one statement");
  const most = hasPattern(query) ? limits.d1LikeBytes : null;
  for (const value of values) {
    if (typeof value !== "string") continue;
    // No character takes more than three bytes for each of its units: short texts need no counting.
    if (value.length * 3 > limits.d1ValueBytes) check(byteLength(value), limits.d1ValueBytes, "bytes of one value");
    if (most !== null) check(byteLength(value), most, "bytes of a LIKE pattern");
  }
}

/** In a batch, where any statement may come to stand behind a request's premises, a row is an object. */
function checkColumns(query: string, names: readonly string[]): void {
  check(names.length - new Set(names).size, 0, `columns that another has the name of, in ${query}`);
}

const patterned = new Map<string, boolean>();
const mostQueries = 5_000;

function hasPattern(query: string): boolean {
  const known = patterned.get(query);
  if (known !== undefined) return known;
  const found = /\b(LIKE|GLOB)\s+\?/i.test(query);
  if (patterned.size < mostQueries) patterned.set(query, found);
  return found;
}

/** A showcase that takes one write a second, as KV does of a key. */
export function limitedShowcase(now: () => number): Showcase {
  let kept: { readonly text: string; readonly at: number } | null = null;
  return {
    get: async () => kept?.text ?? null,
    put: async (text) => {
      check(byteLength(text), limits.kvValueBytes, "bytes of a value in KV");
      if (kept !== null && now() - kept.at < limits.kvWritesApartMs)
        throw new LimitExceeded("Two writes of a key in a second");
      kept = { text, at: now() };
    },
  };
}

/** A queue binding that takes what the real one would. */
export function limitedQueue<T>(send: (body: T, delayMs: number) => void): Pick<Queue<T>, "send" | "sendBatch"> {
  const take = (body: T, delaySeconds = 0) => {
    check(byteLength(JSON.stringify(body)), limits.queueMessageBytes, "bytes of a queue message");
    check(delaySeconds, limits.queueDelaySeconds, "seconds of a message's delay");
    send(body, delaySeconds * 1_000);
  };
  const metadata = { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
  return {
    send: async (body: T, options?: QueueSendOptions) => {
      take(body, options?.delaySeconds);
      return metadata;
    },
    sendBatch: async (messages: Iterable<MessageSendRequest<T>>) => {
      const batch = [...messages];
      check(batch.length, limits.queueBatch, "messages of one batch");
      for (const { body, delaySeconds } of batch) take(body, delaySeconds);
      return metadata;
    },
  };
}

/** A fetch for one invocation: at most six connections wait at once. */
export function limitedFetch(fetch: (request: Request) => Promise<Response>): (request: Request) => Promise<Response> {
  let open = 0;
  return async (request) => {
    check(++open, limits.connections, "connections at once");
    try {
      return await fetch(request);
    } finally {
      open--;
    }
  };
}

function check(value: number, most: number, what: string): void {
  if (value > most) throw new LimitExceeded(`${value} ${what}; ${most} are allowed`);
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
