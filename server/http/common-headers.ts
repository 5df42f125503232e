// The headers of every answer. To set them takes longer than all the rest that the shell does, and to copy them takes less:
// what the mount answers with begins as a copy of them, and whatever else is answered gets them one by one.
import type { Policy } from "../../contract/common/policy.ts";
import type { Deps } from "../deps.ts";
import { jsonType } from "./answer.ts";
import { ratePolicyOf } from "./rate-limit.ts";

/** Made once per isolate. */
export function commonHeaders({ paymentPages }: Pick<Deps, "paymentPages">): Headers {
  return new Headers({
    "content-security-policy": contentSecurityPolicy(paymentPages.origin),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "origin-agent-cluster": "?1",
    "strict-transport-security": "max-age=15552000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
  });
}

/** Our pages bring their own style and font, and nothing else; their forms lead to us, and from there to the gateway's pages. */
function contentSecurityPolicy(gatewayOrigin: string): string {
  return [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    "img-src data:",
    "font-src 'self'",
    "base-uri 'none'",
    `form-action 'self' ${gatewayOrigin}`,
    "frame-ancestors 'none'",
  ].join("; ");
}

/** No address of ours is told to anybody, unless a page says otherwise; all the rest holds for every answer. */
export function addCommonHeaders(headers: Headers, common: Headers): void {
  const referrerPolicy = headers.get("referrer-policy");
  for (const [name, value] of common) headers.set(name, value);
  if (referrerPolicy !== null) headers.set("referrer-policy", referrerPolicy);
}

/** What only a page can be held to: JSON opens no window, leads nowhere, and its policy says already that nobody frames it. */
export const ofDocuments: readonly string[] = [
  "cross-origin-opener-policy",
  "origin-agent-cluster",
  "x-frame-options",
  "referrer-policy",
];

/** Of an endpoint's answers in JSON, which are no documents; whole but for the request's id. */
export function jsonHeaders(common: Headers, { rate }: Policy): Headers {
  const headers = new Headers(common);
  for (const name of ofDocuments) headers.delete(name);
  headers.set("content-type", jsonType);
  headers.set("ratelimit-policy", ratePolicyOf(rate));
  return headers;
}
