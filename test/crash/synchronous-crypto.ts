// Hashes and seals in one step each: handing them to threads and waiting takes a third of the time of a thousand deaths.
// The answers are the same (`test/simulation/determinism.test.ts`); in workerd the same stories die over the real ones.
import { synchronousSubtle } from "../simulation/synchronous-subtle.ts";

/** From here on `crypto.subtle` answers at once; the answer gives the real one back. For `beforeAll`. */
export function synchronousCrypto(): () => void {
  // The real one is its prototype's.
  Object.defineProperty(crypto, "subtle", { configurable: true, get: () => synchronousSubtle });
  return () => void Reflect.deleteProperty(crypto, "subtle");
}
