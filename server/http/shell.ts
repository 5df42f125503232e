// The shell of the application over any contract and any way to know a caller: what every answer has in common, faults
// included. `app.ts` fills it; tests of the mount fill it with a contract of their own.
import type { AppRouter } from "@ts-rest/core";
import { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import { secureHeaders } from "hono/secure-headers";
import { TypeID } from "typeid-js";
import { newSeed } from "../billing/ids.ts";
import type { Deps } from "../deps.ts";
import { renderProblem, responseOf } from "./answer.ts";
import { crossOrigin } from "./cross-origin.ts";
import { logFault } from "./fault.ts";
import { mount, type AppEnv, type HandlersOf, type Judge } from "./mount.ts";
import { namedIn, tellAnswered } from "./observe.ts";
import { inLanguageOf, isProblem } from "./spoken.ts";

interface Api<T extends AppRouter> {
  readonly contract: T;
  readonly handlers: HandlersOf<T>;
  readonly judge: Judge;
}

/** Middleware in order, the contract. Built once per isolate. */
export function createShell<T extends AppRouter>(deps: Deps, { contract, handlers, judge }: Api<T>): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.use(
    requestIds(deps),
    answeredRequests(deps),
    securityHeaders(deps),
    quietReferrer,
    neverStored,
    crossOrigin(deps),
    spoken,
    readableAddress,
  );
  mount(app, contract, handlers, { deps, judge });
  app.notFound((c) => responseOf(renderProblem("not_found", { requestId: c.get("requestId") })));
  app.onError((error, c) => {
    const requestId = c.get("requestId");
    logFault(deps, error, { event: "fault", requestId, method: c.req.method, route: routePath(c) });
    return responseOf(renderProblem("internal_error", { requestId }));
  });
  return app;
}

/** Example: `01kaqzv3m5e0a8r6b1x2n4y7tq`. A client's own `x-request-id` is not believed. */
function requestIds(deps: Deps) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const requestId = TypeID.fromUUID("", newSeed(deps.wall(), deps.random)).toString();
    c.set("requestId", requestId);
    await next();
    c.res.headers.set("x-request-id", requestId);
  });
}

/** Each answer is told to the log and counted, faults included. */
function answeredRequests(deps: Deps) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const begunAt = deps.wall();
    await next();
    const caller = c.get("caller");
    tellAnswered(namedIn(deps, { requestId: c.get("requestId") }), {
      method: c.req.method,
      route: routePath(c, -1),
      status: c.res.status,
      code: c.get("code") ?? null,
      caller: caller?.kind ?? null,
      customerId: caller?.kind === "customer" ? caller.customerId : null,
      partnerId: caller?.kind === "partner" ? caller.partnerId : null,
      ms: deps.wall() - begunAt,
    });
  });
}

/** Our pages bring their own style and font, and nothing else; their forms lead to us, and from there to the gateway's pages. */
function securityHeaders({ paymentPages }: Deps) {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: ["'unsafe-inline'"],
      imgSrc: ["data:"],
      fontSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'self'", paymentPages.origin],
      frameAncestors: ["'none'"],
    },
    referrerPolicy: false,
    xFrameOptions: "DENY",
  });
}

/** No address of ours is told to anybody, unless a page says otherwise. */
const quietReferrer = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  if (!c.res.headers.has("referrer-policy")) c.res.headers.set("referrer-policy", "no-referrer");
});

const neverStored = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  c.res.headers.set("cache-control", "no-store");
});

/** Problems are written, and kept for repetitions, in English; on their way out they are told as the caller reads. */
const spoken = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  if (isProblem(c.res)) c.res = await inLanguageOf(c.req.raw, c.res);
});

/** `%` that begins no character is 400, before any route is looked for. */
const readableAddress = createMiddleware<AppEnv>(async (c, next) => {
  if (isDecodable(new URL(c.req.url).pathname)) return next();
  return responseOf(renderProblem("malformed_request", { requestId: c.get("requestId") }));
});

function isDecodable(pathname: string): boolean {
  try {
    decodeURIComponent(pathname);
    return true;
  } catch (error) {
    if (error instanceof URIError) return false;
    throw error;
  }
}
