// The door to Better Auth. Opens only the addresses listed here (the library brings forty), demands a session where a
// phone is proved, and counts tries per account in D1, since tries per network address stop nobody who has many.
import * as z from "zod";
import { Mobile } from "../../../contract/common/person.ts";
import { hourMs, minuteMs } from "../../billing/clock.ts";
import type { Deps } from "../../deps.ts";
import { innermostCause } from "../fault.ts";
import { keyedHash } from "../keyed-hash.ts";
import { readLimited } from "../read-request.ts";
import { signInByPhone, signInLimits } from "./phone-sign-in.ts";
import { refusal, refusalOfTries, withBody, type Limit } from "./refusal.ts";
import { manageSecondFactor, refusalOfOneFactor, signIn } from "./second-factor.ts";
import { getSessionUser, type SessionReader, type SessionUser } from "./session.ts";

type Method = "GET" | "POST";

export const authBasePath = "/auth";

/** Every open address under `/auth`. */
export const openPaths: Readonly<Record<string, Method>> = {
  "/sign-up/email": "POST",
  "/send-verification-email": "POST",
  "/verify-email": "GET",
  "/sign-in/email": "POST",
  "/sign-out": "POST",
  "/get-session": "GET",
  "/revoke-sessions": "POST",
  "/revoke-other-sessions": "POST",
  "/change-password": "POST",
  "/request-password-reset": "POST",
  "/reset-password": "POST",
  "/reset-password/:token": "GET",
  "/phone-number/send-otp": "POST",
  "/phone-number/verify": "POST",
  "/admin/set-role": "POST",
  "/second-factor/enrol": "POST",
  "/second-factor/confirm": "POST",
  "/second-factor/disable": "POST",
  "/second-factor/reset": "POST",
};

const maxBodyBytes = 16 * 1024;

export interface Inner extends SessionReader {
  readonly handler: (request: Request) => Promise<Response>;
  readonly isPasswordOf: (userId: string, password: string) => Promise<boolean>;
}

export interface Call {
  readonly path: string;
  readonly request: Request;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Wraps Better Auth's handler; answers 404, 405, 413, 400, 401 or 429 itself where the inner one must not be asked.
 * Throws faults (a database or a messenger that fails), for the app to log and answer.
 */
export function createGate(deps: Deps, inner: Inner): (request: Request) => Promise<Response> {
  return async (request) => {
    const path = openPathOf(new URL(request.url).pathname);
    const method = openPaths[path];
    if (!method) return refusal(404, "NOT_FOUND", "There is nothing here");
    if (request.method !== method) return refusal(405, "METHOD_NOT_ALLOWED", `Use ${method}`, { allow: method });
    const read = method === "GET" ? { request, body: {} } : await readBody(request);
    if (read instanceof Response) return read;
    return withRetryAfter(await answer(deps, withoutPersons(inner), { path, ...read }));
  };
}

function withoutPersons(inner: Inner): Inner {
  const handler = (request: Request) =>
    inner.handler(request).catch((error: unknown) => {
      throw innermostCause(error);
    });
  return { ...inner, handler };
}

function openPathOf(pathname: string): string {
  if (!pathname.startsWith(`${authBasePath}/`)) return "";
  const path = pathname.slice(authBasePath.length);
  return /^\/reset-password\/[^/]+$/.test(path) ? "/reset-password/:token" : path;
}

/** The body, and the request anew with what was read of it: who is nobody yet makes us keep 16 KiB and no more. */
async function readBody(request: Request): Promise<Omit<Call, "path"> | Response> {
  const bytes = await readLimited(request, maxBodyBytes);
  if (bytes === null) return refusal(413, "PAYLOAD_TOO_LARGE", "The body is too large");
  if (bytes.length === 0) return { request: withBody(request, null), body: {} };
  const parsed = z.record(z.string(), z.unknown()).safeParse(jsonOf(new TextDecoder().decode(bytes)));
  if (!parsed.success) return refusal(400, "MALFORMED_BODY", "The body must be a JSON object");
  return { request: withBody(request, bytes), body: parsed.data };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function answer(deps: Deps, inner: Inner, call: Call): Promise<Response> {
  if (call.path.startsWith("/phone-number/")) return provePhone(deps, inner, call);
  if (call.path.startsWith("/second-factor/")) return manageSecondFactor(deps, inner, call);
  if (call.path === "/admin/set-role") return setRole(deps, inner, call);
  const refused = await refusalOfTries(deps, await accountLimits(deps, call));
  if (refused) return refused;
  return call.path === "/sign-in/email" ? signIn(deps, inner, call) : inner.handler(call.request);
}

const mailPaths = ["/send-verification-email", "/request-password-reset"];

async function accountLimits(deps: Deps, call: Call): Promise<readonly Limit[]> {
  const email = z.string().safeParse(call.body["email"]).data;
  if (email === undefined) return [];
  const hash = await keyedHash(deps, "attempt", email.toLowerCase());
  if (call.path === "/sign-in/email") return [{ key: `sign-in:${hash}`, max: 20, windowMs: 15 * minuteMs }];
  if (mailPaths.includes(call.path)) return [{ key: `mail:${hash}`, max: 5, windowMs: hourMs }];
  return [];
}

/**
 * Who is signed in proves a number of theirs; anybody else signs in by one, as far as `phone-sign-in.ts` lets them: the
 * library's own addresses would text anybody at our cost, and let the holder of a recycled number sign in as the one before.
 */
async function provePhone(deps: Deps, inner: Inner, call: Call): Promise<Response> {
  const user = await getSessionUser(inner, call.request, { fresh: true });
  const mobile = Mobile.safeParse(call.body["phoneNumber"]);
  if (!mobile.success) return refusal(400, "INVALID_PHONE_NUMBER", "Invalid phone number");
  if (!user) return enterByPhone(deps, inner, call, mobile.data);
  const tries = await refusalOfTries(deps, await phoneLimits(deps, call, user, mobile.data));
  if (tries) return tries;
  const body = { ...call.body, phoneNumber: mobile.data };
  const proof = call.path === "/phone-number/verify" ? { updatePhoneNumber: true } : {};
  return inner.handler(withBody(call.request, JSON.stringify({ ...body, ...proof })));
}

async function enterByPhone(deps: Deps, inner: Inner, { path, request, body }: Call, mobile: string) {
  const isVerify = path === "/phone-number/verify";
  const asked = { path: isVerify ? path : "/phone-number/send-otp", mobile, code: body["code"] } as const;
  const limits = await signInLimits(deps, asked, request.headers.get("cf-connecting-ip"));
  const tries = await refusalOfTries(deps, limits);
  return tries ?? signInByPhone(deps, asked, (fields) => inner.handler(withBody(request, JSON.stringify(fields))));
}

async function phoneLimits(deps: Deps, call: Call, user: SessionUser, mobile: string): Promise<readonly Limit[]> {
  if (call.path === "/phone-number/verify") return [{ key: `code:${user.userId}`, max: 30, windowMs: hourMs }];
  const windowMs = hourMs;
  return [
    { key: `code-by:${user.userId}`, max: 5, windowMs },
    { key: `code-to:${await keyedHash(deps, "attempt", mobile)}`, max: 5, windowMs },
  ];
}

const RoleChange = z.object({ userId: z.string(), role: z.enum(["customer", "operator"]) });

/** The library takes a list of roles; here a person has exactly one. */
async function setRole(deps: Deps, inner: Inner, call: Call): Promise<Response> {
  const change = RoleChange.safeParse(call.body);
  if (!change.success) return refusal(400, "VALIDATION_ERROR", "role must be customer or operator");
  const refused = await refusalOfOneFactor(inner, call.request);
  if (refused) return refused;
  const response = await inner.handler(call.request);
  if (response.ok) deps.log({ level: "info", event: "role_changed", ...change.data });
  return response;
}

/** The library names the header `X-Retry-After`; clients and proxies know `Retry-After`. */
function withRetryAfter(response: Response): Response {
  const seconds = response.headers.get("x-retry-after");
  if (seconds === null) return response;
  const headers = new Headers(response.headers);
  headers.set("retry-after", seconds);
  return new Response(response.body, { status: response.status, headers });
}
