// The database of a local system, opened from Node through wrangler's own proxy while no Worker runs on it.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { root } from "./settings.ts";
import { migrate, quietEnv, stateIn } from "./worker.ts";

/** Does one piece of work on the D1 of a folder, with every migration applied. */
export async function withMigratedDatabase(folder: string, work: (db: D1Database) => Promise<void>): Promise<void> {
  const isDone = async (db: D1Database) => {
    if (!(await isMigrated(db))) return false;
    await work(db);
    return true;
  };
  // Starting wrangler for its migrations takes seconds, so it is asked only when there are new ones.
  if (existsSync(stateIn(folder)) && (await withDatabase(folder, isDone))) return;
  await migrate(folder);
  await withDatabase(folder, work);
}

const Applied = z.array(z.object({ name: z.string() }));

async function isMigrated(db: D1Database): Promise<boolean> {
  const table = await db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'd1_migrations'").first();
  if (table === null) return false;
  const { results } = await db.prepare("SELECT name FROM d1_migrations").all();
  const applied = new Set(Applied.parse(results).map(({ name }) => name));
  const files = readdirSync(join(root, "migrations")).filter((name) => name.endsWith(".sql"));
  return files.every((name) => applied.has(name));
}

/** Opens the D1 of a folder for one piece of work, and closes it. */
async function withDatabase<T>(folder: string, work: (db: D1Database) => Promise<T>): Promise<T> {
  Object.assign(process.env, quietEnv);
  const { getPlatformProxy } = await import("wrangler");
  const proxy = await getPlatformProxy<{ DB: D1Database }>({
    configPath: join(root, "wrangler.toml"),
    persist: { path: join(stateIn(folder), "v3") },
    envFiles: [],
  });
  try {
    return await work(proxy.env.DB);
  } finally {
    await proxy.dispose();
  }
}
