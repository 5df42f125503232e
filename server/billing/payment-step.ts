// The written state machine of payments: when each wants its next step, and which it is. A debit is `created`, then
// `submitted` by whoever makes its money call; what becomes of it is asked. Every rule here was model-checked; leaving
// one out took money twice, lost it, or stuck.
import { askApartMs } from "./ask.ts";
import { captureStep } from "./capture.ts";
import { cannotCarry, cannotCollect, withinDailyCeiling } from "./carry.ts";
import { opened, openStep } from "./checkout.ts";
import { after, hourMs, instant, minuteMs, secondMs, wallMs, type Now, type WallMs } from "./clock.ts";
import { nextDebitFrom } from "./collect.ts";
import { collectLateAt, hashOfId } from "./collection-window.ts";
import { isInDoubt } from "./doubt.ts";
import { event, type EventEvidence, type NewEvent } from "./event.ts";
import { evolveAll } from "./evolve.ts";
import { intentAt } from "./intent.ts";
import { closed, surplusStep, watchStep } from "./late-money.ts";
import { evidenceOf, type Outcome } from "./outcome.ts";
import { inquireStep } from "./payment-inquiry.ts";
import { reversalStep } from "./reversal.ts";
import { failed, purposeOf, type Purpose } from "./settle.ts";
import { nowOf, type CustomerState, type Payment, type PaymentMethod, type Slice } from "./state.ts";
import { commit, type Means, type Step } from "./step.ts";

/** Somebody waits for a debit on demand: one that could not be sent in this time fails; no money can have moved. */
export const onDemandWithinMs = hourMs;
/** Who wants a page to pay on will not wait longer for it. */
export const openWithinMs = 5 * minuteMs;
const firstDeferralMs = 15 * secondMs;
const longestDeferralMs = 15 * minuteMs;
/** A renewal whose authority is refused for days is asked for less often. */
const patientAfterTries = 100;
const patientDeferralMs = 6 * hourMs;

/**
 * When a payment wants its next step on the wall clock; null when it wants none. Hints bring an inquiry forward, but not
 * while the writer of an intent may still be at work.
 */
export function paymentDueAt(slice: Slice, payment: Payment): WallMs | null {
  switch (payment.status) {
    case "created":
      return payment.nextAskAt === null ? null : createdDueAt(slice, payment, payment.nextAskAt);
    case "submitted":
      return payment.nextAskAt;
    case "verifying":
      return notBefore(payment.settlesAfter, askDueAt(slice, payment));
    case "open":
      return earliest(payment.closesAt, askDueAt(slice, payment));
    case "unknown":
    case "failed":
    case "lapsed":
    case "closed":
    case "surplus":
    case "succeeded":
    case "refunded":
      return askDueAt(slice, payment);
    case "needs_review":
    case "reversed":
      return null;
    default:
      return payment.status satisfies never;
  }
}

/** As planned or because of a hint, and never soon after the last time: a hint's question may come just before a planned one. */
function askDueAt(slice: Slice, payment: Payment): WallMs | null {
  const { askedAt, nextAskAt } = payment;
  const planned = askedAt === null ? nextAskAt : notBefore(after(askedAt, askApartMs), nextAskAt);
  return earliest(planned, hintedAt(slice, payment));
}

/** When somebody's word about a payment makes us ask; null when there is none that we have not asked about since. */
function hintedAt(slice: Slice, payment: Payment): WallMs | null {
  const hint = slice.hints[payment.id];
  if (!hint || payment.authority === null || isEnded(payment)) return null;
  if (payment.askedAt !== null && hint.at <= payment.askedAt) return null;
  return Math.max(hint.at, after(payment.askedAt ?? payment.begunAt, askApartMs)) as WallMs;
}

/** Surplus that became credit, or that an operator has to look at. */
function isEnded({ status, nextAskAt }: Payment): boolean {
  return status === "surplus" && nextAskAt === null;
}

function earliest(a: WallMs | null, b: WallMs | null): WallMs | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

function notBefore(first: WallMs | null, at: WallMs | null): WallMs | null {
  return first === null || at === null || at > first ? at : first;
}

/**
 * A new debit waits while collecting is stopped (the switch wakes it) or the breaker is open, one on demand not for ever. A
 * renewal's that is in doubt begins anew when the doubt is over.
 */
function createdDueAt(slice: Slice, payment: Payment, nextAskAt: WallMs): WallMs | null {
  const givesUpAt = givesUpAtOf(payment);
  if (payment.kind === "checkout") return earliest(givesUpAt, nextAskAt);
  if (mayBePaidAlready(slice, payment)) return payment.onDemand ? null : nextAskAt;
  if (!slice.collecting) return givesUpAt;
  return earliest(givesUpAt, Math.max(nextAskAt, slice.breakerUntil ?? nextAskAt) as WallMs);
}

/** Nobody can say of a debit in doubt that it was not sent. */
function mayBePaidAlready(slice: Slice, { invoiceId }: Payment): boolean {
  const invoice = slice.state.invoices[invoiceId];
  return invoice !== undefined && isInDoubt(slice, invoice);
}

function givesUpAtOf(payment: Payment): WallMs | null {
  if (payment.kind === "checkout") return after(payment.begunAt, openWithinMs);
  return payment.onDemand ? after(payment.begunAt, onDemandWithinMs) : null;
}

/** Whether this very invocation has to go on with a payment, due or not: to make its money call, or to use its answer. */
export function isMine(payment: Payment, { own, answers }: Means): boolean {
  if (payment.status === "submitted") return own.has(payment.id) || answers.has(payment.id);
  if (payment.status === "verifying") return own.has(payment.id);
  return payment.status === "unknown" && answers.has(payment.id);
}

/** The next step of a payment that is due, or whose money call this invocation alone may make. */
export function paymentStep(slice: Slice, payment: Payment, means: Means): Step {
  const purpose = purposeOf(slice, payment.id);
  switch (payment.status) {
    case "created":
      return requestStep(slice, purpose, means.now);
    case "open":
      return openStep(slice, purpose, means);
    case "submitted":
    case "verifying":
    case "unknown":
      return means.own.has(payment.id) ? moneyStep(slice, purpose, means) : becameStep(slice, purpose, means);
    case "surplus":
      return surplusStep(purpose, means);
    case "succeeded":
    case "refunded":
      return reversalStep(slice, purpose, means);
    case "failed":
    case "lapsed":
    case "closed":
    case "needs_review":
    case "reversed":
      return watchStep(slice, purpose, means);
    default:
      return payment.status satisfies never;
  }
}

/**
 * What begins a payment, with its first step when that is due at once: an authority that nobody has written down takes no
 * money, so that the payment begins and its intent is written in one commit.
 */
export function begunStep(slice: Slice, events: readonly NewEvent[], means: Means): Step {
  const { customerId } = slice;
  const after = { ...slice, state: evolveAll(slice.state, events, { customerId, at: means.now.wall }) };
  const begun = events.find((one) => one.type === "payment.created");
  const payment = begun && after.state.payments[begun.data.paymentId];
  const dueAt = payment ? paymentDueAt(after, payment) : null;
  if (!payment || dueAt === null || dueAt > means.now.wall) return commit(events);
  return preceded(events, paymentStep(after, payment, means));
}

/** A step whose commit writes other events first. */
function preceded(events: readonly NewEvent[], step: Step): Step {
  if (step.kind === "wait") return commit(events);
  if (step.kind === "call") {
    if (step.name !== "requestPayment") return commit(events);
    const onOutcome: typeof step.onOutcome = (outcome, at) => preceded(events, step.onOutcome(outcome, at));
    return { ...step, onOutcome };
  }
  const { onConflict } = step;
  return {
    ...step,
    events: [...events, ...step.events],
    ...(onConflict && { onConflict: () => preceded(events, onConflict()) }),
  };
}

function moneyStep(slice: Slice, purpose: Purpose, means: Means): Step {
  return purpose.payment.status === "verifying" ? captureStep(slice, purpose, means) : debitStep(slice, purpose, means);
}

function becameStep(slice: Slice, purpose: Purpose, means: Means): Step {
  const { payment } = purpose;
  const answer = means.answers.get(payment.id);
  const answered = payment.answered || answer?.kind === "declined";
  return inquireStep(slice, { purpose, answered, moneyCall: answer?.evidence ?? null, askedAt: means.now.wall }, means);
}

/** Asks for an authority: it takes no money, so a lost answer costs nothing but another request. */
function requestStep(slice: Slice, purpose: Purpose, now: Now): Step {
  const { payment } = purpose;
  const givesUpAt = givesUpAtOf(payment);
  if (givesUpAt !== null && now.wall >= givesUpAt) return commit(failed(purpose, "failed", "not_sent", now, {}));
  if (payment.kind === "checkout") return authorityStep(slice, purpose);
  if (!payment.onDemand && isOvertaken(slice, purpose, now)) return commit([closed(payment, "superseded", now.wall)]);
  const opensAt = windowOpensAt(slice, payment, now);
  if (opensAt !== null) return commit([deferral(payment, opensAt, payment.tries, {})]);
  const refusal = debitRefusal(slice, payment, now);
  return refusal === null ? authorityStep(slice, purpose) : commit(failed(purpose, "failed", refusal, now, {}));
}

/**
 * While it waited, a restore made it doubtful, the customer chose another payment method, or another invoice of the
 * subscription was debited: the attempt begins anew, with what holds then.
 */
function isOvertaken(slice: Slice, { payment, subscription }: Purpose, now: Now): boolean {
  if (mayBePaidAlready(slice, payment)) return true;
  if (subscription === null) return false;
  return subscription.paymentMethodId !== payment.paymentMethodId || now.wall < nextDebitFrom(slice, subscription);
}

function methodOf({ paymentMethods }: CustomerState, { paymentMethodId }: Payment): PaymentMethod | undefined {
  return paymentMethodId === null ? undefined : paymentMethods[paymentMethodId];
}

/** Why the payment's payment method cannot be debited now; null when it can. */
function debitRefusal({ state }: Slice, payment: Payment, now: Now): string | null {
  const method = methodOf(state, payment);
  if (!method) return "payment_method_not_active";
  if (!payment.onDemand) return cannotCollect(state, method, payment.amountRials, now);
  return cannotCarry(state, method, payment.amountRials, now)?.rejected ?? null;
}

function authorityStep(slice: Slice, purpose: Purpose): Step {
  const { payment } = purpose;
  return {
    kind: "call",
    name: "requestPayment",
    input: { paymentId: payment.id, customerId: payment.customerId, amountRials: payment.amountRials },
    onOutcome: (outcome, at) => onRequested(purpose, outcome, nowOf(slice.state, at)),
  };
}

/**
 * When a renewal that is late by our fault may go: never at night, not all at once, and not above the day's ceiling.
 * Null for now.
 */
function windowOpensAt(slice: Slice, payment: Payment, now: Now): WallMs | null {
  const isOnRealTime = slice.state.customer?.clockNowAt === null;
  if (payment.onDemand || !isOnRealTime) return null;
  const late = collectLateAt(now.billing, hashOfId(payment.customerId));
  const others = { ...slice.state, payments: { ...slice.state.payments, [payment.id]: undefined } };
  const at = withinDailyCeiling(others, { ...payment, method: methodOf(slice.state, payment) }, late);
  return at > now.billing ? wallMs(at) : null;
}

function onRequested(purpose: Purpose, outcome: Outcome<{ authority: string }>, now: Now): Step {
  const again = () => commit([requestAgain(purpose.payment, now, evidenceOf(outcome.evidence))]);
  if (outcome.kind !== "settled") return again();
  const { authority } = outcome.value;
  const begun = purpose.payment.kind === "checkout" ? opened : submission;
  return commit([begun(purpose.payment, authority, now)], { onConflict: again });
}

/** A refused request says something about our terminal and nothing about the payer: it is no decline. */
function requestAgain(payment: Payment, now: Now, evidence: EventEvidence): NewEvent {
  const tries = payment.tries + 1;
  const waitMs =
    tries > patientAfterTries ? patientDeferralMs : Math.min(firstDeferralMs * 2 ** payment.tries, longestDeferralMs);
  return deferral(payment, after(now.wall, waitMs), tries, evidence);
}

function submission(payment: Payment, authority: string, now: Now): NewEvent {
  const of = { paymentId: payment.id, invoiceId: payment.invoiceId };
  return event("payment.submitted", { ...of, authority, ...intentAt(now.wall) });
}

function deferral(payment: Payment, until: WallMs, tries: number, evidence: EventEvidence): NewEvent {
  const of = { paymentId: payment.id, invoiceId: payment.invoiceId };
  return event("payment.deferred", { ...of, tries, nextAskAt: instant(until) }, evidence);
}

/** The money call, made once by the writer of `submitted`. Whatever it answers, the gateway is asked what is true. */
function debitStep(slice: Slice, purpose: Purpose, means: Means): Step {
  const { payment } = purpose;
  const method = methodOf(slice.state, payment);
  if (!method?.signatureId || payment.authority === null || payment.sendBefore === null) {
    throw new Error(`${payment.id} was submitted without what its money call needs`);
  }
  const { authority, sendBefore } = payment;
  return {
    kind: "call",
    name: "debit",
    input: { paymentId: payment.id, authority, signatureId: method.signatureId, sendBefore },
    onOutcome: (outcome, at) =>
      inquireStep(
        slice,
        { purpose, answered: outcome.kind === "declined", moneyCall: outcome.evidence, askedAt: at },
        means,
      ),
  };
}
