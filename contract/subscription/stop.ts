// Pausing, cancelling, and coming back.
import * as z from "zod";
import { endpoint } from "../common/policy.ts";
import { createApiResponseSchema } from "../common/response.ts";
import { InstantInput } from "../common/time.ts";
import { CancelFeedback, Subscription, subscriptionPath, When } from "./schema.ts";

/** Cancelling, whoever asks for it. */
export const cancelling = {
  rate: "write",
  idempotency: "optional",
  refuses: ["subscription_ended", "payment_in_progress", "busy"],
  events: [
    "subscription.cancel_scheduled",
    "subscription.canceled",
    "credit_note.issued",
    "invoice.marked_uncollectible",
    "quota.granted",
    "revenue.recognized",
    "credit.applied",
    "invoice.finalized",
    "payment.created",
  ],
} as const;

const nothing = z.strictObject({}).optional();

export const stop = {
  cancel: endpoint(
    {
      who: "customer",
      ...cancelling,
    },
    {
      method: "POST",
      path: "/v1/subscriptions/:subscriptionId/cancel",
      pathParams: subscriptionPath,
      body: z
        .strictObject({
          when: When.default("period_end"),
          feedback: CancelFeedback.nullable().default(null),
        })
        .optional(),
      responses: { 200: createApiResponseSchema(Subscription) },
      summary: "Cancel a subscription",
      description:
        "With the end of its period (the default) it runs on until then and is not renewed; nothing is given back. `now` " +
        "ends it at once: its messages are gone, and where the price's `cancelCredit` is `prorated` the days that are " +
        "left become credit, no more than for the messages that are. What was used beyond the messages granted, where the " +
        "price charges for it, is debited then. Safe to repeat. 409 `payment_in_progress` while a " +
        "payment of it is under way.",
    },
  ),
  withdrawCancel: endpoint(
    {
      who: "customer",
      rate: "write",
      idempotency: "optional",
      refuses: ["subscription_ended", "busy"],
      events: ["subscription.cancel_withdrawn"],
    },
    {
      method: "POST",
      path: "/v1/subscriptions/:subscriptionId/cancel/withdraw",
      pathParams: subscriptionPath,
      body: nothing,
      responses: { 200: createApiResponseSchema(Subscription) },
      summary: "Withdraw a cancellation",
      description: "Before its end: the subscription goes on as if it had not been cancelled. Safe to repeat.",
    },
  ),
  pause: endpoint(
    {
      who: "customer",
      rate: "write",
      idempotency: "optional",
      refuses: ["change_in_progress", "subscription_not_active", "busy"],
      events: ["subscription.pause_scheduled", "subscription.paused", "quota.changed"],
    },
    {
      method: "POST",
      path: "/v1/subscriptions/:subscriptionId/pause",
      pathParams: subscriptionPath,
      body: z.strictObject({
        when: When.default("period_end"),
        resumesAt: InstantInput.nullable().default(null).meta({
          description: "When it resumes by itself, at most two years on; null: when it is asked to.",
          example: null,
        }),
      }),
      responses: { 200: createApiResponseSchema(Subscription) },
      summary: "Pause a subscription",
      description:
        "Nothing is charged and no message may be used while it rests. `now` keeps the days that are left for " +
        "afterwards. Only an active subscription with nothing overdue can be paused.",
    },
  ),
  resume: endpoint(
    {
      who: "customer",
      rate: "write",
      idempotency: "optional",
      refuses: ["subscription_not_active", "busy"],
      events: [
        "subscription.pause_withdrawn",
        "subscription.resumed",
        "subscription.rescheduled",
        "subscription.renewed",
        "invoice.finalized",
        "invoice.paid",
        "credit.applied",
        "quota.changed",
        "quota.granted",
      ],
    },
    {
      method: "POST",
      path: "/v1/subscriptions/:subscriptionId/resume",
      pathParams: subscriptionPath,
      body: nothing,
      responses: { 200: createApiResponseSchema(Subscription) },
      summary: "Resume a subscription",
      description:
        "Days that were left when it paused begin today; when none were, a new period begins today and is charged as a " +
        "renewal is. A pause that has not begun is withdrawn. Safe to repeat.",
    },
  ),
} as const;
