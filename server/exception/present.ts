// Exceptions as the contract shows them, each with what can be done about it.
import type { Decision, Exception, ExceptionKind } from "../../contract/exception.ts";
import { instant } from "../billing/clock.ts";
import { presentHeard } from "../http/heard.ts";
import type { StoredEvidence, WaitingException } from "../store/exceptions.ts";

const decisions: Readonly<Record<ExceptionKind, readonly Decision[]>> = {
  payment_review: ["settle", "fail", "ask_again"],
  payment_surplus: ["settle", "fail", "ask_again"],
  payment_reversed: ["acknowledge"],
  customer_stuck: ["resume"],
  cancellation_presumed: ["acknowledge"],
  refund_waiting: ["settle", "fail"],
  reconciliation_difference: ["ask_again", "acknowledge"],
  debit_in_doubt: ["credit"],
};

export function presentException(exception: WaitingException, evidence: readonly StoredEvidence[]): Exception {
  const { id, kind, customerId, reason, amountRials, since } = exception;
  return {
    id,
    kind,
    customerId,
    reason,
    amountRials,
    since: instant(since),
    decisions: [...decisions[kind]],
    evidence: evidence.map(presentHeard),
  };
}
