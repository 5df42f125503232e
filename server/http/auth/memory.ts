// What this isolate has learnt of tokens lately. It lets nobody in: whoever is recalled here is proved again in the batch
// of the request's first statements, and forgotten when that fails.
import type { WallMs } from "../../billing/clock.ts";

export interface Memory<T> {
  /** What a token proved when it was asked last; null when that is not known, or too long ago. */
  readonly recall: (token: string, now: WallMs) => T | null;
  readonly keep: (token: string, proved: T, until: WallMs) => void;
  readonly forget: (token: string) => void;
}

/** The same memory for whoever asks anew: it forgets what it is asked for. */
export function forgetting<T>(memory: Memory<T>): Memory<T> {
  return {
    ...memory,
    recall: (token) => {
      memory.forget(token);
      return null;
    },
  };
}

const most = 1_000;

/** Remembers the last thousand tokens. */
export function createMemory<T>(): Memory<T> {
  const kept = new Map<string, { readonly proved: T; readonly until: WallMs }>();
  return {
    recall: (token, now) => {
      const known = kept.get(token);
      return known && now < known.until ? known.proved : null;
    },
    keep: (token, proved, until) => {
      kept.delete(token);
      kept.set(token, { proved, until });
      const [oldest] = kept.keys();
      if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    },
    forget: (token) => void kept.delete(token),
  };
}
