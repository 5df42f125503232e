// What the documents send their readers to is there: every address they name is one of the contract's, of Better Auth's open
// ones or a problem's, with the method that they say.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path/posix";
import { fileURLToPath, URL } from "node:url";
import { describe, expect, it } from "vitest";
import { contract } from "../../contract/index.ts";
import { authBasePath, openPaths } from "../../server/http/auth/gate.ts";
import { routesOf } from "./routes.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const pages = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".md") && !name.includes("node_modules"))
  .map((name) => `docs/${name}`);
const documents = ["README.md", "CONTRIBUTING.md", "contract/README.md", ...pages];

interface Address {
  readonly method: string;
  readonly segments: readonly string[];
}

const addressOf = (method: string, path: string): Address => ({ method, segments: path.split("/").slice(1) });

const known: readonly Address[] = [
  ...routesOf(contract).map(({ route }) => addressOf(route.method, route.path)),
  ...Object.entries(openPaths).map(([path, method]) => addressOf(method, `${authBasePath}${path}`)),
  addressOf("GET", "/problems"),
  addressOf("GET", "/problems/:code"),
];

/** An address in running text or a command: `GET /v1/me`, `/v1/pay/{invoiceId}`, `post /auth/sign-up/email`. */
const naming =
  /(?:\b(?<method>GET|HEAD|POST|PUT|PATCH|DELETE) )?(?<![\w.}-])(?<path>\/(?:v1|auth|problems)\/[^\s`"'()|,;<>]+)/gi;
/** What stands for an id: `{invoiceId}`, `:invoiceId`, `$ID`, or an id of ours. */
const isPlace = (segment: string) => /^[{:$]|^[a-z]+_\w{8,}$/.test(segment);

function addressesIn(text: string): readonly Address[] {
  return Array.from(text.matchAll(naming), ({ groups }) => {
    const path = (groups?.["path"] ?? "").replace(/[?#].*$/, "").replace(/[.:*\\]+$/, "");
    return addressOf((groups?.["method"] ?? "").toUpperCase().replace("HEAD", "GET"), path);
  });
}

/** Without a method it may name a family: all that begins like it. */
function isKnown({ method, segments }: Address): boolean {
  return known.some(
    (each) =>
      (method === "" || (method === each.method && segments.length === each.segments.length)) &&
      segments.every((segment, index) => isSame(each.segments[index] ?? "", segment)),
  );
}

const isSame = (part: string, segment: string) => part === segment || (part.startsWith(":") && isPlace(segment));

describe.each(documents)("%s", (path) => {
  const named = addressesIn(readFileSync(join(root, path), "utf8"));
  it("names no address that is not there", () => {
    expect(
      named.filter((each) => !isKnown(each)).map(({ method, segments }) => `${method} /${segments.join("/")}`),
    ).toEqual([]);
  });
});

it("there are many addresses to look for", () => {
  const named = documents.flatMap((path) => addressesIn(readFileSync(join(root, path), "utf8")));
  expect(named.length).toBeGreaterThan(150);
});
