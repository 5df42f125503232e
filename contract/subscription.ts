// Subscriptions: a customer's right to a product, period by period.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { InvoiceId, PaymentId, PaymentMethodId, PriceId, ProductId, SubscriptionId } from "./common/id.ts";
import { PageQuery } from "./common/page.ts";
import { endpoint } from "./common/policy.ts";
import { Problem } from "./common/problem.ts";
import { createApiListSchema, createApiResponseSchema } from "./common/response.ts";
import { Instant } from "./common/time.ts";

export const SubscriptionStatus = z
  .enum(["incomplete", "active", "past_due", "paused", "canceled", "incomplete_expired"])
  .meta({
    description:
      "`incomplete` until the first payment; `active`; `past_due` while a renewal is unpaid (access goes on in " +
      "grace); `paused` or `canceled` at its end; `incomplete_expired` when the first payment failed.",
    example: "active",
  });

export type SubscriptionStatus = z.infer<typeof SubscriptionStatus>;

export const CancelReason = z.enum(["requested", "unpaid"]).meta({
  description: "Why it ended or will end: asked for by the customer, or unpaid.",
  example: "requested",
});

export const Collection = z.enum(["direct_debit", "checkout"]).meta({
  description:
    "How it is paid: `direct_debit` of a payment method; or `checkout`, on a page of the gateway, where each renewal " +
    "is paid by a link that is sent.",
  example: "direct_debit",
});

export type Collection = z.infer<typeof Collection>;

export const Period = z
  .object({
    index: z.int().min(0).meta({ description: "0 for the first period, then 1, 2, …", example: 0 }),
    startsAt: Instant,
    endsAt: Instant.meta({ description: "End of the period, not part of it.", example: "2026-12-21T20:30:00.000Z" }),
  })
  .meta({ id: "Period", description: "A half-open span `[startsAt, endsAt)`, on Tehran's days." });

export const Subscription = z
  .object({
    id: SubscriptionId,
    status: SubscriptionStatus,
    productId: ProductId,
    priceId: PriceId,
    paymentMethodId: PaymentMethodId.nullable(),
    anchorDay: z.int().min(1).max(31).meta({
      description: "Day of the month on which periods begin, clamped to short months.",
      example: 31,
    }),
    currentPeriod: Period,
    latestInvoiceId: InvoiceId.nullable().meta({
      description: "Its newest invoice; null for a free price.",
      example: null,
    }),
    cancelAtPeriodEnd: z.boolean().meta({
      description: "Whether it ends with the current period.",
      example: false,
    }),
    cancelReason: CancelReason.nullable(),
    createdAt: Instant,
    endedAt: Instant.nullable().meta({ description: "When it ended; null while it runs.", example: null }),
  })
  .meta({ id: "Subscription", description: "A customer's right to a product." });

export type Subscription = z.infer<typeof Subscription>;

const Processing = z
  .object({
    subscription: Subscription,
    paymentId: PaymentId,
    pollUrl: z.string().meta({
      description: "Ask here until `status` is no longer `incomplete`.",
      example: "/v1/subscriptions/sub_01kaqzv3m5e0a8r6b1x2n4y7tq",
    }),
    status: z.literal("processing").meta({ description: "The bank has not answered yet.", example: "processing" }),
  })
  .meta({ id: "SubscriptionProcessing", description: "A subscription whose first payment is under way." });

const subscriptionPath = z.object({ subscriptionId: SubscriptionId });

export const subscriptions = initContract().router({
  create: endpoint(
    {
      who: "customer",
      rate: "money",
      idempotency: "required",
      events: [
        "customer.created",
        "subscription.created",
        "invoice.finalized",
        "payment.created",
        "payment.submitted",
        "payment.succeeded",
        "payment.failed",
        "invoice.paid",
        "invoice.voided",
        "subscription.activated",
        "subscription.incomplete_expired",
        "quota.granted",
      ],
    },
    {
      method: "POST",
      path: "/v1/subscriptions",
      body: z.strictObject({
        priceId: PriceId,
        paymentMethodId: PaymentMethodId.optional().meta({
          description: "The payment method to debit, now and at each renewal; needed unless the price is free.",
          example: "pm_01kaqzv3m5e0a8r6b1x2n4y7tq",
        }),
        collection: Collection.default("direct_debit"),
      }),
      responses: {
        201: createApiResponseSchema(Subscription),
        202: createApiResponseSchema(Processing),
        402: Problem,
        404: Problem,
        409: Problem,
      },
      summary: "Subscribe to a price",
      description:
        "Creates the subscription and its first invoice with VAT, and debits the payment method once. 201 when it is " +
        "`active`; 202 when the bank needs longer than 8 seconds; 402 when the bank declined, after which the " +
        "subscription is `incomplete_expired` and its invoice void. One live subscription per product.",
    },
  ),
  list: endpoint(
    { who: "customer", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/subscriptions",
      query: PageQuery,
      responses: { 200: createApiListSchema(Subscription) },
      summary: "List my subscriptions",
      description: "The caller's subscriptions, newest first, ended ones included.",
    },
  ),
  get: endpoint(
    { who: "customer", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/subscriptions/:subscriptionId",
      pathParams: subscriptionPath,
      responses: { 200: createApiResponseSchema(Subscription) },
      summary: "Get a subscription",
      description: "One subscription of the caller.",
    },
  ),
  cancel: endpoint(
    {
      who: "customer",
      rate: "write",
      idempotency: "optional",
      events: ["subscription.cancel_scheduled", "subscription.canceled"],
    },
    {
      method: "POST",
      path: "/v1/subscriptions/:subscriptionId/cancel",
      pathParams: subscriptionPath,
      body: z.strictObject({}).optional(),
      responses: { 200: createApiResponseSchema(Subscription), 409: Problem },
      summary: "Cancel at period end",
      description:
        "The subscription runs to the end of its current period and is not renewed. Safe to repeat. Nothing is " +
        "charged or given back.",
    },
  ),
});
