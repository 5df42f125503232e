// Makes a failing plan small: takes parts out for as long as the history still fails in the same way. Whole customers
// first, then halves, quarters and so on, down to single parts.
import { keeping, type Plan } from "./plan.ts";

/** Whether a plan still fails. */
export type Fails = (plan: Plan) => Promise<boolean>;

export interface Shrunk {
  readonly plan: Plan;
  readonly runs: number;
}

/** The smallest failing plan found within so many runs; fails as the given one does. */
export async function shrink(plan: Plan, fails: Fails, maxRuns: number): Promise<Shrunk> {
  let best = plan;
  let runs = 0;
  const without = async (ids: ReadonlySet<number>): Promise<boolean> => {
    if (runs >= maxRuns || ids.size === 0) return false;
    const kept = new Set(best.parts.map(({ id }) => id).filter((id) => !ids.has(id)));
    const candidate = keeping(best, kept);
    runs++;
    if (!(await fails(candidate))) return false;
    best = candidate;
    return true;
  };

  for (let customer = plan.customers - 1; customer >= 0; customer--) {
    const own = best.parts.filter((part) => "customer" in part && part.customer === customer);
    await without(new Set(own.map(({ id }) => id)));
  }
  for (let size = Math.ceil(best.parts.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    // From the end: what comes last is the least needed by what comes before.
    for (let end = best.parts.length; end > 0; end = Math.min(end - size, best.parts.length)) {
      const chunk = best.parts.slice(Math.max(0, end - size), end);
      await without(new Set(chunk.map(({ id }) => id)));
    }
  }
  return { plan: best, runs };
}
