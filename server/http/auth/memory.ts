// What this isolate has learnt of tokens lately. It lets nobody in: whoever is recalled here is proved again in the batch
// of the request's first statements, and forgotten when that fails.
import type { WallMs } from "../../billing/clock.ts";
import type { PartnerKeyGrant } from "../../store/people.ts";
import type { SessionUser } from "./session.ts";

export interface Memory<T> {
  /** What a token proved when it was asked last; null when that is not known, or too long ago. */
  readonly recall: (token: string, now: WallMs) => T | null;
  readonly keep: (token: string, proved: T, until: WallMs) => void;
  readonly forget: (token: string) => void;
}

/** As much of a person as says whom an endpoint is for. */
export type Signed = Pick<SessionUser, "userId" | "customerId" | "role" | "hasSecondFactor">;

/** Who was proved lately: partners by their key's hash, people by their session's token. */
export interface KnownCallers {
  readonly keys: Memory<PartnerKeyGrant>;
  readonly sessions: Memory<Signed>;
}

export function createKnownCallers(): KnownCallers {
  return { keys: createMemory(), sessions: createMemory() };
}

/** The same for whoever asks anew: they forget whom they are asked for. */
export function askedAnew({ keys, sessions }: KnownCallers): KnownCallers {
  return { keys: forgetting(keys), sessions: forgetting(sessions) };
}

function forgetting<T>(memory: Memory<T>): Memory<T> {
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
function createMemory<T>(): Memory<T> {
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
