// Holding our books against the gateway's. Every two minutes, while somebody may be paying on a page, it is asked for
// what was paid and not captured; and about each payment of a day that is over, a few at a time.
import { minuteMs, hourMs, type WallMs } from "../billing/clock.ts";
import { isAboutTerminal } from "../billing/ask.ts";
import type { AuthorityStatus, Outcome } from "../billing/outcome.ts";
import type { Deps } from "../deps.ts";
import {
  completeDay,
  countCompared,
  isNextOver,
  nextBooked,
  noteStall,
  openDay,
  type Booked,
  type Compared,
  type DayResult,
} from "../store/reconciliation.ts";
import { hintUnverified } from "../store/unverified.ts";

/** Even minutes: no state to keep, and a cron that is missed is made up for by the next. */
const unverifiedEveryMinutes = 2;
const inquiriesPerRun = 20;
/** A Worker waits for at most six answers at once. */
const inquiriesAtOnce = 6;
/** Empty days end one after the other; a run does not catch up with a year of them. */
const daysPerRun = 10;
/** So long a payment about which the gateway does not answer holds up its day. */
const stallsForMs = 6 * hourMs;

/** Asks for what was paid and not captured; whom it names is due in the tick that follows. */
export async function lookForUnverified(deps: Deps): Promise<void> {
  const now = deps.wall();
  if (Math.floor(now / minuteMs) % unverifiedEveryMinutes !== 0) return;
  const outcome = await deps.gateway.listUnverified();
  if (outcome.kind === "settled") await hintUnverified(deps, outcome.value.payments);
}

/**
 * Goes on with the day that is being reconciled, or with the next that is over; stops where the gateway tells nothing.
 *
 * @param found The day, where it has just been read.
 */
export async function reconcile(deps: Deps, found?: DayResult | null): Promise<void> {
  let left = inquiriesPerRun;
  let known = found;
  for (let days = 0; days < daysPerRun && left > 0;) {
    const result = known ?? (await openDay(deps.db, deps.wall()));
    known = null;
    if (!result) return;
    const payments = await nextBooked(deps.db, result, Math.min(left, inquiriesAtOnce));
    if (payments.length === 0) {
      await completeDay(deps, result);
      if (!isNextOver(result.day, deps.wall())) return;
      days++;
      continue;
    }
    left -= payments.length;
    const compared = toldOf(await Promise.all(payments.map((payment) => compare(deps, payment))), result, deps.wall());
    if (compared.length > 0) await countCompared(deps, result, compared);
    else await noteStall(deps.db, result, deps.wall());
    if (compared.length < payments.length) return;
  }
}

async function compare({ gateway }: Deps, payment: Booked): Promise<Compared> {
  return { payment, gatewaySays: wordOf(await gateway.inquire({ authority: payment.authority })) };
}

function wordOf(outcome: Outcome<{ status: AuthorityStatus }>): Compared["gatewaySays"] {
  if (outcome.kind === "unknown") return "unanswered";
  if (outcome.kind === "declined") return isAboutTerminal(outcome.code) ? "unanswered" : "refused";
  return words[outcome.value.status];
}

const words = {
  VERIFIED: "verified",
  PAID: "paid",
  IN_BANK: "in_bank",
  FAILED: "failed",
  REVERSED: "reversed",
} as const satisfies Record<AuthorityStatus, Compared["gatewaySays"]>;

/** Those before the first unanswered one; all, when that has held up the day for too long. */
function toldOf(compared: readonly Compared[], { stalledSince }: DayResult, now: WallMs): readonly Compared[] {
  const first = compared.findIndex(({ gatewaySays }) => gatewaySays === "unanswered");
  const isStalled = first === 0 && stalledSince !== null && now - stalledSince >= stallsForMs;
  return first === -1 || isStalled ? compared : compared.slice(0, first);
}
