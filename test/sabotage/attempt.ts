// Tries a sabotage: histories, or the model's variants, one after the other until one is judged wrong. A crash, or a
// refusal that no fault explains, is no judgement.
import { Worker } from "node:worker_threads";
import type { Violation } from "../simulation/judge.ts";
import { sabotagedThread, type Sabotaged } from "./bundle.ts";
import type { Lived, LiveOrder } from "./live.ts";
import type { Edit } from "./sabotage.ts";
import type { Walked, WalkOrder } from "./walk.ts";

/** What one history, or one walk, came to. */
export interface Tried {
  /** Named judgements that found something wrong, the gravest first. */
  readonly judgements: readonly string[];
  /** States that were walked, or one history. */
  readonly took: number;
  /** What is no judgement, in short; null when there was nothing. */
  readonly crashed: string | null;
}

/** A thread of sabotaged code. */
export interface Thread {
  readonly tryOut: (at: number, most: number) => Promise<Tried>;
  readonly end: () => Promise<void>;
}

/** A thread that lives through histories of a seed, numbered by `at`, under these edits. */
export async function simulationUnder(edits: readonly Edit[], seed: string): Promise<Thread> {
  const sabotaged = await sabotagedThread("simulation", edits);
  const { ask, end } = threadOf<LiveOrder, Lived>(sabotaged);
  const tryOut = async (history: number): Promise<Tried> => {
    const { violations, broke } = await ask({ seed, history });
    const crash = broke ?? violations.find((violation) => !isJudgement(violation))?.what;
    return { judgements: judgementsIn(violations), took: 1, crashed: crash?.slice(0, shown) ?? null };
  };
  return { tryOut, end };
}

/** A thread that walks the model's variant of this number under these edits, for at most so many states. */
export async function modelUnder(edits: readonly Edit[]): Promise<Thread> {
  const { ask, end } = threadOf<WalkOrder, Walked>(await sabotagedThread("model", edits));
  const tryOut = async (variant: number, maxStates: number): Promise<Tried> => {
    const { violation, states } = await ask({ variant, maxStates });
    return { judgements: violation ? [violation.what] : [], took: states, crashed: null };
  };
  return { tryOut, end };
}

const shown = 400;
const gravity: readonly string[] = ["double", "lost", "invariant", "stuck"];

function judgementsIn(violations: readonly Violation[]): readonly string[] {
  const rank = (offence: string) => (gravity.indexOf(offence) + gravity.length + 1) % (gravity.length + 1);
  return violations
    .filter(isJudgement)
    .toSorted((a, b) => rank(a.offence) - rank(b.offence))
    .map(({ offence, what }) => `${offence === "unexplained" ? "promise" : offence}: ${what.slice(0, shown)}`);
}

/** What a client or a log complains of is a crash, but for what names the promise that was broken. */
const promises: readonly string[] = ["a commit can never succeed", "one key, two answers"];

function isJudgement({ offence, what }: Violation): boolean {
  return offence !== "unexplained" || promises.some((promise) => what.startsWith(promise));
}

function threadOf<O, R>({ file, migrations, remove }: Sabotaged) {
  const worker = new Worker(file, { workerData: { migrations }, execArgv: ["--no-warnings"] });
  const askAlone = (order: O) =>
    new Promise<R>((resolve, reject) => {
      const heard = (report: R) => {
        worker.off("error", reject);
        resolve(report);
      };
      worker.once("message", heard);
      worker.once("error", reject);
      worker.postMessage(order, []);
    });
  let last: Promise<unknown> = Promise.resolve();
  // Two histories in one thread would hear each other's clock, and each of two who wait the first answer.
  const ask = (order: O): Promise<R> => {
    const answer = last.then(() => askAlone(order));
    last = answer.catch(() => undefined);
    return answer;
  };
  const end = async () => {
    await worker.terminate();
    remove();
  };
  return { ask, end };
}
