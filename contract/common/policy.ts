// Who may call an endpoint, how often, and what it may cause: declared once in the contract, read by the mount, the
// OpenAPI document and the authorization tests. A policy implies statuses, so no endpoint can leave them out.
import * as z from "zod";
import type { AppRoute } from "@ts-rest/core";
import type { BillingEventType } from "../billing-event.ts";
import { Problem } from "./problem.ts";

/** What a partner's key may be allowed to do. */
export const PartnerScope = z
  .enum([
    "customers:read",
    "customers:write",
    "events:read",
    "keys:read",
    "keys:write",
    "login-links:write",
    "quota:write",
    "webhooks:read",
    "webhooks:write",
  ])
  .meta({
    description: "What a partner's key may do.",
    example: "customers:read",
  });

export type PartnerScope = z.infer<typeof PartnerScope>;

/** How often a caller may call, by kind of work; the numbers are the deployment's. */
export type RateClass = "public" | "read" | "write" | "money" | "quota";

export interface Policy {
  /** Who may call; an operator may not act as a customer. */
  readonly who: "public" | "customer" | "operator" | `partner:${PartnerScope}`;
  /** A partner with this scope may call as well. */
  readonly orPartner?: PartnerScope;
  readonly rate: RateClass;
  /** Whether `Idempotency-Key` is demanded, heeded, or meaningless (reads). */
  readonly idempotency: "required" | "optional" | "none";
  /** The billing events a call may cause, directly or by the work it starts. */
  readonly events: readonly BillingEventType[];
  /** Fields of `data` that the first answer alone shows: where an Idempotency-Key repeats it, they are null. */
  readonly shownOnce?: readonly string[];
}

type Always = { 400: typeof Problem; 429: typeof Problem; 500: typeof Problem };
type IfGuarded<P extends Policy> = P["who"] extends "public" ? unknown : { 401: typeof Problem; 403: typeof Problem };
type IfKeyed<P extends Policy> = P["idempotency"] extends "none" ? unknown : { 409: typeof Problem };
type IfSent<R> = R extends { body: unknown }
  ? { 413: typeof Problem; 415: typeof Problem; 422: typeof Problem }
  : R extends { query: z.ZodType }
    ? { 422: typeof Problem }
    : unknown;
type IfNamed<R> = R extends { pathParams: z.ZodType } ? { 404: typeof Problem; 422: typeof Problem } : unknown;

/** The statuses that follow from a policy and the shape of a route. */
export type ImpliedResponses<P extends Policy, R> = Always & IfGuarded<P> & IfKeyed<P> & IfSent<R> & IfNamed<R>;

type Flat<T> = { [K in keyof T]: T[K] };

type Endpoint<P extends Policy, R extends AppRoute> = Omit<R, "responses" | "metadata" | "strictStatusCodes"> & {
  responses: Flat<ImpliedResponses<P, R> & R["responses"]>;
  metadata: P;
  strictStatusCodes: true;
};

/**
 * One endpoint of the contract: its route, its policy as `metadata`, and the statuses that both imply (400, 429 and
 * 500 always; 401 and 403 when not public; 404 and 422 with a path id; 409 with idempotency; 413, 415 and 422 with a
 * body) beside those it declares itself.
 */
export function endpoint<const P extends Policy, const R extends AppRoute>(policy: P, route: R): Endpoint<P, R> {
  const responses = { ...impliedResponses(policy, route), ...route.responses };
  return { ...route, responses, metadata: policy, strictStatusCodes: true } as unknown as Endpoint<P, R>;
}

function impliedResponses(policy: Policy, route: AppRoute): Record<number, typeof Problem> {
  const statuses = [400, 429, 500];
  if (policy.who !== "public") statuses.push(401, 403);
  if (policy.idempotency !== "none") statuses.push(409);
  if ("body" in route) statuses.push(413, 415, 422);
  if (route.pathParams) statuses.push(404, 422);
  if (route.query) statuses.push(422);
  return Object.fromEntries(statuses.map((status) => [status, Problem]));
}

/** Reads back the policy of a route that `endpoint` made. */
export function policyOf(route: AppRoute): Policy {
  return route.metadata as Policy;
}
