// A delivery as it goes over the wire: the event as the API shows it, signed as Standard Webhooks says. While a secret is
// being replaced, by both: a receiver takes whichever signature it can check.
import { Webhook } from "standardwebhooks";
import type { WebhookPayload } from "../../contract/event.ts";
import type { BillingEventId } from "../../contract/common/id.ts";
import type { WallMs } from "../billing/clock.ts";
import type { StoredEvent } from "../store/chain.ts";
import { presentEvent } from "./present-event.ts";
import type { WebhookRequest } from "./webhook-sender.ts";

export interface WebhookMessage {
  readonly event: StoredEvent;
  /** The event before it that this endpoint was told of. */
  readonly previousEventId: BillingEventId | null;
  /** `whsec_…`, the newest first. */
  readonly secrets: readonly string[];
  readonly sentAt: WallMs;
}

/** Headers and body of one attempt. The body of an event is always the same; the time and so the signatures are not. */
export function webhookMessage({ event, previousEventId, secrets, sentAt }: WebhookMessage): WebhookRequest {
  const told = presentEvent(event);
  const payload: WebhookPayload = { ...told, timestamp: told.at, previousEventId };
  const body = JSON.stringify(payload);
  const at = new Date(sentAt);
  return {
    body,
    headers: {
      "content-type": "application/json",
      "user-agent": "Sarresid-Webhooks/1",
      "webhook-id": event.id,
      "webhook-timestamp": String(Math.floor(sentAt / 1_000)),
      "webhook-signature": secrets.map((secret) => new Webhook(secret).sign(event.id, at, body)).join(" "),
    },
  };
}

const secretBytes = 32;

/** A fresh secret: `whsec_` and 32 bytes in base64. */
export function newWebhookSecret(random: (byteCount: number) => Uint8Array): string {
  return `whsec_${btoa(Array.from(random(secretBytes), (byte) => String.fromCharCode(byte)).join(""))}`;
}

/** What a sealed secret is bound to. */
export function secretRecordOf(webhookEndpointId: string): string {
  return `webhook endpoint ${webhookEndpointId}`;
}
