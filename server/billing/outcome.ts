// What became of a call to the gateway, as data: settled, declined or unknown, never an exception.
import type { EventEvidence } from "./event.ts";

/** What the gateway really said, kept beside the decision it led to. Never holds a signature or a person. */
export interface Evidence {
  readonly call: GatewayCallName;
  readonly httpStatus: number | null;
  readonly code: number | null;
  readonly message: string | null;
  /** What a refused debit's code means, when the gateway's support has told us. */
  readonly reason?: DeclineReason;
}

/** Why a bank declined a debit, where it says so: there is not enough money, or one of its limits is reached. */
export type DeclineReason = "insufficient_funds" | "limit_reached";

/** Evidence as an event keeps it. */
export function evidenceOf(evidence: Evidence): EventEvidence {
  return { ...evidence };
}

export type GatewayCallName =
  | "payment/request"
  | "payment/verify"
  | "payment/inquiry"
  | "payment/unVerified"
  | "payment/reverse"
  | "payman/request"
  | "payman/banksList"
  | "payman/verify"
  | "payman/checkout"
  | "payman/cancelContract"
  | "graphql/Session"
  | "graphql/AddRefund";

export type Outcome<T> =
  | { readonly kind: "settled"; readonly value: T; readonly evidence: Evidence }
  | { readonly kind: "declined"; readonly code: number; readonly evidence: Evidence }
  | { readonly kind: "unknown"; readonly reason: UnknownReason; readonly evidence: Evidence };

/**
 * Why an outcome is unknown. `backoff` is the gateway's −12, −38 or −52: it asks to be asked later (wire facts §3);
 * `not_sent` is ours: the time to send had passed.
 */
export type UnknownReason =
  | "timeout"
  | "network"
  | "server_error"
  | "unreadable"
  | "too_large"
  | "backoff"
  | "not_sent";

/** What `inquiry` says of an authority (wire facts §2.5). */
export type AuthorityStatus = "VERIFIED" | "PAID" | "IN_BANK" | "FAILED" | "REVERSED";

export interface Verification {
  /** The bank's reference shown to the payer, as text. Null when the gateway left it out. */
  readonly refId: string | null;
  /** True for code 101: it had been verified before, which is a success like any other. */
  readonly repeated: boolean;
  readonly cardPanMasked: string | null;
  /** The gateway's fee in Rials, when it is ours to pay; else 0. */
  readonly merchantFeeRials: number;
}
