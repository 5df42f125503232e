// Webhooks out: where a partner hears of its customers' events, and what became of each delivery.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { billingEventTypes } from "./billing-event.ts";
import { BillingEventId, PartnerId, WebhookEndpointId } from "./common/id.ts";
import { PageQuery, PositionCursor } from "./common/page.ts";
import { endpoint } from "./common/policy.ts";
import { createApiListSchema, createApiResponseSchema } from "./common/response.ts";
import {
  Delivery,
  DeliveryStatus,
  endpointFields as fields,
  maxEndpoints,
  WebhookEndpoint,
  WebhookEndpointWithSecret,
} from "./webhook-endpoint/schema.ts";

export * from "./webhook-endpoint/schema.ts";

const position = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const path = z.object({ webhookEndpointId: WebhookEndpointId });
const WithSecret = createApiResponseSchema(WebhookEndpointWithSecret);
const One = createApiResponseSchema(WebhookEndpoint);
const nothing = z.strictObject({}).optional();
const read = { who: "operator", orPartner: "webhooks:read", rate: "read", idempotency: "none", events: [] } as const;
const write = { who: "operator", orPartner: "webhooks:write", rate: "write", idempotency: "optional" } as const;

export const webhookEndpoints = initContract().router({
  create: endpoint(
    {
      ...write,
      idempotency: "required",
      refuses: ["not_found", "webhook_endpoint_limit_reached"],
      events: ["webhook_endpoint.created"],
      shownOnce: ["secret"],
    },
    {
      method: "POST",
      path: "/v1/webhook-endpoints",
      body: z.strictObject({
        url: fields.url,
        eventTypes: fields.eventTypes.default(null),
        partnerId: PartnerId.optional().meta({
          description: "For operators: whose it is, the house's when left out. A partner makes its own.",
        }),
      }),
      responses: { 201: WithSecret },
      summary: "Create a webhook endpoint",
      description:
        "From here on, events of the partner's customers are posted to this URL, signed as Standard Webhooks says, each at " +
        "least once and those of one customer in order. The answer shows the secret, once. 409 " +
        `\`webhook_endpoint_limit_reached\` beyond ${maxEndpoints}. The partner's endpoints are told.`,
    },
  ),
  list: endpoint(read, {
    method: "GET",
    path: "/v1/webhook-endpoints",
    query: PageQuery,
    responses: { 200: createApiListSchema(WebhookEndpoint) },
    summary: "List webhook endpoints",
    description: "The partner's endpoints, for an operator everybody's, newest first; archived ones are left out.",
  }),
  get: endpoint(read, {
    method: "GET",
    path: "/v1/webhook-endpoints/:webhookEndpointId",
    pathParams: path,
    responses: { 200: One },
    summary: "Get a webhook endpoint",
    description: "One endpoint, also when it is archived. Its secret is not shown.",
  }),
  update: endpoint(
    { ...write, refuses: ["webhook_endpoint_archived"], events: ["webhook_endpoint.updated"] },
    {
      method: "PATCH",
      path: "/v1/webhook-endpoints/:webhookEndpointId",
      pathParams: path,
      body: z.strictObject({ url: fields.url.optional(), eventTypes: fields.eventTypes.optional() }),
      responses: { 200: One },
      summary: "Change a webhook endpoint",
      description:
        "Another URL or other types of events, for what has not been put on its way yet; the URL also for what has. Safe to " +
        "repeat.",
    },
  ),
  archive: endpoint(
    { ...write, events: ["webhook_endpoint.archived"] },
    {
      method: "POST",
      path: "/v1/webhook-endpoints/:webhookEndpointId/archive",
      pathParams: path,
      body: nothing,
      responses: { 200: One },
      summary: "Archive a webhook endpoint",
      description: "Nothing is sent to it any more, nor what waited. Safe to repeat; there is no way back.",
    },
  ),
  enable: endpoint(
    { ...write, refuses: ["webhook_endpoint_archived"], events: ["webhook_endpoint.enabled"] },
    {
      method: "POST",
      path: "/v1/webhook-endpoints/:webhookEndpointId/enable",
      pathParams: path,
      body: nothing,
      responses: { 200: One },
      summary: "Enable a webhook endpoint again",
      description:
        "An endpoint that was disabled is sent to again. What happened since, and what waited, arrives in order, as far as it " +
        "is not older than 90 days. Safe to repeat.",
    },
  ),
  rotateSecret: endpoint(
    {
      ...write,
      idempotency: "required",
      refuses: ["webhook_endpoint_archived"],
      events: ["webhook_endpoint.secret_rotated"],
      shownOnce: ["secret"],
    },
    {
      method: "POST",
      path: "/v1/webhook-endpoints/:webhookEndpointId/rotate-secret",
      pathParams: path,
      body: z
        .strictObject({
          overlapHours: z.int().min(0).max(168).default(24).meta({
            description: "Hours for which deliveries are signed with the old secret as well, 0 to 168.",
            example: 24,
          }),
        })
        .default({ overlapHours: 24 }),
      responses: { 200: WithSecret },
      summary: "Rotate an endpoint's secret",
      description:
        "Makes a new secret and shows it, once. Until the overlap ends each delivery carries two signatures, of the new secret " +
        "and of the one before. Rotating again ends the overlap before it.",
    },
  ),
  test: endpoint(
    { ...write, refuses: ["webhook_endpoint_archived"], events: ["webhook_endpoint.tested"] },
    {
      method: "POST",
      path: "/v1/webhook-endpoints/:webhookEndpointId/test",
      pathParams: path,
      body: nothing,
      responses: { 202: One },
      summary: "Send a test event",
      description:
        "Sends a `webhook_endpoint.tested` event to this endpoint, whatever its types, and to no other; its deliveries tell " +
        "what became of it. Not while it is disabled: then the event waits.",
    },
  ),
  deliveries: endpoint(read, {
    method: "GET",
    path: "/v1/webhook-endpoints/:webhookEndpointId/deliveries",
    pathParams: path,
    query: PageQuery.extend({
      cursor: PositionCursor,
      status: DeliveryStatus.optional(),
      eventType: z
        .enum(billingEventTypes)
        .optional()
        .meta({ description: "Only events of this type.", example: "payment.succeeded" }),
    }),
    responses: { 200: createApiListSchema(Delivery) },
    summary: "List an endpoint's deliveries",
    description: "What was sent to this endpoint in the last 90 days or waits for it, newest event first.",
  }),
  replay: endpoint(
    { ...write, refuses: ["webhook_endpoint_archived", "events_archived"], events: ["webhook_endpoint.replayed"] },
    {
      method: "POST",
      path: "/v1/webhook-endpoints/:webhookEndpointId/replay",
      pathParams: path,
      body: z.strictObject({
        afterPosition: position.meta({ description: "Events after this position; 0 from the first.", example: 1_000 }),
        untilPosition: position.optional().meta({
          description: "Up to and with this position; up to now when left out.",
          example: 1_042,
        }),
      }),
      responses: {
        200: createApiResponseSchema(
          z.object({
            replayed: z.int().meta({ description: "How many events are on their way again.", example: 42 }),
            nextAfterPosition: z.int().nullable().meta({
              description: "When the range was too long for one call: go on with this `afterPosition`; else null.",
              example: null,
            }),
          }),
        ),
      },
      summary: "Replay events to an endpoint",
      description:
        "Puts the events of a range that this endpoint asks for on their way again, however old they are and whatever became " +
        "of them, before what waits: the same events with the same ids. A call looks at 10,000 positions at most. 410 " +
        "`events_archived` when some of the range have left the log.",
    },
  ),
  replayOne: endpoint(
    { ...write, refuses: ["webhook_endpoint_archived", "events_archived"], events: ["webhook_endpoint.replayed"] },
    {
      method: "POST",
      path: "/v1/webhook-endpoints/:webhookEndpointId/deliveries/:eventId/replay",
      pathParams: path.extend({ eventId: BillingEventId }),
      body: nothing,
      responses: { 200: createApiResponseSchema(Delivery) },
      summary: "Replay one event",
      description:
        "Puts one event on its way to this endpoint again, with the same id. 410 `events_archived` when it has left the log.",
    },
  ),
});
