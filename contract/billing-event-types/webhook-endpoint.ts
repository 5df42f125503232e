// Events of a partner's webhook endpoints: on the partner's own stream, and told to all of its endpoints.
import * as z from "zod";
import { PartnerId, WebhookEndpointId } from "../common/id.ts";
import { at, atOrNull, count, word, type EventTypes } from "./fields.ts";

export const DisabledReason = z.enum(["gone", "failing"]).meta({
  description:
    "Why nothing is sent any more: it answered 410 (`gone`), or nothing had arrived there for five days (`failing`).",
  example: "failing",
});

/** More would not fit into the event that tells of it; null is all of them. */
export const maxEventTypes = 30;

const about = { webhookEndpointId: WebhookEndpointId };

const asked = {
  /** What follows `?` may be a password: it is kept beside the log. */
  url: z
    .string()
    .max(500)
    .meta({ description: "Its URL without what follows `?`.", example: "https://roundtable.example/hooks" }),
  eventTypes: z
    .array(word("A type of event.", "payment.succeeded"))
    .max(maxEventTypes)
    .nullable()
    .meta({ description: "The types it is told of; null for all.", example: null }),
};

export const webhookEndpointEvents = {
  "webhook_endpoint.created": [
    "A partner's endpoint is told of events from here on.",
    { ...about, partnerId: PartnerId, ...asked },
  ],
  "webhook_endpoint.updated": [
    "An endpoint's URL or its types of events are others from here on.",
    { ...about, ...asked },
  ],
  "webhook_endpoint.secret_rotated": [
    "An endpoint has a new secret; until `previousEndsAt` deliveries are signed with the one before as well.",
    { ...about, previousEndsAt: at("Wall time at which the secret before it ends.") },
  ],
  "webhook_endpoint.disabled": [
    "Nothing is sent to an endpoint any more; what is meant for it waits until it is enabled.",
    {
      ...about,
      reason: DisabledReason,
      failingSince: atOrNull("Since when nothing arrived; null when something had."),
    },
  ],
  "webhook_endpoint.enabled": ["An endpoint is sent to again, beginning with what waited.", about],
  "webhook_endpoint.archived": ["An endpoint is gone, and what waited for it.", about],
  "webhook_endpoint.tested": ["A test was asked for; this very event is it, and goes to that endpoint alone.", about],
  "webhook_endpoint.replayed": [
    "Events were put on their way to an endpoint again.",
    {
      ...about,
      afterPosition: count("The events after this position,", 1_000),
      untilPosition: count("up to this one.", 1_042),
    },
  ],
} as const satisfies EventTypes;
