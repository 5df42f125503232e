// Giving a part of a payment back over ZarinPal's GraphQL (wire facts §2.9): find the session of our reference, then
// order its refund. Only the second request can move money, and an outcome says which of the two it is of.
import * as z from "zod";

import { exchange, type ExchangeLimits, type Send } from "./exchange.ts";
import type { Evidence, Gateway, Outcome } from "./gateway.ts";
import { readGraphqlReply } from "./graphql.ts";
import { outcomeOf } from "./read-outcome.ts";
import * as wire from "./wire.ts";

export type RefundAccess = z.output<typeof RefundAccess>;

/** What refunds need beside the merchant id: https://next.zarinpal.com/api/v4/graphql/ and who may ask it. */
export const RefundAccess = z.object({
  graphqlUrl: z.url({ protocol: /^https?$/ }).refine((url) => !/[?#@]/.test(url), "no credentials, query or fragment"),
  accessToken: z.string().regex(/^[\x21-\x7E]{1,4096}$/),
  terminalId: z.string().regex(/^[0-9A-Za-z_-]{1,64}$/),
});

/** The port's `refundPayment`; without access nothing is ever sent. Both requests together take one call's time. */
export function refundOver(
  send: Send,
  access: RefundAccess | null,
  { timeoutMs, maxBodyBytes }: ExchangeLimits,
): Gateway["refundPayment"] {
  if (access === null) return async () => notSent(nothingAsked, "no access to refunds is configured");
  const limits = { timeoutMs: Math.ceil(timeoutMs / 2), maxBodyBytes };
  const perform = async <T>({ call, value, ...body }: Call<T>): Promise<Outcome<T>> => {
    const answer = await exchange(send, (signal) => requestOf(access, body, signal), limits);
    const reply = readGraphqlReply(answer.body);
    return outcomeOf({ call, answer, reply, value, secrets: [access.accessToken] });
  };
  return async ({ refId, orderId, amountRials, description }) => {
    const found = await perform(sessionSearch(access, refId));
    if (found.kind !== "settled") return { kind: "unknown", reason: "not_sent", evidence: found.evidence };
    const [session, ...others] = found.value.sessions;
    // That sessions can be searched by our reference is likely, and unconfirmed: a list of others' must not pass for it.
    if (!session || others.length > 0) return notSent(found.evidence, "not exactly one session has this reference");
    if (session.amountRials < amountRials) return notSent(found.evidence, "the session is of a smaller payment");
    // Verify may have told us another payment's reference: that payment's money must stay where it is.
    if (!isNamed(session, orderId)) return notSent(found.evidence, "the session is another payment's");
    return perform(refundOrder(session.id, amountRials, description));
  };
}

interface Call<T> {
  readonly call: "graphql/Session" | "graphql/AddRefund";
  readonly query: string;
  readonly variables: Readonly<Record<string, string | number>>;
  readonly value: z.ZodType<T>;
}

/** Two are enough to see that one is not the only one. */
function sessionSearch({ terminalId }: RefundAccess, refId: string) {
  return {
    call: "graphql/Session",
    query: `query Sessions($terminal_id: ID! $reference_id: String $limit: Int) {
  Session(terminal_id: $terminal_id, reference_id: $reference_id, limit: $limit) { id, amount, description }
}`,
    variables: { terminal_id: terminalId, reference_id: refId, limit: 2 },
    value: wire.SessionData.transform(({ Session }) => ({
      sessions: Session.map(({ id, amount, description }) => ({ id, amountRials: amount, description })),
    })),
  } as const;
}

/** A session without a description says nothing of whose it is. */
function isNamed({ description }: { readonly description?: string | null | undefined }, orderId: string): boolean {
  return !description || description.includes(orderId);
}

/** All five variables are sent: the documents disagree on which of them may be left out. */
function refundOrder(sessionId: string, amountRials: number, description: string) {
  return {
    call: "graphql/AddRefund",
    query: `mutation AddRefund(
  $session_id: ID! $amount: BigInteger! $description: String
  $method: InstantPayoutActionTypeEnum $reason: RefundReasonEnum
) {
  resource: AddRefund(
    session_id: $session_id amount: $amount description: $description method: $method reason: $reason
  ) { id }
}`,
    variables: {
      session_id: sessionId,
      amount: amountRials,
      description,
      method: "PAYA",
      reason: "CUSTOMER_REQUEST",
    },
    value: wire.AddRefundData.transform(({ resource }) => ({ refundId: resource.id })),
  } as const;
}

function requestOf(access: RefundAccess, body: Readonly<Record<string, unknown>>, signal: AbortSignal): Request {
  return new Request(access.graphqlUrl, {
    method: "POST",
    redirect: "manual",
    signal,
    headers: {
      accept: "application/json",
      "content-type": "application/json",
      authorization: `Bearer ${access.accessToken}`,
    },
    body: JSON.stringify(body),
  });
}

const nothingAsked: Evidence = { call: "graphql/Session", httpStatus: null, code: null, message: null };

function notSent(evidence: Evidence, why: string): Outcome<never> {
  return { kind: "unknown", reason: "not_sent", evidence: { ...evidence, message: `not sent: ${why}` } };
}
