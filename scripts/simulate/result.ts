// What a campaign came to: the table, the line for machines, and the command that replays a history.
import { allowedPairs } from "../../test/simulation/coverage.ts";
import type { Figures } from "../../test/simulation/judge.ts";
import type { Which } from "../../test/simulation/child.ts";
import type { Results } from "./campaign.ts";

const rows: readonly (readonly [label: string, figure: keyof Figures])[] = [
  ["customers", "customers"],
  ["days", "days"],
  ["commands", "commands"],
  ["commits", "commits"],
  ["gateway calls", "gatewayCalls"],
  ["faults", "faults"],
  ["kills", "kills"],
  ["payments", "payments"],
  ["Rials kept", "rials"],
];

/** For a person: medians per history, and how often each pair of the payment machine came. */
export function tableOf({ figures, pairs, failures }: Results, seed: string): string {
  const head = `${"per history".padEnd(16)}${["median", "least", "most"].map((word) => word.padStart(14)).join("")}`;
  const body = rows.map(([label, figure]) => {
    const sorted = figures.map((one) => one[figure]).toSorted((a, b) => a - b);
    const cells = [medianOf(sorted), sorted[0] ?? 0, sorted.at(-1) ?? 0];
    return `${label.padEnd(16)}${cells.map((cell) => cell.toLocaleString("en").padStart(14)).join("")}`;
  });
  const reached = Object.entries(pairs).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const missed = allowedPairs.filter((pair) => !(pair in pairs));
  return [
    "",
    head,
    ...body,
    "",
    "payment machine                                     times",
    ...reached.map(([pair, count]) => `${pair.padEnd(44)}${count.toLocaleString("en").padStart(13)}`),
    missed.length === 0 ? "Every pair was reached." : `Never reached: ${missed.join(", ")}.`,
    "",
    ...offencesOf(failures),
    `${figures.length} histories of seed ${seed}: ${failures.length === 0 ? "all clean" : `${failures.length} failed`}.`,
    "",
  ].join("\n");
}

function offencesOf(failures: Results["failures"]): readonly string[] {
  return failures.slice(0, 20).map(({ which, violations }) => {
    const [first] = violations;
    return `  history ${which.history}: ${first?.offence}: ${first?.what.slice(0, 300)}`;
  });
}

/** For a machine: one line. */
export function totalsOf({ figures, failures, pairs }: Results, seconds: number) {
  const withOffence = (offence: string) =>
    failures.filter(({ violations }) => violations.some((one) => one.offence === offence)).length;
  const median = (figure: keyof Figures) => medianOf(figures.map((one) => one[figure]).toSorted((a, b) => a - b));
  return {
    histories: figures.length,
    double: withOffence("double"),
    lost: withOffence("lost"),
    stuck: withOffence("stuck"),
    failed: failures.length,
    seconds: Math.round(seconds),
    medians: Object.fromEntries(rows.map(([, figure]) => [figure, median(figure)])),
    pairsReached: Object.keys(pairs).length,
    pairsAllowed: allowedPairs.length,
  };
}

/** Example: `npm run simulate -- --seed 7 --history 12 --keep 3,7 --trace`. */
export function replayOf({ seed, history, keep }: Which): string {
  return `npm run simulate -- --seed ${seed} --history ${history}${keep ? ` --keep ${keep.join(",")}` : ""} --trace`;
}

function medianOf(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
