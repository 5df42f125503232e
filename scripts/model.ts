// npm run model: walks the real payment rules through every interleaving, for each variant of the gateway, to the end of
// the space, and prints how many states there were; or the shortest way to what went wrong.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { assumptions } from "../test/model/assumptions.ts";
import { fullWalks, testWalk, type Walk } from "../test/model/bounds.ts";
import { properties } from "../test/model/properties.ts";
import {
  nameOf,
  repeatedCheckouts,
  untouchedAnswers,
  variants,
  walkedAs,
  type Variant,
} from "../test/model/variants.ts";
import type { Order, Walked } from "../test/model/walk-variant.ts";

const help = `npm run model -- [--small] [--workers N] [--only TEXT] [--json]
Walks every interleaving of the payment rules with a gateway under faults, in about a quarter of an hour on two cores.
--only takes a part of a variant's name, --small the bound that the tests use.`;

const { values } = parseArgs({
  options: {
    help: { type: "boolean", default: false },
    small: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    workers: { type: "string" },
    only: { type: "string", default: "" },
  },
});

const walks = values.small ? [testWalk] : fullWalks;

const grouped = (count: number) => count.toLocaleString("en-US");

function printLine({ variant, walk, result, seconds }: Walked): void {
  const { states, transitions, depth } = result;
  const counts = `${grouped(states)} states, ${grouped(transitions)} transitions, depth ${depth}, ${seconds.toFixed(1)} s`;
  const verdict = result.violation ? `VIOLATED: ${result.violation.what}` : "0 violations";
  console.log(
    `${nameOf(variant)}\n  ${walk.name}\n  ${counts}, ${result.finished ? verdict : `${verdict}, not finished`}`,
  );
  for (const line of result.violation?.trace ?? []) console.log(`    ${line}`);
}

/** Every order, by as many workers as there are, the next free one taking the next. */
async function walkAll(orders: readonly Order[], workerCount: number): Promise<readonly Walked[]> {
  const waiting = [...orders];
  const walked: Walked[] = [];
  const lane = async () => {
    for (let order = waiting.shift(); order; order = waiting.shift()) {
      const answer = await walkOne(order);
      printLine(answer);
      walked.push(answer);
    }
  };
  await Promise.all(Array.from({ length: workerCount }, lane));
  return walked;
}

/** A worker of its own, so that its memory is given back. */
async function walkOne(order: Order): Promise<Walked> {
  const worker = new Worker(join(import.meta.dirname, "../test/model/walk-variant.ts"), {
    execArgv: ["--no-warnings"],
    resourceLimits: { maxOldGenerationSizeMb: 8_192, maxYoungGenerationSizeMb: 256 },
  });
  const answer = new Promise<Walked>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  worker.postMessage(order, []);
  const walked = await answer;
  await worker.terminate();
  return walked;
}

function printBefore(): void {
  console.log("Held in every state, or at the end of every way on from it:");
  for (const [name, says] of Object.entries(properties)) console.log(`  ${name}: ${says}`);
  console.log("Assumed, since no protocol can prevent it, or left out on purpose:");
  for (const { assumed, because } of assumptions) console.log(`  ${assumed}\n    ${because}`);
  console.log(`A repeated checkout (${repeatedCheckouts.join(", ")}) is never made: each walk is that of all three.`);
  console.log(
    `Of what nobody touched inquiry says ${untouchedAnswers.join(", ")}, anew each time: so, too, each walk is.`,
  );
  console.log(
    "Of two states that differ only in what is left of the bounds, the one with less is neither walked nor counted.",
  );
  console.log("Walks and their bounds:");
  for (const { name, bounds } of walks) console.log(`  ${name}: ${JSON.stringify(bounds)}`);
  console.log("");
}

const sumOf = (walked: readonly Walked[], of: (it: Walked) => number) => walked.reduce((sum, it) => sum + of(it), 0);

/** The variant by which a walk of a variant is made. */
function standInFor(variant: Variant, { bounds }: Walk): Variant {
  return walkedAs(variant, bounds.payerActs > 0);
}

/** Each walk of these variants, once. */
function ordersOf(asked: readonly Variant[]): readonly Order[] {
  return walks.flatMap((walk) => {
    const standIns = asked.map((it) => standInFor(it, walk));
    return [...new Map(standIns.map((it) => [nameOf(it), it])).values()].map((variant) => ({ variant, walk }));
  });
}

function printVariants(asked: readonly Variant[], walked: readonly Walked[]): void {
  console.log("\nStates of each variant, all walks together; a walk stands for several:");
  for (const variant of asked) {
    const own = walks.flatMap((walk) => {
      const name = nameOf(standInFor(variant, walk));
      return walked.find((it) => it.walk.name === walk.name && nameOf(it.variant) === name) ?? [];
    });
    const violated = own.filter((it) => it.result.violation).length;
    const states = grouped(sumOf(own, (it) => it.result.states));
    console.log(`  ${states.padStart(12)}  ${nameOf(variant)}${violated > 0 ? "  VIOLATED" : ""}`);
  }
}

async function main(): Promise<void> {
  if (values.help) return console.log(help);
  const startedAt = performance.now();
  printBefore();
  const asked = variants.filter((it) => nameOf(it).includes(values.only));
  const walked = await walkAll(ordersOf(asked), Number(values.workers ?? availableParallelism()));
  printVariants(asked, walked);
  const states = sumOf(walked, (it) => it.result.states);
  const transitions = sumOf(walked, (it) => it.result.transitions);
  const violations = walked.filter((it) => it.result.violation).length;
  const unfinished = walked.filter((it) => !it.result.finished && !it.result.violation).length;
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  const variantCount = asked.length;
  console.log(`${variantCount} variants, ${walked.length} walks, ${grouped(states)} states, ${seconds} s`);
  console.log(violations === 0 ? "0 violations" : `${violations} walks VIOLATED`);
  const sums = { variants: variantCount, walks: walked.length, states, transitions, violations, unfinished, seconds };
  if (values.json) console.log(JSON.stringify(sums));
  if (violations + unfinished > 0) process.exitCode = 1;
}

await main();
