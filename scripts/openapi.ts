// Writes public/openapi.json from the contract; with --check only says whether it is fresh, and exits 1 when it is not.
import { URL } from "node:url";
import { readFile, writeFile } from "node:fs/promises";
import { openApiDocument } from "./openapi-document.ts";

const file = new URL("../public/openapi.json", import.meta.url);

/** The document as it stands in the file. */
export function openApiText(): string {
  return `${JSON.stringify(openApiDocument(), null, 2)}\n`;
}

/** Whether the committed document is what the contract says now. */
export async function isOpenApiFresh(): Promise<boolean> {
  return (await readFile(file, "utf8").catch(() => "")) === openApiText();
}

async function main(): Promise<void> {
  if (!process.argv.includes("--check")) {
    await writeFile(file, openApiText());
    console.log("public/openapi.json is written");
  } else if (await isOpenApiFresh()) {
    console.log("public/openapi.json is fresh");
  } else {
    console.error("public/openapi.json is stale: run `npm run openapi`");
    process.exitCode = 1;
  }
}

if (import.meta.main) await main();
