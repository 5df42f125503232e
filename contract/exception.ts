// Exceptions: what waits for an operator. Operators only; evidence is what the gateway really said.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { CustomerId, PaymentId } from "./common/id.ts";
import { Rials } from "./common/money.ts";
import { PageQuery } from "./common/page.ts";
import { endpoint } from "./common/policy.ts";
import { createApiListSchema, createApiResponseSchema } from "./common/response.ts";
import { Instant } from "./common/time.ts";
import { Heard } from "./heard.ts";
import { Payment } from "./payment.ts";

export const ExceptionKind = z
  .enum([
    "payment_review",
    "payment_surplus",
    "payment_reversed",
    "customer_stuck",
    "cancellation_presumed",
    "refund_waiting",
    "reconciliation_difference",
    "debit_in_doubt",
  ])
  .meta({
    description:
      "`payment_review`: the gateway contradicts itself. `payment_surplus`: surplus money that it neither gives back " +
      "nor lets us take. `payment_reversed`: the bank took money back. `customer_stuck`: looking at a customer failed " +
      "eight times or more. `cancellation_presumed`: an agreement whose end no bank confirmed. `refund_waiting`: to be " +
      "paid out by hand (with the reason `payment_reversed` when the bank has taken the payment back meanwhile), or of an " +
      "unknown end. `reconciliation_difference`: the gateway's books are not ours. `debit_in_doubt`: a customer who may have paid " +
      "in the time that a restored backup does not know: credit that it is given pays what it owes, and the epoch's `settle` " +
      "lets the rest be debited.",
    example: "payment_review",
  });

export type ExceptionKind = z.infer<typeof ExceptionKind>;

export const Decision = z.enum(["settle", "fail", "ask_again", "resume", "acknowledge", "credit"]).meta({
  description: "What an operator can do about it.",
  example: "settle",
});

export type Decision = z.infer<typeof Decision>;

/** The id of what it is about: a payment, refund, payment method, customer or difference. */
export const ExceptionId = z
  .string()
  .regex(/^(pay|ref|pm|cus|rdf)_[0-7][0-9a-hjkmnp-tv-z]{25}$/)
  .meta({
    description: "Id of the exception: that of the payment, refund, payment method or customer it is about.",
    example: "pay_01kaqzv3m5e0a8r6b1x2n4y7tq",
  });

export const Exception = z
  .object({
    id: ExceptionId,
    kind: ExceptionKind,
    customerId: CustomerId.nullable(),
    reason: z.string().nullable().meta({
      description: "Why it waits, as a stable word; null when the kind says it all.",
      example: "amount_differs",
    }),
    amountRials: Rials.nullable(),
    since: Instant.meta({ description: "Since when it waits.", example: "2026-11-22T12:30:00.000Z" }),
    decisions: z.array(Decision).meta({ description: "What can be done about it.", example: ["settle", "fail"] }),
    evidence: z.array(Heard).meta({ description: "What was said about it, newest first, at most 20.", example: [] }),
  })
  .meta({ id: "Exception", description: "Something that waits for an operator, with all evidence." });

export type Exception = z.infer<typeof Exception>;

const reason = z.string().trim().min(3).max(500).meta({
  description: "Why, for the audit trail; name no person.",
  example: "The bank confirms the debit by telephone",
});

const Done = z
  .object({ done: z.literal(true).meta({ description: "It is written.", example: true }) })
  .meta({ id: "Done", description: "A decision that is on the audit trail." });

export const exceptions = initContract().router({
  list: endpoint(
    { who: "operator", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/operator/exceptions",
      query: PageQuery.extend({ kind: ExceptionKind.optional() }),
      responses: { 200: createApiListSchema(Exception) },
      summary: "List what waits for an operator",
      description:
        "One queue of everything that only a person can decide, newest first, with what the gateway said about each. " +
        "A decision removes its entry.",
    },
  ),
  get: endpoint(
    { who: "operator", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/operator/exceptions/:exceptionId",
      pathParams: z.object({ exceptionId: ExceptionId }),
      query: z.object({ kind: ExceptionKind.optional() }),
      responses: { 200: createApiResponseSchema(Exception) },
      summary: "Get what waits for an operator",
      description:
        "One exception, with what was said about it. A customer's id may name two of them, which `kind` tells apart. 404 " +
        "once it has left the queue.",
    },
  ),
  resolve: endpoint(
    {
      who: "operator",
      rate: "money",
      idempotency: "optional",
      refuses: ["nothing_to_decide", "reference_seen_before", "busy"],
      events: [
        "payment.succeeded",
        "payment.failed",
        "payment.review_ended",
        "payment.credited",
        "payment.returned",
        "payment.surplus",
        "customer.resumed",
      ],
    },
    {
      method: "POST",
      path: "/v1/operator/payments/:paymentId/resolve",
      pathParams: z.object({ paymentId: PaymentId }),
      body: z
        .strictObject({
          decision: z.enum(["settle", "fail", "ask_again"]).meta({
            description: "The money is ours; it is not; or ask the gateway once more.",
            example: "settle",
          }),
          reference: z.string().trim().min(3).max(64).optional().meta({
            description: "The bank's reference of the money; `settle` needs it.",
            example: "40123456",
          }),
          reason,
        })
        .refine(({ decision, reference }) => decision !== "settle" || reference !== undefined, {
          path: ["reference"],
          message: "To settle, give the bank's reference.",
        }),
      responses: { 200: createApiResponseSchema(Payment) },
      summary: "Decide a payment in review",
      description:
        "`settle` books the money and pays the invoice (surplus becomes the customer's credit); `fail` takes it as not " +
        "paid, or as gone back; `ask_again` puts it before the gateway once more. `ask_again` also asks about a " +
        "payment that had ended: whether the bank took it back, or whether its money came after all. Any other payment " +
        "answers 409 `nothing_to_decide`; a reference that another payment has, 409 `reference_seen_before`. No money " +
        "moves by the decision itself.",
    },
  ),
  resume: endpoint(
    { who: "operator", rate: "write", idempotency: "optional", refuses: ["busy"], events: ["customer.resumed"] },
    {
      method: "POST",
      path: "/v1/operator/customers/:customerId/resume",
      pathParams: z.object({ customerId: CustomerId }),
      body: z.strictObject({ reason }),
      responses: { 200: createApiResponseSchema(Done) },
      summary: "Look at a stuck customer now",
      description: "Forgets the faults of a customer that failed again and again, and looks at it at once.",
    },
  ),
  acknowledge: endpoint(
    {
      who: "operator",
      rate: "write",
      idempotency: "optional",
      refuses: ["nothing_to_decide", "busy"],
      events: ["exception.acknowledged"],
    },
    {
      method: "POST",
      path: "/v1/operator/exceptions/:exceptionId/acknowledge",
      pathParams: z.object({ exceptionId: ExceptionId }),
      body: z.strictObject({ reason }),
      responses: { 200: createApiResponseSchema(Done) },
      summary: "Acknowledge an exception",
      description:
        "Takes what needs no decision out of the queue: a reversal, a presumed cancellation. 409 `nothing_to_decide` " +
        "for what needs one; 404 for what is not in the queue.",
    },
  ),
});
