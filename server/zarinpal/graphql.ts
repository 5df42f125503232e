// The envelope of ZarinPal's GraphQL (wire facts §2.9): what was answered, refused, or cannot be read. Its refusals are
// documented nowhere, and one misread would have a refund made twice: only an error that says its kind is believed.
import * as z from "zod";

import type { Reply } from "./envelope.ts";

/** GraphQL gives its refusals no code; theirs is 0, and the message says why. */
export const graphqlRefusalCode = 0;

/**
 * Reads a parsed body. `answer`: data and no errors. `refusal`: no data, and every error is of a kind that a server
 * finds before it acts. Everything else, an internal error in a 200 included, is `unreadable`: it may have acted.
 */
export function readGraphqlReply(body: unknown): Reply {
  const envelope = Envelope.safeParse(body);
  if (!envelope.success) return { kind: "unreadable", code: null, message: null };
  const { data, errors } = envelope.data;
  const message = errors[0]?.message ?? envelope.data.message;
  const isEmpty = Object.values(data).every((value) => value === null || value === undefined);
  if (errors.length === 0 && !isEmpty) return { kind: "answer", code: null, message, data };
  const isRefused = errors.length > 0 && isEmpty && errors.every((error) => BeforeActing.safeParse(error).success);
  if (isRefused) return { kind: "refusal", code: graphqlRefusalCode, message };
  return { kind: "unreadable", code: null, message };
}

const Message = z.string().nullable().catch(null);

const Envelope = z.object({
  data: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((data) => data ?? {}),
  errors: z
    .array(z.looseObject({ message: Message }))
    .nullish()
    .transform((errors) => errors ?? []),
  message: Message,
});

/** The categories that GraphQL servers of this make use; "internal" and none at all are not among them. */
const BeforeActing = z.object({
  extensions: z.object({ category: z.enum(["authentication", "authorization", "graphql", "validation"]) }),
});
