// Whose endpoints a caller may see and change: a partner its own, an operator everybody's.
import type { PartnerId, WebhookEndpointId } from "../../contract/common/id.ts";
import type { Caller, RequestContext } from "../http/context.ts";
import { problemOf, refusal } from "../http/problem.ts";
import type { Actor } from "../store/commit.ts";
import { findEndpoint, type WatchedEndpoint } from "../store/webhook-endpoint.ts";

type Owner = Extract<Caller, { kind: "operator" | "partner" }>;
export type EndpointContext = RequestContext<Owner>;

/** The partner whose endpoints these are; null is everybody's. */
export function partnerOf(caller: Owner): PartnerId | null {
  return caller.kind === "partner" ? caller.partnerId : null;
}

export function actorOf(caller: Owner): Actor {
  return caller.kind === "partner" ? `partner:${caller.keyId}` : `operator:${caller.userId}`;
}

/** One of the caller's endpoints; null when there is none, or it is another's. */
export function ownEndpoint(context: EndpointContext, id: WebhookEndpointId): Promise<WatchedEndpoint | null> {
  return findEndpoint(context.deps.db, id, partnerOf(context.caller));
}

/** An endpoint that was there a moment ago. */
export async function endpointAfter(context: EndpointContext, id: WebhookEndpointId): Promise<WatchedEndpoint> {
  const endpoint = await ownEndpoint(context, id);
  if (!endpoint) throw new Error(`${id} was changed but cannot be read`);
  return endpoint;
}

export function archivedRefusal(context: EndpointContext, { id }: { readonly id: string }) {
  return refusal(context, "webhook_endpoint_archived", `${id} is archived.`);
}

/** Null when events may be sent to this URL. */
export function refusalOfUrl({ deps, requestId }: EndpointContext, url: string | undefined) {
  const detail = url === undefined ? null : deps.webhooks.objectionTo(url);
  if (detail === null) return null;
  return problemOf("validation_failed", { requestId, errors: [{ pointer: "/body/url", code: "custom", detail }] });
}
