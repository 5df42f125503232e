// A partner that hears of its customers' events: its key, its endpoints, and what has become of each delivery.
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import type { BillingEvent } from "../../contract/billing-event.ts";
import type { PartnerId } from "../../contract/common/id.ts";
import type { WebhookPayload } from "../../contract/event.ts";
import type { Delivery, WebhookEndpoint } from "../../contract/webhook-endpoint.ts";
import { housePartnerId } from "../../server/billing/customer.ts";
import { createPartnerKey } from "../../server/http/auth/partner-key.ts";
import { aFreshWorld } from "./fresh-world.ts";
import type { Received } from "./receivers.ts";
import { caller } from "./subscriber.ts";
import type { World, WorldOptions } from "./world.ts";

/** A fresh world in which nobody has an endpoint, and nothing that was is on its way. */
export async function aWebhookWorld(options: WorldOptions = {}): Promise<World> {
  const world = await aFreshWorld(options);
  await env.DB.exec("DELETE FROM webhook_delivery");
  await env.DB.exec("DELETE FROM webhook_dispatch");
  await env.DB.exec("DELETE FROM webhook_endpoint");
  await env.DB.exec(
    "UPDATE reader_cursor SET position = (SELECT COALESCE(MAX(position), 0) FROM billing_event) WHERE reader = 'webhooks'",
  );
  return world;
}

/** One page of `GET /v1/events`. */
export interface EventPage {
  readonly data: BillingEvent[];
  readonly page: { readonly nextCursor: string | null };
}

export type Partner = Awaited<ReturnType<typeof aPartner>>;

/** A partner with a key that may do everything about webhooks and events; the house, whose customers all are. */
export async function aPartner(world: World, partnerId: PartnerId = housePartnerId) {
  const { key } = await createPartnerKey(world.invocation(), {
    partnerId,
    scopes: ["events:read", "webhooks:read", "webhooks:write"],
    expiresAt: null,
  });
  const call = caller(world, key);
  const post = <T>(path: string, body: object = {}) =>
    call<T>("POST", `/v1/webhook-endpoints${path}`, body, crypto.randomUUID());
  return {
    key,
    call,
    post,
    /** An endpoint at this URL, with its secret. */
    endpoint: async (url: string, wanted: object = {}) => {
      const { status, body } = await post<WebhookEndpoint & { readonly secret: string }>("", { url, ...wanted });
      expect({ status, code: body.code }).toEqual({ status: 201, code: undefined });
      return body.data;
    },
    /** What the contract says of an answer's body. */
    eventPage: async (query: string) => (await call("GET", `/v1/events?${query}`)).body as unknown as EventPage,
    endpointNow: async (id: string) => (await call<WebhookEndpoint>("GET", `/v1/webhook-endpoints/${id}`)).body.data,
    /** Newest first. */
    deliveries: async (id: string, query = "limit=100") =>
      (await call<Delivery[]>("GET", `/v1/webhook-endpoints/${id}/deliveries?${query}`)).body.data,
  };
}

export function payloadOf({ body }: Received): WebhookPayload {
  return JSON.parse(body) as WebhookPayload;
}

/** Types in the order in which they came. */
export function typesOf(received: readonly Received[]): readonly string[] {
  return received.map((one) => payloadOf(one).type);
}
