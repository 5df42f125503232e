// Which migrations the database of a folder has seen. Asking wrangler takes seconds, so what it has applied is noted
// beside the database.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./settings.ts";
import { stateIn } from "./worker.ts";

/** Whether every migration of the project has been applied there. */
export function isMigrated(folder: string): boolean {
  const note = noteIn(folder);
  return existsSync(note) && readFileSync(note, "utf8") === migrationNames();
}

/** Notes that every migration of the project has been applied. */
export function noteMigrated(folder: string): void {
  writeFileSync(noteIn(folder), migrationNames());
}

function noteIn(folder: string): string {
  return join(stateIn(folder), "migrated.txt");
}

function migrationNames(): string {
  const names = readdirSync(join(root, "migrations")).filter((name) => name.endsWith(".sql"));
  return `${names.toSorted().join("\n")}\n`;
}
