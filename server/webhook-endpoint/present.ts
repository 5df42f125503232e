// Webhook endpoints and deliveries as the contract shows them.
import type { Delivery, WebhookEndpoint } from "../../contract/webhook-endpoint.ts";
import { instant, instantOrNull } from "../billing/clock.ts";
import type { StoredDelivery } from "../store/webhook-delivery.ts";
import type { WatchedEndpoint } from "../store/webhook-endpoint.ts";

export function presentEndpoint(endpoint: WatchedEndpoint): WebhookEndpoint {
  const { id, partnerId, url, eventTypes, status, disabledReason } = endpoint;
  return {
    id,
    partnerId,
    url,
    eventTypes,
    status,
    disabledReason,
    failingSince: instantOrNull(endpoint.failingSince),
    previousSecretEndsAt: instantOrNull(endpoint.previousSecretEndsAt),
    createdAt: instant(endpoint.createdAt),
  };
}

export function presentDelivery(delivery: StoredDelivery): Delivery {
  const { endpointId: _, nextAttemptAt, lastAttemptAt, createdAt, ...shown } = delivery;
  return {
    ...shown,
    nextAttemptAt: instantOrNull(nextAttemptAt),
    lastAttemptAt: instantOrNull(lastAttemptAt),
    createdAt: instant(createdAt),
  };
}
