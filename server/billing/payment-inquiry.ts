// What became of a money call: asked of the gateway until it is known. FAILED and silence are believed only when time has
// made them true, since an effect may come late and a gateway may call an untouched authority FAILED.
import {
  asked,
  askStep,
  heardData,
  heardEvidence,
  isAboutTerminal,
  isTold,
  saysNotTaken,
  saysPaid,
  soonerIfUnanswered,
  type Heard,
  type Hearing,
  type Question,
} from "./ask.ts";
import { intentToCapture, review } from "./capture.ts";
import { after, dayMs, hourMs, minuteMs, secondMs, type Now, type WallMs } from "./clock.ts";
import { event, type EventEvidence } from "./event.ts";
import { evidenceOf, type Outcome, type Verification } from "./outcome.ts";
import { contradictionIn, failed, succeeded } from "./settle.ts";
import { nowOf, type Payment, type Slice } from "./state.ts";
import { commit, type Means, type Step } from "./step.ts";

/** When the gateway is asked, counted from `settlesAfter`; afterwards every hour. */
export const askOffsetsMs = [
  5 * secondMs,
  15 * secondMs,
  40 * secondMs,
  90 * secondMs,
  3 * minuteMs,
  5 * minuteMs,
  8 * minuteMs,
  12 * minuteMs,
] as const;

/** FAILED, and a refusal to verify, count only when heard again this much later. */
export const hearAgainMs = hourMs;
/** When a payment that was never heard of as paid lapses, counted from `settlesAfter`. */
export const lapsesAfterMs = dayMs;

/** Asks the gateway what became of a money call, and judges what it says. */
export function inquireStep(slice: Slice, question: Question, { ids }: Pick<Means, "ids">): Step {
  return askStep(question, (hearing) => {
    const now = nowOf(slice.state, hearing.at);
    const judge = question.purpose.payment.status === "verifying" ? onVerifying : onDebit;
    return judge({ ...hearing, now, ids });
  });
}

interface Case extends Hearing, Pick<Means, "ids"> {
  readonly now: Now;
}

function onDebit(hearing: Case): Step {
  if (saysPaid(hearing)) return verifyStep(hearing);
  if (saysNotTaken(hearing)) return onFailedHeard(hearing);
  return sinceSettled(hearing.purpose.payment, hearing.at) >= hearAgainMs ? verifyStep(hearing) : undecided(hearing);
}

/** The capture was not heard of, or was refused: what is paid is captured anew, with an intent of its own. */
function onVerifying(hearing: Case): Step {
  const { purpose, now, at } = hearing;
  const { payment } = purpose;
  const evidence = heardEvidence(hearing);
  if (saysPaid(hearing)) return commit([intentToCapture(payment, now, evidence)]);
  if (saysNotTaken(hearing)) return onFailedHeard(hearing);
  if (!isTold(hearing)) return undecided(hearing);
  if (payment.notPaidHeardAt === null) return undecided(hearing, { notPaidHeardAt: at });
  if (at - payment.notPaidHeardAt < lapsesAfterMs) return undecided(hearing);
  return commit(failed(purpose, "lapsed", "lapsed", now, evidence));
}

/**
 * FAILED is believed at once only after a refusal that our own money call came back with; else when it is heard again
 * an hour later, since a gateway may call an untouched authority FAILED, or let an effect arrive late.
 */
function onFailedHeard(hearing: Case): Step {
  const { purpose, answered, at, now } = hearing;
  const { payment } = purpose;
  const evidence = heardEvidence(hearing);
  if (answered && payment.status !== "verifying") {
    return commit(failed(purpose, "failed", hearing.moneyCall?.reason ?? "declined", now, evidence));
  }
  if (sinceSettled(payment, at) < 0) return undecided(hearing);
  if (payment.failedHeardAt === null) return undecided(hearing, { failedHeardAt: at });
  if (at - payment.failedHeardAt < hearAgainMs) return undecided(hearing);
  return commit(failed(purpose, "failed", "not_taken", now, evidence));
}

/** Verifies a debit with our own amount; the gateway says PAID or VERIFIED, or has told nothing for an hour. */
function verifyStep(hearing: Case): Step {
  const { payment } = hearing.purpose;
  if (payment.authority === null) throw new Error(`${payment.id} has no authority to verify`);
  return {
    kind: "call",
    name: "verifyPayment",
    input: { authority: payment.authority, amountRials: payment.amountRials },
    onOutcome: (outcome, at) => onVerified({ ...hearing, now: { ...hearing.now, wall: at } }, outcome),
  };
}

function onVerified(hearing: Case, outcome: Outcome<Verification>): Step {
  const { purpose, now, ids } = hearing;
  const { payment } = purpose;
  const evidence = evidenceOf(outcome.evidence);
  const later = { ...hearing, at: now.wall };
  if (outcome.kind === "settled") {
    return commit(succeeded(purpose, outcome.value, { now, ids }, evidence), {
      onConflict: () => commit([review(payment, "reference_seen_before", evidence)]),
    });
  }
  if (outcome.kind === "unknown") return undecided({ ...later, outcome });
  const contradiction = contradictionIn(outcome.code);
  if (contradiction) return commit([review(payment, contradiction, evidence)]);
  if (isAboutTerminal(outcome.code)) return undecided(later);
  return onNotPaid(later, evidence);
}

/**
 * A parsed refusal to verify is "not paid"; heard after an hour and again after a day, the payment lapses. Unless
 * inquiry still calls it paid: then the gateway contradicts itself, and an operator decides.
 */
function onNotPaid(hearing: Case, evidence: EventEvidence): Step {
  const { purpose, now } = hearing;
  const { payment } = purpose;
  const since = sinceSettled(payment, now.wall);
  if (since < hearAgainMs) return undecided(hearing);
  if (payment.notPaidHeardAt === null) return undecided(hearing, { notPaidHeardAt: now.wall });
  if (since < lapsesAfterMs) return undecided(hearing);
  if (saysPaid(hearing)) return commit([review(payment, "paid_but_not_verifiable", evidence)]);
  return commit(failed(purpose, "lapsed", "lapsed", now, evidence));
}

/** Nothing is decided: what was heard is kept, and the gateway is asked again later. A debit is `unknown` from here on. */
function undecided(hearing: Case, heard: Heard = {}): Step {
  const { purpose, answered, at } = hearing;
  const { payment } = purpose;
  const next = soonerIfUnanswered(hearing, nextAskAt(payment, at));
  const isNew = payment.status === "submitted" || (payment.status === "unknown" && answered !== payment.answered);
  if (!isNew) return commit([asked(hearing, next, heard)]);
  const data = { ...heardData(hearing, next, heard), answered };
  return commit([event("payment.unknown", data, heardEvidence(hearing))]);
}

/** The next time on the schedule after a moment. Example: asked 20 s after `settlesAfter` → at 40 s. */
export function nextAskAt(payment: Payment, at: WallMs): WallMs {
  const settlesAfter = payment.settlesAfter ?? at;
  const offset = askOffsetsMs.find((ms) => settlesAfter + ms > at);
  return offset === undefined ? after(at, hourMs) : after(settlesAfter, offset);
}

/** Milliseconds since a failure may be believed; below zero before. */
function sinceSettled(payment: Payment, at: WallMs): number {
  return payment.settlesAfter === null ? -1 : at - payment.settlesAfter;
}
