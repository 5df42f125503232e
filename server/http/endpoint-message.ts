// What the queue of deliveries is told of an endpoint: that something is due there, and in which database.
import type { WebhookEndpointId } from "../../contract/common/id.ts";
import type { Deps, EndpointMessage } from "../deps.ts";

export function endpointMessage({ databases }: Deps, webhookEndpointId: WebhookEndpointId): EndpointMessage {
  const at = databases?.at ?? 0;
  return { webhookEndpointId, ...(at > 0 && { database: at }) };
}
