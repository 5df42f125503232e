// Who is calling an endpoint, judged by its policy. Credentials are a session (cookie or bearer) or a partner's key, and
// the text of the token says which: a key never stands for a person, nor an operator for a customer.
import type { Policy } from "../../../contract/common/policy.ts";
import type { Deps } from "../../deps.ts";
import type { Caller } from "../context.ts";
import type { Judge, Judgement } from "../mount.ts";
import { bearerUser, type ProvedSession } from "./bearer.ts";
import { askedAnew, type KnownCallers } from "./memory.ts";
import { findPartnerKey, isPartnerKey } from "./partner-key.ts";
import { getSessionUser, type SessionReader } from "./session.ts";

/** The judge of an application: who was proved lately is a premise of the request, and not asked again before it. */
export function createJudge(deps: Deps, auth: SessionReader): Judge {
  return (request, policy, isAnew) =>
    callerOf(request, deps, auth, policy, isAnew ? askedAnew(deps.knownCallers) : deps.knownCallers);
}

/**
 * Judges a request by an endpoint's policy. `not_signed_in` when the credentials prove nobody, `forbidden` when they
 * prove somebody this endpoint is not for, or when another site's page sends a change along with our cookie;
 * `second_factor_required` when an operator's session was opened without one. Only a customer's GET may rest on the cookie
 * cache; without known callers every token is asked for.
 */
export async function callerOf(
  request: Request,
  deps: Deps,
  auth: SessionReader,
  policy: Policy,
  known?: KnownCallers,
): Promise<Judgement> {
  if (policy.who === "public") return { caller: { kind: "public" }, cookies: [] };
  const token = bearerTokenOf(request);
  if (token !== null && isPartnerKey(token)) return partnerOf(deps, token, policy, known);
  // Only a cookie is sent by a browser on its own, on behalf of whatever page is open.
  if (token === null && !isRead(request) && isCookieFromElsewhere(request, deps.config.publicUrl)) {
    return { refused: "forbidden" };
  }
  const proved = token === null ? null : await bearerUser(deps, token, known?.sessions);
  return proved ? admitted(proved, [], policy) : personOf(request, auth, policy);
}

function bearerTokenOf(request: Request): string | null {
  const [, token] = /^bearer +(\S+) *$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  return token ?? null;
}

function isRead(request: Request): boolean {
  return request.method === "GET" || request.method === "HEAD";
}

/** Whether another site's page sends a browser's cookie along. */
export function isCookieFromElsewhere(request: Request, publicUrl: string): boolean {
  return request.headers.has("cookie") && isFromElsewhere(request, publicUrl);
}

/** What a browser says of the page that sends a request; programs say nothing. A sibling domain is elsewhere too. */
function isFromElsewhere({ headers }: Request, publicUrl: string): boolean {
  const origin = headers.get("origin");
  if (origin !== null && origin !== new URL(publicUrl).origin) return true;
  return ["cross-site", "same-site"].includes(headers.get("sec-fetch-site") ?? "");
}

async function partnerOf(deps: Deps, token: string, policy: Policy, known?: KnownCallers): Promise<Judgement> {
  const proved = await findPartnerKey(deps, token, known?.keys);
  if (!proved) return { refused: "not_signed_in" };
  const { grant, premise } = proved;
  const isAllowed = grant.scopes.some((scope) => policy.who === `partner:${scope}` || policy.orPartner === scope);
  return isAllowed
    ? { caller: { kind: "partner", ...grant }, cookies: [], premise }
    : { refused: "forbidden", premise };
}

async function personOf(request: Request, auth: SessionReader, policy: Policy): Promise<Judgement> {
  const cookies: string[] = [];
  const fresh = policy.who !== "customer" || !isRead(request);
  const user = await getSessionUser(auth, request, { fresh, onCookie: (cookie) => cookies.push(cookie) });
  return user ? admitted({ user }, cookies, policy) : { refused: "not_signed_in" };
}

function admitted({ user, premise }: ProvedSession, cookies: readonly string[], policy: Policy): Judgement {
  if (user.role !== policy.who) return { refused: "forbidden", premise };
  if (user.role === "operator" && !user.hasSecondFactor) return { refused: "second_factor_required", premise };
  const { userId, customerId } = user;
  const caller: Caller =
    user.role === "operator" ? { kind: "operator", userId } : { kind: "customer", userId, customerId };
  return { caller, cookies, premise };
}
