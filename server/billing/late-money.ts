// Money that comes after we stopped waiting for it. What nobody else has paid is taken; what would be a second payment of
// the same invoice is surplus: it goes back by itself, or becomes the customer's credit.
import {
  askApartMs,
  asked,
  askStep,
  isTold,
  patientlyMs,
  question,
  saysNotTaken,
  saysPaid,
  soonerIfUnanswered,
  statusIn,
  type Hearing,
} from "./ask.ts";
import { withBank } from "./bank.ts";
import { intentToCapture } from "./capture.ts";
import { after, dayMs, hourMs, instant, minuteMs, type WallMs } from "./clock.ts";
import { event, type NewEvent } from "./event.ts";
import { evidenceOf, type Outcome, type Verification } from "./outcome.ts";
import { rials } from "./money.ts";
import { creditGranted, isBeginning, neverBegan, type Purpose } from "./settle.ts";
import { all, isLive, nowOf, type Payment, type Slice } from "./state.ts";
import { commit, type Means, type Step } from "./step.ts";
import { firstWatchAskAt, watchAskAt, watchUntil } from "./watch.ts";

/** FAILED of surplus money counts only when heard again this much later. */
const hearAgainMs = hourMs;
/** A page that has just closed keeps the invoice from being debited until the gateway was heard: asked again soon. */
const closedAgainMs = 4 * minuteMs;
/** Surplus that the gateway neither gives back nor lets us take is asked about daily so long, then an operator sees it. */
const surplusForMs = 30 * dayMs;

/** Asks whether a payment that left the live states was paid after all. */
export function watchStep(slice: Slice, purpose: Purpose, means: Means): Step {
  const { payment } = purpose;
  const { now } = means;
  if (payment.nextAskAt === null) return commit([watchedAgain(payment, now.wall)]);
  return askStep(question(purpose, now.wall), (hearing) => onLate(slice, hearing));
}

/** The watch was over, and somebody says that money came. */
function watchedAgain(payment: Payment, at: WallMs): NewEvent {
  const watch = { watchUntil: instant(watchUntil(at)), nextAskAt: instant(at) };
  return event("payment.watched", { paymentId: payment.id, invoiceId: payment.invoiceId, ...watch });
}

function onLate(slice: Slice, hearing: Hearing): Step {
  if (saysPaid(hearing)) return onFoundPaid(slice, hearing);
  const next = asked(hearing, nextWatchAskAt(hearing));
  if (!isTold(hearing) || hasLivePayment(slice, hearing.purpose)) return commit([next]);
  const { payment, invoice } = hearing.purpose;
  const isGivenUp = payment.status === "closed" && invoice.status === "open" && isBeginning(hearing.purpose);
  return commit(isGivenUp ? [next, ...neverBegan(hearing.purpose, nowOf(slice.state, hearing.at))] : [next]);
}

/** Taken if nothing else has paid or may still pay; a payment that cannot have taken money yet makes room. */
function onFoundPaid(slice: Slice, hearing: Hearing): Step {
  const { purpose, at } = hearing;
  const { payment, invoice } = purpose;
  const others = all(slice.state.payments).filter(
    (other) => other.invoiceId === payment.invoiceId && other.id !== payment.id,
  );
  const now = nowOf(slice.state, at);
  const evidence = evidenceOf(hearing.outcome.evidence);
  if (invoice.status === "paid" || others.some((other) => other.status === "succeeded")) {
    return commit([surplus(payment, hearing)]);
  }
  const live = others.find(isLive);
  if (!live) return commit([intentToCapture(payment, now, evidence)]);
  if (live.status === "created" || live.status === "open") {
    return commit([closed(live, "superseded", at), intentToCapture(payment, now, evidence)]);
  }
  return commit([asked(hearing, afterTheOther(live, at))]);
}

/** The page is closed; what is paid on it from now on is late money. */
export function closed(payment: Payment, reason: "expired" | "superseded", at: WallMs): NewEvent {
  return event("payment.closed", {
    paymentId: payment.id,
    invoiceId: payment.invoiceId,
    reason,
    closedAt: instant(at),
  });
}

/** What is verified already will not go back by itself: it is taken at the next question. */
function surplus(payment: Payment, hearing: Hearing): NewEvent {
  const { at } = hearing;
  const isOurs = statusIn(hearing) === "VERIFIED";
  const nextAskAt = isOurs ? after(at, askApartMs) : firstWatchAskAt(at);
  return event(
    "payment.surplus",
    {
      paymentId: payment.id,
      invoiceId: payment.invoiceId,
      watchUntil: instant(watchUntil(at)),
      nextAskAt: instant(nextAskAt),
    },
    evidenceOf(hearing.outcome.evidence),
  );
}

/** When the payment that is still undecided may have come to its end. */
function afterTheOther(live: Payment, at: WallMs): WallMs {
  const soonest = after(at, minuteMs);
  return live.nextAskAt === null ? after(at, 6 * hourMs) : (Math.max(live.nextAskAt + 1, soonest) as WallMs);
}

function hasLivePayment(slice: Slice, { invoice }: Purpose): boolean {
  return all(slice.state.payments).some((other) => other.invoiceId === invoice.id && isLive(other));
}

function nextWatchAskAt(hearing: Hearing): WallMs | null {
  const { payment } = hearing.purpose;
  const planned = payment.watchUntil === null ? null : watchAskAt(payment.watchUntil, hearing.at);
  const isBlocking = payment.status === "closed" && payment.toldAt === null && !isTold(hearing);
  return isBlocking ? after(hearing.at, closedAgainMs) : soonerIfUnanswered(hearing, planned, patientlyMs);
}

/** Asks what became of surplus money. */
export function surplusStep(purpose: Purpose, { now }: Means): Step {
  return askStep(question(purpose, now.wall), onSurplus);
}

function onSurplus(hearing: Hearing): Step {
  const { payment } = hearing.purpose;
  const { at } = hearing;
  if (saysNotTaken(hearing)) return commit([onReturned(hearing)]);
  const isOurs = statusIn(hearing) === "VERIFIED";
  const isLeft = statusIn(hearing) === "PAID" && payment.watchUntil !== null && at >= payment.watchUntil;
  return isOurs || isLeft ? takeStep(hearing) : commit([asked(hearing, nextSurplusAskAt(hearing))]);
}

/** It went back by itself; believed when heard again an hour later. */
function onReturned(hearing: Hearing): NewEvent {
  const { payment } = hearing.purpose;
  const { at } = hearing;
  if (payment.failedHeardAt === null) return asked(hearing, after(at, hearAgainMs), { failedHeardAt: at });
  if (at - payment.failedHeardAt < hearAgainMs) return asked(hearing, after(payment.failedHeardAt, hearAgainMs));
  const of = { paymentId: payment.id, invoiceId: payment.invoiceId, returnedAt: instant(at) };
  return event("payment.returned", of, evidenceOf(hearing.outcome.evidence));
}

/** Takes it, as credit: it competes with nothing, and a repeated verify is the same success. */
function takeStep(hearing: Hearing): Step {
  const { payment } = hearing.purpose;
  if (payment.authority === null) throw new Error(`${payment.id} is surplus without an authority`);
  return {
    kind: "call",
    name: "verifyPayment",
    input: { authority: payment.authority, amountRials: payment.amountRials },
    onOutcome: (outcome, at) => onTaken({ ...hearing, at }, outcome),
  };
}

function onTaken(hearing: Hearing, outcome: Outcome<Verification>): Step {
  const { purpose, at } = hearing;
  if (outcome.kind !== "settled")
    return commit([asked({ ...hearing, outcome }, nextSurplusAskAt({ ...hearing, outcome }))]);
  return commit(credited(purpose, outcome.value, at, evidenceOf(outcome.evidence)), {
    onConflict: () => commit([asked(hearing, null)]),
  });
}

/** Surplus money is ours to keep for the customer. */
export function credited(
  purpose: Purpose,
  verification: Pick<Verification, "refId" | "merchantFeeRials" | "cardPanMasked">,
  at: WallMs,
  evidence: NewEvent["evidence"],
): readonly NewEvent[] {
  const { payment } = purpose;
  const { refId, merchantFeeRials } = verification;
  const taken = event(
    "payment.credited",
    {
      paymentId: payment.id,
      invoiceId: payment.invoiceId,
      amountRials: payment.amountRials,
      refId,
      feeRials: rials(merchantFeeRials),
      settledAt: instant(at),
    },
    withBank(evidence, verification),
  );
  return [taken, creditGranted(purpose, "surplus")];
}

function nextSurplusAskAt(hearing: Hearing): WallMs | null {
  const { payment } = hearing.purpose;
  const { at } = hearing;
  if (payment.watchUntil === null) return null;
  const planned = watchAskAt(payment.watchUntil, at);
  const daily = at < after(payment.watchUntil, surplusForMs) ? after(at, dayMs) : null;
  return soonerIfUnanswered(hearing, planned ?? daily, patientlyMs);
}
