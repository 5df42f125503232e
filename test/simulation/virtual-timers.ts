// Timers of the server's code, on the history's clock. Whoever is under way in a history gets these; the simulation itself
// keeps the real ones.
import { currentOrNull } from "./invocation.ts";

/** Replaces this realm's `setTimeout` and `clearTimeout`, for good. */
export function installVirtualTimers(): void {
  const { setTimeout: realSet, clearTimeout: realClear } = globalThis;
  const planned = new Map<number, () => void>();
  let last = 0;
  const set = (happen: () => void, ms = 0) => {
    const invocation = currentOrNull();
    if (!invocation) return realSet(happen, ms);
    const id = --last;
    const cancel = invocation.around.scheduler.after(ms, () => {
      planned.delete(id);
      happen();
    });
    planned.set(id, cancel);
    return id;
  };
  const clear = (id: unknown) => {
    if (typeof id !== "number" || id >= 0) return realClear(id as number);
    planned.get(id)?.();
    planned.delete(id);
  };
  Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
}
