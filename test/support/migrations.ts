// The migrations as text, for databases that are not D1's.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../../migrations");

/** The text of every migration, in the order in which they are applied. */
export function readMigrations(): readonly string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".sql"));
  return names.toSorted().map((name) => readFileSync(join(folder, name), "utf8"));
}
