// Notices from the gateway and the payer's way back from it. None of them is believed: each only makes us ask the
// gateway now.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import type { BillingEventType } from "./billing-event.ts";
import { PaymentId, PaymentMethodId } from "./common/id.ts";
import { endpoint } from "./common/policy.ts";
import { createApiResponseSchema } from "./common/response.ts";

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
