// Puts each route of the contract on Hono's router, once. A request is judged from the outside in: who, how often, what,
// whether it was done before; then its handler is called, and the answer checked against the contract.
import { isAppRoute, type AppRoute, type AppRouter } from "@ts-rest/core";
import type { AppRouteImplementation } from "@ts-rest/serverless";
import type { Context, Hono } from "hono";
import type { ProblemCode } from "../../contract/common/problem.ts";
import { policyOf, type Policy } from "../../contract/common/policy.ts";
import type { Deps } from "../deps.ts";
import { onPremises, onPremisesAtHome, type Founded, type Premise } from "../store/premise.ts";
import {
  jsonType,
  renderAnswer,
  renderProblem,
  responseOf,
  wholeResponse,
  type HandlerAnswer,
  type Refused,
  type Rendered,
} from "./answer.ts";
import { byAddress } from "./by-address.ts";
import { jsonHeaders } from "./common-headers.ts";
import { Calling, type Called, type Caller, type RequestContext } from "./context.ts";
import { idempotencyKeyOf, once } from "./idempotency.ts";
import { named } from "./observe.ts";
import { copiedAfter, placed } from "./placed.ts";
import { callerKey, isOverLimit, ratePeriodSeconds, ratePolicyOf } from "./rate-limit.ts";
import { readRequest, type ReadRequest } from "./read-request.ts";

/** What the app's middleware leaves for the mount. */
export interface AppEnv {
  Variables: {
    requestId: string;
    caller?: Caller;
    code?: ProblemCode;
    /** The answer has every header that it shall have. */
    isWhole?: boolean;
  };
}

/** The caller whom a policy lets in. */
export type CallerFor<W extends Policy["who"]> = W extends "customer" | "operator"
  ? Extract<Caller, { kind: W }>
  : W extends `partner:${string}`
    ? Extract<Caller, { kind: "partner" }>
    : Caller;

type WhoOf<R> = R extends { metadata: { who: infer W extends Policy["who"] } } ? W : "public";
type OrPartnerOf<R> = R extends { metadata: { orPartner: string } } ? Extract<Caller, { kind: "partner" }> : never;

/**
 * One handler per route, each with the caller that its policy demands. A handler is written with
 * `tsr.platformContext<RequestContext<CallerFor<"customer">>>().route(contract.x.y, …)`.
 */
export type HandlersOf<T extends AppRouter> = {
  readonly [K in keyof T]: T[K] extends AppRoute
    ? AppRouteImplementation<T[K], RequestContext<CallerFor<WhoOf<T[K]>> | OrPartnerOf<T[K]>>, unknown>
    : T[K] extends AppRouter
      ? HandlersOf<T[K]>
      : never;
};

/** Who is calling, or why nobody may; `cookies` are set on the answer. True if the premise holds, where there is one. */
export type Judgement = (
  | { readonly caller: Caller; readonly cookies: readonly string[] }
  | { readonly refused: Refusal }
) & { readonly premise?: Premise | undefined };

/** Asked anew, it takes nothing for granted. */
export type Judge = (request: Request, policy: Policy, isAnew: boolean) => Promise<Judgement>;

type Refusal = "not_signed_in" | "forbidden" | "second_factor_required";

export interface MountOptions {
  readonly deps: Deps;
  readonly judge: Judge;
  /** The headers of every answer. */
  readonly common: Headers;
}

type Handler = (args: object, context: object) => Promise<HandlerAnswer>;

interface Endpoint {
  readonly route: AppRoute;
  readonly policy: Policy;
  readonly handler: Handler;
  /** Of its answers in JSON, whole but for the request's id. */
  readonly headers: Headers;
  /** Such answers without their text, by status. */
  readonly blanks: Map<number, Response>;
}

/** Mounts every route; throws at start when one has no handler or a policy that cannot be kept. */
export function mount<T extends AppRouter>(
  app: Hono<AppEnv>,
  contract: T,
  handlers: HandlersOf<T>,
  options: MountOptions,
): void {
  for (const endpoints of byAddress(endpointsOf(contract, handlers, options.common))) {
    for (const endpoint of endpoints) {
      app.on(endpoint.route.method, endpoint.route.path, (c) => serve(c, endpoint, options));
    }
    const [first] = endpoints;
    if (first) app.all(first.route.path, (c) => wrongMethod(c, allowOf(endpoints)));
  }
}

function endpointsOf(contract: AppRouter, handlers: unknown, common: Headers, name = ""): Endpoint[] {
  const known = membersOf(handlers);
  return Object.entries(contract).flatMap(([key, entry]) => {
    const handler = known.get(key);
    return isAppRoute(entry)
      ? [endpointOf(entry, handler, common, `${name}${key}`)]
      : endpointsOf(entry, handler, common, `${name}${key}.`);
  });
}

function membersOf(tree: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof tree === "object" && tree !== null ? Object.entries(tree) : []);
}

function endpointOf(route: AppRoute, handler: unknown, common: Headers, name: string): Endpoint {
  const policy = policyOf(route);
  if (!isHandler(handler)) throw new Error(`${name} has no handler`);
  if (policy.who === "public" && policy.idempotency !== "none") {
    throw new Error(`${name} is public: nobody would own its Idempotency-Keys`);
  }
  return { route, policy, handler, headers: jsonHeaders(common, policy), blanks: new Map() };
}

/** A function in the place of a route's handler; `HandlersOf` has checked what it takes and answers. */
function isHandler(value: unknown): value is Handler {
  return typeof value === "function";
}

function allowOf(endpoints: readonly Endpoint[]): string {
  const methods = endpoints.flatMap(({ route }) => (route.method === "GET" ? ["GET", "HEAD"] : [route.method]));
  return [...methods, "OPTIONS"].join(", ");
}

function wrongMethod(c: Context<AppEnv>, allow: string): Response {
  if (c.req.method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
  return responseOf(renderProblem("method_not_allowed", { requestId: c.get("requestId") }, { allow }));
}

/** A request on its way to an endpoint. */
interface Asked {
  readonly endpoint: Endpoint;
  readonly request: Request;
  readonly path: string;
  readonly requestId: string;
  readonly deps: Deps;
  /** Reads it as the contract declares it, once: a body cannot be read again. */
  readonly read: () => Promise<ReadRequest | Refused>;
}

async function serve(c: Context<AppEnv>, endpoint: Endpoint, { deps, judge }: MountOptions): Promise<Response> {
  const asked = askedIn(c, endpoint, deps);
  for (const isAnew of [false, true]) {
    const judged = await judge(asked.request, endpoint.policy, isAnew);
    if ("caller" in judged) c.set("caller", judged.caller);
    const founded = await answer(asked, judged);
    if ("done" in founded) return responded(c, endpoint, judged, founded.done);
  }
  throw new Error("A caller who was asked for anew rests on a premise");
}

function askedIn(c: Context<AppEnv>, endpoint: Endpoint, deps: Deps): Asked {
  const [request, requestId] = [c.req.raw, c.get("requestId")];
  let read: ReturnType<Asked["read"]> | undefined;
  return {
    endpoint,
    request,
    path: c.req.path,
    requestId,
    deps,
    read: () => (read ??= readRequest({ route: endpoint.route, request, params: c.req.param(), requestId })),
  };
}

/** The answer as it goes out, saying by which rule its request was counted. */
function responded(c: Context<AppEnv>, endpoint: Endpoint, judged: Judgement, answer: Rendered): Response {
  const isLetIn = "caller" in judged;
  c.set("code", answer.code);
  const isWhole = isLetIn && answer.headers["content-type"] === jsonType;
  c.set("isWhole", isWhole);
  const response = isWhole
    ? wholeResponse(answer, blankOf(endpoint, answer.status), c.get("requestId"))
    : responseOf(answer);
  if (!isWhole) response.headers.set("ratelimit-policy", ratePolicyOf(isLetIn ? endpoint.policy.rate : "public"));
  if (isLetIn) for (const cookie of judged.cookies) response.headers.append("set-cookie", cookie);
  return response;
}

function blankOf({ blanks, headers }: Endpoint, status: number): Response {
  const blank = blanks.get(status) ?? new Response(null, { status, headers });
  blanks.set(status, blank);
  return blank;
}

/** The answer, or which premise did not hold: then nothing was done. */
async function answer(asked: Asked, judged: Judgement): Promise<Founded<Rendered>> {
  const { endpoint, request, requestId, deps } = asked;
  const premises = judged.premise ? [judged.premise] : [];
  if ("refused" in judged) return onPremises(deps.db, premises, () => refusalOf(asked, judged.refused));
  const { caller } = judged;
  assertCaller(endpoint.policy, caller);
  const heard = await hear(asked, caller);
  if ("refused" in heard) return onPremises(deps.db, premises, async () => heard.refused);
  const { read, key } = heard;
  const { policy } = endpoint;
  const there = placed(deps, { policy, caller, read, headers: request.headers });
  if (!there) return onPremises(deps.db, premises, async () => renderProblem("forbidden", { requestId }));
  const work = async (db: D1Database, seed: string | null) => {
    const own = { ...there, db, log: named(deps.log, { requestId }) };
    const rendered = await call(asked, read, { deps: own, caller, seed });
    await copiedAfter(own, policy);
    return rendered;
  };
  const workOn = (db: D1Database, seed: string | null) => work(there.databases ? there.db : db, seed);
  const owner = callerKey(caller);
  if (key === null || owner === null) {
    // Each database has partners' keys, so that home is not asked for every message of a chat.
    return caller.kind === "partner"
      ? onPremises(there.db, premises, (db) => work(db, null))
      : onPremisesAtHome(deps, premises, (db) => workOn(db, null));
  }
  const sameness = [request.method, asked.path, read.sent.query, read.sent.body ?? null];
  const shownOnce = policy.shownOnce ?? [];
  return once({ deps, requestId, callerKey: owner, key, sameness, shownOnce }, premises, workOn);
}

/** Who guesses credentials is nobody we know, and is counted like everybody else at that address. */
async function refusalOf({ deps, request, requestId }: Asked, refused: Refusal): Promise<Rendered> {
  if (await isOverLimit(deps, "public", { kind: "public" }, request)) return tooOften(requestId);
  return renderProblem(refused, { requestId }, challengeOf(refused));
}

function tooOften(requestId: string): Rendered {
  return renderProblem("rate_limited", { requestId }, { "retry-after": String(ratePeriodSeconds) });
}

/** RFC 9110 wants a 401 to say how to do better. */
function challengeOf(refused: Refusal): Record<string, string> {
  return refused === "not_signed_in" ? { "www-authenticate": "Bearer" } : {};
}

interface Heard {
  readonly read: ReadRequest;
  readonly key: string | null;
}

/** What is asked, by a caller who may ask again. */
async function hear(
  { endpoint: { policy }, request, requestId, deps, read: reading }: Asked,
  caller: Caller,
): Promise<Heard | Refused> {
  if (await isOverLimit(deps, policy.rate, caller, request)) return { refused: tooOften(requestId) };
  const read = await reading();
  if ("refused" in read) return read;
  const key = idempotencyKeyOf(request, policy, requestId);
  return isRefused(key) ? key : { read, key };
}

/** Must hold by what `judge` promises; a mistake there would otherwise serve a stranger. */
function assertCaller(policy: Policy, caller: Caller): void {
  const kind = policy.who.startsWith("partner:") ? "partner" : policy.who;
  const isPartnerToo = policy.orPartner !== undefined && caller.kind === "partner";
  if (kind !== "public" && caller.kind !== kind && !isPartnerToo)
    throw new Error(`A ${caller.kind} was let in as ${policy.who}`);
}

function isRefused(key: string | null | Refused): key is Refused {
  return typeof key === "object" && key !== null;
}

async function call(asked: Asked, { params, query, body }: ReadRequest, called: Called): Promise<Rendered> {
  const { route, handler } = asked.endpoint;
  const context = new Calling(asked, route, called);
  const given = await handler({ params, query, body, headers: {} }, context);
  return renderAnswer(route, given, context.headers);
}
