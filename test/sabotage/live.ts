// A thread that lives through hot histories, bundled with whatever code a sabotage left.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { makeDeterministic } from "../simulation/determinism.ts";
import { liveThrough } from "../simulation/history.ts";
import { currentOrNull } from "../simulation/invocation.ts";
import type { Violation } from "../simulation/judge.ts";
import { told } from "../simulation/trace.ts";
import { hotPlan } from "./hot-plan.ts";

export interface LiveOrder {
  readonly seed: string;
  readonly history: number;
  /** Whether the story is wanted as well. */
  readonly isTold?: boolean;
}

export interface Lived {
  readonly violations: readonly Violation[];
  readonly story: readonly string[];
  /** Why it could not be lived to its end; null when it was. */
  readonly broke: string | null;
}

const folder: string = workerData.migrations;
const migrations = readdirSync(folder)
  .filter((name) => name.endsWith(".sql"))
  .toSorted()
  .map((name) => readFileSync(join(folder, name), "utf8"));

makeDeterministic(currentOrNull);

parentPort?.on("message", (order: LiveOrder) => {
  void live(order).then((lived) => parentPort?.postMessage(lived, []));
});

async function live({ seed, history, isTold }: LiveOrder): Promise<Lived> {
  const story: string[] = [];
  try {
    const { violations } = await liveThrough(hotPlan(seed, history), {
      migrations,
      ...(isTold && { trace: told(story) }),
    });
    return { violations, story, broke: null };
  } catch (error) {
    return { violations: [], story, broke: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
