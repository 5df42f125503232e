// The gateway as the rest of the server sees it: a port of eleven calls. Each answers with an outcome and never throws:
// `settled` (the gateway said yes), `declined` (a parsed refusal, with its code), `unknown` (anything else: time-out,
// 5xx, HTML, a body that does not parse). The section numbers are those of the wire facts the client was written from.
import type { Rials } from "../../contract/common/money.ts";
import type { AuthorityStatus, Outcome, Verification } from "../billing/outcome.ts";

export type {
  AuthorityStatus,
  DeclineReason,
  Evidence,
  GatewayCallName,
  Outcome,
  UnknownReason,
  Verification,
} from "../billing/outcome.ts";

export interface Bank {
  readonly name: string;
  readonly slug: string;
  readonly bankCode: string;
  /** The most this bank debits for one payer in a day, in Rials. */
  readonly maxDailyAmountRials: number;
  /** The most debits a day; null is no limit. */
  readonly maxDailyCount: number | null;
  /** Where the payer signs at this bank (§5.3). */
  readonly signingUrl: string;
}

export interface UnverifiedPayment {
  readonly authority: string;
  readonly amountRials: number;
}

export interface PaymentRequest {
  readonly amountRials: Rials;
  readonly description: string;
  readonly callbackUrl: string;
  /** Our payment's id; the gateway echoes it as `order_id`. */
  readonly orderId: string;
}

export interface AgreementRequest {
  /** `09` and nine digits. */
  readonly mobile: string;
  readonly nationalId: string | null;
  /** End of the agreement, milliseconds since 1970; the gateway wants at least 30 days, we send at least 31. */
  readonly expiresAtMs: number;
  readonly maxDailyCount: number;
  readonly maxMonthlyCount: number;
  readonly maxAmountRials: Rials;
  readonly callbackUrl: string;
}

export interface RefundOrder {
  /** The bank's reference that verify gave. */
  readonly refId: string;
  /** Ours of the payment: the description that was sent with its request names it. */
  readonly orderId: string;
  /** All of the payment or a part of it; the gateway wants at least 20,000. */
  readonly amountRials: Rials;
  readonly description: string;
}

/** The pages of the gateway on which a payer pays. */
export interface PaymentPages {
  /** Where they are, for a browser that is sent there: `https://payment.zarinpal.com`. */
  readonly origin: string;
  /** The page of one authority (§2.2). */
  readonly urlOf: (authority: string) => string;
}

export interface Gateway {
  /** §2.1. A new authority; no money moves. Always `auto_verify: false`. */
  requestPayment(input: PaymentRequest): Promise<Outcome<{ authority: string }>>;
  /** §2.4. Confirms a payment of exactly this amount; 100 and 101 are both settled. */
  verifyPayment(input: { authority: string; amountRials: Rials }): Promise<Outcome<Verification>>;
  /** §2.5. Where an authority stands; never a proof of payment. An unknown authority is declined with −54. */
  inquire(input: { authority: string }): Promise<Outcome<{ status: AuthorityStatus }>>;
  /** §2.6. The newest paid and unverified payments, at most 100. */
  listUnverified(): Promise<Outcome<{ payments: readonly UnverifiedPayment[] }>>;
  /** §2.7. Gives a payment back within 30 minutes. */
  reversePayment(input: { authority: string }): Promise<Outcome<Record<never, never>>>;
  /**
   * §2.9. Gives a part of a payment back, whenever it was. Two requests: `not_sent` when the one that moves money never
   * went out, whatever became of the search before it; any other unknown may have given the money back. Never repeated:
   * a second order may refund twice. A refusal has the code 0.
   */
  refundPayment(input: RefundOrder): Promise<Outcome<{ refundId: string }>>;
  /** §5.1. Opens an agreement for signing; no money moves. */
  requestAgreement(input: AgreementRequest): Promise<Outcome<{ paymanAuthority: string }>>;
  /** §5.2. The banks at which this agreement can be signed, each with its signing page. */
  listBanks(input: { paymanAuthority: string }): Promise<Outcome<{ banks: readonly Bank[] }>>;
  /** §5.5. The signature of a signed agreement, opaque, up to 1,024 characters and more. */
  verifyAgreement(input: { paymanAuthority: string }): Promise<Outcome<{ signature: string }>>;
  /** §5.6. THE call that takes money. Never repeated for one authority. */
  debit(input: { authority: string; signature: string }): Promise<Outcome<{ referenceId: string | null }>>;
  /** §5.7. Ends an agreement at the bank. */
  cancelAgreement(input: { signature: string }): Promise<Outcome<Record<never, never>>>;
}
