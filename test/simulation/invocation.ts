// One life of the Worker: a request, a cron or a batch of messages. Everything it awaits passes the scheduler here, and
// here it may die, stall, or lose the database's answer.
import { AsyncLocalStorage } from "node:async_hooks";
import type { Operate, Operation } from "../support/deps-around.ts";
import type { Usage } from "../support/limits.ts";
import type { Surrounding } from "./determinism.ts";
import type { Death, InvocationKind } from "./plan.ts";
import { randomOf, type Random } from "./random.ts";
import type { Actor, Scheduler } from "./scheduler.ts";
import type { Troubles } from "./troubles.ts";

/** What an invocation needs of the history it belongs to. */
export interface Surroundings {
  readonly scheduler: Scheduler;
  readonly troubles: Troubles;
  readonly tell: (who: string, what: string) => void;
}

export interface Invocation extends Actor, Surrounding {
  readonly around: Surroundings;
  readonly kind: InvocationKind | "effect";
  readonly name: string;
  readonly random: Random;
  readonly usage: Usage;
  operations: number;
  isDead: boolean;
  /** Faults that befell it and explain an error. */
  readonly struck: string[];
  readonly die: () => void;
  readonly died: Promise<void>;
}

const storage = new AsyncLocalStorage<Invocation>();

/** Whose await this is. */
export function current(): Invocation {
  const invocation = storage.getStore();
  if (!invocation) throw new Error("Nobody is under way");
  return invocation;
}

/** Whose await this is, or null outside of any invocation. */
export function currentOrNull(): Invocation | null {
  return storage.getStore() ?? null;
}

/** What an invocation answers that died. */
export const silence = Symbol("no answer");

/** Runs work as an invocation of its own; `silence` when it died. Throws what the work throws. */
export async function invoke<T>(
  around: Surroundings,
  { kind, name, seed }: { readonly kind: Invocation["kind"]; readonly name: string; readonly seed: string },
  work: () => Promise<T>,
): Promise<{ readonly answer: T | typeof silence; readonly invocation: Invocation }> {
  let die: () => void = () => undefined;
  const died = new Promise<void>((resolve) => (die = resolve));
  const usage = { statements: 0 };
  const own = { waitsFor: 0, isOver: false, operations: 0, isDead: false, struck: [] };
  const clock = { now: () => around.scheduler.now, after: around.scheduler.after.bind(around.scheduler) };
  const invocation: Invocation = { around, kind, name, random: randomOf(seed), usage, ...own, ...clock, die, died };
  around.scheduler.follow(invocation);
  try {
    const answer = await Promise.race([storage.run(invocation, work), died.then((): typeof silence => silence)]);
    return { answer, invocation };
  } finally {
    invocation.isOver = true;
  }
}

/** Each its own: what waits for one that all share is kept as long as that one. */
const never = () => new Promise<never>(() => undefined);

/** The way of every await of an invocation through the scheduler. */
export const operate: Operate = async (operation, effect) => {
  const invocation = current();
  const { around } = invocation;
  if (invocation.isDead) return never();
  invocation.operations++;
  const death = invocation.kind === "effect" ? null : around.troubles.deathAt(invocation, operation);
  const stalledMs = death?.how === "stall" ? death.ms : 0;
  if (stalledMs > 0) around.tell(invocation.name, `stalls for ${stalledMs} ms at ${operation.name}`);
  const takesMs = latencyOf(invocation.random, operation) + stalledMs;
  // What takes no time is computed here and now, and touches nothing that others see: nobody could come in between.
  if (takesMs > 0) await around.scheduler.wait(invocation, takesMs);
  if (isDead(invocation)) return never();
  if (death && death.how !== "stall") return dying(invocation, { operation, death, effect });
  const outcome = await throughTrouble(invocation, operation, effect);
  if (operation.name.includes("/")) await around.scheduler.wait(invocation, travelMs(invocation.random));
  return isDead(invocation) ? never() : outcome;
};

/** Read anew: it may have died while one of its awaits was under way. */
function isDead(invocation: Invocation): boolean {
  return invocation.isDead;
}

interface Dying<T> {
  readonly operation: Operation;
  readonly death: Death;
  readonly effect: () => Promise<T>;
}

async function dying<T>(invocation: Invocation, { operation, death, effect }: Dying<T>): Promise<T> {
  const { around } = invocation;
  const how = operation.hows.includes(death.how as Operation["hows"][number]) ? death.how : operation.hows.at(-1);
  if (how === "answer_lost") {
    around.tell(invocation.name, `loses the answer of its ${operation.name}`);
    invocation.struck.push("answer_lost");
    await effect();
    throw connectionLost();
  }
  around.tell(invocation.name, `dies at ${operation.name} (${how}${how === "late" ? ` by ${death.ms} ms` : ""})`);
  around.troubles.killed();
  invocation.isDead = true;
  if (how === "after") detached(invocation, 0, operation, effect);
  if (how === "late") detached(invocation, death.ms, operation, effect);
  invocation.die();
  return never();
}

/** What was sent before a death arrives by itself. */
function detached(from: Invocation, ms: number, operation: Operation, effect: () => Promise<unknown>): void {
  const { scheduler, tell } = from.around;
  const name = `${from.name}, dead`;
  scheduler.after(ms, () => {
    tell(name, `its ${operation.name} arrives`);
    const work = async () => void (await effect().catch(() => undefined));
    void invoke(from.around, { kind: "effect", name, seed: name }, work);
  });
}

const databaseNames = new Set(["read", "write", "commit"]);

async function throughTrouble<T>(invocation: Invocation, { name }: Operation, effect: () => Promise<T>): Promise<T> {
  const trouble = databaseNames.has(name) ? invocation.around.troubles.databaseFault(name) : null;
  if (trouble === null || invocation.kind === "effect") return effect();
  invocation.around.tell(
    invocation.name,
    trouble === "lost" ? `its ${name} is lost` : `the answer of its ${name} is lost`,
  );
  invocation.struck.push(`d1 ${trouble}`);
  if (trouble === "answer_lost") await effect();
  throw connectionLost();
}

function connectionLost(): Error {
  return new Error("D1_ERROR: Network connection lost.");
}

const usualMs: Readonly<Record<string, readonly [least: number, most: number]>> = {
  read: [1, 12],
  write: [2, 20],
  commit: [3, 30],
  "due.send": [3, 25],
  "due.sendBatch": [3, 25],
};

/** Computing takes no time; the network some, and now and then much. */
function latencyOf(random: Random, { name }: Operation): number {
  if (name.includes("/")) return travelMs(random);
  const usual = usualMs[name];
  if (!usual) return 0;
  return random.chance(0.01) ? random.between(100, 4_000) : random.between(...usual);
}

function travelMs(random: Random): number {
  return random.chance(0.03) ? random.between(500, 9_000) : random.between(5, 70);
}
