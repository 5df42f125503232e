// npm run mutate: changes the billing rules in small ways, one after the other, and looks whether a test fails each
// time. What no test can notice is listed with the reason in test/mutation/survivors.ts.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { survivors, type Survivor } from "../test/mutation/survivors.ts";
import { root, run } from "./verify/check.ts";

const help = `npm run mutate: mutation tests of server/billing, at least 90 % of the mutants killed and the others listed
npm run mutate -- server/billing/money.ts: of these files only
What else is given goes to Stryker, such as \`--concurrency 1\`. The report: .stryker/report.html`;

const leastScore = 90;

const Position = z.object({ line: z.number(), column: z.number() });
const Mutant = z.object({
  status: z.string(),
  replacement: z.string().default(""),
  location: z.object({ start: Position, end: Position }),
});
const Report = z.object({ files: z.record(z.string(), z.object({ source: z.string(), mutants: z.array(Mutant) })) });

/** A mutant that a test could have noticed, as its file has it. */
interface Judged extends Omit<Survivor, "because"> {
  readonly line: number;
  readonly isKilled: boolean;
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes("--help")) return console.log(help);
  const files = args.filter((arg) => arg.endsWith(".ts"));
  const given = args.filter((arg) => !arg.endsWith(".ts"));
  const mutate = files.length === 0 ? [] : ["--mutate", files.join(",")];
  const { code } = await run(["stryker", "run", ...mutate, ...given], "shown");
  if (code !== 0) return void (process.exitCode = code);
  const listed = survivors.filter(({ file }) => files.length === 0 || files.includes(file));
  if (!isGood(readMutants(), listed)) process.exitCode = 1;
}

function readMutants(): readonly Judged[] {
  const report = Report.parse(JSON.parse(readFileSync(join(root, ".stryker/report.json"), "utf8")));
  return Object.entries(report.files).flatMap(([file, { source, mutants }]) =>
    mutants
      .filter(({ status }) => ["Killed", "Timeout", "Survived", "NoCoverage"].includes(status))
      .map((mutant) => ({ ...textOf(source, mutant), file, isKilled: /Killed|Timeout/.test(mutant.status) })),
  );
}

function textOf(source: string, { location, replacement }: z.infer<typeof Mutant>) {
  const lines = source.split("\n");
  const offset = ({ line, column }: z.infer<typeof Position>) => lines.slice(0, line - 1).join("\n").length + column;
  const { start, end } = location;
  const before = start.line === 1 ? offset(start) - 1 : offset(start);
  const after = end.line === 1 ? offset(end) - 1 : offset(end);
  return {
    line: start.line,
    in: oneLine(lines[start.line - 1] ?? ""),
    from: oneLine(source.slice(before, after)),
    to: oneLine(replacement),
  };
}

const oneLine = (text: string) => text.replaceAll(/\s+/g, " ").trim();

/** Prints what was found, worst last; whether enough were killed, and those listed are the ones that survived. */
function isGood(mutants: readonly Judged[], listed: readonly Survivor[]): boolean {
  const alive = mutants.filter(({ isKilled }) => !isKilled);
  const unlisted = alive.filter((mutant) => !listed.some((survivor) => isOf(survivor)(mutant)));
  const stale = listed.filter((survivor) => !alive.some(isOf(survivor)));
  const files = new Set(mutants.map(({ file }) => file));
  for (const file of [...files].toSorted()) printFile(mutants.filter((mutant) => mutant.file === file));
  for (const { file, from, to } of stale) console.log(`\nListed, but it does not survive: ${file}: ${from}  →  ${to}`);
  for (const { file, line, in: text, from, to } of unlisted) {
    console.log(`\n${file}:${line} survived without a reason\n  ${text}\n  ${from}  →  ${to}`);
  }
  const score = scoreOf(mutants);
  const killed = mutants.length - alive.length;
  console.log(
    `\nScore ${score.toFixed(1)} % (at least ${leastScore}): ${killed} mutants killed, ${alive.length} survived, ${alive.length - unlisted.length} of them listed with the reason`,
  );
  return score >= leastScore && unlisted.length === 0 && stale.length === 0;
}

/** By its text, since line numbers move. */
const isOf = (survivor: Survivor) => (mutant: Judged) =>
  (["file", "in", "from", "to"] as const).every((part) => survivor[part] === mutant[part]);

function scoreOf(mutants: readonly Judged[]): number {
  return mutants.length === 0 ? 100 : (mutants.filter(({ isKilled }) => isKilled).length / mutants.length) * 100;
}

function printFile(mutants: readonly Judged[]): void {
  const killed = mutants.filter(({ isKilled }) => isKilled).length;
  const score = `${scoreOf(mutants).toFixed(1)} %`.padStart(8);
  console.log(`${score} ${`${killed} of ${mutants.length}`.padStart(12)}  ${mutants[0]?.file}`);
}

await main();
