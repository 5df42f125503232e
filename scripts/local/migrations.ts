// Which migrations the database of a folder has seen, and what applies the others. Asking wrangler takes seconds, so what
// it has applied is noted beside the database.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Start } from "./child.ts";
import { root } from "./settings.ts";
import { config, quietEnv, stateIn, wrangler } from "./worker.ts";

const migrations = join(root, "migrations");

/** As wrangler makes it, to note in it what has been applied. */
const applied = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
);`;

/** Whether every migration of the project has been applied there. */
export function isMigrated(folder: string): boolean {
  const note = noteIn(folder);
  return existsSync(note) && readFileSync(note, "utf8") === noted();
}

/** Notes that every migration of the project has been applied. */
export function noteMigrated(folder: string): void {
  writeFileSync(noteIn(folder), noted());
}

/**
 * What applies the migrations that the database has not seen. Where there is no database yet, all of them in one
 * transaction: wrangler takes most of a second for each that it applies by itself.
 */
export function migrating(folder: string): Start {
  const isNew = !existsSync(join(stateIn(folder), "v3", "d1"));
  const what = isNew ? ["execute", "DB", "--file", writeAll(folder)] : ["migrations", "apply", "DB"];
  const where = ["--local", "--config", config, "--persist-to", stateIn(folder)];
  return { args: [wrangler, "d1", ...what, ...where], env: quietEnv };
}

function writeAll(folder: string): string {
  const file = join(folder, "migrations.sql");
  const each = migrationNames().map(
    (name) => `${readFileSync(join(migrations, name), "utf8")}\nINSERT INTO d1_migrations (name) VALUES ('${name}');`,
  );
  writeFileSync(file, [applied, ...each].join("\n"));
  return file;
}

function noteIn(folder: string): string {
  return join(stateIn(folder), "migrated.txt");
}

function noted(): string {
  return `${migrationNames().join("\n")}\n`;
}

function migrationNames(): readonly string[] {
  return readdirSync(migrations)
    .filter((name) => name.endsWith(".sql"))
    .toSorted();
}
