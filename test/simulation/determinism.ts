// Makes a JavaScript realm (a Node thread) tell the same story for the same seed: its clock, its luck, its timers and its
// cryptography are those of whoever is under way in a history, and nothing is left to a pool of threads. Outside of any
// history the realm stays as it was. Of the server it knows no more than how a password is kept.
import { hash } from "node:crypto";
import type { Passwords } from "../../server/deps.ts";
import { synchronousSubtle } from "./synchronous-subtle.ts";

/** What somebody in a history takes for time and for luck. */
export interface Surrounding {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly random: {
    /** In [0, 1). */
    readonly next: () => number;
    readonly bytes: (count: number) => Uint8Array;
  };
  /** Lets something happen once after `ms`; the answer takes it back. */
  readonly after: (ms: number, happen: () => void) => () => void;
}

type Current = () => Surrounding | null;
type GiveBack = () => void;

/**
 * Replaces this realm's `crypto`, `Math.random`, `Date`, `performance.now`, timers, `AbortSignal.timeout` and `fetch` for
 * whoever has a surrounding; for others they are the real ones. The answer gives the real ones back.
 *
 * Not replaced: promises and `queueMicrotask`, which follow one order by themselves; `setImmediate`, which a scheduler
 * needs to see that everybody waits; and `node:crypto`'s own randomness, which nothing of the server uses once
 * `Deps.passwords` is given.
 */
export function makeDeterministic(current: Current): GiveBack {
  const replaced = [
    ...luckOf(current),
    ...clocksOf(current),
    ...timersOf(current),
    replace(globalThis, "fetch", (real) => async (...request: Parameters<typeof fetch>) => {
      if (current()) throw new Error("Nothing in a history may reach the network");
      return real(...request);
    }),
  ];
  return () => {
    for (const giveBack of replaced.toReversed()) giveBack();
  };
}

/** Passwords without the slow hash: worth nothing but in a history. */
export const quickPasswords: Passwords = {
  hash: async (password) => quickHash(password),
  verify: async (kept) => kept.hash === quickHash(kept.password),
};

function quickHash(password: string): string {
  return `quick:${hash("sha256", password)}`;
}

/** Puts another value in a property's place, own or inherited; the answer gives the first one back. */
function replace<T extends object, K extends keyof T>(owner: T, key: K, make: (real: T[K]) => unknown): GiveBack {
  return define(owner, key, { value: make(owner[key]), writable: true });
}

/** The same for a property that is found anew each time somebody looks. */
function replaceGetter<T extends object, K extends keyof T>(owner: T, key: K, make: (real: T[K]) => () => unknown) {
  return define(owner, key, { get: make(owner[key]) });
}

function define(owner: object, key: PropertyKey, descriptor: PropertyDescriptor): GiveBack {
  const own = Object.getOwnPropertyDescriptor(owner, key);
  Object.defineProperty(owner, key, { ...descriptor, configurable: true, enumerable: own?.enumerable ?? false });
  return () => {
    if (own) Object.defineProperty(owner, key, own);
    else Reflect.deleteProperty(owner, key);
  };
}

function luckOf(current: Current): readonly GiveBack[] {
  return [
    replace(Math, "random", (real) => () => (current()?.random.next ?? real)()),
    replace(crypto, "getRandomValues", (real) => (view: Parameters<typeof real>[0]) => {
      const surrounding = current();
      if (!surrounding) return real.call(crypto, view);
      const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
      bytes.set(surrounding.random.bytes(bytes.length));
      return view;
    }),
    replace(crypto, "randomUUID", (real) => () => {
      const surrounding = current();
      return surrounding ? uuidOf(surrounding.random.bytes(16)) : real.call(crypto);
    }),
    replaceGetter(crypto, "subtle", (real) => () => (current() ? synchronousSubtle : real)),
  ];
}

/** A version 4 UUID of these 16 bytes. */
function uuidOf(bytes: Uint8Array): string {
  const [version = 0, variant = 0] = [bytes[6], bytes[8]];
  const marked = bytes.with(6, (version & 0x0f) | 0x40).with(8, (variant & 0x3f) | 0x80);
  return Buffer.from(marked)
    .toString("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function clocksOf(current: Current): readonly GiveBack[] {
  const real = Date;
  const realNow = () => real.now();
  const now = () => (current()?.now ?? realNow)();
  /** Without `new` it makes a text, as `Date` does. */
  function VirtualDate(...parts: readonly unknown[]): unknown {
    if (!new.target) return new real(now()).toString();
    const target = new.target === VirtualDate ? real : new.target;
    return Reflect.construct(real, parts.length === 0 ? [now()] : parts, target);
  }
  // Whatever is asked of it beyond that, the real one answers; and what either made is a date to both.
  Object.setPrototypeOf(VirtualDate, real);
  VirtualDate.prototype = real.prototype;
  Object.defineProperty(VirtualDate, "now", { value: now });
  const prototype: { constructor: unknown } = real.prototype;
  return [
    replace(prototype, "constructor", () => VirtualDate),
    replace(globalThis, "Date", () => VirtualDate),
    replace(performance, "now", (realPerformance) => () => current()?.now() ?? realPerformance.call(performance)),
  ];
}

type Happen = (...values: readonly unknown[]) => void;
type SetTimer = (happen: Happen, ms?: number, ...values: readonly unknown[]) => unknown;

/** The globals as their callers see them: what a timer is, only who cleared it asks. */
interface Timers {
  setTimeout: SetTimer;
  setInterval: SetTimer;
  clearTimeout: (timer: unknown) => void;
  clearInterval: (timer: unknown) => void;
}

function timersOf(current: Current): readonly GiveBack[] {
  const set =
    (start: (surrounding: Surrounding, ms: number, happen: () => void) => VirtualTimer) => (real: SetTimer) => {
      const virtual: SetTimer = (happen, ms, ...values) => {
        const surrounding = current();
        return surrounding ? start(surrounding, delayOf(ms), () => happen(...values)) : real(happen, ms, ...values);
      };
      return virtual;
    };
  const clear = (real: (timer: unknown) => void) => (timer: unknown) =>
    timer instanceof VirtualTimer ? timer.cancel() : real(timer);
  const timers: Timers = asTimers(globalThis);
  return [
    replace(timers, "setTimeout", set(once)),
    replace(timers, "setInterval", set(repeatedly)),
    replace(timers, "clearTimeout", clear),
    replace(timers, "clearInterval", clear),
    replace(AbortSignal, "timeout", (real) => (ms: number) => {
      const surrounding = current();
      if (!surrounding) return real.call(AbortSignal, ms);
      const controller = new AbortController();
      surrounding.after(ms, () => controller.abort(new DOMException("The operation timed out", "TimeoutError")));
      return controller.signal;
    }),
  ];
}

/** Node's types and workerd's name the same functions differently; both are called like this. */
function asTimers(realm: object): Timers {
  return realm as Timers;
}

/** Node waits a millisecond at least. */
function delayOf(ms: number | undefined): number {
  return Math.max(1, Math.trunc(ms ?? 1) || 1);
}

function once(surrounding: Surrounding, ms: number, happen: () => void): VirtualTimer {
  return new VirtualTimer(surrounding.after(ms, happen));
}

function repeatedly(surrounding: Surrounding, ms: number, happen: () => void): VirtualTimer {
  let isCleared = false;
  let takeBack = surrounding.after(ms, turn);
  function turn(): void {
    happen();
    if (!isCleared) takeBack = surrounding.after(ms, turn);
  }
  return new VirtualTimer(() => {
    isCleared = true;
    takeBack();
  });
}

/** What Node gives for a timer, as far as anybody asks it for anything. */
class VirtualTimer {
  readonly cancel: () => void;

  constructor(cancel: () => void) {
    this.cancel = cancel;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}
