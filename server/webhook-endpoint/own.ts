// Whose endpoints a caller may see and change: a partner its own, an operator everybody's.
import type { WebhookEndpointId } from "../../contract/common/id.ts";
import { partnerOf, type OwnerContext } from "../http/owner.ts";
import { problemOf, refusal } from "../http/problem.ts";
import { findEndpoint, type WatchedEndpoint } from "../store/webhook-endpoint.ts";

/** One of the caller's endpoints; null when there is none, or it is another's. */
export function ownEndpoint(context: OwnerContext, id: WebhookEndpointId): Promise<WatchedEndpoint | null> {
  return findEndpoint(context.deps.db, id, partnerOf(context.caller));
}

/** An endpoint that was there a moment ago. */
export async function endpointAfter(context: OwnerContext, id: WebhookEndpointId): Promise<WatchedEndpoint> {
  const endpoint = await ownEndpoint(context, id);
  if (!endpoint) throw new Error(`${id} was changed but cannot be read`);
  return endpoint;
}

export function archivedRefusal(context: OwnerContext, { id }: { readonly id: string }) {
  return refusal(context, "webhook_endpoint_archived", `${id} is archived.`);
}

/** Null when events may be sent to this URL. */
export function refusalOfUrl({ deps, requestId }: OwnerContext, url: string | undefined) {
  const detail = url === undefined ? null : deps.webhooks.objectionTo(url);
  if (detail === null) return null;
  return problemOf("validation_failed", { requestId, errors: [{ pointer: "/body/url", code: "custom", detail }] });
}
