// npm run model: walks the real payment rules through every interleaving, for each variant of the gateway, to the end of
// the space, and prints how many states there were; or the shortest way to what went wrong.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { parseArgs } from "node:util";
import { assumptions } from "../test/model/assumptions.ts";
import { fullBounds, smallBounds } from "../test/model/bounds.ts";
import { properties } from "../test/model/properties.ts";
import { nameOf, repeatedCheckouts, variants } from "../test/model/variants.ts";
import type { Order, Walked } from "../test/model/walk-variant.ts";
import type { Bounds } from "../test/model/world.ts";

const help = `npm run model -- [--small] [--workers N] [--only TEXT] [--json] [--kills N] [--lateEffects N] …
Walks every interleaving of the payment rules with a gateway under faults. Takes about a quarter of an hour.`;

const names = Object.keys(fullBounds) as readonly (keyof Bounds)[];

const { values } = parseArgs({
  options: {
    help: { type: "boolean", default: false },
    small: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    workers: { type: "string" },
    only: { type: "string", default: "" },
    ...Object.fromEntries(names.map((name) => [name, { type: "string" as const }])),
  },
});

const grouped = (count: number) => count.toLocaleString("en-US");

function boundsAsked(): Bounds {
  const base = values.small ? smallBounds : fullBounds;
  const asked: Record<string, unknown> = values;
  const each = names.map((name) => [name, Number(asked[name] ?? base[name])] as const);
  return { ...base, ...Object.fromEntries(each) };
}

function printLine({ variant, result, seconds }: Walked): void {
  const { states, transitions, depth, ends } = result;
  const it = variants[variant];
  const name = it ? nameOf(it) : "";
  const counts = `${grouped(states)} states, ${grouped(transitions)} transitions, depth ${depth}, ${grouped(ends)} ends`;
  const verdict = result.violation ? `VIOLATED: ${result.violation.what}` : "0 violations";
  console.log(`${name}\n  ${counts}, ${seconds.toFixed(1)} s, ${verdict}`);
  for (const line of result.violation?.trace ?? []) console.log(`    ${line}`);
}

/** Every variant, by as many workers as there are, the next free one taking the next. */
async function walkAll(orders: readonly Order[], workerCount: number): Promise<readonly Walked[]> {
  const waiting = [...orders];
  const walked: Walked[] = [];
  const lane = async () => {
    const worker = new Worker(join(import.meta.dirname, "../test/model/walk-variant.ts"));
    for (let order = waiting.shift(); order; order = waiting.shift()) {
      const answer = await new Promise<Walked>((resolve, reject) => {
        worker.once("message", resolve);
        worker.once("error", reject);
        worker.postMessage(order);
      });
      worker.removeAllListeners("error");
      printLine(answer);
      walked.push(answer);
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: workerCount }, lane));
  return walked;
}

function printBefore(bounds: Bounds): void {
  console.log("Held in every state, or at the end of every way on from it:");
  for (const [name, says] of Object.entries(properties)) console.log(`  ${name}: ${says}`);
  console.log("Assumed, since no protocol can prevent it, or left out on purpose:");
  for (const { assumed, because } of assumptions) console.log(`  ${assumed}\n    ${because}`);
  console.log(`A repeated checkout (${repeatedCheckouts.join(", ")}) is never made: each walk is that of all three.`);
  console.log(`Bounds: ${names.map((name) => `${name} ${bounds[name]}`).join(", ")}\n`);
}

async function main(): Promise<void> {
  if (values.help) return console.log(help);
  const bounds = boundsAsked();
  const startedAt = performance.now();
  printBefore(bounds);
  const orders = variants.flatMap((it, variant) => (nameOf(it).includes(values.only) ? [{ variant, bounds }] : []));
  const walked = await walkAll(orders, Number(values.workers ?? availableParallelism()));
  const sum = (of: (it: Walked) => number) => walked.reduce((total, it) => total + of(it), 0);
  const states = sum((it) => it.result.states);
  const transitions = sum((it) => it.result.transitions);
  const violations = sum((it) => (it.result.violation ? 1 : 0));
  const unfinished = sum((it) => (it.result.finished || it.result.violation ? 0 : 1));
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  console.log(
    `\n${walked.length} variants, ${grouped(states)} states, ${grouped(transitions)} transitions, ${seconds} s`,
  );
  console.log(violations === 0 ? "0 violations" : `${violations} variants VIOLATED`);
  const sums = { variants: walked.length, states, transitions, violations, unfinished, seconds, bounds };
  if (values.json) console.log(JSON.stringify(sums));
  if (violations + unfinished > 0) process.exitCode = 1;
}

await main();
