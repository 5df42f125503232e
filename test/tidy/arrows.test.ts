// Who may import whom. Each layer lists what it may know; everything else is forbidden.
import { describe, expect, it } from "vitest";
import { sourceOf, sourcesIn, type Import, type Source } from "./source.ts";

interface Layer {
  /** Folders and files of ours, folders with a slash at the end. */
  readonly ours: readonly string[];
  /** Ours too, but only as types: what arrives as a value is handed over by `deps.ts`. */
  readonly typesOf?: readonly string[];
  /** Packages, with all that is below them. */
  readonly packages: readonly string[];
}

const rules = ["contract/", "server/billing/"];

const layers: Readonly<Record<string, Layer>> = {
  "contract/": { ours: ["contract/"], packages: ["zod", "@ts-rest/core"] },
  "server/billing/ids.ts": { ours: rules, packages: ["typeid-js"] },
  "server/billing/": { ours: rules, packages: [] },
  "server/store/people.ts": {
    ours: [...rules, "server/store/"],
    // Better Auth's tables are read and written through its own adapter over ours.
    packages: ["better-auth/adapters/drizzle", "drizzle-orm", "zod"],
  },
  "server/store/": { ours: [...rules, "server/store/"], packages: ["drizzle-orm", "drizzle-zod", "zod"] },
  "server/zarinpal/": { ours: [...rules, "server/zarinpal/"], packages: ["zod"] },
  "server/text/": { ours: ["contract/", "server/text/"], packages: ["hono/utils/accept", "hono/utils/cookie"] },
  // Pages ask what anybody asks, by the contract; the rules and the tables are behind it.
  "server/page/": { ours: ["contract/", "server/text/", "server/page/"], packages: ["hono", "zod", "@ts-rest/core"] },
  "server/http/": {
    ours: [...rules, "server/store/", "server/text/", "server/http/"],
    typesOf: ["server/deps.ts"],
    packages: [
      "zod",
      "hono",
      "@ts-rest/core",
      "@ts-rest/serverless",
      "better-auth",
      "@better-auth/utils",
      "typeid-js",
      "standardwebhooks",
    ],
  },
  "server/job/": {
    ours: [...rules, "server/store/", "server/http/", "server/job/"],
    typesOf: ["server/deps.ts", "server/zarinpal/gateway.ts"],
    packages: [],
  },
};

const resources = [
  "account",
  "activity",
  "audit-export",
  "buyer",
  "checkout",
  "coupon",
  "credit",
  "document",
  "customer",
  "epoch",
  "event",
  "import",
  "invoice",
  "key-rotation",
  "login-link",
  "metrics",
  "notification",
  "operator",
  "exception",
  "invariant",
  "refund",
  "partner",
  "partner-key",
  "pay",
  "payment",
  "payment-method",
  "payout",
  "finance",
  "finance-export",
  "price-migration",
  "problem",
  "product",
  "quota",
  "reconciliation",
  "search",
  "subscription",
  "health",
  "system",
  "test-clock",
  "webhook",
  "webhook-endpoint",
];

function resource(name: string): Layer {
  return {
    ours: [...rules, "server/store/", "server/http/", "server/page/", "server/text/", `server/${name}/`],
    typesOf: ["server/deps.ts", "server/zarinpal/gateway.ts"],
    packages: ["zod"],
  };
}

/** The only files that may know everything of the server. */
const wiring = ["server/worker.ts", "server/app.ts", "server/deps.ts", "server/router.ts"];

function layerOf(path: string): Layer | undefined {
  const name = resources.find((folder) => path.startsWith(`server/${folder}/`));
  if (name) return resource(name);
  const key = Object.keys(layers).find((start) => path.startsWith(start));
  return key === undefined ? undefined : layers[key];
}

function isAllowed(layer: Layer, found: Import): boolean {
  if (!found.isOurs) return layer.packages.some((name) => found.of === name || found.of.startsWith(`${name}/`));
  // Table definitions are the store's own: a row never leaves it as it is stored.
  if (found.of.startsWith("server/store/schema") && !layer.packages.includes("drizzle-orm")) return false;
  if (layer.ours.some((start) => found.of.startsWith(start))) return true;
  return found.isTypeOnly && (layer.typesOf ?? []).includes(found.of);
}

function broken({ path, imports }: Source): readonly string[] {
  const layer = layerOf(path);
  if (!layer) return wiring.includes(path) ? [] : [`${path} belongs to no layer`];
  return imports.filter((found) => !isAllowed(layer, found)).map((found) => `${path} imports ${found.of}`);
}

const sources = sourcesIn("contract", "server");
const every = [...Object.keys(layers), ...resources.map((name) => `server/${name}/`)];

describe("arrows", () => {
  it.each(every)("%s imports only what it may know", (start) => {
    const own = sources.filter(({ path }) => path.startsWith(start));
    expect(own).not.toEqual([]);
    expect(own.flatMap(broken)).toEqual([]);
  });

  it("every file of the server belongs to a layer or to the wiring", () => {
    expect(sources.flatMap(broken)).toEqual([]);
  });

  it("nothing of the server imports tests or scripts", () => {
    const imports = sources.flatMap(({ imports: all }) => all.map(({ of }) => of));
    expect(imports.filter((of) => /^(?:test|scripts)\//.test(of))).toEqual([]);
  });

  it("the simulator has read neither the server nor the contract: two readings of the gateway, not one", () => {
    const imports = sourcesIn("test/simulator").flatMap(({ imports: all }) => all.map(({ of }) => of));
    expect(imports.filter((of) => /^(?:server|contract)\//.test(of))).toEqual([]);
  });
});

describe("a broken arrow is seen", () => {
  const forbidden: readonly (readonly [path: string, line: string])[] = [
    ["contract/invoice.ts", 'import { rials } from "../server/billing/money.ts";'],
    ["server/billing/renew.ts", 'import type { Slice } from "../store/load.ts";'],
    ["server/billing/renew.ts", 'export { load } from "../store/load.ts";'],
    ["server/billing/renew.ts", 'import { typeid } from "typeid-js";'],
    ["server/store/load.ts", 'import { problem } from "../http/problem.ts";'],
    ["server/zarinpal/client.ts", 'import { load } from "../store/load.ts";'],
    ["server/invoice/get.ts", 'import { present } from "../payment/present.ts";'],
    ["server/payment/get.ts", 'import { listBanks } from "../payment-method/banks.ts";'],
    ["server/invoice/get.ts", 'import { eq } from "drizzle-orm";'],
    ["server/invoice/get.ts", 'import { invoice } from "../store/schema.ts";'],
    ["server/invoice/get.ts", 'import { depsOf } from "../deps.ts";'],
    ["server/payment-method/create.ts", 'import { createZarinpalClient } from "../zarinpal/client.ts";'],
    ["server/job/tick.ts", 'const { handlers } = await import("../router.ts");'],
    ["server/http/shell.ts", 'import { getInvoice } from "../invoice/get.ts";'],
    ["server/invoice/get.ts", 'import { world } from "../../test/support/world.ts";'],
    ["server/helper.ts", 'import * as z from "zod";'],
  ];

  it.each(forbidden)("in %s: %s", (path, line) => {
    expect(broken(sourceOf(path, line))).toHaveLength(1);
  });
});
