// When a renewal that is due may be collected: in the hours when banks answer well (midnight is their worst), spread
// over the window by the customer, so that a day's renewals do not arrive in one minute.
import { tehranDay } from "./calendar.ts";
import { after, type BillingMs, hourMs, minuteMs, secondMs } from "./clock.ts";
import { tehranDayOf, timeOfDay } from "./tehran.ts";

/** Tehran's time of day, milliseconds after midnight: from `opensMs`, up to but not at `closesMs`. */
export const collectionWindow = {
  opensMs: 8 * hourMs + 30 * minuteMs,
  closesMs: 22 * hourMs + 30 * minuteMs,
} as const;

const lateSpreadSeconds = (2 * hourMs) / secondMs;

/**
 * When to collect what falls due at an instant: at the customer's own second of that day's window; at once when the
 * window is open and that second has passed; else at the customer's second of the next day. Never before `dueAt`, and
 * always inside the window.
 * Example: due 2026-11-22 00:00 Tehran, hash 3,600 → 09:30 Tehran that day.
 */
export function collectAt(dueAt: BillingMs, customerHash: number): BillingMs {
  const today = tehranDayOf(dueAt);
  const spreadMs = spreadOf(customerHash);
  const point = timeOfDay(today, collectionWindow.opensMs + spreadMs);
  if (point >= dueAt) return point;
  if (isInWindow(dueAt)) return dueAt;
  return timeOfDay(tehranDay(today + 1), collectionWindow.opensMs + spreadMs);
}

/** Whether money may be collected at an instant. Example: 22:29:59 in Tehran yes, 22:30:00 no. */
export function isInWindow(at: BillingMs): boolean {
  const today = tehranDayOf(at);
  return at >= timeOfDay(today, collectionWindow.opensMs) && at < timeOfDay(today, collectionWindow.closesMs);
}

/** The instant itself when the window is open, else its next opening. Example: 23:00 in Tehran → 08:30 tomorrow. */
export function nextInWindow(at: BillingMs): BillingMs {
  if (isInWindow(at)) return at;
  const today = tehranDayOf(at);
  const opensAt = timeOfDay(today, collectionWindow.opensMs);
  return at < opensAt ? opensAt : timeOfDay(tehranDay(today + 1), collectionWindow.opensMs);
}

/**
 * When to collect what comes too late for today's window: at the instant itself while the window is open, else in the
 * first two hours of the next one, spread by the customer. Not at the customer's own second: the tick may come a minute
 * after it, and whose second is the window's last would be late every day.
 */
export function collectLateAt(at: BillingMs, customerHash: number): BillingMs {
  const opensAt = nextInWindow(at);
  return opensAt === at ? at : after(opensAt, ((customerHash >>> 0) % lateSpreadSeconds) * secondMs);
}

/** A number from 0 to 2³² − 1 that is always the same for an id: FNV-1a, 32 bits. Example: "" is 2,166,136,261. */
export function hashOfId(id: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(id)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/** The customer's distance from the window's opening, whole seconds below the window's length. */
function spreadOf(customerHash: number): number {
  const seconds = (collectionWindow.closesMs - collectionWindow.opensMs) / secondMs;
  return ((customerHash >>> 0) % seconds) * secondMs;
}
