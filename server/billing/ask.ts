// Asking the gateway where an authority stands, and taking down what it said when that decides nothing. What an answer
// means depends on where the payment stands: each caller brings its own judge.
import { after, hourMs, instant, instantOrNull, minuteMs, type WallMs } from "./clock.ts";
import { event, type EventEvidence, type NewEvent } from "./event.ts";
import { evidenceOf, type AuthorityStatus, type Evidence, type Outcome } from "./outcome.ts";
import type { Purpose } from "./settle.ts";
import type { Payment } from "./state.ts";
import type { Step } from "./step.ts";

/** Two inquiries of one authority are at least this far apart. */
export const askApartMs = 10_000;
/** A gateway that did not answer is asked again so soon, whatever was planned: it may be well again. */
const unansweredMs = 4 * minuteMs;
/** About what nobody waits for any more, it is asked again so soon: every question is a line of the log. */
export const patientlyMs = hourMs;

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
export interface Hearing extends Question {
  readonly outcome: Outcome<{ status: AuthorityStatus }>;
  readonly at: WallMs;
}

/** Asks where the payment's authority stands, and lets the judge say what follows. */
export function askStep(question: Question, judge: (hearing: Hearing) => Step): Step {
  const { payment } = question.purpose;
  if (payment.authority === null) throw new Error(`${payment.id} has no authority to ask about`);
  return {
    kind: "call",
    name: "inquire",
    input: { authority: payment.authority },
    onOutcome: (outcome, at) => judge({ ...question, outcome, at }),
  };
}

/** A question that no money call of this invocation came before. */
export function question(purpose: Purpose, askedAt: WallMs): Question {
  return { purpose, answered: purpose.payment.answered, moneyCall: null, askedAt };
}

export function statusIn({ outcome }: Pick<Hearing, "outcome">): AuthorityStatus | null {
  return outcome.kind === "settled" ? outcome.value.status : null;
}

export function saysPaid(hearing: Pick<Hearing, "outcome">): boolean {
  const status = statusIn(hearing);
  return status === "PAID" || status === "VERIFIED";
}

export function saysNotTaken(hearing: Pick<Hearing, "outcome">): boolean {
  const status = statusIn(hearing);
  return status === "FAILED" || status === "REVERSED";
}

/** Whether an answer could be read and is about the payment, not about our terminal. */
export function isTold({ outcome }: Pick<Hearing, "outcome">): boolean {
  return outcome.kind === "settled" || (outcome.kind === "declined" && !isAboutTerminal(outcome.code));
}

/** Refusals that say something about our terminal or our request, and nothing about the payment (wire facts §3). */
export function isAboutTerminal(code: number): boolean {
  return code <= -9 && code >= -19;
}

export type Heard = Partial<Pick<Payment, "failedHeardAt" | "notPaidHeardAt">>;

/** What the gateway said decides nothing; it is asked again at `nextAskAt`, or only after a hint. */
export function asked(hearing: Hearing, nextAskAt: WallMs | null, heard: Heard = {}): NewEvent {
  return event(
    "payment.asked",
    { ...heardData(hearing, nextAskAt, heard), told: isTold(hearing) },
    heardEvidence(hearing),
  );
}

/** What an inquiry leaves behind, as `payment.asked` and `payment.unknown` keep it. */
export function heardData(hearing: Hearing, nextAskAt: WallMs | null, heard: Heard) {
  const { payment } = hearing.purpose;
  return {
    paymentId: payment.id,
    invoiceId: payment.invoiceId,
    failedHeardAt: instantOrNull(heard.failedHeardAt ?? payment.failedHeardAt),
    notPaidHeardAt: instantOrNull(heard.notPaidHeardAt ?? payment.notPaidHeardAt),
    askCount: payment.askCount + 1,
    askedAt: instant(hearing.askedAt),
    nextAskAt: instantOrNull(nextAskAt),
  };
}

export function heardEvidence(hearing: Hearing): EventEvidence {
  return evidenceOf(hearing.moneyCall ?? hearing.outcome.evidence);
}

/** The planned time, or sooner when the gateway did not answer at all. */
export function soonerIfUnanswered(
  { outcome, at }: Hearing,
  planned: WallMs | null,
  soonMs = unansweredMs,
): WallMs | null {
  if (outcome.kind !== "unknown") return planned;
  const soon = after(at, soonMs);
  return planned === null || planned > soon ? soon : planned;
}
