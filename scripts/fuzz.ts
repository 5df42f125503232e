// npm run fuzz: thousands of requests to every endpoint of the real app, valid ones and spoilt ones, each judged. Ends
// with 1 when anything is found, or when an endpoint refused too many before its handler saw them.
import { parseArgs } from "node:util";
import * as z from "zod";
import type { FuzzReport, Tally } from "../test/fuzz/fuzz.ts";
import { readMigrations } from "../test/support/migrations.ts";
import { bundled } from "./simulate/bundle.ts";

const help = `npm run fuzz -- [--requests 20000] [--seed S] [--json]   so many requests, spread over all endpoints
npm run fuzz -- --seed S --endpoint subscriptions.create [--path P]   one endpoint's, or one request of it`;

/** Of an endpoint's requests so many must come to its handler: else only its door is fuzzed. */
const leastReached = 0.3;

const Options = z.object({
  requests: z.coerce.number().int().min(1).max(10_000_000).default(20_000),
  seed: z.coerce.number().int().min(0).max(2_147_483_647),
  endpoint: z.string().optional(),
  path: z.string().optional(),
  json: z.boolean().default(false),
});

function optionsOf(args: string[]): z.infer<typeof Options> {
  const text = { type: "string" } as const;
  const known = { requests: text, seed: text, endpoint: text, path: text, json: { type: "boolean" } } as const;
  const { values } = parseArgs({ args, options: known });
  return Options.parse({ ...values, seed: values.seed ?? String(Date.now() % 1_000_000) });
}

async function main(): Promise<void> {
  if (process.argv.includes("--help")) return console.log(help);
  const options = optionsOf(process.argv.slice(2));
  const startedAt = performance.now();
  const bundle = await bundled("test/fuzz/fuzz.ts");
  try {
    const { fuzz } = (await import(bundle.file)) as typeof import("../test/fuzz/fuzz.ts");
    console.log(`seed ${options.seed}\n${row(["endpoint", "requests", "reached", "", "answers"])}`);
    const { requests, seed, endpoint, path } = options;
    const which = { ...(endpoint && { endpoints: [endpoint] }), ...(path && { path }) };
    const migrations = readMigrations();
    const report = await fuzz({ requests, seed, migrations, ...which }, (tally) => console.log(rowOf(tally)));
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    conclude(report, path !== undefined);
    const sent = report.tallies.reduce((sum, tally) => sum + tally.requests, 0);
    console.log(
      `${report.findings.length} findings at ${sent} requests to ${report.tallies.length} endpoints in ${seconds} s`,
    );
    if (options.json) console.log(JSON.stringify({ seed: options.seed, seconds, ...report }));
  } finally {
    bundle.remove();
  }
}

function conclude({ findings, tallies }: FuzzReport, isReplay: boolean): void {
  for (const { endpoint, seed, path, faults, request } of findings) {
    console.log(`\n${endpoint}: ${faults.join("\n")}\n${request}`);
    console.log(`npm run fuzz -- --seed ${seed} --endpoint ${endpoint} --path ${path}`);
  }
  const shut = isReplay ? [] : tallies.filter(({ requests, reached }) => reached < requests * leastReached);
  for (const { endpoint } of shut) console.log(`${endpoint}: too few requests come to the handler`);
  if (findings.length + shut.length > 0) process.exitCode = 1;
}

/** Example: `subscriptions.create       149      97   65 %  201×3 409×80 422×14`. */
function rowOf({ endpoint, requests, reached, statuses }: Tally): string {
  const share = `${Math.round((100 * reached) / requests)} %`;
  const answers = Object.entries(statuses).map(([status, count]) => `${status}×${count}`);
  return row([endpoint, String(requests), String(reached), share, answers.join(" ")]);
}

function row([endpoint = "", requests = "", reached = "", share = "", answers = ""]: readonly string[]): string {
  return `${endpoint.padEnd(32)}${requests.padStart(9)}${reached.padStart(9)}${share.padStart(7)}  ${answers}`;
}

await main();
