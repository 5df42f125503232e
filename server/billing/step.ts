// What to do next, as data: the rules say it, one driver does it. Every await of the payment path is a step, so that a
// test can stop the world at each, and a model can walk the rules through every interleaving.
import type { CustomerId, PaymentId, RefundId, SecretId } from "../../contract/common/id.ts";
import type { Rials } from "../../contract/common/money.ts";
import type { Now, WallMs } from "./clock.ts";
import type { NewEvent } from "./event.ts";
import type { Ids } from "./ids.ts";
import type { AuthorityStatus, Outcome, Verification } from "./outcome.ts";

/** A text to be sealed and stored in the same commit as the events that name it. */
export interface NewSecret {
  readonly id: SecretId;
  readonly text: string;
}

export interface Commit {
  readonly kind: "commit";
  readonly events: readonly NewEvent[];
  readonly secrets?: readonly NewSecret[];
  /** What to do instead when the gateway gave us an authority or reference that we have seen before. */
  readonly onConflict?: () => Step;
}

/** The calls that rules may make, each with what it needs and what it may answer. */
export interface Calls {
  /** Asks for an authority; no money moves. */
  readonly requestPayment: {
    readonly input: { readonly paymentId: PaymentId; readonly customerId: CustomerId; readonly amountRials: Rials };
    readonly value: { readonly authority: string };
  };
  /** The money call. Only whoever wrote `payment.submitted` makes it, once, before `sendBefore`. */
  readonly debit: {
    readonly input: {
      readonly paymentId: PaymentId;
      readonly authority: string;
      readonly signatureId: SecretId;
      readonly sendBefore: WallMs;
    };
    readonly value: { readonly referenceId: string | null };
  };
  /** Takes money that a payer has paid on a page. Only whoever wrote `payment.verifying` does, before `sendBefore`. */
  readonly capture: {
    readonly input: {
      readonly paymentId: PaymentId;
      readonly authority: string;
      readonly amountRials: Rials;
      readonly sendBefore: WallMs;
    };
    readonly value: Verification;
  };
  /** Gives a payment back, whole. Only whoever wrote `refund.submitted` does, once, before `sendBefore`. */
  readonly reversePayment: {
    readonly input: { readonly refundId: RefundId; readonly authority: string; readonly sendBefore: WallMs };
    readonly value: Readonly<Record<never, never>>;
  };
  /** Has the gateway pay out a part. Only whoever wrote `refund.submitted` does, once, before `sendBefore`. */
  readonly refundPayment: {
    readonly input: {
      readonly refundId: RefundId;
      readonly paymentId: PaymentId;
      readonly refId: string;
      readonly amountRials: Rials;
      readonly sendBefore: WallMs;
    };
    readonly value: { readonly refundId: string };
  };
  readonly inquire: {
    readonly input: { readonly authority: string };
    readonly value: { readonly status: AuthorityStatus };
  };
  readonly verifyPayment: {
    readonly input: { readonly authority: string; readonly amountRials: Rials };
    readonly value: Verification;
  };
  readonly verifyAgreement: {
    readonly input: { readonly agreementId: SecretId };
    readonly value: { readonly signature: string };
  };
  readonly cancelAgreement: {
    readonly input: { readonly signatureId: SecretId };
    readonly value: Readonly<Record<never, never>>;
  };
}

export type CallName = keyof Calls;

/** A call to the gateway and what to do with its outcome, heard at `at`. */
export type Call = {
  [N in CallName]: {
    readonly kind: "call";
    readonly name: N;
    readonly input: Calls[N]["input"];
    readonly onOutcome: (outcome: Outcome<Calls[N]["value"]>, at: WallMs) => Step;
  };
}[CallName];

export interface Wait {
  readonly kind: "wait";
  /** When something falls due next; null when nothing does. */
  readonly until: WallMs | null;
}

export type Step = Commit | Call | Wait;

/** What a rule may use besides the slice. */
export interface Means {
  readonly now: Now;
  readonly ids: Ids;
  /** Payments and refunds whose intent this very invocation wrote and whose money call it has not made yet. */
  readonly own: ReadonlySet<PaymentId | RefundId>;
  /** What the money calls that this very invocation made answered, while nothing of it is committed. */
  readonly answers: ReadonlyMap<PaymentId, MoneyAnswer>;
}

/** The answer of a money call. */
export type MoneyAnswer = Outcome<Calls["debit"]["value"]>;

export function commit(events: readonly NewEvent[], more: Omit<Commit, "kind" | "events"> = {}): Commit {
  return { kind: "commit", events, ...more };
}
