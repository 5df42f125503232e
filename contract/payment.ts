// Payments: attempts to take money for an invoice. The states are the written state machine that keeps money from
// being taken twice.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { CustomerId, InvoiceId, PaymentId, PaymentMethodId } from "./common/id.ts";
import { Currency, Rials } from "./common/money.ts";
import { PageQuery } from "./common/page.ts";
import { endpoint } from "./common/policy.ts";
import { createApiListSchema, createApiResponseSchema } from "./common/response.ts";
import { Instant } from "./common/time.ts";
import { Heard } from "./heard.ts";

export const PaymentKind = z.enum(["debit", "checkout"]).meta({
  description: "A direct debit, or a page of the gateway on which the payer paid.",
  example: "debit",
});

export const PaymentStatus = z
  .enum([
    "created",
    "submitted",
    "unknown",
    "open",
    "verifying",
    "needs_review",
    "succeeded",
    "failed",
    "lapsed",
    "closed",
    "surplus",
    "reversed",
    "refunded",
  ])
  .meta({
    description:
      "A debit is `created`, `submitted` to the gateway, then `succeeded` or `failed`; `unknown` while the gateway " +
      "has not told, `lapsed` when it says after a day that nothing was paid. A checkout is `open` while its page can " +
      "be paid, `verifying` while the money is taken, `closed` after 30 minutes or when another way of paying came " +
      "first. `surplus`: money that came for what was settled; `reversed`: the money went back; `refunded`: all of it " +
      "was given back. `needs_review` waits for an operator.",
    example: "succeeded",
  });

export type PaymentKind = z.infer<typeof PaymentKind>;
export type PaymentStatus = z.infer<typeof PaymentStatus>;

export const Payment = z
  .object({
    id: PaymentId,
    kind: PaymentKind,
    status: PaymentStatus,
    invoiceId: InvoiceId,
    paymentMethodId: PaymentMethodId.nullable(),
    amountRials: Rials,
    refundedRials: Rials.meta({
      description: "How much of it is given back or set aside to be, in Rials.",
      example: 0,
    }),
    currency: Currency,
    refId: z.string().nullable().meta({
      description: "The bank's reference of the money, to quote to the bank.",
      example: "40123456",
    }),
    failureReason: z.string().nullable().meta({
      description: "Why it did not succeed, as a stable word; else null.",
      example: "declined",
    }),
    createdAt: Instant,
    settledAt: Instant.nullable().meta({
      description: "When it was known to have succeeded or failed; null before.",
      example: "2026-11-22T12:30:04.000Z",
    }),
  })
  .meta({ id: "Payment", description: "One attempt to take money for an invoice." });

export type Payment = z.infer<typeof Payment>;

export const TracedPayment = z
  .object({
    payment: Payment,
    customerId: CustomerId,
    authority: z.string().nullable().meta({
      description: "The gateway's id of it; null when the gateway was never asked.",
      example: "A00000000000000000000000000000abCd12",
    }),
    evidence: z.array(Heard).meta({ description: "What was said about it, newest first, at most 20.", example: [] }),
  })
  .meta({ id: "TracedPayment", description: "A payment as operators see it, with all evidence." });

export type TracedPayment = z.infer<typeof TracedPayment>;

export const payments = initContract().router({
  list: endpoint(
    { who: "customer", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/payments",
      query: PageQuery,
      responses: { 200: createApiListSchema(Payment) },
      summary: "List my payments",
      description: "The caller's payments, newest first, failed ones included.",
    },
  ),
  get: endpoint(
    { who: "customer", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/payments/:paymentId",
      pathParams: z.object({ paymentId: PaymentId }),
      responses: { 200: createApiResponseSchema(Payment) },
      summary: "Get a payment",
      description: "One payment of the caller.",
    },
  ),
  listOfCustomer: endpoint(
    { who: "operator", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/operator/customers/:customerId/payments",
      pathParams: z.object({ customerId: CustomerId }),
      query: PageQuery,
      responses: { 200: createApiListSchema(Payment) },
      summary: "List a customer's payments",
      description: "The payments of any customer, newest first, failed ones included.",
    },
  ),
  trace: endpoint(
    { who: "operator", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/operator/payments/:paymentId",
      pathParams: z.object({ paymentId: PaymentId }),
      responses: { 200: createApiResponseSchema(TracedPayment) },
      summary: "Trace a payment",
      description: "One payment of any customer, with what the gateway and operators said about it.",
    },
  ),
});
