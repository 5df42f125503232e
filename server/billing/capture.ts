// Taking money that lies ready at the gateway: paid on a page, or found after we stopped waiting. Whoever does it says so
// first, in a commit that makes the payment the invoice's only live one; so no debit can go at the same time.
import { asked, isAboutTerminal, type Hearing } from "./ask.ts";
import { after, hourMs, minuteMs, type Now, type WallMs } from "./clock.ts";
import { event, type EventEvidence, type NewEvent } from "./event.ts";
import { intentAt } from "./intent.ts";
import { evidenceOf, type Outcome, type Verification } from "./outcome.ts";
import { contradictionIn, succeeded, type Purpose } from "./settle.ts";
import { nowOf, type Payment, type Slice } from "./state.ts";
import { commit, type Means, type Step } from "./step.ts";

/** A capture that was refused though the gateway calls it paid is tried again this much later, for a day. */
const refusedAgainMs = hourMs;
const refusedForMs = 24 * hourMs;
/** A refusal that is about our terminal says nothing about the payment. */
const terminalAgainMs = 5 * minuteMs;

/** Says who is about to take the money of a payment that the gateway calls paid. */
export function intentToCapture(payment: Payment, now: Now, evidence: EventEvidence): NewEvent {
  const of = { paymentId: payment.id, invoiceId: payment.invoiceId };
  return event("payment.verifying", { ...of, ...intentAt(now.wall) }, evidence);
}

/** Takes the money, with our own amount; done only by the writer of `payment.verifying`. */
export function captureStep(slice: Slice, purpose: Purpose, means: Means): Step {
  const { payment } = purpose;
  const { authority, amountRials, sendBefore } = payment;
  if (authority === null || sendBefore === null) throw new Error(`${payment.id} is verified without an intent`);
  return {
    kind: "call",
    name: "capture",
    input: { paymentId: payment.id, authority, amountRials, sendBefore },
    onOutcome: (outcome, at) => onCaptured(purpose, outcome, { ids: means.ids, now: nowOf(slice.state, at) }),
  };
}

function onCaptured(purpose: Purpose, outcome: Outcome<Verification>, { now, ids }: Pick<Means, "now" | "ids">): Step {
  const { payment } = purpose;
  const evidence = evidenceOf(outcome.evidence);
  if (outcome.kind === "settled") {
    return commit(succeeded(purpose, outcome.value, { now, ids }, evidence), {
      onConflict: () => commit([review(payment, "reference_seen_before", evidence)]),
    });
  }
  if (outcome.kind === "unknown") return commit([notTaken(purpose, outcome, now, payment.settlesAfter)]);
  const contradiction = contradictionIn(outcome.code);
  if (contradiction) return commit([review(payment, contradiction, evidence)]);
  const refusedSince = payment.notPaidHeardAt;
  if (isAboutTerminal(outcome.code)) {
    return commit([notTaken(purpose, outcome, now, after(now.wall, terminalAgainMs))]);
  }
  if (refusedSince !== null && now.wall - refusedSince >= refusedForMs) {
    return commit([review(payment, "paid_but_not_verifiable", evidence)]);
  }
  const heard = refusedSince === null ? { notPaidHeardAt: now.wall } : {};
  return commit([notTaken(purpose, outcome, now, after(now.wall, refusedAgainMs), heard)]);
}

function notTaken(
  purpose: Purpose,
  outcome: Exclude<Outcome<Verification>, { kind: "settled" }>,
  now: Now,
  nextAskAt: WallMs | null,
  heard: { readonly notPaidHeardAt?: WallMs } = {},
): NewEvent {
  const hearing: Hearing = {
    purpose,
    outcome,
    answered: purpose.payment.answered,
    moneyCall: null,
    askedAt: now.wall,
    at: now.wall,
  };
  return asked(hearing, nextAskAt, heard);
}

/** The gateway contradicts itself, or us: an operator decides. */
export function review(payment: Payment, reason: string, evidence: EventEvidence): NewEvent {
  return event("payment.needs_review", { paymentId: payment.id, invoiceId: payment.invoiceId, reason }, evidence);
}
