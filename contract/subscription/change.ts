// Changing a subscription: another price, more or fewer seats, add-ons, another way of paying.
import * as z from "zod";
import { PaymentMethodId, PriceId } from "../common/id.ts";
import { endpoint } from "../common/policy.ts";
import { createApiResponseSchema } from "../common/response.ts";
import { Subscription, subscriptionPath, wantedTerms } from "./schema.ts";
import { processingFields, Quote, QuoteId } from "./start.ts";

const wish = {
  priceId: PriceId.optional().meta({
    description: "The price to change to; left out: the price stays.",
    example: "price_01kaqzv3m5e0a8r6b1x2n4y7tq",
  }),
  ...wantedTerms,
};

const ChangeProcessing = z
  .object(processingFields("`pendingChange` is null"))
  .meta({ id: "ChangeProcessing", description: "A change whose payment is under way." });

const how =
  "What costs more for a period takes effect at once: the difference for the days that are left is paid first, and " +
  "when it is not, nothing has changed. What costs as much or less, a shorter interval and fewer seats take effect with " +
  "the next period. Messages already used stay used.";

/** What the decision refuses, whether it is committed or only shown. */
const wishRefusals = [
  "subscription_exists",
  "payment_method_not_active",
  "payment_method_cannot_carry",
  "price_one_time",
  "add_on_not_valid",
  "change_in_progress",
  "nothing_to_change",
  "subscription_not_active",
  "price_not_for_sale",
  "collecting_stopped",
] as const;

export const change = {
  change: endpoint(
    {
      who: "customer",
      rate: "money",
      idempotency: "required",
      refuses: ["payment_declined", ...wishRefusals, "quote_not_valid", "busy"],
      events: [
        "subscription.change_begun",
        "subscription.change_failed",
        "subscription.change_scheduled",
        "subscription.changed",
        "subscription.rescheduled",
        "invoice.finalized",
        "invoice.paid",
        "invoice.voided",
        "credit.applied",
        "payment.created",
        "payment.opened",
        "payment.closed",
        "payment.submitted",
        "payment.verifying",
        "payment.succeeded",
        "payment.failed",
        "payment_method.declined",
        "quota.changed",
        "quota.granted",
      ],
    },
    {
      method: "POST",
      path: "/v1/subscriptions/:subscriptionId/change",
      pathParams: subscriptionPath,
      body: z.strictObject({ ...wish, quoteId: QuoteId }),
      responses: {
        200: createApiResponseSchema(Subscription),
        202: createApiResponseSchema(ChangeProcessing),
      },
      summary: "Change a subscription",
      description:
        `${how} 200 when it is changed, or scheduled (\`scheduledChange\`); 202 when the bank needs longer than 8 ` +
        "seconds, or the payer pays on a page; 402 when the bank declined. The net of a change is rounded once, half up.",
    },
  ),
  previewChange: endpoint(
    {
      who: "customer",
      rate: "write",
      idempotency: "none",
      refuses: wishRefusals,
      events: [],
    },
    {
      method: "POST",
      path: "/v1/subscriptions/:subscriptionId/change/preview",
      pathParams: subscriptionPath,
      body: z.strictObject(wish),
      responses: { 200: createApiResponseSchema(Quote) },
      summary: "Preview a change",
      description: `What a change would cost, and when it would take effect, without making it. ${how}`,
    },
  ),
  withdrawChange: endpoint(
    {
      who: "customer",
      rate: "write",
      idempotency: "optional",
      refuses: ["busy"],
      events: ["subscription.change_withdrawn"],
    },
    {
      method: "POST",
      path: "/v1/subscriptions/:subscriptionId/change/withdraw",
      pathParams: subscriptionPath,
      body: z.strictObject({}).optional(),
      responses: { 200: createApiResponseSchema(Subscription) },
      summary: "Withdraw a scheduled change",
      description: "The next period has the same terms as this one. Safe to repeat.",
    },
  ),
  setPaymentMethod: endpoint(
    {
      who: "customer",
      rate: "write",
      idempotency: "optional",
      refuses: ["subscription_ended", "payment_method_not_active", "payment_method_cannot_carry", "busy"],
      events: ["subscription.payment_method_changed"],
    },
    {
      method: "PUT",
      path: "/v1/subscriptions/:subscriptionId/payment-method",
      pathParams: subscriptionPath,
      body: z.strictObject({
        paymentMethodId: PaymentMethodId.nullable().meta({
          description: "The payment method to debit from now on; null: a link to pay is sent instead.",
          example: "pm_01kaqzv3m5e0a8r6b1x2n4y7tq",
        }),
      }),
      responses: { 200: createApiResponseSchema(Subscription) },
      summary: "Change how it is paid",
      description:
        "Another payment method for what falls due from now on; what is owed already is debited from it at the next " +
        "attempt. 409 when it is not active, or its ceiling is below the price.",
    },
  ),
} as const;
