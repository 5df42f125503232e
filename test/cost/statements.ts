// Has the application send every statement that it has: each operation of the contract, the jobs, the queue's consumers.
// Told apart by their texts; one set of values each, since a plan may depend on them.
import { env } from "cloudflare:workers";
import type { Deps } from "../../server/deps.ts";
import { fuzz } from "../fuzz/fuzz.ts";
import { d1Around } from "../support/d1-around.ts";
import { openSqlite, sqliteD1 } from "../support/sqlite-d1.ts";
import { aStage } from "../support/granted.ts";
import { aWorld } from "../support/world.ts";
import { costs } from "./costs.ts";
import { sendRare } from "./rare.ts";
import { sendInSeveral } from "./several.ts";

/** A statement as it was sent. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

const requests = 300;

/** @param migrations The texts of the database's migrations. */
export async function statementsSent(migrations: readonly string[]): Promise<readonly Statement[]> {
  const sent = new Map<string, readonly unknown[]>();
  const around = (deps: Deps): Deps => ({ ...deps, db: heard(deps.db, sent) });
  env.DB = sqliteD1(openSqlite(migrations));
  await costs("2026-11-19T08:00:00Z", { around });
  const world = aWorld({ startsAt: "2026-12-19T08:00:00Z", disturb: around });
  await sendRare(world.invocation(), await aStage(world));
  await sendInSeveral(world.invocation(), heard(sqliteD1(openSqlite(migrations)), sent));
  await fuzz({ requests, seed: 8, migrations, around });
  return [...sent].map(([text, values]) => ({ text, values }));
}

function heard(db: D1Database, sent: Map<string, readonly unknown[]>): D1Database {
  const hear = (text: string, values: readonly unknown[]) => void (sent.has(text) || sent.set(text, values));
  return d1Around(db, {
    onBind: hear,
    around: (texts, effect) => {
      for (const text of texts) hear(text, []);
      return effect();
    },
  });
}
