// How often a caller may call, by the policy's rate class. The binding counts per location and answers only yes or no,
// so an answer can name the rule and a time to wait, never what is left. A class without a binding has no limit.
import type { RateClass } from "../../contract/common/policy.ts";
import type { Deps } from "../deps.ts";
import type { Caller } from "./context.ts";

/** Calls per caller and minute; `wrangler.toml` gives the bindings the same numbers and a test compares them. */
export const rateLimits: Readonly<Record<RateClass, number>> = {
  public: 300,
  read: 600,
  write: 120,
  money: 60,
  // Two calls for each reply that a partner gives to any of its customers.
  quota: 60_000,
};

export const ratePeriodSeconds = 60;

/** Example: `"money";q=60;w=60`. */
export function ratePolicyOf(rate: RateClass): string {
  return `"${rate}";q=${rateLimits[rate]};w=${ratePeriodSeconds}`;
}

/** Whether the caller has called too often; each class counts by itself. */
export async function isOverLimit(deps: Deps, rate: RateClass, caller: Caller, request: Request): Promise<boolean> {
  const limit = deps.limits[rate];
  if (!limit) return false;
  const { success } = await limit.limit({ key: callerKey(caller) ?? `ip:${addressOf(request)}` });
  return !success;
}

/** Whose counter and whose Idempotency-Keys these are; null when nobody is known. */
export function callerKey(caller: Caller): string | null {
  switch (caller.kind) {
    case "public":
      return null;
    case "customer":
      return `user:${caller.userId}`;
    case "operator":
      return `operator:${caller.userId}`;
    case "partner":
      return `partner:${caller.partnerId}`;
    default:
      return caller satisfies never;
  }
}

function addressOf(request: Request): string {
  return request.headers.get("cf-connecting-ip") ?? "unknown";
}
