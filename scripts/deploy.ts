// npm run deploy: looks whether all is there, migrates what adds, deploys, asks for health, and rolls back when there is
// none; then migrates what takes away. A step that fails ends it: nothing after it is done.
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { unstable_readConfig } from "wrangler";
import * as z from "zod";
import { migrationsIn, whenToApply } from "./deploy/migrations.ts";
import { missing, type Bound } from "./deploy/preflight.ts";
import { StepFailed, wranglerWith, type Wrangler } from "./deploy/wrangler.ts";
import { root } from "./verify/check.ts";

const help = `npm run deploy                     preflight, migrations, the Worker, its health
npm run deploy -- --dry-run        what it would do; changes nothing
npm run deploy -- --rollback       the version before this one; migrations stay, since they only add
With --patience S so many seconds to be well in, 60 unless told; with --config FILE a configuration other than wrangler.toml: one with your own ids.`;

const options = {
  help: { type: "boolean" },
  "dry-run": { type: "boolean" },
  rollback: { type: "boolean" },
  config: { type: "string", default: join(root, "wrangler.toml") },
  /** Seconds that a new version has to be well. */
  patience: { type: "string", default: "60" },
} as const;

const healthEveryMs = 1_000;

async function main(): Promise<void> {
  const { values: asked } = parseArgs({ options });
  if (asked.help) return console.log(help);
  const file = resolve(asked.config);
  const wrangler = wranglerWith(file);
  if (asked.rollback) return wrangler.change("rollback", "--yes", "--message", "npm run deploy -- --rollback");
  const config = unstable_readConfig({ config: file });
  const bound = boundIn(config);
  const lacking = missing(bound, wrangler.secretNames());
  if (lacking.length > 0) throw new StepFailed(`Not ready to deploy:\n${lacking.map((one) => `  ${one}`).join("\n")}`);
  const when = whenToApply(migrationsIn(join(root, "migrations")), wrangler.appliedMigrations());
  const migrate = () => {
    for (const { binding } of config.d1_databases) wrangler.change("d1", "migrations", "apply", binding, "--remote");
  };
  if (asked["dry-run"]) return plan(wrangler, when);
  if (when === "before") migrate();
  wrangler.change("deploy");
  await awaitHealth(
    wrangler,
    `${String(bound.vars["PUBLIC_URL"]).replace(/\/$/, "")}/v1/health`,
    Number(asked.patience) * 1_000,
  );
  if (when === "after") migrate();
  console.log("\n  Deployed, and well.");
}

function plan(wrangler: Wrangler, when: ReturnType<typeof whenToApply>): void {
  const steps = [when === "before" ? "migrate" : "", "deploy", "health", when === "after" ? "migrate" : ""];
  console.log(`  Would: ${steps.filter(Boolean).join(", ")}.`);
  wrangler.change("deploy", "--dry-run");
}

/** Whoever is not well in time was better before. */
async function awaitHealth(wrangler: Wrangler, url: string, patienceMs: number): Promise<void> {
  const until = Date.now() + patienceMs;
  while (Date.now() < until) {
    if (await isWell(url)) return;
    await new Promise((resolve) => setTimeout(resolve, healthEveryMs));
  }
  wrangler.change("rollback", "--yes", "--message", "no health after a deployment");
  throw new StepFailed(`${url} did not answer 200; the version before serves again`);
}

async function isWell(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
}

const Binding = z.object({ binding: z.string() });
const Config = z.object({
  vars: z.record(z.string(), z.unknown()),
  d1_databases: z.array(Binding.extend({ database_id: z.string().default("") })),
  kv_namespaces: z.array(Binding.extend({ id: z.string().default("") })),
  r2_buckets: z.array(Binding),
  queues: z.object({ producers: z.array(Binding).default([]) }),
  analytics_engine_datasets: z.array(Binding),
  ratelimits: z.array(z.object({ name: z.string() })),
});

/** What is in it, by the names of our own. */
function boundIn(config: unknown): Bound {
  const { vars, d1_databases: d1, kv_namespaces: kv, queues, ratelimits, ...read } = Config.parse(config);
  const others = [...read.r2_buckets, ...queues.producers, ...read.analytics_engine_datasets];
  return {
    vars,
    d1: d1.map(({ binding, database_id: id }) => ({ binding, id })),
    kv: kv.map(({ binding, id }) => ({ binding, id })),
    others: [...others.map(({ binding }) => binding), ...ratelimits.map(({ name }) => name)],
  };
}

main().catch((error: unknown) => {
  console.error(error instanceof Error && error.constructor !== TypeError ? error.message : error);
  process.exitCode = 1;
});
