// Local D1 and R2 as wrangler runs them, in a folder of their own. A backup is a copy of the database's files; putting it
// back takes the database away from under the server, as a restore does.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getPlatformProxy } from "wrangler";
import type { Stores } from "../../test/drill/drill.ts";
import { migrating } from "../local/migrations.ts";
import { config, quietEnv, stateIn } from "../local/worker.ts";

interface Bindings {
  readonly DB: D1Database;
  readonly DOCUMENTS: R2Bucket;
}

/** Opens an empty database after all migrations, and an empty bucket. */
export async function localStores(): Promise<Stores & { readonly close: () => Promise<void> }> {
  Object.assign(process.env, quietEnv);
  const folder = mkdtempSync(join(tmpdir(), "sarresid-drill-"));
  migrate(folder);
  const open = () =>
    getPlatformProxy<{ [name in keyof Bindings]: Bindings[name] }>({
      configPath: config,
      persist: { path: join(stateIn(folder), "v3") },
      envFiles: [],
    });
  const database = join(stateIn(folder), "v3", "d1");
  const kept = join(folder, "backup");
  let proxy = await open();
  const reopened = async (change: () => void) => {
    await proxy.dispose();
    change();
    proxy = await open();
  };
  const current = (): Bindings => proxy.env;
  return {
    db: asD1({
      prepare: (query) => current().DB.prepare(query),
      batch: (statements) => current().DB.batch(statements),
      exec: (lines) => current().DB.exec(lines),
    }),
    documents: asR2({
      get: (key: string) => current().DOCUMENTS.get(key),
      put: (key: string, text: string) => current().DOCUMENTS.put(key, text),
      delete: (keys: string[]) => current().DOCUMENTS.delete(keys),
    }),
    backup: () => reopened(() => cpSync(database, kept, { recursive: true })),
    restore: () =>
      reopened(() => {
        rmSync(database, { recursive: true });
        cpSync(kept, database, { recursive: true });
      }),
    close: async () => {
      await proxy.dispose();
      rmSync(folder, { recursive: true });
    },
  };
}

function migrate(folder: string): void {
  const { args, env } = migrating(folder);
  const { status, stderr } = spawnSync(process.execPath, args, { env: { ...process.env, ...env }, encoding: "utf8" });
  if (status !== 0) throw new Error(`The migrations cannot be applied: ${stderr}`);
}

/** Safe: the part of the binding that the server and the drill use. */
function asD1(part: Pick<D1Database, "prepare" | "batch" | "exec">): D1Database {
  return part as D1Database;
}

/** Safe: the same. */
function asR2(part: object): R2Bucket {
  return part as R2Bucket;
}
