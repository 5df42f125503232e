// The migrations as text, for databases that are not D1's.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../../migrations");
let migrations: readonly string[] | undefined;

/** The text of every migration, in the order in which they are applied; read once. */
export function readMigrations(): readonly string[] {
  migrations ??= readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .toSorted()
    .map((name) => readFileSync(join(folder, name), "utf8"));
  return migrations;
}
