// Session and AddRefund: finding a payment by its reference and giving back all or part of it (zarinpal.md §2.9).

import type { Answer } from "./envelope.ts";
import type { Body } from "./fields.ts";
import { graphqlRefusal, graphqlSuccess } from "./graphql-envelope.ts";
import { DocumentError } from "./graphql-document.ts";
import { type Request, requestIn } from "./graphql-schema.ts";
import { ownEntryOf, refundedRialsOf, refundMoney } from "./ledger.ts";
import type { Session } from "./records.ts";
import type { Desk, State } from "./state.ts";
import { isoOf } from "./tehran.ts";

/** Named sessions follow on this one, in the order of their making, as if others had used the gateway before. */
const sessionIdsBefore = 385_404_122;
const minRefundRials = 20_000;
const maxRefunds = 1_000;
const usualPage = 25;
const largestPage = 100;

/** The sessions of the terminal that fit all that is asked for, newest first. */
export function session(desk: Desk, body: Body): Answer {
  return execute(desk, body, (request) => {
    const { values } = request;
    const isAnyReference = values["reference_id"] === null || desk.settings.sessionSearch === "ignores_reference";
    const fits = listed(desk.state).filter(
      (one) =>
        (isAnyReference || one.references.includes(String(values["reference_id"]))) &&
        (values["id"] === null || one.id === values["id"]) &&
        (values["filter"] === null || one.status === values["filter"]) &&
        (values["mobile"] === null || one.mobile === values["mobile"]) &&
        (values["description"] === null || one.description === values["description"]) &&
        // The simulator keeps no such thing, so nothing fits it.
        [values["rrn"], values["card_pan"], values["email"]].every((value) => value === null),
    );
    const offset = Number(values["offset"] ?? 0);
    const limit = Math.min(Number(values["limit"] ?? usualPage), largestPage);
    return graphqlSuccess(request, fits.toReversed().slice(offset, offset + limit));
  });
}

/** Gives back part of a captured payment: at least 20,000 Rials, never more than was captured and not yet given back. */
export function addRefund(desk: Desk, body: Body): Answer {
  return execute(desk, body, (request) => {
    const { session_id: id, amount, method, reason } = request.values;
    const amountRials = Number(amount);
    const found = sessionWithId(desk.state, String(id));
    if (found === undefined) return refused(desk, request, "Session not found.");
    const entry = ownEntryOf(desk, found);
    if (found.status !== "VERIFIED" || entry?.state !== "captured")
      return refused(desk, request, "Session can not be refunded.");
    if (amountRials < minRefundRials) return refused(desk, request, `The amount must be at least ${minRefundRials}.`);
    if (amountRials > entry.amountRials - refundedRialsOf(entry) || entry.refunds.length >= maxRefunds)
      return refused(desk, request, "The amount is more than can be refunded.");
    const refund = refundMoney(desk, entry, { amountRials, method: text(method), reason: text(reason) });
    const { refundStatus, terminalId } = desk.settings;
    const timeline = { refund_amount: amountRials, refund_time: isoOf(refund.at), refund_status: refundStatus };
    return graphqlSuccess(request, { id: refund.id, terminal_id: terminalId ?? "1", amount: amountRials, timeline });
  });
}

/** The authority that the variables of a call are about, if any. */
export function authorityIn(state: State, body: Body): string | undefined {
  const variables = new Map<string, unknown>(Object.entries(Object(body["variables"])));
  const [id, reference] = [variables.get("session_id"), variables.get("reference_id")];
  if (typeof id === "string" || typeof id === "number") return sessionWithId(state, String(id))?.authority;
  return state.ledger.find(({ refId }) => String(refId) === reference)?.authority;
}

/** First who asks, then whether the document fits the schema, then whose terminal it is about. */
function execute(desk: Desk, body: Body, perform: (request: Request) => Answer): Answer {
  const token = /^Bearer (\S+)$/.exec(String(body["authorization"]))?.[1];
  const { accessToken, terminalId } = desk.settings;
  if (token === undefined || (accessToken !== null && token !== accessToken))
    return graphqlRefusal(desk, { message: "Unauthenticated.", category: "authentication" });
  try {
    const request = requestIn(body);
    const terminal = request.values["terminal_id"];
    if (terminalId !== null && terminal !== undefined && terminal !== terminalId)
      return refused(desk, request, "This action is unauthorized.");
    return perform(request);
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    return graphqlRefusal(desk, { message: error.message, category: "graphql" });
  }
}

function refused(desk: Desk, request: Request, message: string): Answer {
  return graphqlRefusal(desk, { message, category: "validation" }, request);
}

function listed(state: State) {
  return [...state.sessions.values()].map((one, index) => ({
    id: String(sessionIdsBefore + 1 + index),
    status: statusOf(state, one),
    amount: one.amountRials,
    description: one.description,
    created_at: isoOf(one.createdAt),
    mobile: one.mobile,
    references: one.entryIndexes.map((at) => String(state.ledger[at]?.refId)),
  }));
}

function sessionWithId(state: State, id: string): Session | undefined {
  return [...state.sessions.values()][Number(id) - sessionIdsBefore - 1];
}

/** By the words of the filter; which words an answer uses, nobody outside knows. */
function statusOf(state: State, { status, entryIndexes }: Session): string {
  const isRefunded = entryIndexes.some((at) => (state.ledger[at]?.refunds.length ?? 0) > 0);
  if (status === "VERIFIED" && isRefunded) return "REFUNDED";
  if (status === "NEW" || status === "IN_BANK") return "ACTIVE";
  return status === "FAILED" ? "TRASH" : status;
}

function text(value: string | number | null | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
