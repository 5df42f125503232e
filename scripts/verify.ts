// npm run verify: what a person runs before every commit, in seconds.
import { runChecks, staticChecks } from "./verify/check.ts";

const help = "npm run verify: format, types, lint, OpenAPI, tidy and pure tests, side by side, in seconds";

async function main(): Promise<void> {
  if (process.argv.includes("--help")) return console.log(help);
  const startedAt = performance.now();
  const failed = await runChecks([
    ...staticChecks,
    { name: "tests", command: ["vitest", "run", "--project", "pure", "--reporter=minimal"] },
  ]);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  console.log(failed.length === 0 ? `  All good in ${seconds} s.` : `  Failed in ${seconds} s: ${failed.join(", ")}.`);
  if (failed.length > 0) process.exitCode = 1;
}

await main();
