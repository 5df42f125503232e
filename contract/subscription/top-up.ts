// Buying messages by themselves when few are left, up to ceilings that the customer sets.
import * as z from "zod";
import { endpoint } from "../common/policy.ts";
import { createApiResponseSchema } from "../common/response.ts";
import { AutoTopUp, Subscription, subscriptionPath } from "./schema.ts";

export const topUp = {
  setAutoTopUp: endpoint(
    {
      who: "customer",
      rate: "write",
      idempotency: "optional",
      refuses: ["subscription_ended", "payment_method_required", "price_not_top_up", "busy"],
      events: [
        "subscription.auto_top_up_set",
        "subscription.top_up_begun",
        "subscription.top_up_held",
        "invoice.finalized",
        "payment.created",
        "quota.grant_added",
      ],
    },
    {
      method: "PUT",
      path: "/v1/subscriptions/:subscriptionId/auto-top-up",
      pathParams: subscriptionPath,
      body: z.strictObject({ autoTopUp: AutoTopUp.nullable() }),
      responses: { 200: createApiResponseSchema(Subscription) },
      summary: "Set automatic top-ups",
      description:
        "From now on, when fewer messages are left than `belowMessages`, as many packs are bought in one debit of the " +
        "subscription's payment method as it takes to have `toMessages`; null ends it. While one is being paid, and for a " +
        "day after one that the bank declined, no other is begun. Nothing is bought by itself that would take what was " +
        "bought of the price on this day in Tehran, or in this period, above its ceiling: then fewer packs are, or none " +
        "until the next day or period. What was bought by hand counts too. 409 `price_not_top_up` when the price brings no " +
        "messages of the subscription's product.",
    },
  ),
} as const;
