// npm test: everything. Verify's checks, then all tests of all projects under one vitest, and one last line to count by.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { contract } from "../contract/index.ts";
import { declaredAnswers, differenceOf } from "../test/declared/difference.ts";
import { run, runChecks, staticChecks } from "./verify/check.ts";

const help = `npm test: everything: format, types, lint, OpenAPI, then every test, pure, in workerd and of the whole system
npm test -- <vitest's arguments>: only what vitest makes of them, such as \`npm test -- test/http\``;

const Report = z.object({ numPassedTests: z.number(), numFailedTests: z.number() });

interface Count {
  readonly passed: number;
  readonly failed: number;
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes("--help")) return console.log(help);
  const checks = args.length === 0 ? await countOfChecks() : { passed: 0, failed: 0 };
  const tests = await countOfTests(args);
  const failed = checks.failed + tests.failed;
  if (args.length === 0) console.log(`${staticChecks.length} checks and ${tests.passed + tests.failed} tests:`);
  console.log(`${checks.passed + tests.passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

async function countOfChecks(): Promise<Count> {
  const failed = (await runChecks(staticChecks)).length;
  return { passed: staticChecks.length - failed, failed };
}

/** Runs vitest as it is seen in a terminal, and reads its own count. What fails outside a test counts as one failure. */
async function countOfTests(args: readonly string[]): Promise<Count> {
  const folder = mkdtempSync(join(tmpdir(), "sarresid-test-"));
  const file = join(folder, "report.json");
  // Where the tests in workerd tell what they saw the application answer.
  const seenFile = (process.env["SARRESID_SEEN"] ??= join(folder, "seen"));
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
    const { code } = await run(["vitest", "run", ...reporters, ...args], "shown");
    const { passed, failed } = countIn(file);
    if (args.length === 0) showDifference(seenFile);
    return { passed, failed: code === 0 ? failed : Math.max(failed, 1) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What is declared and was not seen, and the other way round. */
function showDifference(seenFile: string): void {
  const seen = readFileSync(seenFile, "utf8").trim().split("\n");
  const withoutCodes = new Set(seen.map((line) => line.split(" ").slice(0, 3).join(" ")));
  const { neverSeen, undeclared } = differenceOf(declaredAnswers(contract), withoutCodes);
  for (const line of neverSeen) console.log(`  declared, never seen: ${line}`);
  for (const line of undeclared) console.log(`  seen, not declared: ${line}`);
}

/** A vitest that died, or found no test, leaves no report. */
function countIn(file: string): Count {
  try {
    const report = Report.parse(JSON.parse(readFileSync(file, "utf8")));
    return { passed: report.numPassedTests, failed: report.numFailedTests };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

await main();
