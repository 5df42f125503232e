// Notices from the gateway and the payer's way back from it. None of them is believed: each only makes us ask the
// gateway now.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import type { BillingEventType } from "./billing-event.ts";
import { CustomerId, PaymentId, PaymentMethodId, WebhookEventId } from "./common/id.ts";
import { PageQuery } from "./common/page.ts";
import { endpoint } from "./common/policy.ts";
import { createApiListSchema, createApiResponseSchema } from "./common/response.ts";
import { Instant } from "./common/time.ts";

const c = initContract();

const page = c.otherResponse({ contentType: "text/html; charset=utf-8", body: z.string() });

/** What may follow when a hint makes us ask the gateway about a payment: whatever it says then, and what that brings. */
const heardOfPayment = [
  "payment.asked",
  "payment.watched",
  "payment.verifying",
  "payment.succeeded",
  "payment.surplus",
  "payment.reversed",
  "payment.needs_review",
  "payment.failed",
  "payment.lapsed",
  "payment.closed",
  "invoice.paid",
  "subscription.activated",
  "subscription.recovered",
  "quota.granted",
] as const satisfies readonly BillingEventType[];

export const WebhookEventSource = z.enum(["return", "notice", "unverified", "reconciliation", "payout"]).meta({
  description:
    "`return`: a browser on its way back from the gateway. `notice`: an unsigned notice. `unverified`, `reconciliation`, " +
    "`payout`: a list of the gateway's.",
  example: "return",
});

export const WebhookEvent = z
  .object({
    id: WebhookEventId,
    source: WebhookEventSource,
    subjectId: z.string().nullable().meta({
      description: "The payment or payment method it is about.",
      example: "pay_01kaqzv3m5e0a8r6b1x2n4y7tq",
    }),
    nok: z
      .boolean()
      .meta({ description: "Whether it says that nothing was paid or signed. It proves nothing.", example: false }),
    body: z.string().meta({ description: "Raw, as it came.", example: '{"Authority":"A0001","Status":"OK"}' }),
    receivedAt: Instant,
  })
  .meta({ id: "WebhookEvent", description: "A hint from outside, kept raw for 30 days." });

export type WebhookEvent = z.infer<typeof WebhookEvent>;

export const webhooks = c.router({
  zarinpal: endpoint(
    { who: "public", rate: "public", idempotency: "none", events: heardOfPayment },
    {
      method: "POST",
      path: "/v1/webhooks/zarinpal",
      body: z.looseObject({
        authority: z.string().max(64).optional().meta({
          description: "The gateway's id of a payment.",
          example: "A00000000000000000000000000000abCd12",
        }),
      }),
      responses: {
        200: createApiResponseSchema(
          z.object({ received: z.literal(true).meta({ description: "It was kept.", example: true }) }),
        ),
      },
      summary: "Receive a gateway notice",
      description:
        "Kept raw, then the gateway is asked for the truth. Unknown, repeated, late and forged notices change nothing " +
        "and get the same answer.",
    },
  ),
  listOfCustomer: endpoint(
    { who: "operator", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/operator/customers/:customerId/webhook-events",
      pathParams: z.object({ customerId: CustomerId }),
      query: PageQuery,
      responses: { 200: createApiListSchema(WebhookEvent) },
      summary: "List a customer's webhook events",
      description: "Notices and returning browsers about any customer, as they came, newest first; kept for 30 days.",
    },
  ),
  paymentMethodReturn: endpoint(
    {
      who: "public",
      rate: "public",
      idempotency: "none",
      events: [
        "payment_method.asked",
        "payment_method.activated",
        "payment_method.verification_failed",
        "payment_method.cancelled",
        "subscription.payment_method_changed",
      ],
    },
    {
      method: "GET",
      path: "/v1/callbacks/payment-methods/:paymentMethodId",
      pathParams: z.object({ paymentMethodId: PaymentMethodId }),
      responses: { 200: page },
      summary: "Return from signing",
      description:
        "Where the bank sends the payer's browser after signing or refusing. Shows a page in Persian and makes us ask " +
        "the gateway for the signature of the payment method named in the path, whatever the query says.",
    },
  ),
  paymentReturn: endpoint(
    { who: "public", rate: "public", idempotency: "none", events: heardOfPayment },
    {
      method: "GET",
      path: "/v1/callbacks/payments/:paymentId",
      pathParams: z.object({ paymentId: PaymentId }),
      responses: { 200: page },
      summary: "Return from paying",
      description:
        "Where the gateway sends the payer's browser. Shows a page in Persian and makes us ask the gateway about the " +
        "payment named in the path, whatever the query says.",
    },
  ),
});
