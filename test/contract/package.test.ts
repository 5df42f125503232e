// The contract as a package: what a partner installs, and what a page would load.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { contract } from "../../contract/index.ts";
import { buildContract } from "../../scripts/contract.ts";
import { root } from "../../scripts/verify/check.ts";
import { routesOf } from "./routes.ts";

/** Of the bundle as a browser gets it. Most of it is Zod and our own descriptions. */
const mostGzippedBytes = 110_000;

const folder = mkdtempSync(join(tmpdir(), "sarresid-contract-"));
let bundled: Readonly<Record<string, number>>;

beforeAll(async () => {
  bundled = await buildContract(folder);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

const files = () => readdirSync(folder, { recursive: true, encoding: "utf8" });
const textOf = (name: string) => readFileSync(join(folder, name), "utf8");
const Manifest = z.object({
  exports: z.record(z.string(), z.object({ types: z.string(), default: z.string() })),
  peerDependencies: z.record(z.string(), z.string()),
});
const manifest = () => Manifest.parse(JSON.parse(textOf("package.json")));

describe("the package", () => {
  it("imports zod and @ts-rest/core, which it asks its user to have, and nothing else", () => {
    const imported = files()
      .filter((name) => /\.(?:js|d\.ts)$/.test(name) && name !== "bundle.js")
      .flatMap((name) => [...textOf(name).matchAll(/(?<!")(?:from|import) ?\(?"([^".][^"]*)"/g)])
      .map(([, specifier = ""]) => packageOf(specifier));
    expect([...new Set(imported)].toSorted()).toEqual(["@ts-rest/core", "zod"]);
    expect(Object.keys(manifest().peerDependencies).toSorted()).toEqual(["@ts-rest/core", "zod"]);
  });

  it("asks for the versions that ours are", () => {
    const { dependencies } = z
      .object({ dependencies: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
    for (const [name, version] of Object.entries(manifest().peerDependencies)) {
      expect(version.replace("^", "")).toBe(dependencies[name]);
    }
  });

  it("has what it exports, with types, for every file of the contract", () => {
    const { exports } = manifest();
    for (const [address, { types, default: code }] of Object.entries(exports)) {
      if (!address.includes("*")) expect(files()).toEqual(expect.arrayContaining([types.slice(2), code.slice(2)]));
    }
    const sources = readdirSync(join(root, "contract"), { recursive: true, encoding: "utf8" });
    for (const source of sources.filter((name) => name.endsWith(".ts"))) {
      const name = source.replace(/\.ts$/, "");
      expect(files()).toEqual(expect.arrayContaining([`${name}.js`, `${name}.d.ts`]));
    }
  });
});

describe("the bundle", () => {
  it("holds the contract, ts-rest's client and Zod, and no line of the server", () => {
    const others = Object.keys(bundled).filter((name) => name.startsWith(".."));
    const packages = others.map((name) => packageOf(name.split("node_modules/").at(-1) ?? name));
    expect([...new Set(packages)].toSorted()).toEqual(["@ts-rest/core", "zod"]);
    expect(bundled["subscription/start.js"]).toBeGreaterThan(0);
  });

  it(`is at most ${mostGzippedBytes} bytes over the wire`, () => {
    expect(gzipSync(textOf("bundle.js")).length).toBeLessThan(mostGzippedBytes);
  });

  it("is the same contract, and makes a client that calls it", async () => {
    const made = (await import(
      pathToFileURL(join(folder, "bundle.js")).href
    )) as typeof import("../../contract/index.ts") & Pick<typeof import("@ts-rest/core"), "initClient">;
    expect(routesOf(made.contract).map(({ name }) => name)).toEqual(routesOf(contract).map(({ name }) => name));
    const asked: string[] = [];
    const client = made.initClient(made.contract, {
      baseUrl: "https://sarresid.test",
      api: async ({ method, path }) => {
        asked.push(`${method} ${path}`);
        return { status: 200, body: {}, headers: new Headers() };
      },
    });
    await client.products.list({ query: { limit: 5 } });
    expect(asked).toEqual(["GET https://sarresid.test/v1/products?limit=5"]);
  });
});

/** Example: `zod/v4/core` → `zod`. */
function packageOf(specifier: string): string {
  return /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
}
