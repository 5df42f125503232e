// Every call that may move money is preceded by a commit that says who is about to make it, until when.
import type { Instant } from "../../contract/common/time.ts";
import { after, instant, secondMs, type WallMs } from "./clock.ts";

/** How long after its intent was committed a money call may still be made. */
export const sendWithinMs = 20 * secondMs;
/** The longest a call to the gateway may take; the client's time-out is never longer. */
export const callTimeoutMs = 30 * secondMs;
/** How long after the call's end an effect may still show before FAILED is worth hearing. */
export const settleGraceMs = 30 * secondMs;

/** Until when a money call may be made by whoever writes its intent now, and from when its failure may be believed. */
export function intentAt(wall: WallMs): { readonly sendBefore: Instant; readonly settlesAfter: Instant } {
  const sendBefore = after(wall, sendWithinMs);
  return { sendBefore: instant(sendBefore), settlesAfter: instant(after(sendBefore, callTimeoutMs + settleGraceMs)) };
}
