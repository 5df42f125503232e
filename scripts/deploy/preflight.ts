// What is missing before a deployment can begin, by name. Nothing here changes anything.
import { requiredSettings } from "../../server/deps.ts";

/** What wrangler's configuration binds, as far as we look at it. */
export interface Bound {
  readonly vars: Readonly<Record<string, unknown>>;
  readonly d1: readonly { readonly binding: string; readonly id: string }[];
  readonly kv: readonly { readonly binding: string; readonly id: string }[];
  /** Names of all other bindings: queues, buckets, rate limits, data sets. */
  readonly others: readonly string[];
}

const mustBeVars = ["ENVIRONMENT", "PUBLIC_URL"];

const bindings = {
  d1: ["DB"],
  kv: ["SHOWCASE"],
  others: [
    "DOCUMENTS",
    "DUE",
    "DELIVERIES",
    "METRICS",
    "PUBLIC_LIMIT",
    "READ_LIMIT",
    "WRITE_LIMIT",
    "MONEY_LIMIT",
    "QUOTA_LIMIT",
  ],
} as const;

/** One sentence for each thing that is missing; empty when a deployment may begin. */
export function missing(bound: Bound, secrets: readonly string[]): readonly string[] {
  const known = new Set([...Object.keys(bound.vars), ...secrets]);
  const others = new Set(bound.others);
  return [
    ...requiredSettings
      .filter((name) => !known.has(name) && !mustBeVars.includes(name))
      .map((name) => `${name} is neither a secret nor a var: wrangler secret put ${name}`),
    ...bindings.d1.flatMap((name) => unbound(name, bound.d1, "wrangler d1 create sarresid")),
    ...bindings.kv.flatMap((name) => unbound(name, bound.kv, "wrangler kv namespace create sarresid-showcase")),
    ...bindings.others.filter((name) => !others.has(name)).map((name) => `${name} is not bound in wrangler.toml`),
    ...(bound.vars["ENVIRONMENT"] === "production" ? [] : ["ENVIRONMENT must be the var production"]),
    ...(typeof bound.vars["PUBLIC_URL"] === "string" ? [] : ["PUBLIC_URL must be a var: its health is asked after"]),
  ];
}

function unbound(name: string, found: Bound["d1"], remedy: string): readonly string[] {
  const one = found.find(({ binding }) => binding === name);
  if (!one) return [`${name} is not bound in wrangler.toml`];
  return /^[0-]*$/.test(one.id) ? [`${name} has no id in wrangler.toml: ${remedy}`] : [];
}
