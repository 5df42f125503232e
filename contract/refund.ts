// Refunds: money of a payment that is given back, wholly or in part. Ordered by operators only.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { InvoiceId, PaymentId, RefundId } from "./common/id.ts";
import { Currency, Rials } from "./common/money.ts";
import { PageQuery } from "./common/page.ts";
import { endpoint } from "./common/policy.ts";
import { createApiListSchema, createApiResponseSchema } from "./common/response.ts";
import { Instant } from "./common/time.ts";

export const RefundMethod = z.enum(["reverse", "refund", "manual"]).meta({
  description:
    "`reverse`: the gateway takes the whole payment back, within 30 minutes of it. `refund`: the gateway pays out. " +
    "`manual`: an operator pays out and records the reference. Which are on is configuration.",
  example: "manual",
});

export type RefundMethod = z.infer<typeof RefundMethod>;

export const RefundSource = z.enum(["invoice", "credit"]).meta({
  description: "What it takes the money from: what an invoice was paid with, or the customer's credit.",
  example: "invoice",
});

export type RefundSource = z.infer<typeof RefundSource>;

export const RefundStatus = z.enum(["pending", "submitted", "succeeded", "failed", "needs_review"]).meta({
  description:
    "`pending` until it is sent or an operator has paid it out; `submitted` while the gateway is at it; then " +
    "`succeeded` or `failed`. `needs_review` waits for an operator, since sending it again might give back twice.",
  example: "succeeded",
});

export type RefundStatus = z.infer<typeof RefundStatus>;

export const Refund = z
  .object({
    id: RefundId,
    status: RefundStatus,
    method: RefundMethod,
    source: RefundSource,
    paymentId: PaymentId,
    invoiceId: InvoiceId,
    amountRials: Rials,
    netRials: Rials.meta({ description: "The part without VAT, in Rials; 0 from credit.", example: 2_990_000 }),
    vatRials: Rials.meta({ description: "The VAT in it, in Rials; 0 from credit.", example: 299_000 }),
    currency: Currency,
    reference: z.string().nullable().meta({
      description: "The bank's or gateway's reference of the money given back; null until there is one.",
      example: "40123456",
    }),
    failureReason: z.string().nullable().meta({
      description: "Why it did not succeed or waits for an operator, as a stable word; else null.",
      example: "declined",
    }),
    createdAt: Instant,
    settledAt: Instant.nullable().meta({
      description: "When it was known to have succeeded or failed; null before.",
      example: "2026-11-22T12:30:04.000Z",
    }),
  })
  .meta({ id: "Refund", description: "Money of a payment that is given back, or is to be." });

export type Refund = z.infer<typeof Refund>;

export const RefundProcessing = z
  .object({
    refund: Refund,
    pollUrl: z.string().meta({
      description: "Read this until the refund is no longer `pending` or `submitted`.",
      example: "/v1/refunds/ref_01kaqzv3m5e0a8r6b1x2n4y7tq",
    }),
    status: z.literal("processing").meta({ description: "The gateway is still at it.", example: "processing" }),
  })
  .meta({ id: "RefundProcessing", description: "A refund whose end the gateway has not told in eight seconds." });

const why = z.string().trim().min(3).max(500).meta({
  description: "Why, for the audit trail; name no person.",
  example: "Charged for a month that could not be used",
});

const refundParams = z.object({ refundId: RefundId });

export const refunds = initContract().router({
  create: endpoint(
    {
      who: "operator",
      rate: "money",
      idempotency: "required",
      refuses: ["not_found", "payment_not_refundable", "refund_exceeds_payment", "refund_method_unavailable", "busy"],
      events: [
        "refund.created",
        "refund.submitted",
        "refund.succeeded",
        "refund.failed",
        "refund.needs_review",
        "quota.grant_revoked",
      ],
    },
    {
      method: "POST",
      path: "/v1/refunds",
      body: z.strictObject({
        paymentId: PaymentId,
        amountRials: Rials.min(1).optional().meta({
          description: "How much to give back, in Rials; without it all that is left.",
          example: 1_000_000,
        }),
        method: RefundMethod.optional(),
        reason: why,
      }),
      responses: {
        201: createApiResponseSchema(Refund),
        202: createApiResponseSchema(RefundProcessing),
      },
      summary: "Give a payment back",
      description:
        "Gives all, or a part, of a payment back; without `method` by the first one that is switched on. All refunds " +
        "of a payment together never exceed it, however many are ordered at once: the amount is set aside before " +
        "anything is sent. The invoice stays `paid` and the subscription runs on; cancel that by itself. Money that " +
        "had become the customer's credit is taken from the credit, at most what is left of it. The payment is " +
        "`refunded` once all of it is back.\n\n" +
        "In the books: an invoice of 3,289,000 (2,990,000 and 299,000 VAT) of which 1,000,000 is given back moves " +
        "909,091 of income and 90,909 of VAT to what we owe the customer (deferred revenue +909,091, VAT payable " +
        "+90,909, refunds payable −1,000,000), and from there to the gateway, or to our bank when it is paid out by " +
        "hand, once it has succeeded. A refund that fails is moved back.\n\n" +
        "201 when it has ended, or waits for an operator's pay-out (`manual`). 202 while the gateway is at it. The " +
        "gateway is asked once and never again by itself: what it does not answer is found out (`reverse`) or left to " +
        "an operator (`refund`). The customer sees `refundedRials` on the payment.",
    },
  ),
  list: endpoint(
    { who: "operator", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/refunds",
      query: PageQuery.extend({
        paymentId: PaymentId.optional(),
        status: RefundStatus.optional(),
      }),
      responses: { 200: createApiListSchema(Refund) },
      summary: "List refunds",
      description: "Everybody's refunds, newest first, of one payment or in one status when asked.",
    },
  ),
  get: endpoint(
    { who: "operator", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/refunds/:refundId",
      pathParams: refundParams,
      responses: { 200: createApiResponseSchema(Refund) },
      summary: "Get a refund",
      description: "One refund of any customer.",
    },
  ),
  settle: endpoint(
    {
      who: "operator",
      rate: "money",
      idempotency: "optional",
      refuses: ["nothing_to_decide", "busy"],
      events: ["refund.succeeded", "quota.grant_revoked"],
    },
    {
      method: "POST",
      path: "/v1/refunds/:refundId/settle",
      pathParams: refundParams,
      body: z.strictObject({
        reference: z.string().trim().min(3).max(64).meta({
          description: "The bank's reference of the pay-out.",
          example: "14050901-112233",
        }),
        reason: why,
      }),
      responses: { 200: createApiResponseSchema(Refund) },
      summary: "Record that a refund was paid",
      description:
        "Ends a `manual` refund that was paid out, or one in `needs_review` that turned out to have been given back. " +
        "Nothing is sent. 409 `nothing_to_decide` for any other. The payment is `refunded` once all of it is back.",
    },
  ),
  fail: endpoint(
    {
      who: "operator",
      rate: "money",
      idempotency: "optional",
      refuses: ["nothing_to_decide", "busy"],
      events: ["refund.failed"],
    },
    {
      method: "POST",
      path: "/v1/refunds/:refundId/fail",
      pathParams: refundParams,
      body: z.strictObject({ reason: why }),
      responses: { 200: createApiResponseSchema(Refund) },
      summary: "Record that a refund was not paid",
      description:
        "Ends a `manual` refund that will not be paid out, or one in `needs_review` that was not given back. What was " +
        "set aside is free again: for another refund, or as credit. 409 `nothing_to_decide` for any other.",
    },
  ),
});
