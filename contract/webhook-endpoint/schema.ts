// Webhook endpoints and deliveries as the API shows them.
import * as z from "zod";
import { billingEventTypes } from "../billing-event.ts";
import { DisabledReason, maxEventTypes } from "../billing-event-types/webhook-endpoint.ts";
import { BillingEventId, PartnerId, WebhookEndpointId } from "../common/id.ts";
import { Instant } from "../common/time.ts";

export const WebhookEndpointStatus = z.enum(["enabled", "disabled", "archived"]).meta({
  description:
    "`enabled`: events are sent. `disabled`: nothing is sent, and what is meant for it waits, until it is enabled. " +
    "`archived`: gone for good.",
  example: "enabled",
});

export const DeliveryStatus = z.enum(["pending", "delivered", "failed"]).meta({
  description: "`pending` until the endpoint has answered 2xx (`delivered`) or the last attempt is over (`failed`).",
  example: "delivered",
});

export const DeliveryError = z.enum(["timeout", "network", "unresolved", "address_refused"]).meta({
  description:
    "Why the last attempt had no answer: none within ten seconds (`timeout`), no connection (`network`), no address of " +
    "that name (`unresolved`), or one that is not public (`address_refused`).",
  example: "timeout",
});

/** The most endpoints that a partner may have besides archived ones. */
export const maxEndpoints = 20;

export const endpointFields = {
  url: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .refine((url) => !/[@#]/.test(url), { error: "Must hold no credentials and no fragment." })
    .meta({
      description: "Where events are posted: https, on a public address.",
      example: "https://roundtable.example/hooks",
    }),
  eventTypes: z
    .array(z.enum(billingEventTypes))
    .min(1)
    .max(maxEventTypes)
    .nullable()
    .meta({
      description: `The types of events it is told of, at most ${maxEventTypes}; null for all.`,
      example: null,
    }),
};

export const WebhookEndpoint = z
  .object({
    id: WebhookEndpointId,
    partnerId: PartnerId,
    ...endpointFields,
    status: WebhookEndpointStatus,
    disabledReason: DisabledReason.nullable(),
    failingSince: Instant.nullable().meta({
      description: "Since when every attempt has failed; null when the last one arrived.",
      example: null,
    }),
    previousSecretEndsAt: Instant.nullable().meta({
      description: "Until when deliveries are signed with the secret before this one as well; null when there is none.",
      example: null,
    }),
    createdAt: Instant,
  })
  .meta({ id: "WebhookEndpoint", description: "A partner's URL that is told of events." });

export type WebhookEndpoint = z.infer<typeof WebhookEndpoint>;

const secret = z
  .string()
  .nullable()
  .meta({
    description:
      "The secret that signs deliveries, as Standard Webhooks writes it. Shown here and never again: null where an " +
      "Idempotency-Key repeats the answer.",
    example: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  });

export const WebhookEndpointWithSecret = WebhookEndpoint.extend({ secret }).meta({
  id: "WebhookEndpointWithSecret",
  description: "A partner's URL that is told of events, with its secret.",
});

export const Delivery = z
  .object({
    eventId: BillingEventId,
    eventType: z.enum(billingEventTypes).meta({ description: "What happened.", example: "payment.succeeded" }),
    position: z.int().min(1).meta({ description: "The event's place in the order of commits.", example: 1_042 }),
    stream: z.string().meta({
      description: "Whose event it is: events of one stream are delivered in order.",
      example: "cus_01kaqzv3m5e0a8r6b1x2n4y7tq",
    }),
    status: DeliveryStatus,
    attempts: z.int().min(0).meta({ description: "Attempts since it was put on its way.", example: 1 }),
    nextAttemptAt: Instant.nullable().meta({
      description: "When it is tried next; null when it is not, or waits for an earlier event of its stream.",
      example: null,
    }),
    lastAttemptAt: Instant.nullable().meta({ description: "When it was tried last; null before.", example: null }),
    responseStatus: z.int().nullable().meta({
      description: "The HTTP status of the last answer; null when there was none.",
      example: 204,
    }),
    error: DeliveryError.nullable(),
    latencyMs: z.int().min(0).nullable().meta({
      description: "Milliseconds from the last attempt to its answer, or to giving up.",
      example: 87,
    }),
    createdAt: Instant.meta({ description: "When it was put on its way, the last time." }),
  })
  .meta({ id: "Delivery", description: "One event on its way to one endpoint." });

export type Delivery = z.infer<typeof Delivery>;
