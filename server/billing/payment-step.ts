// The written state machine of a direct debit: created → submitted → succeeded | failed, with `unknown` while the
// gateway has not told. Every rule here was model-checked; leaving one out took money twice, lost it, or stuck.
import { after, dayMs, hourMs, instant, minuteMs, secondMs, wallMs, type Now, type WallMs } from "./clock.ts";
import { cannotCarry } from "./carry.ts";
import { collectLateAt, hashOfId } from "./collection-window.ts";
import { event, type EventEvidence, type NewEvent } from "./event.ts";
import type { AuthorityStatus, Evidence, Outcome, Verification } from "./outcome.ts";
import { failed, purposeOf, succeeded, type Purpose } from "./settle.ts";
import { nowOf, type Invoice, type Payment, type Slice } from "./state.ts";
import { commit, type Means, type Step } from "./step.ts";

/** How long after `payment.submitted` its writer may still make the money call. */
export const sendWithinMs = 20 * secondMs;
/** The longest a call to the gateway may take; the client's time-out is never longer. */
export const callTimeoutMs = 30 * secondMs;
/** How long after the call's end an effect may still show before FAILED is worth hearing. */
export const settleGraceMs = 30 * secondMs;

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

/** Two inquiries of one authority are at least this far apart. */
export const askApartMs = 10 * secondMs;
/** FAILED, and a refusal to verify, count only when heard again this much later. */
export const hearAgainMs = hourMs;
/** When a payment that was never heard of as paid lapses, counted from `settlesAfter`. */
export const lapsesAfterMs = dayMs;

/** Somebody waits for a first payment: one that could not be sent in this time fails; no money can have moved. */
export const firstPaymentWithinMs = hourMs;
const firstDeferralMs = 15 * secondMs;
const longestDeferralMs = 15 * minuteMs;
/** A renewal whose authority is refused for days is asked for less often. */
const patientAfterTries = 100;
const patientDeferralMs = 6 * hourMs;

/** Refusals to verify that contradict what we know: another amount, another merchant (wire facts §3). */
const contradictions: Readonly<Record<number, string>> = { [-50]: "amount_differs", [-53]: "other_merchant" };

/** When a payment wants its next step on the wall clock; null when it wants none. Hints bring an inquiry forward. */
export function paymentDueAt(slice: Slice, payment: Payment): WallMs | null {
  if (payment.nextAskAt === null) return null;
  if (payment.status === "created") return createdDueAt(slice, payment, payment.nextAskAt);
  const hint = slice.hints[payment.id];
  if (!hint || (payment.askedAt !== null && hint.at <= payment.askedAt)) return payment.nextAskAt;
  const apartFrom = payment.askedAt ?? payment.begunAt;
  return Math.min(payment.nextAskAt, Math.max(hint.at, after(apartFrom, askApartMs))) as WallMs;
}

/** A new debit waits while collecting is stopped (the switch wakes it) or the breaker is open, a first one not for ever. */
function createdDueAt(slice: Slice, payment: Payment, nextAskAt: WallMs): WallMs | null {
  const givesUpAt = givesUpFirstAt(slice.state.invoices[payment.invoiceId], payment);
  if (!slice.collecting) return givesUpAt;
  const startsAt = Math.max(nextAskAt, slice.breakerUntil ?? nextAskAt) as WallMs;
  return givesUpAt !== null && givesUpAt < startsAt ? givesUpAt : startsAt;
}

function givesUpFirstAt(invoice: Invoice | undefined, payment: Payment): WallMs | null {
  return invoice?.reason === "subscription_create" ? after(payment.begunAt, firstPaymentWithinMs) : null;
}

/** The next step of a payment that is due, or whose money call this invocation alone may make. */
export function paymentStep(slice: Slice, payment: Payment, means: Means): Step {
  const purpose = purposeOf(slice, payment.id);
  if (payment.status === "created") return requestStep(slice, purpose, means.now);
  if (payment.status === "submitted" && means.own.has(payment.id)) return debitStep(slice, purpose);
  return inquireStep(slice, { purpose, answered: payment.answered, moneyCall: null, askedAt: means.now.wall });
}

/** Asks for an authority: it takes no money, so a lost answer costs nothing but another request. */
function requestStep(slice: Slice, purpose: Purpose, now: Now): Step {
  const { payment } = purpose;
  const givesUpAt = givesUpFirstAt(purpose.invoice, payment);
  if (givesUpAt !== null && now.wall >= givesUpAt) return commit(failed(purpose, "failed", "not_sent", now, {}));
  const opensAt = windowOpensAt(slice, purpose, now);
  if (opensAt !== null) return commit([deferral(payment, opensAt, payment.tries, {})]);
  const method = payment.paymentMethodId === null ? undefined : slice.state.paymentMethods[payment.paymentMethodId];
  const refusal = method ? cannotCarry(slice.state, method, payment.amountRials, now) : null;
  if (!method || refusal) {
    return commit(failed(purpose, "failed", refusal?.rejected ?? "payment_method_not_active", now, {}));
  }
  return {
    kind: "call",
    name: "requestPayment",
    input: { paymentId: payment.id, amountRials: payment.amountRials },
    onOutcome: (outcome, at) => onRequested(purpose, outcome, nowOf(slice.state, at)),
  };
}

/** When a renewal that is late by our fault may go: never at night, and not all at once. Null for now. */
function windowOpensAt(slice: Slice, { invoice }: Purpose, now: Now): WallMs | null {
  const isOnRealTime = slice.state.customer?.clockNowAt === null;
  if (invoice.reason !== "subscription_cycle" || !isOnRealTime) return null;
  const at = collectLateAt(now.billing, hashOfId(invoice.customerId));
  return at > now.billing ? wallMs(at) : null;
}

function onRequested(purpose: Purpose, outcome: Outcome<{ authority: string }>, now: Now): Step {
  const again = () => commit([requestAgain(purpose.payment, now, evidenceOf(outcome.evidence))]);
  if (outcome.kind !== "settled") return again();
  return commit([submission(purpose.payment, outcome.value.authority, now)], { onConflict: again });
}

/** A refused request says something about our terminal and nothing about the payer: it is no decline. */
function requestAgain(payment: Payment, now: Now, evidence: EventEvidence): NewEvent {
  const tries = payment.tries + 1;
  const waitMs =
    tries > patientAfterTries ? patientDeferralMs : Math.min(firstDeferralMs * 2 ** payment.tries, longestDeferralMs);
  return deferral(payment, after(now.wall, waitMs), tries, evidence);
}

function submission(payment: Payment, authority: string, now: Now): NewEvent {
  const sendBefore = after(now.wall, sendWithinMs);
  return event("payment.submitted", {
    paymentId: payment.id,
    invoiceId: payment.invoiceId,
    authority,
    sendBefore: instant(sendBefore),
    settlesAfter: instant(after(sendBefore, callTimeoutMs + settleGraceMs)),
  });
}

function deferral(payment: Payment, until: WallMs, tries: number, evidence: EventEvidence): NewEvent {
  const of = { paymentId: payment.id, invoiceId: payment.invoiceId };
  return event("payment.deferred", { ...of, tries, nextAskAt: instant(until) }, evidence);
}

/** The money call, made once by the writer of `submitted`. Whatever it answers, the gateway is asked what is true. */
function debitStep(slice: Slice, purpose: Purpose): Step {
  const { payment } = purpose;
  const method = payment.paymentMethodId === null ? undefined : slice.state.paymentMethods[payment.paymentMethodId];
  if (!method?.signatureId || payment.authority === null || payment.sendBefore === null) {
    throw new Error(`${payment.id} was submitted without what its money call needs`);
  }
  const { authority, sendBefore } = payment;
  return {
    kind: "call",
    name: "debit",
    input: { paymentId: payment.id, authority, signatureId: method.signatureId, sendBefore },
    onOutcome: (outcome, at) =>
      inquireStep(slice, { purpose, answered: outcome.kind === "declined", moneyCall: outcome.evidence, askedAt: at }),
  };
}

/** An inquiry about to be made. */
interface Question {
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

function inquireStep(slice: Slice, question: Question): Step {
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
  const status = outcome.kind === "settled" ? outcome.value.status : null;
  if (status === "PAID" || status === "VERIFIED") return verifyStep(slice, hearing);
  if (status === "FAILED" || status === "REVERSED") return onFailedHeard(slice, hearing);
  return sinceSettled(hearing.purpose.payment, at) >= hearAgainMs ? verifyStep(slice, hearing) : undecided(hearing);
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
  return onNotPaid(hearing, now, evidence);
}

/** A parsed refusal to verify is "not paid"; heard after an hour and again after a day, the payment lapses. */
function onNotPaid(hearing: Hearing, now: Now, evidence: EventEvidence): Step {
  const { purpose } = hearing;
  const { payment } = purpose;
  const since = sinceSettled(payment, now.wall);
  if (since < hearAgainMs) return undecided({ ...hearing, at: now.wall });
  if (payment.notPaidHeardAt === null) {
    return undecided({ ...hearing, at: now.wall }, { notPaidHeardAt: now.wall });
  }
  if (since < lapsesAfterMs) return undecided({ ...hearing, at: now.wall });
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
    failedHeardAt: failedHeardAt === null ? null : instant(failedHeardAt),
    notPaidHeardAt: notPaidHeardAt === null ? null : instant(notPaidHeardAt),
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

function evidenceOf(evidence: Evidence): EventEvidence {
  return { ...evidence };
}
