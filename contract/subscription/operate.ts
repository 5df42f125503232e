// What operators may see of subscriptions and do to one. Each deed is an audited event with its reason.
import * as z from "zod";
import { CustomerId } from "../common/id.ts";
import { PageQuery } from "../common/page.ts";
import { endpoint } from "../common/policy.ts";
import { createApiListSchema, createApiResponseSchema } from "../common/response.ts";
import { Subscription, subscriptionPath, When } from "./schema.ts";
import { cancelling } from "./stop.ts";

/** Why an operator did it: stands in the audit trail beside the event, and is told to no partner. */
export const Reason = z.string().trim().min(3).max(500).meta({
  description: "Why, for the audit trail; no personal data.",
  example: "Outage of 12 Azar",
});

export const operate = {
  listOfCustomer: endpoint(
    { who: "operator", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/operator/customers/:customerId/subscriptions",
      pathParams: z.object({ customerId: CustomerId }),
      query: PageQuery,
      responses: { 200: createApiListSchema(Subscription) },
      summary: "List a customer's subscriptions",
      description: "The subscriptions of any customer, newest first, ended ones included.",
    },
  ),
  extend: endpoint(
    {
      who: "operator",
      rate: "write",
      idempotency: "required",
      refuses: ["subscription_not_active", "busy"],
      events: ["subscription.rescheduled", "quota.changed"],
    },
    {
      method: "POST",
      path: "/v1/operator/subscriptions/:subscriptionId/extend",
      pathParams: subscriptionPath,
      body: z.strictObject({
        days: z.int().min(1).max(365).meta({ description: "Days by which the period ends later.", example: 7 }),
        reason: Reason,
      }),
      responses: { 200: createApiResponseSchema(Subscription) },
      summary: "Extend the current period",
      description:
        "The current period ends later, at no charge, and its messages stay valid; the next periods are counted from its " +
        "new end.",
    },
  ),
  comp: endpoint(
    {
      who: "operator",
      rate: "write",
      idempotency: "required",
      refuses: ["subscription_not_active", "busy"],
      events: ["subscription.comped"],
    },
    {
      method: "POST",
      path: "/v1/operator/subscriptions/:subscriptionId/comp",
      pathParams: subscriptionPath,
      body: z.strictObject({
        periods: z.int().min(0).max(24).meta({ description: "How many coming periods are free.", example: 1 }),
        reason: Reason,
      }),
      responses: { 200: createApiResponseSchema(Subscription) },
      summary: "Give coming periods for free",
      description: "Sets how many of the coming periods are free; 0 takes the gift back.",
    },
  ),
  cancelForCustomer: endpoint(
    {
      who: "operator",
      ...cancelling,
    },
    {
      method: "POST",
      path: "/v1/operator/subscriptions/:subscriptionId/cancel",
      pathParams: subscriptionPath,
      body: z.strictObject({ when: When.default("period_end"), reason: Reason }),
      responses: { 200: createApiResponseSchema(Subscription) },
      summary: "Cancel a customer's subscription",
      description:
        "As if the customer had cancelled it: with the end of its period (the default) nothing is given back; `now` ends " +
        "it at once, its messages are gone, and what is not paid is given up. Where the price's `cancelCredit` is `prorated` " +
        "the days that are left become credit; anything else is given by a credit note or a refund of its own. What the " +
        "customer gave as the reason stays. Safe to repeat. 409 `payment_in_progress` while a payment of it is under way.",
    },
  ),
  withdrawCancelForCustomer: endpoint(
    {
      who: "operator",
      rate: "write",
      idempotency: "optional",
      refuses: ["subscription_ended", "busy"],
      events: ["subscription.cancel_withdrawn"],
    },
    {
      method: "POST",
      path: "/v1/operator/subscriptions/:subscriptionId/cancel/withdraw",
      pathParams: subscriptionPath,
      body: z.strictObject({ reason: Reason }),
      responses: { 200: createApiResponseSchema(Subscription) },
      summary: "Withdraw a customer's cancellation",
      description:
        "Before its end, whoever cancelled it: the subscription goes on as if it had not been cancelled. Safe to repeat.",
    },
  ),
} as const;
