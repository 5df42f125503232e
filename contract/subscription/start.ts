// Subscribing, reading and paying.
import * as z from "zod";
import { Checkout, checkoutEvents, PaymentProcessing } from "../checkout.ts";
import { PaymentId, PaymentMethodId, PriceId } from "../common/id.ts";
import { Rials, SignedRials } from "../common/money.ts";
import { PageQuery } from "../common/page.ts";
import { endpoint } from "../common/policy.ts";
import { createApiListSchema, createApiResponseSchema } from "../common/response.ts";
import { Instant } from "../common/time.ts";
import { CouponCode } from "../coupon.ts";
import { InvoiceLine } from "../invoice.ts";
import { Collection, Period, Subscription, subscriptionPath, wantedTerms } from "./schema.ts";

/** Why nobody can subscribe as they wish, already in the preview. */
const wishRefusals = [
  "not_found",
  "subscription_exists",
  "price_one_time",
  "coupon_not_valid",
  "add_on_not_valid",
  "price_not_for_sale",
] as const;

/** What is answered while a payment of a subscription is under way; `untilWhen` ends the asking. */
export function processingFields(untilWhen: string) {
  return {
    subscription: Subscription,
    paymentId: PaymentId,
    pollUrl: z.string().meta({
      description: `Ask here until ${untilWhen}.`,
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
  };
}

const Processing = z
  .object(processingFields("`status` is no longer `incomplete`"))
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

/** What a decision would come to: the same decision, stopped before it is written. */
export const Quote = z
  .object({
    quoteId: z.string().max(1_000).nullable().meta({
      description: "Send it along within ten minutes, and this is what it costs; null when nothing is to pay now.",
      example: null,
    }),
    effectiveAt: Instant.meta({ description: "When it takes effect." }),
    period: Period.meta({ description: "The period that is current then." }),
    trialEndsAt: Instant.nullable().meta({ description: "When the trial ends; null without one.", example: null }),
    lines: z.array(InvoiceLine).meta({ description: "What is owed now and why.", example: [] }),
    subtotalRials: Rials.meta({ description: "Sum of the lines without VAT, in Rials.", example: 2_990_000 }),
    vatRials: Rials.meta({ description: "Sum of VAT, in Rials.", example: 299_000 }),
    totalRials: Rials.meta({ description: "Sum of the lines, in Rials.", example: 3_289_000 }),
    creditAppliedRials: SignedRials.meta({
      description: "Taken from the customer's credit, in Rials; below zero: carried over from before.",
      example: 0,
    }),
    dueRials: Rials.meta({ description: "What is paid now, in Rials.", example: 3_289_000 }),
    nextChargeAt: Instant.nullable().meta({ description: "When the next charge falls due.", example: null }),
  })
  .meta({ id: "Quote", description: "What a change would cost and when, without making it." });

export type Quote = z.infer<typeof Quote>;

export const QuoteId = z.string().max(1_000).optional().meta({
  description: "The `quoteId` of a preview, not older than ten minutes: its amounts are honoured to the Rial.",
  example: "eyJ2IjoxfQ.c2ln",
});

const wish = {
  priceId: PriceId,
  ...wantedTerms,
  couponCode: CouponCode.optional(),
  anchorDay: z
    .int()
    .min(1)
    .max(31)
    .optional()
    .meta({
      description:
        "Day of the month on which periods begin, in the price's calendar; the first period is a part of one and costs " +
        "its share. Left out: the day of the start.",
      example: 1,
    }),
  trial: z.boolean().default(true).meta({
    description: "Whether to begin with the price's trial, if it has one and this person has not had it.",
    example: true,
  }),
};

export const start = {
  create: endpoint(
    {
      who: "customer",
      rate: "money",
      idempotency: "required",
      refuses: [
        ...wishRefusals,
        "payment_method_required",
        "payment_method_not_active",
        "payment_method_cannot_carry",
        "collecting_stopped",
        "payment_declined",
        "trial_used",
        "coupon_used_up",
        "quote_not_valid",
        "mobile_not_verified",
        "busy",
      ],
      events: [
        "customer.created",
        "subscription.created",
        "invoice.finalized",
        "payment.created",
        "payment.submitted",
        "payment.succeeded",
        "payment.failed",
        "payment_method.declined",
        "invoice.paid",
        "invoice.voided",
        "subscription.activated",
        "subscription.incomplete_expired",
        "quota.granted",
        "payment.opened",
        "payment.verifying",
        "payment.closed",
        "subscription.trial_started",
        "credit.applied",
      ],
    },
    {
      method: "POST",
      path: "/v1/subscriptions",
      body: z
        .strictObject({
          ...wish,
          quoteId: QuoteId,
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
      },
      summary: "Subscribe to a price",
      description:
        "Creates the subscription and its first invoice with VAT, and debits the payment method once. 201 when it is " +
        "`active`; 202 when the bank needs longer than 8 seconds; 402 when the bank declined, after which the " +
        "subscription is `incomplete_expired` and its invoice void. One live subscription per product.\n\n" +
        "With `collection` `checkout` no payment method is needed: 202 with `checkout.url`, the page to send the payer " +
        "to. The subscription is `active` when it is paid, and `incomplete_expired` when the page closes unpaid after " +
        "30 minutes. Its renewals are not debited: a link to pay each is sent to the customer's proved mobile number.\n\n" +
        "A trial owes nothing before its end: 201 `trialing`. 409 `trial_used` when this person has had it; ask again " +
        "with `trial` false. The customer's credit is used before anything is debited. A coupon counts against its cap " +
        "when the subscription begins.",
    },
  ),
  preview: endpoint(
    {
      who: "customer",
      rate: "write",
      idempotency: "none",
      refuses: wishRefusals,
      events: [],
    },
    {
      method: "POST",
      path: "/v1/subscriptions/preview",
      body: z.strictObject(wish),
      responses: { 200: createApiResponseSchema(Quote) },
      summary: "Preview a subscription",
      description:
        "What subscribing would cost now, line by line, without subscribing: the same decision, stopped before it is " +
        "written. Send its `quoteId` along within ten minutes and its amounts are honoured to the Rial.",
    },
  ),
  upcomingInvoice: endpoint(
    { who: "customer", rate: "read", idempotency: "none", refuses: ["nothing_due"], events: [] },
    {
      method: "GET",
      path: "/v1/subscriptions/:subscriptionId/upcoming-invoice",
      pathParams: subscriptionPath,
      responses: { 200: createApiResponseSchema(Quote) },
      summary: "Get the upcoming invoice",
      description:
        "What the next period will cost as things stand: with a scheduled change, what is left of a coupon, free periods " +
        "and the customer's credit. 409 `nothing_due` when no next period is to come: it ends, pauses or has ended.",
    },
  ),
  pay: endpoint(
    {
      who: "customer",
      rate: "money",
      idempotency: "required",
      refuses: [
        "payment_declined",
        "payment_method_required",
        "payment_method_not_active",
        "payment_method_cannot_carry",
        "nothing_due",
        "payment_in_progress",
        "collecting_stopped",
        "busy",
      ],
      events: [
        ...checkoutEvents,
        "payment.submitted",
        "payment_method.declined",
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
} as const;
