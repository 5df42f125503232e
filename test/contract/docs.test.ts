// What the pages in docs/ tell people to ask is there to be asked.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { contract } from "../../contract/index.ts";
import { routesOf } from "./routes.ts";

const folder = new URL("../../docs/", import.meta.url).pathname;
const pages = readdirSync(folder).filter((name) => name.endsWith(".md"));

/** Parameters in one writing: `/v1/x/:id`, `/v1/x/{customerId}` and `/v1/x/{id}` are one address. */
const plain = (address: string) => address.replaceAll(/:\w+|\{\w+\}/g, "{}");
const known = new Set(routesOf(contract).map(({ route }) => plain(`${route.method} ${route.path}`)));

test.each(pages)("each address in docs/%s is the contract's", (name) => {
  const text = readFileSync(`${folder}${name}`, "utf8");
  const named = [...text.matchAll(/\b(?:GET|POST|PUT|PATCH|DELETE) \/v1\/[\w/{}:-]*\w\}?/g)].map(
    ([address]) => address,
  );
  expect(named.filter((address) => !known.has(plain(address)))).toEqual([]);
});

test("the pages name addresses at all", () => {
  const runbook = readFileSync(`${folder}runbook.md`, "utf8");
  expect(runbook.match(/GET \/v1\//g)?.length).toBeGreaterThan(5);
});
