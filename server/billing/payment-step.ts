// The written state machine of a direct debit: created → submitted → succeeded | failed, with `unknown` while the
// gateway has not told. Every rule here was model-checked; leaving one out took money twice, lost it, or stuck.
import { after, hourMs, instant, minuteMs, secondMs, wallMs, type Now, type WallMs } from "./clock.ts";
import { cannotCarry } from "./carry.ts";
import { collectLateAt, hashOfId } from "./collection-window.ts";
import { event, type EventEvidence, type NewEvent } from "./event.ts";
import { evidenceOf, type Outcome } from "./outcome.ts";
import { inquireStep } from "./payment-inquiry.ts";
import { failed, purposeOf, type Purpose } from "./settle.ts";
import { nowOf, type Invoice, type Payment, type Slice } from "./state.ts";
import { commit, type Means, type Step } from "./step.ts";

/** How long after `payment.submitted` its writer may still make the money call. */
export const sendWithinMs = 20 * secondMs;
/** The longest a call to the gateway may take; the client's time-out is never longer. */
export const callTimeoutMs = 30 * secondMs;
/** How long after the call's end an effect may still show before FAILED is worth hearing. */
export const settleGraceMs = 30 * secondMs;

/** Two inquiries of one authority are at least this far apart. */
export const askApartMs = 10 * secondMs;
/** Somebody waits for a first payment: one that could not be sent in this time fails; no money can have moved. */
export const firstPaymentWithinMs = hourMs;
const firstDeferralMs = 15 * secondMs;
const longestDeferralMs = 15 * minuteMs;
/** A renewal whose authority is refused for days is asked for less often. */
const patientAfterTries = 100;
const patientDeferralMs = 6 * hourMs;

/**
 * When a payment wants its next step on the wall clock; null when it wants none. Hints bring an inquiry forward, but not
 * while the writer of `submitted` may still be at work.
 */
export function paymentDueAt(slice: Slice, payment: Payment): WallMs | null {
  if (payment.nextAskAt === null) return null;
  if (payment.status === "created") return createdDueAt(slice, payment, payment.nextAskAt);
  if (payment.status === "submitted") return payment.nextAskAt;
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

/** Whether this very invocation has to go on with a payment, due or not: to make its money call, or to use its answer. */
export function isMine(payment: Payment, { own, answers }: Means): boolean {
  if (payment.status === "submitted") return own.has(payment.id) || answers.has(payment.id);
  return payment.status === "unknown" && answers.has(payment.id);
}

/** The next step of a payment that is due, or whose money call this invocation alone may make. */
export function paymentStep(slice: Slice, payment: Payment, means: Means): Step {
  const purpose = purposeOf(slice, payment.id);
  if (payment.status === "created") return requestStep(slice, purpose, means.now);
  if (payment.status === "submitted" && means.own.has(payment.id)) return debitStep(slice, purpose);
  const answer = means.answers.get(payment.id);
  const answered = payment.answered || answer?.kind === "declined";
  return inquireStep(slice, { purpose, answered, moneyCall: answer?.evidence ?? null, askedAt: means.now.wall });
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
