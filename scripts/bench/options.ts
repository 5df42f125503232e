// What was asked of the bench.
import { parseArgs } from "node:util";

const parts = ["mount", "endpoints", "renewals", "size"] as const;
export type Part = (typeof parts)[number];

export interface BenchOptions {
  readonly json: boolean;
  readonly only: readonly Part[];
  readonly rounds: number;
  /** How many renewals are due. */
  readonly customers: number;
  /** Whether `npm test` is timed as well. */
  readonly tests: boolean;
}

export const help = `npm run bench -- [--json] [--only mount,endpoints,renewals,size] [--rounds 15] [--customers 10000] [--tests]
  how fast we are, as ratios within one run: the mount alone and real endpoints (two minutes), renewals of --customers who
  are all due (ten minutes for 10,000), sizes (half a minute); with --tests, how long npm test takes as well`;

export function benchOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      only: { type: "string", default: parts.join(",") },
      rounds: { type: "string", default: "15" },
      customers: { type: "string", default: "10000" },
      tests: { type: "boolean", default: false },
    },
  });
  return {
    json: values.json,
    only: values.only.split(",").map(partOf),
    rounds: Number(values.rounds),
    customers: Number(values.customers),
    tests: values.tests,
  };
}

function partOf(name: string): Part {
  const part = parts.find((one) => one === name);
  if (part === undefined) throw new Error(`There is no ${name} to measure\n${help}`);
  return part;
}
