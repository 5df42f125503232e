// Subscriptions: a customer's right to a product, period by period.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { Checkout, checkoutEvents, PaymentProcessing } from "./checkout.ts";
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
    checkout: Checkout.nullable().meta({
      description: "The page to send the payer to; null when a payment method is debited.",
      example: null,
    }),
    status: z.literal("processing").meta({
      description: "The bank has not answered, or the payer has not paid yet.",
      example: "processing",
    }),
  })
  .meta({ id: "SubscriptionProcessing", description: "A subscription whose first payment is under way." });

interface PaymentWay {
  readonly paymentMethodId?: unknown;
  readonly collection?: Collection | undefined;
}

/** Who pays on a page debits nothing: naming a payment method beside it is a mistake to be told. */
function onePaymentWay({ value, issues }: z.core.ParsePayload<PaymentWay>): void {
  if (value.collection !== "checkout" || value.paymentMethodId === undefined) return;
  const message = "A checkout debits no payment method; leave one of the two out.";
  issues.push({ code: "custom", input: value.paymentMethodId, path: ["paymentMethodId"], message });
}

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
        "payment.opened",
        "payment.verifying",
        "payment.closed",
      ],
    },
    {
      method: "POST",
      path: "/v1/subscriptions",
      body: z
        .strictObject({
          priceId: PriceId,
          paymentMethodId: PaymentMethodId.optional().meta({
            description:
              "The payment method to debit, now and at each renewal; needed unless the price is free or `collection` " +
              "is `checkout`, with which it cannot stand.",
            example: "pm_01kaqzv3m5e0a8r6b1x2n4y7tq",
          }),
          collection: Collection.default("direct_debit"),
        })
        .check(onePaymentWay),
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
        "subscription is `incomplete_expired` and its invoice void. One live subscription per product.\n\n" +
        "With `collection` `checkout` no payment method is needed: 202 with `checkout.url`, the page to send the payer " +
        "to. The subscription is `active` when it is paid, and `incomplete_expired` when the page closes unpaid after " +
        "30 minutes. Its renewals are not debited: a link to pay each is sent to the customer's proved mobile number.",
    },
  ),
  pay: endpoint(
    {
      who: "customer",
      rate: "money",
      idempotency: "required",
      events: [
        ...checkoutEvents,
        "payment.submitted",
        "payment.unknown",
        "payment.lapsed",
        "subscription.activated",
        "subscription.recovered",
        "quota.granted",
      ],
    },
    {
      method: "POST",
      path: "/v1/subscriptions/:subscriptionId/pay",
      pathParams: subscriptionPath,
      body: z
        .strictObject({
          paymentMethodId: PaymentMethodId.optional().meta({
            description: "The payment method to debit; without it the subscription's own.",
            example: "pm_01kaqzv3m5e0a8r6b1x2n4y7tq",
          }),
          collection: Collection.optional().meta({
            description:
              "`direct_debit` or `checkout`; without it the payment method is debited when it can be, and a page is " +
              "opened when not.",
            example: "checkout",
          }),
        })
        .check(onePaymentWay),
      responses: {
        200: createApiResponseSchema(Subscription),
        201: createApiResponseSchema(Checkout),
        202: createApiResponseSchema(PaymentProcessing),
        402: Problem,
        409: Problem,
      },
      summary: "Pay what is overdue",
      description:
        "Pays the oldest open invoice of the subscription now, at any hour. 200 with the subscription when a debit has succeeded; 201 with the " +
        "page when it is paid on one, the same page while one is open; 202 when the bank or the gateway needs longer " +
        "than 8 seconds; 402 when the bank declined, which uses up none of the planned attempts. The paid subscription " +
        "is `active` again. 409 `nothing_due` when nothing is owed, `payment_in_progress` while another payment is under " +
        "way.",
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
