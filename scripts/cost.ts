// npm run cost: what each operation of the contract costs, and a renewal, by the counts that no machine changes: round trips
// to D1, rows read and written by D1's own account, messages, calls to the gateway; over databases of three sizes.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Costs } from "../test/cost/costs.ts";
import type { Year } from "../test/cost/year.ts";
import { grownIn, written, type Measured } from "./cost/report.ts";
import { copyDatabase, fill } from "./measure/fill.ts";
import { databasesIn, migrate, serve, type Place } from "./measure/served.ts";

const help = `npm run cost -- [--customers 1000,50000,250000] [--json]
  what operations cost over databases of these sizes, each with a year of events for every customer; fails when one reads
  more of the largest than of the smallest. 250,000 customers take ten minutes, and 22 gigabytes for as long.`;

/** Long after everything that is measured. */
const neverDueAt = 4_000_000_000_000;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      customers: { type: "string", default: "1000,50000,250000" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(help);
  const folder = mkdtempSync(join(tmpdir(), "sarresid-cost-"));
  try {
    const measured = await measure(
      { config: "test/cost/wrangler.toml", folder },
      values.customers.split(",").map(Number),
    );
    console.log(values.json ? JSON.stringify(measured) : written(measured));
    if (grownIn(measured).length > 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Each size begins with the same year of one customer. */
async function measure(place: Place, sizes: readonly number[]): Promise<readonly Measured[]> {
  await migrate(place, "DB");
  const year = yearOf(await asked(place, "/year"));
  const [file] = databasesIn(place.folder);
  if (file === undefined) throw new Error("There is no database");
  const lived = join(place.folder, "lived.sqlite");
  copyDatabase(file, lived);
  const measured: Measured[] = [];
  for (const customers of sizes) {
    const startedAt = performance.now();
    copyDatabase(lived, file);
    fill(file, year, { customers, dueAt: neverDueAt });
    const filledSeconds = Math.round((performance.now() - startedAt) / 1_000);
    const costs = costsOf(await asked(place, `/costs?from=${encodeURIComponent(year.endsAt)}`));
    measured.push({ customers, costs });
    process.stderr.write(`${customers} customers: filled in ${filledSeconds} s\n`);
  }
  return measured;
}

async function asked(place: Place, path: string): Promise<unknown> {
  const served = await serve(place);
  try {
    return await served.ask(path);
  } finally {
    await served.stop();
  }
}

/** Safe: the Worker is ours, and answers with what its functions return. */
function yearOf(answer: unknown): Year {
  return answer as Year;
}

function costsOf(answer: unknown): Costs {
  return answer as Costs;
}

await main();
