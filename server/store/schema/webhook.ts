// Webhooks out: endpoints, who sends to them, and deliveries.
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { BillingEventType } from "../../../contract/billing-event.ts";
import type { BillingEventId, PartnerId, WebhookEndpointId } from "../../../contract/common/id.ts";
import { DisabledReason } from "../../../contract/billing-event-types/webhook-endpoint.ts";
import { DeliveryError, DeliveryStatus, WebhookEndpointStatus } from "../../../contract/webhook-endpoint.ts";
import type { Sealed } from "../sealer.ts";
import { oneOf, wall } from "./columns.ts";

export const webhookEndpoint = sqliteTable(
  "webhook_endpoint",
  {
    id: text("id").$type<WebhookEndpointId>().primaryKey(),
    partnerId: text("partner_id").$type<PartnerId>().notNull(),
    url: text("url").notNull(),
    eventTypes: text("event_types", { mode: "json" }).$type<BillingEventType[]>(),
    status: text("status", { enum: oneOf(WebhookEndpointStatus) }).notNull(),
    disabledReason: text("disabled_reason", { enum: oneOf(DisabledReason) }),
    secret: text("secret").$type<Sealed>().notNull(),
    previousSecret: text("previous_secret").$type<Sealed>(),
    previousSecretEndsAt: wall("previous_secret_ends_at"),
    rotation: text("rotation").notNull(),
    sincePosition: integer("since_position").notNull(),
    createdAt: wall("created_at").notNull(),
  },
  (table) => [index("webhook_endpoint_partner_id").on(table.partnerId)],
);

export const webhookDispatch = sqliteTable("webhook_dispatch", {
  endpointId: text("endpoint_id").$type<WebhookEndpointId>().primaryKey(),
  claimedUntil: wall("claimed_until").notNull(),
  failingSince: wall("failing_since"),
});

export const webhookDelivery = sqliteTable(
  "webhook_delivery",
  {
    endpointId: text("endpoint_id").$type<WebhookEndpointId>().notNull(),
    position: integer("position").notNull(),
    eventId: text("event_id").$type<BillingEventId>().notNull(),
    eventType: text("event_type").$type<BillingEventType>().notNull(),
    stream: text("stream").notNull(),
    status: text("status", { enum: oneOf(DeliveryStatus) }).notNull(),
    attempts: integer("attempts").notNull(),
    nextAttemptAt: wall("next_attempt_at"),
    lastAttemptAt: wall("last_attempt_at"),
    responseStatus: integer("response_status"),
    error: text("error", { enum: oneOf(DeliveryError) }),
    latencyMs: integer("latency_ms"),
    createdAt: wall("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.endpointId, table.position] }),
    index("webhook_delivery_in_order")
      .on(table.endpointId, table.stream, table.position)
      .where(sql`status = 'pending'`),
    index("webhook_delivery_next")
      .on(table.endpointId, table.nextAttemptAt)
      .where(sql`next_attempt_at IS NOT NULL`),
    index("webhook_delivery_created_at").on(table.createdAt),
  ],
);
