// Sealing keys that a test changes under a running world, and the command that seals everything anew under the first.
import { createSealer, type Sealer } from "../../server/store/sealer.ts";
import { rotate } from "../../scripts/key-rotation/rotate.ts";
import type { Asked } from "../../scripts/local/operator.ts";
import { requestOf } from "./subscriber.ts";

const random = (byteCount: number) => crypto.getRandomValues(new Uint8Array(byteCount));

/** Example: `keysOf(2, 1)` seals with the second key and opens with the first as well, which is that of every world. */
export function keysOf(...numbers: readonly number[]): Sealer {
  const bytes = (number: number) =>
    number === 1 ? "0123456789abcdef0123456789abcdef" : String(number).padStart(32, "0");
  const key = (number: number) => `k${number}:${btoa(bytes(number))}`;
  return createSealer(numbers.map(key).join(","), random);
}

/** A sealer whose keys are set anew by `hold`. */
export function aKeyRing() {
  let held = keysOf(1);
  const sealer: Sealer = {
    get keyIds() {
      return held.keyIds;
    },
    seal: (text, record) => held.seal(text, record),
    open: (sealed, record) => held.open(sealed, record),
  };
  return { sealer, hold: (...numbers: readonly number[]) => void (held = keysOf(...numbers)) };
}

/** One step of a rotation, from the beginning. */
export function firstStep(token: string): Request {
  return requestOf(token, { method: "POST", path: "/v1/operator/key-rotation/advance", body: {}, key: undefined });
}

/** Rotates as `npm run keys:rotate` does, with the script's own loop. */
export function rotateAll(fetch: (request: Request) => Promise<Response>, token: string) {
  const ask = async ({ method, path, body }: Asked) => {
    const response = await fetch(requestOf(token, { method, path, body, key: undefined }));
    return { status: response.status, body: await response.json(), retryAfterMs: null };
  };
  return rotate({ ask, sleep: async () => undefined, progress: () => undefined });
}
