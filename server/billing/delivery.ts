// Deliveries of events to partners' endpoints: when one is tried again, what an answer says about it and about its
// endpoint, and when an endpoint is given up.
import { after, dayMs, hourMs, minuteMs, secondMs, type WallMs } from "./clock.ts";

/** What came of one attempt: an answer of some status, or why there was none. */
export type SendOutcome =
  | { readonly kind: "answered"; readonly status: number }
  | { readonly kind: "unanswered"; readonly reason: SendFailure };

/**
 * Why no answer came: `timeout` (none within the time), `network` (no connection, or it broke), `unresolved` (the name
 * has no address), `address_refused` (it leads to an address that is not public).
 */
export const sendFailures = ["timeout", "network", "unresolved", "address_refused"] as const;
export type SendFailure = (typeof sendFailures)[number];

/** Why an endpoint was switched off: it said so itself (410), or nothing arrived for days. */
export const disabledReasons = ["gone", "failing"] as const;
export type DisabledReason = (typeof disabledReasons)[number];

/** Waits before the second and each further attempt: the schedule that the Standard Webhooks specification recommends. */
const retryDelaysMs = [
  5 * secondMs,
  5 * minuteMs,
  30 * minuteMs,
  2 * hourMs,
  5 * hourMs,
  10 * hourMs,
  14 * hourMs,
  20 * hourMs,
  24 * hourMs,
] as const;

/** The first attempt and one after each wait: about three days in all. */
export const maxAttempts = retryDelaysMs.length + 1;

/** An endpoint at which nothing has arrived for so long is switched off. */
export const failsForMs = 5 * dayMs;

export interface AttemptMade {
  /** Attempts before this one. */
  readonly attempts: number;
  /** Since when every attempt at the endpoint has failed, this one not counted; null when the last one arrived. */
  readonly failingSince: WallMs | null;
  readonly now: WallMs;
  /** From 0 up to, not including, 1: by chance, so that what failed together is not tried again together. */
  readonly jitter: number;
}

/** What becomes of a delivery and of its endpoint after an attempt. */
export interface AttemptVerdict {
  readonly status: "delivered" | "pending" | "failed";
  /** When it is tried again; null when it is not. */
  readonly nextAttemptAt: WallMs | null;
  readonly failingSince: WallMs | null;
  /** Why the endpoint is switched off now; null when it goes on. */
  readonly disable: DisabledReason | null;
}

/**
 * Any 2xx is a delivery; everything else, a redirect included, is tried again until the schedule is over, and then
 * `failed`. Example: the first attempt answered with 500 is repeated after 4.5 to 5.5 seconds.
 */
export function verdictOf(made: AttemptMade, outcome: SendOutcome): AttemptVerdict {
  if (isArrived(outcome)) return { status: "delivered", nextAttemptAt: null, failingSince: null, disable: null };
  const { attempts, now, jitter } = made;
  const failingSince = made.failingSince ?? now;
  const nextAttemptAt = retryAt(attempts + 1, now, jitter);
  return {
    status: nextAttemptAt === null ? "failed" : "pending",
    nextAttemptAt,
    failingSince,
    disable: disabledBy(outcome, failingSince, now),
  };
}

function isArrived(outcome: SendOutcome): boolean {
  return outcome.kind === "answered" && outcome.status >= 200 && outcome.status < 300;
}

function disabledBy(outcome: SendOutcome, failingSince: WallMs, now: WallMs): DisabledReason | null {
  if (outcome.kind === "answered" && outcome.status === 410) return "gone";
  return now - failingSince >= failsForMs ? "failing" : null;
}

/**
 * When to try again after so many attempts; null after the last one. Each wait is up to a tenth shorter or longer.
 * Example: after two attempts, five minutes less 30 seconds (`jitter` 0) to five minutes and 30 seconds.
 */
export function retryAt(attempts: number, now: WallMs, jitter: number): WallMs | null {
  const delayMs = retryDelaysMs[attempts - 1];
  return delayMs === undefined ? null : after(now, Math.round(delayMs * (0.9 + 0.2 * jitter)));
}
