// The ground that histories stand on: a migrated database in which an operator has made the catalogue through the API,
// before anything goes wrong. Made once in a process; every history begins on it and leaves it as it was.
import type { DatabaseSync } from "node:sqlite";
import { housePartnerId } from "../../server/billing/customer.ts";
import { storePartnerKey } from "../../server/http/auth/partner-key.ts";
import { openSqlite, sqliteD1 } from "../support/sqlite-d1.ts";
import { chatKey } from "./chat.ts";
import { catalogue, type Catalogue } from "./catalogue.ts";
import { invoke } from "./invocation.ts";
import { settleOperator, type Person } from "./people.ts";
import type { Plan } from "./plan.ts";
import { randomOf } from "./random.ts";
import { untold } from "./trace.ts";
import { createWorld, type World } from "./world.ts";

export interface Ground {
  readonly database: DatabaseSync;
  /** The same behind D1's interface; what it has prepared outlives a history. */
  readonly d1: D1Database;
  readonly operator: Person;
  readonly catalogue: Catalogue;
}

/** Before any history begins. */
const startsAt = Date.parse("2026-11-21T00:00:00Z");
const nothing: Plan = { name: "ground", startsAt, lastsMs: 0, customers: 0, isFollowed: false, gateway: {}, parts: [] };

const grounds = new WeakMap<readonly string[], Promise<Ground>>();

/** Lets a history be lived on the ground that these migrations give, and takes back all that it wrote. */
export async function onGround<T>(migrations: readonly string[], live: (ground: Ground) => Promise<T>): Promise<T> {
  const ground = await groundOf(migrations);
  ground.database.exec("BEGIN");
  try {
    return await live(ground);
  } finally {
    ground.database.exec("ROLLBACK");
  }
}

function groundOf(migrations: readonly string[]): Promise<Ground> {
  const known = grounds.get(migrations);
  if (known) return known;
  const made = makeGround(migrations);
  grounds.set(migrations, made);
  return made;
}

async function makeGround(migrations: readonly string[]): Promise<Ground> {
  const database = openSqlite(migrations);
  const d1 = sqliteD1(database);
  const operator = settleOperator(database, startsAt, randomOf("ground people"));
  const world = createWorld({ plan: nothing, database, d1, trace: untold });
  await giveKey(world);
  return { database, d1, operator, catalogue: await catalogue(world, operator) };
}

/** The house's chat has a key. */
async function giveKey({ around, deps, scheduler }: World): Promise<void> {
  const scopes = ["quota:write", "customers:read", "webhooks:read", "webhooks:write"] as const;
  const wanted = { partnerId: housePartnerId, scopes, expiresAt: null };
  const work = () => storePartnerKey(deps, chatKey, wanted);
  let isStored = false;
  const stored = invoke(around, { kind: "request", name: "key", seed: "key" }, work).finally(() => (isStored = true));
  await scheduler.rest();
  while (!isStored) await scheduler.step();
  await stored;
}
