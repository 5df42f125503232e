// Payment methods: opened for signing, signed at a bank, and ended. The row exists before the gateway is asked, so that
// no callback or cookie can ever attach an agreement to somebody else.
import type { PaymentMethodId, PersonId, SecretId } from "../../contract/common/id.ts";
import type { Rials } from "../../contract/common/money.ts";
import { after, dayMs, hourMs, instant, instantOrNull, minuteMs, secondMs, type Now, type WallMs } from "./clock.ts";
import { newCustomer, type NewCustomer } from "./customer.ts";
import { event, type EventEvidence, type NewEvent } from "./event.ts";
import { evidenceOf, type Outcome } from "./outcome.ts";
import { reject, type Rejection } from "./rejection.ts";
import { cannotReplace, paidBy, replacement } from "./replace-payment-method.ts";
import { all, nowOf, type PaymentMethod, type Slice } from "./state.ts";
import { commit, type Means, type Step } from "./step.ts";

/** A signature found within this time of the opening still makes the payment method active. */
export const signWithinMs = dayMs;
/** The shortest agreement: the gateway wants 30 days in a zone it does not name (wire facts §5.1). */
export const shortestMs = 31 * dayMs;
export const longestMs = 3 * 366 * dayMs;
/** How long before its end the customer is told. */
export const expiryToldMs = 30 * dayMs;

/** When the gateway is asked unprompted, counted from the opening: the payer's way back may be lost. */
const unpromptedAskOffsetsMs = [15 * minuteMs, hourMs, 6 * hourMs, signWithinMs] as const;
/** A gateway that did not answer is asked again so soon: while a payer who has come back waits for it, and otherwise. */
const waitedForAgainMs = minuteMs;
const askAgainMs = 15 * minuteMs;
/** So long a payer who has come back is taken to wait. */
const payerWaitsMs = 15 * minuteMs;
const askApartMs = 10 * secondMs;
const maxPending = 5;

const firstCancelRetryMs = 10 * secondMs;
const longestCancelRetryMs = hourMs;
const maxCancelTries = 30;

export interface CreatePaymentMethodInput {
  readonly customer: NewCustomer;
  readonly paymentMethodId: PaymentMethodId;
  readonly personId: PersonId;
  readonly maxAmountRials: Rials;
  readonly maxDailyCount: number;
  readonly maxMonthlyCount: number;
  readonly expiresAt: WallMs;
  /** The payment method whose place it takes when it is active; null for one beside the others. */
  readonly replacesId: PaymentMethodId | null;
}

export type CreatePaymentMethodRefusal =
  | "payment_method_limit_reached"
  | "not_found"
  | "payment_method_not_active"
  | "payment_method_cannot_carry";

/**
 * Begins an agreement. Rejects `payment_method_limit_reached` when 5 are waiting to be signed, and what `cannotReplace`
 * rejects.
 */
export function decideCreatePaymentMethod(
  slice: Slice,
  input: CreatePaymentMethodInput,
  now: Now,
): readonly NewEvent[] | Rejection<CreatePaymentMethodRefusal> {
  const { customer, expiresAt, replacesId, ...fields } = input;
  const refusal = replacesId === null ? null : cannotReplace(slice, { ...fields, replacesId }, now);
  if (refusal) return refusal;
  const pending = all(slice.state.paymentMethods).filter((method) => method.status === "pending_signature");
  if (pending.length >= maxPending) {
    return reject("payment_method_limit_reached", `${pending.length} payment methods wait to be signed; sign one.`);
  }
  const created = event("payment_method.created", {
    ...fields,
    expiresAt: instant(expiresAt),
    signBefore: instant(after(now.wall, signWithinMs)),
    replacesId,
  });
  return [...newCustomer(slice.state, customer), created];
}

/** The gateway opened the agreement. Nothing when it was opened or given up meanwhile. */
export function decideSigningOpened(
  slice: Slice,
  { paymentMethodId, agreementId }: { readonly paymentMethodId: PaymentMethodId; readonly agreementId: SecretId },
  now: Now,
): readonly NewEvent[] {
  const method = slice.state.paymentMethods[paymentMethodId];
  if (method?.status !== "pending_signature" || method.agreementId !== null) return [];
  const nextAskAt = instant(after(now.wall, unpromptedAskOffsetsMs[0]));
  return [event("payment_method.signing_opened", { paymentMethodId, agreementId, nextAskAt })];
}

/**
 * Cancels: from this commit on no new debit starts. What was signed is ended at the bank by the tick. Nothing when it
 * was cancelled before. Rejects `not_found`.
 */
export function decideCancelPaymentMethod(
  slice: Slice,
  paymentMethodId: PaymentMethodId,
  now: Now,
): readonly NewEvent[] | Rejection<"not_found"> {
  const method = slice.state.paymentMethods[paymentMethodId];
  if (!method) return reject("not_found", `There is no payment method ${paymentMethodId}.`);
  if (method.status === "cancelled_by_user") return [];
  const nextCancelAt = method.signatureId === null ? null : instant(now.wall);
  const nextAskAt = instantOrNull(lastAskAt(method, now.wall));
  const cancelledAt = instant(now.wall);
  return [event("payment_method.cancelled", { paymentMethodId, cancelledAt, nextAskAt, nextCancelAt })];
}

/** When the gateway is asked for a signature: by schedule, or because somebody came back from the bank. */
export function signatureDueAt(slice: Slice, method: PaymentMethod): WallMs | null {
  if (method.agreementId === null) return method.status === "pending_signature" ? method.signBefore : null;
  if (method.signatureId !== null) return null;
  const hint = slice.hints[method.id];
  const isNews = hint && (method.askedAt === null || hint.at > method.askedAt) && hint.at <= method.signBefore;
  if (!isNews) return method.nextAskAt;
  const apart = method.askedAt === null ? hint.at : after(method.askedAt, askApartMs);
  const hintedAt = Math.max(hint.at, apart) as WallMs;
  return method.nextAskAt === null || hintedAt < method.nextAskAt ? hintedAt : method.nextAskAt;
}

/** Asks for the signature, once the payer may have signed. */
export function signatureStep(slice: Slice, method: PaymentMethod, means: Means): Step {
  const { agreementId } = method;
  if (agreementId === null) return commit([verificationFailed(method, "not_opened", means.now.wall)]);
  return {
    kind: "call",
    name: "verifyAgreement",
    input: { agreementId },
    onOutcome: (outcome, at) => onSignature(slice, method, { outcome, at }, means),
  };
}

interface Answer {
  readonly outcome: Outcome<{ signature: string }>;
  readonly at: WallMs;
}

function onSignature(slice: Slice, method: PaymentMethod, answer: Answer, { ids, now }: Means): Step {
  const { outcome, at } = answer;
  const evidence = evidenceOf(outcome.evidence);
  const askedAt = now.wall;
  if (outcome.kind === "settled") {
    const id = ids.next("sec");
    return commit(signed(slice, method, { signatureId: id, now: nowOf(slice.state, at) }, evidence), {
      secrets: [{ id, text: outcome.value.signature }],
    });
  }
  if (outcome.kind === "unknown") return commit([askedAgain(method, askedAt, retryAskAt(slice, method, at), evidence)]);
  if (method.status !== "pending_signature") {
    return commit([askedAgain(method, askedAt, lastAskAt(method, askedAt), evidence)]);
  }
  if (slice.hints[method.id]?.nok) return commit([verificationFailed(method, "refused", askedAt, evidence)]);
  if (at >= method.signBefore) return commit([verificationFailed(method, "not_signed", askedAt, evidence)]);
  return commit([askedAgain(method, askedAt, unpromptedAskAt(method, at), evidence)]);
}

/** A signature makes it active, also after a failed verification; a cancelled one is only kept to be ended. */
function signed(
  slice: Slice,
  method: PaymentMethod,
  { signatureId, now }: { readonly signatureId: SecretId; readonly now: Now },
  evidence: EventEvidence,
): readonly NewEvent[] {
  const of = { paymentMethodId: method.id, signatureId };
  const foundAt = instant(now.wall);
  if (method.status === "cancelled_by_user") {
    return [event("payment_method.signature_found", { ...of, nextCancelAt: foundAt }, evidence)];
  }
  const activated = event("payment_method.activated", { ...of, activatedAt: foundAt }, evidence);
  return [activated, ...replacement(slice, method, now)];
}

/** Nothing was signed yet. Only a pending one is asked about by schedule. */
function askedAgain(method: PaymentMethod, askedAt: WallMs, next: WallMs | null, evidence: EventEvidence): NewEvent {
  const data = { paymentMethodId: method.id, askedAt: instant(askedAt), nextAskAt: instantOrNull(next) };
  return event("payment_method.asked", data, evidence);
}

/** No answer: soon again, then hourly; what nobody waits for any more is given up a day after its time. */
function retryAskAt({ hints }: Slice, method: PaymentMethod, at: WallMs): WallMs | null {
  const hint = hints[method.id];
  if (at < method.signBefore) {
    return after(at, hint && at < hint.at + payerWaitsMs ? waitedForAgainMs : askAgainMs);
  }
  const isWaitedFor = method.status === "pending_signature" || at < method.signBefore + dayMs;
  return isWaitedFor ? after(at, hourMs) : null;
}

function unpromptedAskAt(method: PaymentMethod, at: WallMs): WallMs {
  const openedAt = after(method.signBefore, -signWithinMs);
  const offset = unpromptedAskOffsetsMs.find((ms) => openedAt + ms > at);
  return after(openedAt, offset ?? signWithinMs);
}

function verificationFailed(
  method: PaymentMethod,
  reason: "refused" | "not_signed" | "not_opened",
  askedAt: WallMs,
  evidence?: EventEvidence,
): NewEvent {
  const nextAskAt = instantOrNull(lastAskAt(method, askedAt));
  const data = { paymentMethodId: method.id, reason, askedAt: instant(askedAt), nextAskAt };
  return event("payment_method.verification_failed", data, evidence);
}

/** An opened agreement is asked about once more at the end of its time: the payer may sign it without our hearing. */
function lastAskAt({ agreementId, signatureId, signBefore }: PaymentMethod, at: WallMs): WallMs | null {
  const mayBeSigned = agreementId !== null && signatureId === null && at < signBefore;
  return mayBeSigned ? signBefore : null;
}

/**
 * When the customer is to be told that an agreement will end: 30 days before, once, and only when a debit is still to
 * come. Null when there is nothing to tell.
 */
export function expiringDueAt(slice: Slice, { id, status, expiresAt, expiryTold }: PaymentMethod): WallMs | null {
  if (status !== "active" || expiryTold) return null;
  const isNeeded = paidBy(slice, id).some(({ cancelAtPeriodEnd }) => !cancelAtPeriodEnd);
  return isNeeded ? after(expiresAt, -expiryToldMs) : null;
}

export function decideExpiring({ id: paymentMethodId, expiresAt }: PaymentMethod): readonly NewEvent[] {
  return [event("payment_method.expiring", { paymentMethodId, expiresAt: instant(expiresAt) })];
}

/** When an active agreement ends by itself. */
export function expiryDueAt(method: PaymentMethod): WallMs | null {
  return method.status === "active" ? method.expiresAt : null;
}

export function decideExpiry(method: PaymentMethod): readonly NewEvent[] {
  return [event("payment_method.expired", { paymentMethodId: method.id })];
}

/** Ends the agreement at the bank; repeated until the gateway confirms, or refuses a second time. */
export function cancelStep(method: PaymentMethod): Step {
  const { signatureId } = method;
  if (signatureId === null) throw new Error(`${method.id} has no signature to cancel`);
  return {
    kind: "call",
    name: "cancelAgreement",
    input: { signatureId },
    onOutcome: (outcome, at) => commit([cancellation(method, outcome, at)]),
  };
}

/** A refusal after an earlier try means that the earlier one may have worked: how a repeat answers is unknown (§5.7). */
function cancellation(method: PaymentMethod, outcome: Outcome<object>, at: WallMs): NewEvent {
  const of = { paymentMethodId: method.id };
  const evidence = evidenceOf(outcome.evidence);
  const wasTried = method.cancelTries > 0;
  if (outcome.kind === "settled") {
    return event("payment_method.cancellation_ended", { ...of, cancellation: "confirmed" }, evidence);
  }
  if ((outcome.kind === "declined" && wasTried) || method.cancelTries >= maxCancelTries) {
    return event("payment_method.cancellation_ended", { ...of, cancellation: "presumed" }, evidence);
  }
  const waitMs = Math.min(firstCancelRetryMs * 2 ** method.cancelTries, longestCancelRetryMs);
  const cancelTries = method.cancelTries + 1;
  const nextCancelAt = instant(after(at, waitMs));
  return event("payment_method.cancellation_asked", { ...of, cancelTries, nextCancelAt }, evidence);
}
