// Writes what is made of the contract: public/openapi.json, the client made of that, docs/events.md and docs/authorization.md; with --check only
// says whether they are fresh, and exits 1 when they are not.
import { URL } from "node:url";
import { readFile, writeFile } from "node:fs/promises";
import { authorizationPage } from "./authorization.ts";
import { clientSource } from "./client/document.ts";
import { eventsDocument } from "./events/document.ts";
import { openApiDocument } from "./openapi-document.ts";

interface Made {
  readonly name: string;
  readonly text: string;
}

/** Everything, of one walk through the contract. */
function made(): readonly Made[] {
  const document = openApiDocument();
  return [
    { name: "public/openapi.json", text: `${JSON.stringify(document, null, 2)}\n` },
    { name: "test/partner/client.ts", text: clientSource(document) },
    { name: "docs/events.md", text: eventsDocument() },
    { name: "docs/authorization.md", text: authorizationPage() },
  ];
}

const fileOf = ({ name }: Made) => new URL(`../${name}`, import.meta.url);

/** Whether the committed documents are what the contract says now. */
export async function isOpenApiFresh(): Promise<boolean> {
  return (await stale()).length === 0;
}

async function stale(): Promise<readonly Made[]> {
  const documents = made();
  const kept = await Promise.all(documents.map((each) => readFile(fileOf(each), "utf8").catch(() => "")));
  return documents.filter(({ text }, index) => text !== kept[index]);
}

async function main(): Promise<void> {
  if (!process.argv.includes("--check")) {
    const documents = made();
    for (const each of documents) await writeFile(fileOf(each), each.text);
    return console.log(`${documents.map(({ name }) => name).join(", ")} are written`);
  }
  const old = await stale();
  for (const { name } of old) console.error(`${name} is stale: run \`npm run openapi\``);
  if (old.length > 0) process.exitCode = 1;
  else console.log("What is made of the contract is fresh");
}

if (import.meta.main) await main();
