// Money may come after we stopped waiting for it: an effect that was late, a page that was paid after its time. So every
// authority is watched for seven days after its payment left the live states.
import { after, dayMs, hourMs, minuteMs, type WallMs } from "./clock.ts";

/** How long money that comes late is looked for unprompted; a hint opens another watch. */
export const watchMs = 7 * dayMs;

/** When a watched authority is asked about, counted from the watch's beginning. */
const askOffsetsMs = [
  5 * minuteMs,
  20 * minuteMs,
  90 * minuteMs,
  6 * hourMs,
  dayMs,
  2 * dayMs,
  4 * dayMs,
  watchMs,
] as const;

export function watchUntil(at: WallMs): WallMs {
  return after(at, watchMs);
}

export function firstWatchAskAt(at: WallMs): WallMs {
  return after(at, askOffsetsMs[0]);
}

/** The next time a watch asks after a moment; null when it is over. Example: begun at 0, asked at 5 min → at 20 min. */
export function watchAskAt(until: WallMs, at: WallMs): WallMs | null {
  const begunAt = after(until, -watchMs);
  const offset = askOffsetsMs.find((ms) => begunAt + ms > at);
  return offset === undefined ? null : after(begunAt, offset);
}
