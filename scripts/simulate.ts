// npm run simulate: the real app under thousands of seeded histories full of faults, and then the gateway's own ledger
// against ours. Ends with 1 when a history has doubled, lost or stuck money, or left anything that no fault explains.
import { bundled } from "./simulate/bundle.ts";
import { runCampaign } from "./simulate/campaign.ts";
import { Crew } from "./simulate/crew.ts";
import { OptionError, optionsOf } from "./simulate/options.ts";
import { createProgress } from "./simulate/progress.ts";
import { replayOf, tableOf, totalsOf } from "./simulate/result.ts";

const help = `npm run simulate -- --histories N [--seed S] [--workers 2] [--json]   live N histories and judge them
npm run simulate -- --seed S --history I [--keep 3,7,12] [--trace]      one of them, or what is left of it, as a story`;

async function main(): Promise<void> {
  if (process.argv.includes("--help")) return console.log(help);
  const options = optionsOf(process.argv.slice(2));
  const child = await bundled("test/simulation/child.ts");
  const crew = new Crew(child.file, options.workers);
  try {
    const isClean = options.history === null ? await many(crew, options) : await one(crew, options, options.history);
    if (!isClean) process.exitCode = 1;
  } finally {
    await crew.dismiss();
    child.remove();
  }
}

type Options = ReturnType<typeof optionsOf>;

async function many(crew: Crew, options: Options): Promise<boolean> {
  const startedAt = performance.now();
  const progress = createProgress(process.stdout, options.histories);
  const results = await runCampaign(crew, options, progress.lived);
  progress.end();
  const totals = totalsOf(results, (performance.now() - startedAt) / 1_000);
  console.log(tableOf(results, options.seed));
  for (const failure of results.failures.slice(0, mostShrunk))
    console.log(await failureOf(crew, options, failure.which));
  if (results.failures.length > mostShrunk) console.log(`… and ${results.failures.length - mostShrunk} more.\n`);
  if (options.json) console.log(JSON.stringify(totals));
  return results.failures.length === 0;
}

const mostShrunk = 3;
const maxShrinkRuns = 150;

type Failure = Awaited<ReturnType<typeof runCampaign>>["failures"][number];

async function failureOf(crew: Crew, { seed }: Options, which: Failure["which"]): Promise<string> {
  const report = await crew.order({ order: "shrink", which, maxRuns: maxShrinkRuns });
  if (report.report === "broke") return `${seed}/${which.history} broke:\n${report.error}\n${replayOf(which)}\n`;
  const violations = report.verdict.violations.map(({ offence, what }) => `  ${offence}: ${what}`);
  const parts = report.which.keep?.length ?? 0;
  return [`${seed}/${which.history} fails with ${parts} parts left:`, ...violations, replayOf(report.which), ""].join(
    "\n",
  );
}

async function one(crew: Crew, { seed, keep, trace }: Options, history: number): Promise<boolean> {
  const which = { seed, history, ...(keep && { keep }) };
  const report = await crew.order({ order: "tell", which });
  if (report.report === "broke") throw new Error(report.error);
  if (report.report === "told" && trace) for (const line of report.story) console.log(line);
  const { violations, figures } = report.verdict;
  for (const { offence, what } of violations) console.log(`${offence}: ${what}`);
  console.log(JSON.stringify(figures));
  return violations.length === 0;
}

main().catch((error: unknown) => {
  console.error(error instanceof OptionError ? `${error.message}\n${help}` : error);
  process.exitCode = 1;
});
