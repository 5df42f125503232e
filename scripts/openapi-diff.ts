// npm run openapi:diff: what a client of the last released document would notice, and whether the version says so. Ends
// with 1 when it does not.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "./openapi-schema.ts";
import { documentChanges, versionOf } from "./openapi-diff/document.ts";
import { compareVersions, tooSmall } from "./openapi-diff/version.ts";
import { root } from "./verify/check.ts";

const help = `npm run openapi:diff: compares public/openapi.json with the newest of public/openapi/, the documents released
A release keeps its document: cp public/openapi.json public/openapi/<version>.json`;

function main(): void {
  if (process.argv.includes("--help")) return console.log(help);
  const folder = join(root, "public/openapi");
  const versions = readdirSync(folder).map((name) => name.replace(/\.json$/, ""));
  const released = versions.toSorted(compareVersions).at(-1);
  if (released === undefined) throw new Error("Nothing was ever released");
  const after = documentIn(join(root, "public/openapi.json"));
  const current = versionOf(after);
  const changes = documentChanges(documentIn(join(folder, `${released}.json`)), after);
  const broken = changes.filter(({ weight }) => weight === "breaking");
  for (const { where, what } of broken) console.log(`breaking: ${where} ${what}`);
  console.log(
    `${current} since ${released}: ${broken.length} breaking and ${changes.length - broken.length} additive changes`,
  );
  const refusal = tooSmall(released, current, changes);
  if (refusal === null) return;
  console.error(refusal);
  process.exitCode = 1;
}

function documentIn(file: string): JsonObject {
  return JSON.parse(readFileSync(file, "utf8")) as JsonObject;
}

main();
