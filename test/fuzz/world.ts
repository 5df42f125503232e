// The world that requests are thrown at: the real app over SQLite, lived in for a while, with callers of every kind. Each
// request finds it as it was, since all that the one before has done is taken back.
import type { DatabaseSync, Session } from "node:sqlite";
import { env } from "cloudflare:workers";
import type { Deps, LogEntry } from "../../server/deps.ts";
import type { Handlers } from "../../server/app.ts";
import { handlers as routers } from "../../server/router.ts";
import { checkInvariants } from "../../server/store/invariants.ts";
import { handlersAround } from "../support/handlers-around.ts";
import { openSqlite, sqliteD1 } from "../support/sqlite-d1.ts";
import { aWorld, type World } from "../support/world.ts";
import { randomOf } from "../simulation/random.ts";

/** Somebody who calls, and whose things they may name. */
export interface FuzzCaller {
  readonly kind: "public" | "customer" | "operator" | "partner";
  /** The bearer token; null without one. */
  readonly token: string | null;
  /** The customer or partner that owns what this caller may name; null for who owns nothing, or may name everything. */
  readonly owner: string | null;
}

/** What one request has come to. */
export interface Effect {
  readonly response: Response;
  readonly text: string;
  /** Whether its handler was called. */
  readonly isReached: boolean;
  /** Tables that are another than before, by name. */
  readonly changed: readonly string[];
  /** Types of the billing events that were written. */
  readonly events: readonly string[];
  /** What was logged as an error, then and by the jobs of the next minute. */
  readonly errors: readonly LogEntry[];
  /** Invariants that do not hold when those are through. */
  readonly broken: readonly string[];
}

export interface FuzzWorld {
  readonly world: World;
  readonly database: DatabaseSync;
  /** Has the request's effect, lets the next minute's jobs run when it was accepted, and takes everything back. */
  readonly attempt: (request: Request) => Promise<Effect>;
}

export interface WorldToBe {
  readonly seed: number;
  /** The texts of the database's migrations. */
  readonly migrations: readonly string[];
  /** The router's own, unless a test plants a mistake. */
  readonly handlers?: Handlers;
  /** Stands between the server and the world, as somebody who listens does. */
  readonly around?: (deps: Deps) => Deps;
}

/** A world in which nothing has happened yet; ids in it follow from the seed. */
export function aFuzzWorld({ seed, migrations, handlers = routers, around = (deps) => deps }: WorldToBe): FuzzWorld {
  const database = openSqlite(migrations);
  env.DB = sqliteD1(database);
  const chance = randomOf(`fuzz world ${seed}`);
  const log: LogEntry[] = [];
  const documents = bucketInMemory();
  let isReached = false;
  const world = aWorld({
    disturb: (deps) => around({ ...deps, random: chance.bytes, documents, log: (entry) => void log.push(entry) }),
    luck: chance.next,
    answering: handlersAround(handlers, (work) => {
      isReached = true;
      return work();
    }),
  });
  database.exec("BEGIN");

  const perform = async (request: Request): Promise<Omit<Effect, "errors" | "broken">> => {
    isReached = false;
    const before = lastPosition(database);
    const session = database.createSession();
    try {
      const response = await world.fetch(request);
      const text = await response.text();
      const changed = changedTables(database, session);
      return { response, text, isReached, changed, events: eventsAfter(database, before) };
    } finally {
      session.close();
    }
  };

  /** What was accepted must leave nothing that the next minute's jobs stumble over. */
  const afterwards = async (changed: readonly string[]): Promise<readonly string[]> => {
    if (changed.every((table) => table === "idempotency_key")) return [];
    await world.tick();
    const checked = await checkInvariants(env.DB);
    return checked.filter(({ offenders }) => offenders.length > 0).map(({ name }) => name);
  };

  const attempt = async (request: Request): Promise<Effect> => {
    const startedAt = world.now();
    log.length = 0;
    database.exec("SAVEPOINT attempt");
    try {
      const effect = await perform(request);
      const broken = effect.response.ok ? await afterwards(effect.changed) : [];
      return { ...effect, broken, errors: log.filter(({ level }) => level === "error") };
    } finally {
      database.exec("ROLLBACK TO attempt; RELEASE attempt");
      world.pass(startedAt - world.now());
      world.queue.length = 0;
      world.messages.length = 0;
      world.loseDeliveries();
    }
  };

  return { world, database, attempt };
}

/** SQLite's own account of what is another than at the session's beginning; what was undone is not. */
function changedTables(database: DatabaseSync, session: Session): readonly string[] {
  const changes = session.changeset();
  const names: string[] = [];
  if (changes.length > 0) {
    const filter = (name: string) => {
      names.push(name);
      return false;
    };
    database.applyChangeset(changes, { filter });
  }
  return names;
}

function lastPosition(database: DatabaseSync): number {
  return Number(database.prepare("SELECT COALESCE(MAX(position), 0) AS last FROM billing_event").get()?.["last"]);
}

function eventsAfter(database: DatabaseSync, position: number): readonly string[] {
  const found = database.prepare("SELECT DISTINCT type FROM billing_event WHERE position > ?").all(position);
  return found.map(({ type }) => String(type));
}

function bucketInMemory(): Deps["documents"] {
  const kept = new Map<string, string>();
  return {
    get: async (key) => kept.get(key) ?? null,
    put: async (key, text) => void kept.set(key, text),
    delete: async (key) => void kept.delete(key),
  };
}
