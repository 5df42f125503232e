// From one exchange with the gateway to its outcome: settled, declined or unknown, with the evidence that may be kept.
import type * as z from "zod";

import { backoffCodes, type Reply } from "./envelope.ts";
import { scrubbed } from "./evidence.ts";
import type { Exchange } from "./exchange.ts";
import type { Evidence, GatewayCallName, Outcome } from "./gateway.ts";

export interface Reading<T> {
  readonly call: GatewayCallName;
  readonly answer: Exchange;
  /** The body of the answer, its envelope read. */
  readonly reply: Reply;
  /** What the data of a good reply must be, and what the port makes of it. */
  readonly value: z.ZodType<T>;
  /** What was sent or received and must not stand in evidence. */
  readonly secrets: readonly string[];
}

/** Unknown unless the exchange was whole and its reply can be read: nothing is concluded from less. */
export function outcomeOf<T>({ call, answer, reply, value, secrets }: Reading<T>): Outcome<T> {
  const evidence: Evidence = {
    call,
    httpStatus: answer.httpStatus,
    code: reply.code,
    message: scrubbed(reply.message, secrets),
  };
  if (answer.fault !== null) return { kind: "unknown", reason: answer.fault, evidence };
  switch (reply.kind) {
    case "unreadable":
      return { kind: "unknown", reason: "unreadable", evidence };
    case "refusal":
      if (backoffCodes.has(reply.code)) return { kind: "unknown", reason: "backoff", evidence };
      return { kind: "declined", code: reply.code, evidence };
    case "answer": {
      const read = value.safeParse(reply.data);
      if (!read.success) return { kind: "unknown", reason: "unreadable", evidence };
      return { kind: "settled", value: read.data, evidence };
    }
    default:
      return reply satisfies never;
  }
}
