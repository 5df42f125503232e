// Which migrations a deployment applies, and when. Those that add (expand) go before the new version, since the old one
// does not mind; those that take away (contract) go after it, since nobody may miss what they take.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Migration {
  readonly name: string;
  readonly kind: "expand" | "contract";
}

/** The files of a folder, in order. One that begins with `-- contract:` takes away. */
export function migrationsIn(folder: string): readonly Migration[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".sql"));
  return names.toSorted().map((name) => {
    const text = readFileSync(join(folder, name), "utf8");
    return { name, kind: text.startsWith("-- contract:") ? "contract" : "expand" };
  });
}

/** When the pending ones are applied; an Error when they want two deployments. */
export function whenToApply(all: readonly Migration[], applied: readonly string[]): "before" | "after" | null {
  const pending = all.filter(({ name }) => !applied.includes(name));
  const kinds = new Set(pending.map(({ kind }) => kind));
  if (kinds.size === 2) {
    const taking = pending.filter(({ kind }) => kind === "contract").map(({ name }) => name);
    throw new Error(`${taking.join(", ")} must wait for the next deployment: this one still adds`);
  }
  if (kinds.has("contract")) return "after";
  return kinds.has("expand") ? "before" : null;
}
