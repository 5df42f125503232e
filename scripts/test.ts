// npm test: everything. Verify's checks, then all tests of all projects under one vitest, and one last line to count by.
import { existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { contract } from "../contract/index.ts";
import { declaredAnswers, differenceOf } from "../test/declared/difference.ts";
import { run, runChecks, staticChecks } from "./verify/check.ts";

const help = `npm test: everything: format, types, lint, OpenAPI, then every test, pure, in workerd and of the whole system
npm test -- <vitest's arguments>: only what vitest makes of them, such as \`npm test -- test/http\``;

const Report = z.object({ numPassedTests: z.number(), numFailedTests: z.number() });

/** Where Linux keeps files in memory: D1 in workerd waits for a disk a quarter of its time, whose files nobody needs. */
const memory = "/dev/shm";
/** Several times what tests write. */
const roomBytes = 4 * 2 ** 30;

/** Whether files in memory are offered, enough of them, and programs may stand among them. */
function hasRoom(folder: string): boolean {
  if (!existsSync(folder) || !existsSync("/proc/mounts")) return false;
  const { bavail, bsize } = statfsSync(folder);
  const mount = readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .find((line) => line.split(" ")[1] === folder);
  return bavail * bsize >= roomBytes && mount?.includes("noexec") === false;
}

interface Count {
  readonly passed: number;
  readonly failed: number;
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes("--help")) return console.log(help);
  const checks = args.length === 0 ? await countOfChecks() : { passed: 0, failed: 0 };
  const folder = mkdtempSync(join(hasRoom(memory) ? memory : tmpdir(), "sarresid-test-"));
  // Ctrl-C ends vitest; what it wrote is removed all the same.
  process.on("SIGINT", () => undefined);
  try {
    const seenFile = join(folder, "seen.txt");
    const tests = await countOfTests(args, { folder, seenFile });
    const answers = args.length === 0 ? countOfAnswers(seenFile) : { passed: 0, failed: 0 };
    const failed = checks.failed + tests.failed + answers.failed;
    if (args.length === 0) console.log(`${staticChecks.length + 1} checks and ${tests.passed + tests.failed} tests:`);
    console.log(`${checks.passed + tests.passed + answers.passed} passed, ${failed} failed`);
    if (failed > 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function countOfChecks(): Promise<Count> {
  const failed = (await runChecks(staticChecks)).length;
  return { passed: staticChecks.length - failed, failed };
}

/** Runs vitest as it is seen in a terminal, and reads its own count. What fails outside a test counts as one failure. */
async function countOfTests(
  args: readonly string[],
  { folder, seenFile }: { folder: string; seenFile: string },
): Promise<Count> {
  const file = join(folder, "report.json");
  // Where tests tell what they saw the application answer, and where they write whatever else they write.
  process.env["SARRESID_SEEN"] = seenFile;
  process.env["TMPDIR"] = folder;
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const { code } = await run(["vitest", "run", ...reporters, ...args], "shown");
  const { passed, failed } = countIn(file);
  return { passed, failed: code === 0 ? failed : Math.max(failed, 1) };
}

/** One check: that the whole run saw every answer which is declared, and no other. */
function countOfAnswers(seenFile: string): Count {
  const declared = declaredAnswers(contract);
  const { neverSeen, undeclared } = differenceOf(declared, seenIn(seenFile));
  for (const line of neverSeen) console.log(`  declared, never seen: ${line}`);
  for (const line of undeclared) console.log(`  seen, not declared: ${line}`);
  console.log(`answers: ${declared.size - neverSeen.length} of ${declared.size} declared ones were seen`);
  const isSame = neverSeen.length === 0 && undeclared.length === 0;
  return isSame ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Throws when no test told anything. */
function seenIn(file: string): Set<string> {
  return new Set(readFileSync(file, "utf8").trim().split("\n"));
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
