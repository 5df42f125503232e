// Which other sites' pages may read our answers: those that the deployment lists, with a token of their own. Our cookies are
// for our own pages; no answer lets them along.
import { createMiddleware } from "hono/factory";
import type { Deps } from "../deps.ts";
import type { AppEnv } from "./mount.ts";

const exposed = ["etag", "idempotent-replayed", "ratelimit-policy", "retry-after", "set-auth-token", "x-request-id"];
const sent = ["accept-language", "authorization", "content-type", "idempotency-key", "if-none-match"];

/** How long a browser may rely on what it asked beforehand. */
const maxAgeS = 600;

/** Answers a listed site's preflight by itself, and says on every answer whose pages may read it. */
export function crossOrigin({ config }: Deps) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const origin = c.req.header("origin");
    const isListed = origin !== undefined && config.allowedOrigins.includes(origin);
    if (isListed && c.req.method === "OPTIONS" && c.req.header("access-control-request-method") !== undefined) {
      c.res = preflight();
    } else await next();
    if (config.allowedOrigins.length > 0) c.res.headers.append("vary", "origin");
    if (!isListed) return;
    c.res.headers.set("access-control-allow-origin", origin);
    c.res.headers.set("access-control-expose-headers", exposed.join(", "));
  });
}

function preflight(): Response {
  return new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
      "access-control-allow-headers": sent.join(", "),
      "access-control-max-age": String(maxAgeS),
    },
  });
}
