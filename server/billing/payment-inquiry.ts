// What became of a money call: asked of the gateway until it is known. FAILED and silence are believed only when time has
// made them true, since an effect may come late and a gateway may call an untouched authority FAILED.
import { after, dayMs, hourMs, instant, instantOrNull, minuteMs, secondMs, type Now, type WallMs } from "./clock.ts";
import { event, type EventEvidence, type NewEvent } from "./event.ts";
import { evidenceOf, type AuthorityStatus, type Evidence, type Outcome, type Verification } from "./outcome.ts";
import { failed, succeeded, type Purpose } from "./settle.ts";
import { nowOf, type Payment, type Slice } from "./state.ts";
import { commit, type Step } from "./step.ts";

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

/** Refusals that say something about our terminal or our request, and nothing about the payment (wire facts §3). */
function isAboutTerminal(code: number): boolean {
  return code <= -9 && code >= -19;
}

/** Refusals to verify that contradict what we know: another amount, another merchant (wire facts §3). */
const contradictions: Readonly<Record<number, string>> = { [-50]: "amount_differs", [-53]: "other_merchant" };

/** An inquiry about to be made. */
export interface Question {
  readonly purpose: Purpose;
  /** Whether the money call itself came back with a refusal that could be read. */
  readonly answered: boolean;
  readonly moneyCall: Evidence | null;
  /** When it is asked: a hint that comes later is news. */
  readonly askedAt: WallMs;
}

/** An inquiry with its answer. */
interface Hearing extends Question {
  readonly outcome: Outcome<{ status: AuthorityStatus }>;
  readonly at: WallMs;
}

/** Asks the gateway what became of an authority, and judges what it says. */
export function inquireStep(slice: Slice, question: Question): Step {
  const { payment } = question.purpose;
  if (payment.authority === null) throw new Error(`${payment.id} has no authority to ask about`);
  const { authority } = payment;
  return {
    kind: "call",
    name: "inquire",
    input: { authority },
    onOutcome: (outcome, at) => onInquired(slice, { ...question, outcome, at }),
  };
}

function onInquired(slice: Slice, hearing: Hearing): Step {
  const { outcome, at } = hearing;
  if (saysPaid(outcome)) return verifyStep(slice, hearing);
  const status = outcome.kind === "settled" ? outcome.value.status : null;
  if (status === "FAILED" || status === "REVERSED") return onFailedHeard(slice, hearing);
  return sinceSettled(hearing.purpose.payment, at) >= hearAgainMs ? verifyStep(slice, hearing) : undecided(hearing);
}

function saysPaid(outcome: Hearing["outcome"]): boolean {
  return outcome.kind === "settled" && (outcome.value.status === "PAID" || outcome.value.status === "VERIFIED");
}

/**
 * FAILED is believed at once only after a refusal that our own money call came back with; else when it is heard again
 * an hour later, since a gateway may call an untouched authority FAILED, or let an effect arrive late.
 */
function onFailedHeard(slice: Slice, hearing: Hearing): Step {
  const { purpose, answered, at } = hearing;
  const { payment } = purpose;
  const now = nowOf(slice.state, at);
  const evidence = evidenceOf(hearing.moneyCall ?? hearing.outcome.evidence);
  if (answered) return commit(failed(purpose, "failed", "declined", now, evidence));
  if (sinceSettled(payment, at) < 0) return undecided(hearing);
  if (payment.failedHeardAt === null) return undecided(hearing, { failedHeardAt: at });
  if (at - payment.failedHeardAt < hearAgainMs) return undecided(hearing);
  return commit(failed(purpose, "failed", "not_taken", now, evidence));
}

/** Verifies with our own amount; the gateway says PAID or VERIFIED, or has told nothing for an hour. */
function verifyStep(slice: Slice, hearing: Hearing): Step {
  const { payment } = hearing.purpose;
  if (payment.authority === null) throw new Error(`${payment.id} has no authority to verify`);
  return {
    kind: "call",
    name: "verifyPayment",
    input: { authority: payment.authority, amountRials: payment.amountRials },
    onOutcome: (outcome, at) => onVerified(hearing, outcome, nowOf(slice.state, at)),
  };
}

function onVerified(hearing: Hearing, outcome: Outcome<Verification>, now: Now): Step {
  const { purpose } = hearing;
  const evidence = evidenceOf(outcome.evidence);
  if (outcome.kind === "settled") {
    return commit(succeeded(purpose, outcome.value, now, evidence), {
      onConflict: () => commit([review(purpose.payment, "reference_seen_before", evidence)]),
    });
  }
  if (outcome.kind === "unknown") return undecided({ ...hearing, at: now.wall });
  const contradiction = contradictions[outcome.code];
  if (contradiction) return commit([review(purpose.payment, contradiction, evidence)]);
  if (isAboutTerminal(outcome.code)) return undecided({ ...hearing, at: now.wall });
  return onNotPaid(hearing, now, evidence);
}

/**
 * A parsed refusal to verify is "not paid"; heard after an hour and again after a day, the payment lapses. Unless
 * inquiry still calls it paid: then the gateway contradicts itself, and an operator decides.
 */
function onNotPaid(hearing: Hearing, now: Now, evidence: EventEvidence): Step {
  const { purpose } = hearing;
  const { payment } = purpose;
  const since = sinceSettled(payment, now.wall);
  if (since < hearAgainMs) return undecided({ ...hearing, at: now.wall });
  if (payment.notPaidHeardAt === null) {
    return undecided({ ...hearing, at: now.wall }, { notPaidHeardAt: now.wall });
  }
  if (since < lapsesAfterMs) return undecided({ ...hearing, at: now.wall });
  if (saysPaid(hearing.outcome)) return commit([review(payment, "paid_but_not_verifiable", evidence)]);
  return commit(failed(purpose, "lapsed", "lapsed", now, evidence));
}

/** Nothing is decided: the payment is `unknown`, what was heard is kept, and the gateway is asked again later. */
function undecided(hearing: Hearing, heard: Partial<Pick<Payment, "failedHeardAt" | "notPaidHeardAt">> = {}): Step {
  const { purpose, answered, at } = hearing;
  const { payment } = purpose;
  const failedHeardAt = heard.failedHeardAt ?? payment.failedHeardAt;
  const notPaidHeardAt = heard.notPaidHeardAt ?? payment.notPaidHeardAt;
  const data = {
    paymentId: payment.id,
    invoiceId: payment.invoiceId,
    failedHeardAt: instantOrNull(failedHeardAt),
    notPaidHeardAt: instantOrNull(notPaidHeardAt),
    askCount: payment.askCount + 1,
    askedAt: instant(hearing.askedAt),
    nextAskAt: instant(nextAskAt(payment, at)),
  };
  const evidence = evidenceOf(hearing.moneyCall ?? hearing.outcome.evidence);
  const isNew = payment.status === "submitted" || answered !== payment.answered;
  return commit([
    isNew ? event("payment.unknown", { ...data, answered }, evidence) : event("payment.asked", data, evidence),
  ]);
}

/** The next time on the schedule after a moment. Example: asked 20 s after `settlesAfter` → at 40 s. */
export function nextAskAt(payment: Payment, at: WallMs): WallMs {
  const settlesAfter = payment.settlesAfter ?? at;
  const offset = askOffsetsMs.find((ms) => settlesAfter + ms > at);
  return offset === undefined ? after(at, hourMs) : after(settlesAfter, offset);
}

function review(payment: Payment, reason: string, evidence: EventEvidence): NewEvent {
  return event("payment.needs_review", { paymentId: payment.id, invoiceId: payment.invoiceId, reason }, evidence);
}

/** Milliseconds since a failure may be believed; below zero before. */
function sinceSettled(payment: Payment, at: WallMs): number {
  return payment.settlesAfter === null ? -1 : at - payment.settlesAfter;
}
