// The shell of the application over any contract and any way to know a caller: what every answer has in common, faults
// included. `app.ts` fills it; tests of the mount fill it with a contract of their own.
import type { AppRouter } from "@ts-rest/core";
import { Hono, type Context } from "hono";
import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import { newUuid } from "../billing/ids.ts";
import type { Deps } from "../deps.ts";
import { renderProblem, responseOf } from "./answer.ts";
import { addCommonHeaders, commonHeaders } from "./common-headers.ts";
import { crossOrigin } from "./cross-origin.ts";
import { logFault } from "./fault.ts";
import { mount, type AppEnv, type HandlersOf, type Judge } from "./mount.ts";
import { tellAnswered } from "./observe.ts";
import { inLanguageOf, isProblem } from "./spoken.ts";

interface Api<T extends AppRouter> {
  readonly contract: T;
  readonly handlers: HandlersOf<T>;
  readonly judge: Judge;
}

/** What is around every answer, the contract. Built once per isolate. */
export function createShell<T extends AppRouter>(deps: Deps, { contract, handlers, judge }: Api<T>): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const common = commonHeaders(deps);
  app.use(aroundAnswers(deps, common));
  if (deps.config.allowedOrigins.length > 0) app.use(crossOrigin(deps));
  mount(app, contract, handlers, { deps, judge, common });
  app.notFound((c) => responseOf(renderProblem("not_found", { requestId: c.get("requestId") })));
  app.onError((error, c) => {
    const requestId = c.get("requestId");
    logFault(deps, error, { event: "fault", requestId, method: c.req.method, route: routePath(c) });
    return responseOf(renderProblem("internal_error", { requestId }));
  });
  return app;
}

/**
 * Names a request, and tells the log of its answer, faults included; a client's own `x-request-id` is not believed. One
 * middleware, since each costs every request.
 */
function aroundAnswers(deps: Deps, common: Headers) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const begunAt = deps.wall();
    const requestId = newUuid(begunAt, deps.random);
    c.set("requestId", requestId);
    if (isReadable(c.req)) await next();
    else c.res = responseOf(renderProblem("malformed_request", { requestId }));
    if (!c.get("isWhole")) await complete(c, common);
    const caller = c.get("caller");
    tellAnswered(deps, {
      level: "info",
      event: "request",
      method: c.req.method,
      route: routePath(c, -1),
      status: c.res.status,
      code: c.get("code") ?? null,
      caller: caller?.kind ?? null,
      customerId: caller?.kind === "customer" ? caller.customerId : null,
      partnerId: caller?.kind === "partner" ? caller.partnerId : null,
      ms: deps.wall() - begunAt,
      requestId,
    });
  });
}

/** Problems are written, and kept for repetitions, in English; on their way out they are told as the caller reads. */
async function complete(c: Context<AppEnv>, common: Headers): Promise<void> {
  if (isProblem(c.res)) c.res = await inLanguageOf(c.req.raw, c.res);
  addCommonHeaders(c.res.headers, common);
  c.res.headers.set("x-request-id", c.get("requestId"));
}

/** `%` that begins no character is 400, before any route is looked for. Where one is left in the path it may be such. */
function isReadable(request: Context["req"]): boolean {
  return !request.path.includes("%") || isDecodable(new URL(request.url).pathname);
}

function isDecodable(pathname: string): boolean {
  try {
    decodeURIComponent(pathname);
    return true;
  } catch (error) {
    if (error instanceof URIError) return false;
    throw error;
  }
}
