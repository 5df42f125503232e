// Waiting for work that the queue does: by reading, since a request's own work dies when its client leaves.
import { after, secondMs } from "../billing/clock.ts";
import type { Deps } from "../deps.ts";

const waitMs = 8 * secondMs;
const readEveryMs = 200;

/** What is read once it is so, or what was read last, 8 seconds later at most. */
export async function readUntil<T>(
  { wall, sleep }: Pick<Deps, "wall" | "sleep">,
  read: () => Promise<T>,
  isSo: (value: T) => boolean,
): Promise<T> {
  const until = after(wall(), waitMs);
  for (;;) {
    const value = await read();
    if (isSo(value) || wall() >= until) return value;
    await sleep(readEveryMs);
  }
}
