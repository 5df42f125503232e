// Kills an invocation at one of its awaits, as a crash would: that await never settles, no `catch` and no `finally` runs,
// and nothing after it happens. What had been sent still arrives, at once, late, or not at all.
import type { Deps } from "../../server/deps.ts";
import { depsAround, type How, type Operation } from "./deps-around.ts";

export type { How, Operation };

export interface Mortal {
  readonly deps: Deps;
  /** Every await so far, in order. */
  readonly operations: readonly Operation[];
  /** Settles when the invocation has died and what it had sent has arrived. */
  readonly died: Promise<void>;
  /** Lets what was sent before the death arrive late. */
  readonly arrive: () => Promise<void>;
}

/** Each its own: what waits for one that all share is kept as long as that one. */
const never = () => new Promise<never>(() => undefined);

/** These dependencies, but the invocation dies at its `at`-th await (from 1); with `at` 0 it lives and only counts. */
export function mortal(deps: Deps, at = 0, how: How = "before"): Mortal {
  const operations: Operation[] = [];
  const late: (() => Promise<unknown>)[] = [];
  let isDead = false;
  let die: () => void = () => undefined;
  const died = new Promise<void>((resolve) => (die = resolve));

  const operate = async <T>(operation: Operation, effect: () => Promise<T>): Promise<T> => {
    if (isDead) return never();
    operations.push(operation);
    if (operations.length !== at) return effect();
    if (how === "answer_lost") {
      await effect();
      throw new Error("D1_ERROR: Network connection lost.");
    }
    isDead = true;
    if (how === "after") await effect().catch(() => undefined);
    if (how === "late") late.push(effect);
    die();
    return never();
  };

  return {
    deps: depsAround(deps, operate),
    operations,
    died,
    arrive: async () => {
      for (const effect of late.splice(0)) await effect().catch(() => undefined);
    },
  };
}
