// Who may call an endpoint, how often, and what it may cause: declared once in the contract, read by the mount, the
// OpenAPI document and the authorization tests. A policy implies statuses, so no endpoint can leave them out.
import * as z from "zod";
import type { AppRoute } from "@ts-rest/core";
import type { BillingEventType } from "../billing-event.ts";
import { Problem, problems, type CodeOf, type ProblemCode, type ProblemWith } from "./problem.ts";

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
  /** What its own rules refuse with, beside what the rest of the policy and the route's shape imply. */
  readonly refuses?: readonly ProblemCode[];
  /** Fields of `data` that the first answer alone shows: where an Idempotency-Key repeats it, they are null. */
  readonly shownOnce?: readonly string[];
}

/** The codes that follow from a policy and the shape of a route: what the mount itself refuses with. */
type ImpliedCode<P extends Policy, R> =
  | (typeof always)[number]
  | (P["who"] extends "public" ? never : (typeof ofGuarded)[number])
  | (P["who"] extends "operator" ? (typeof ofOperators)[number] : never)
  | (P["idempotency"] extends "none" ? never : (typeof ofKeyed)[number])
  | (P["idempotency"] extends "required" ? (typeof ofKeyDemanded)[number] : never)
  | (R extends { body: unknown } ? (typeof ofBody)[number] : never)
  | (R extends { query: z.ZodType } ? (typeof ofQuery)[number] : never)
  | (R extends { pathParams: z.ZodType } ? (typeof ofPath)[number] : never);

type OwnCode<P extends Policy> = P extends { refuses: readonly (infer C extends ProblemCode)[] } ? C : never;

const always = ["rate_limited", "internal_error"] as const;
const ofGuarded = ["not_signed_in", "forbidden"] as const;
const ofOperators = ["second_factor_required"] as const;
const ofKeyed = ["idempotency_key_invalid", "idempotency_key_in_use", "idempotency_key_reused"] as const;
const ofKeyDemanded = ["idempotency_key_missing"] as const;
const ofBody = ["malformed_json", "payload_too_large", "unsupported_media_type", "validation_failed"] as const;
const ofQuery = ["validation_failed"] as const;
const ofPath = ["malformed_request", "not_found"] as const;

/** The failures with these codes, by status. */
export type FailuresOf<C extends ProblemCode> = {
  [S in (typeof problems)[C]["status"]]: z.ZodType<ProblemWith<C & CodeOf<S>>, ProblemWith<C & CodeOf<S>>>;
};

type Flat<T> = { [K in keyof T]: T[K] };

type Endpoint<P extends Policy, R extends AppRoute> = Omit<R, "responses" | "metadata" | "strictStatusCodes"> & {
  responses: Flat<FailuresOf<ImpliedCode<P, R> | OwnCode<P>> & R["responses"]>;
  metadata: P;
  strictStatusCodes: true;
};

/**
 * One endpoint of the contract: its route, its policy as `metadata`, and the failures that both imply or the policy
 * names, beside the successes that it declares itself.
 */
export function endpoint<const P extends Policy, const R extends AppRoute>(policy: P, route: R): Endpoint<P, R> {
  const failures = codesOf(policy, route).map((code) => [problems[code].status, Problem]);
  const responses = { ...Object.fromEntries(failures), ...route.responses };
  return { ...route, responses, metadata: policy, strictStatusCodes: true } as unknown as Endpoint<P, R>;
}

/** Every code that a route may answer with under its policy, each once. */
export function codesOf(policy: Policy, route: AppRoute): readonly ProblemCode[] {
  const codes: readonly ProblemCode[] = [
    ...always,
    ...(policy.who === "public" ? [] : ofGuarded),
    ...(policy.who === "operator" ? ofOperators : []),
    ...(policy.idempotency === "none" ? [] : ofKeyed),
    ...(policy.idempotency === "required" ? ofKeyDemanded : []),
    ...("body" in route ? ofBody : []),
    ...(route.query ? ofQuery : []),
    ...(route.pathParams ? ofPath : []),
    ...(policy.refuses ?? []),
  ];
  return [...new Set(codes)];
}

/** Reads back the policy of a route that `endpoint` made. */
export function policyOf(route: AppRoute): Policy {
  return route.metadata as Policy;
}
