// What the measured counts come to: a line for each operation, what a thousand renewals cost, and where a larger database
// costs more.
import type { Costs, OperationCost } from "../../test/cost/costs.ts";
import { sumOf, type Tally } from "../../test/cost/tally.ts";
import { usdOf } from "./prices.ts";

export interface Measured {
  readonly customers: number;
  readonly costs: Costs;
}

/** How much more may be read of the largest database than of the smallest. */
export const mostGrowth = 1.05;

/** Rows that a page more or less makes, by the order of ids, which are chance. */
const byChance = 2;

/** Operations that are not held to it, and why. */
const exempt: Readonly<Record<string, string>> = {
  "invariants.list": "reads all that there is of 500 customers, and of all what has an index of its own",
  "keyRotation.get": "counts all texts that stand under an old key",
  "keyRotation.advance": "seals anew what stands under an old key",
  "metrics.get": "by chance: how much of the log it has to count first",
  "webhookEndpoints.replay": "by chance: which deliveries are under way",
  "webhookEndpoints.replayOne": "by chance: which deliveries are under way",
  "webhookEndpoints.test": "by chance: which deliveries are under way",
};

/** What grows with the database, worst first; empty when all is as it should be. */
export function grownIn(measured: readonly Measured[]): readonly string[] {
  return growthOf(measured)
    .filter(({ name, factor, most, least }) => factor > mostGrowth && most - least > byChance && !(name in exempt))
    .map(({ name, least, most, factor }) => `${name}: ${least} rows, then ${most}: ${factor.toFixed(2)} times as many`);
}

function growthOf(measured: readonly Measured[]) {
  const [small, large] = [measured[0], measured.at(-1)];
  if (!small || !large || small === large) return [];
  const read = ({ costs }: Measured) =>
    new Map([
      ...Object.entries(costs.operations).map(([name, cost]) => [name, readBy(cost)] as const),
      ["a renewal", sumOf(costs.renewal.scans, costs.renewal.consumer).rowsRead] as const,
      ["an idle minute", costs.idleMinute.rowsRead] as const,
    ]);
  const before = read(small);
  return [...read(large)]
    .map(([name, most]) => ({ name, most, least: before.get(name) ?? 0 }))
    .map((grown) => ({ ...grown, factor: grown.most / Math.max(grown.least, 1) }))
    .toSorted((a, b) => b.factor - a.factor);
}

function readBy({ request, queue }: OperationCost): number {
  return request.rowsRead + queue.rowsRead;
}

export function written(measured: readonly Measured[]): string {
  const [first] = measured;
  if (!first) return "Nothing was measured";
  const { operations, idleMinute } = first.costs;
  return [
    ...headings(first.customers),
    ...Object.entries(operations).map(([name, cost]) => operationLine(name, cost)),
    "",
    ...measured.map(renewalLine),
    `A minute in which nothing is to be done: ${columns(idleMinute)}`,
    "",
    ...growthLines(measured),
  ].join("\n");
}

function headings(customers: number): readonly string[] {
  const counts = ["trips", "read", "written", "messages", "gateway"].map((word) => word.padStart(9)).join("");
  return [`Over ${customers} customers`, `${"operation".padEnd(34)} status${counts}  then, in the queue`];
}

function operationLine(name: string, { status, request, queue }: OperationCost): string {
  const then = queue.roundTrips > 0 ? columns(queue) : "";
  return `${name.padEnd(34)}    ${status}${columns(request)}${then}`;
}

function columns({ roundTrips, rowsRead, rowsWritten, messages, gatewayCalls }: Tally): string {
  return [roundTrips, rowsRead, rowsWritten, messages, gatewayCalls].map((count) => String(count).padStart(9)).join("");
}

function renewalLine({ customers, costs }: Measured): string {
  const { scans, consumer, runs } = costs.renewal;
  const all = sumOf(scans, consumer);
  // A batch of the queue is one invocation; counted as if each message were one of its own.
  const usd = usdOf(all, runs) * 1_000;
  return `A renewal, of ${customers}:`.padEnd(43) + `${columns(all)}  USD ${usd.toFixed(3)} per thousand`;
}

function growthLines(measured: readonly Measured[]): readonly string[] {
  const sizes = measured.map(({ customers }) => customers);
  if (sizes.length < 2) return [];
  const grown = grownIn(measured);
  const spans = `rows read per operation, of ${sizes.at(-1)} customers / of ${sizes[0]}`;
  const others = Object.entries(exempt).map(([name, because]) => `  not held to it: ${name} (${because})`);
  const worst = growthOf(measured).find(({ name, most, least }) => most - least > byChance && !(name in exempt));
  const factor = (worst?.factor ?? 1).toFixed(2);
  if (grown.length === 0) return [`${spans}: at most ${factor}, and ${mostGrowth} is allowed`, ...others];
  return [`${spans}: more than ${mostGrowth} for`, ...grown.map((line) => `  ${line}`), ...others];
}
