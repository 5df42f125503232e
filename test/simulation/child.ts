// One process of the simulation: lives through the histories that it is given, one after the other, and shrinks or tells
// one when it is asked to.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { makeDeterministic } from "./determinism.ts";
import { liveThrough } from "./history.ts";
import { currentOrNull } from "./invocation.ts";
import type { Verdict } from "./judge.ts";
import { keeping, type Plan } from "./plan.ts";
import { planFromSeed } from "./plan-from-seed.ts";
import { shrink } from "./shrink.ts";
import { told } from "./trace.ts";

/** Which history; `keep` names the parts that stay of it. */
export interface Which {
  readonly seed: string;
  readonly history: number;
  readonly keep?: readonly number[];
}

export type Order =
  | { readonly order: "live"; readonly which: Which }
  | { readonly order: "tell"; readonly which: Which }
  | { readonly order: "shrink"; readonly which: Which; readonly maxRuns: number };

export type Report =
  | { readonly report: "lived"; readonly which: Which; readonly verdict: Verdict }
  | { readonly report: "told"; readonly which: Which; readonly verdict: Verdict; readonly story: readonly string[] }
  | { readonly report: "shrunk"; readonly which: Which; readonly verdict: Verdict; readonly runs: number }
  /** The simulation itself broke, or the server did in a way that no client can see. */
  | { readonly report: "broke"; readonly which: Which; readonly error: string };

const [, , folder = ""] = process.argv;
const migrations = readdirSync(folder)
  .filter((name) => name.endsWith(".sql"))
  .toSorted()
  .map((name) => readFileSync(join(folder, name), "utf8"));

makeDeterministic(currentOrNull);

process.on("message", (order: Order) => {
  void obey(order).then(
    (report) => process.send?.(report),
    (error: unknown) => process.send?.(broke(order.which, error)),
  );
});

async function obey(order: Order): Promise<Report> {
  const { which } = order;
  const plan = planOf(which);
  switch (order.order) {
    case "live":
      return { report: "lived", which, verdict: await liveThrough(plan, { migrations }) };
    case "tell": {
      const story: string[] = [];
      const verdict = await liveThrough(plan, { migrations, trace: told(story) });
      return { report: "told", which, verdict, story };
    }
    case "shrink":
      return shrunk(which, plan, order.maxRuns);
    default:
      return order satisfies never;
  }
}

async function shrunk(which: Which, plan: Plan, maxRuns: number): Promise<Report> {
  const first = await liveThrough(plan, { migrations });
  const offences = new Set(first.violations.map(({ offence }) => offence));
  let verdict = first;
  const fails = async (candidate: Plan): Promise<boolean> => {
    const judged = await liveThrough(candidate, { migrations });
    const isSame = judged.violations.some(({ offence }) => offences.has(offence));
    if (isSame) verdict = judged;
    return isSame;
  };
  const small = await shrink(plan, fails, maxRuns);
  const keep = small.plan.parts.map(({ id }) => id);
  return { report: "shrunk", which: { ...which, keep }, verdict, runs: small.runs };
}

function planOf({ seed, history, keep }: Which): Plan {
  const plan = planFromSeed(seed, history);
  return keep ? keeping(plan, new Set(keep)) : plan;
}

function broke(which: Which, error: unknown): Report {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { report: "broke", which, error: text };
}
