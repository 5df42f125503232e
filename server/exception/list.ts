import { contract } from "../../contract/index.ts";
import type { Decision, Exception, ExceptionKind } from "../../contract/exception.ts";
import { instant } from "../billing/clock.ts";
import { asOperator } from "../http/handler.ts";
import { problemOf } from "../http/problem.ts";
import {
  cursorAfter,
  evidenceFor,
  isCursor,
  listExceptions,
  type StoredEvidence,
  type WaitingException,
} from "../store/exceptions.ts";

export const listExceptionsHandler = asOperator.route(contract.exceptions.list, async ({ query }, context) => {
  const { deps, requestId } = context;
  const { limit, cursor } = query;
  if (cursor !== undefined && !isCursor(cursor)) {
    const detail = "This cursor is not one of ours.";
    const errors = [{ pointer: "/query/cursor", code: "invalid_format", detail }];
    return problemOf("validation_failed", { requestId, detail, errors });
  }
  const waiting = await listExceptions(deps.db, query);
  const shown = waiting.slice(0, limit);
  const evidence = await evidenceFor(deps.db, shown);
  const last = waiting.length > limit ? shown.at(-1) : undefined;
  const data = shown.map((exception, index) => presentException(exception, evidence[index] ?? []));
  return { status: 200, body: { data, meta: { requestId }, page: { nextCursor: last ? cursorAfter(last) : null } } };
});

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

function presentException(exception: WaitingException, evidence: readonly StoredEvidence[]): Exception {
  const { id, kind, customerId, reason, amountRials, since } = exception;
  return {
    id,
    kind,
    customerId,
    reason,
    amountRials,
    since: instant(since),
    decisions: [...decisions[kind]],
    evidence: evidence.map((heard) => ({ ...heard, at: instant(heard.at), evidence: { ...heard.evidence } })),
  };
}
