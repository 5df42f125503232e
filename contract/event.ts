// The audit trail: billing events as they stand in the log, and as webhooks tell of them.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { BillingEvent, billingEventTypes } from "./billing-event.ts";
import { BillingEventId, CustomerId } from "./common/id.ts";
import { PageQuery, PositionCursor } from "./common/page.ts";
import { endpoint } from "./common/policy.ts";
import { createApiListSchema } from "./common/response.ts";
import { Instant } from "./common/time.ts";

const told = z.object({
  timestamp: Instant.meta({ description: "The same as `at`, by the name that Standard Webhooks gives it." }),
  previousEventId: BillingEventId.nullable().meta({
    description:
      "The event before this one in its stream, of those that the endpoint asks for; null for the first, and where that one " +
      "has left the log. Whoever has not got it has a gap, which a replay fills.",
    example: null,
  }),
});

/** The body that is posted to a webhook endpoint. */
export const WebhookPayload = z
  .intersection(BillingEvent, told)
  .meta({ id: "WebhookPayload", description: "An event as a webhook endpoint is told of it." });

export type WebhookPayload = z.infer<typeof WebhookPayload>;

const EventTypeList = z
  .string()
  .max(2_000)
  .transform((list) => list.split(","))
  .pipe(z.array(z.enum(billingEventTypes)).min(1))
  .meta({
    description: "Only events of these types, separated by commas.",
    example: "payment.succeeded,payment.failed",
  });

export const events = initContract().router({
  list: endpoint(
    {
      who: "customer",
      orPartner: "events:read",
      rate: "read",
      idempotency: "none",
      refuses: ["events_archived"],
      events: [],
    },
    {
      method: "GET",
      path: "/v1/events",
      query: PageQuery.extend({
        cursor: PositionCursor,
        types: EventTypeList.optional(),
        customerId: CustomerId.optional().meta({
          description: "Only events of this customer: for partners, one of their own.",
        }),
      }),
      responses: { 200: createApiListSchema(BillingEvent) },
      summary: "List billing events",
      description:
        "Every change to the caller's billing, oldest first; for a partner's key, to the billing of its customers, to its " +
        "webhook endpoints and to the products and prices for sale. A page may hold few events, or none, and still have a next one. `hash` chains each event to the " +
        "one before it in its stream: the SHA-256 of the canonical JSON (keys sorted, no spaces) of every other field but " +
        "`position`, in the version of the event that was current when it was written. Events older than 400 days leave the log " +
        "for the signed files of the audit trail: without a cursor the list begins at the oldest that is there, and a cursor " +
        "before some that have left is 410 `events_archived`.",
    },
  ),
});
