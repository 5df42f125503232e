// Operators' second factor: six digits of an authenticator (RFC 6238), or a backup code. An operator without one may do
// nothing but enrol; who has one signs in with password and code in one request, so that no session is ever half open.
import { base32 } from "@better-auth/utils/base32";
import { createOTP } from "@better-auth/utils/otp";
import * as z from "zod";
import { minuteMs } from "../../billing/clock.ts";
import type { Deps } from "../../deps.ts";
import { sealedText } from "../../store/sealer.ts";
import {
  confirmSecondFactor,
  dropSession,
  findSecondFactor,
  keepUnconfirmed,
  markSession,
  removeSecondFactor,
  takeBackupCode,
  useStep,
} from "../../store/second-factor.ts";
import { keyedHash } from "../keyed-hash.ts";
import { isCookieFromElsewhere } from "./caller.ts";
import type { Call, Inner } from "./gate.ts";
import { refusal, refusalOfTries, withBody, type Limit } from "./refusal.ts";
import { getSessionUser, type SessionUser } from "./session.ts";

const secretBytes = 20;
const stepMs = 30_000;
const backupCodes = 10;
const backupCodeBytes = 10;
const factorPath = "/second-factor/";

const Code = z.string().trim().min(6).max(20);
const SignedIn = z.object({ token: z.string(), user: z.object({ id: z.string(), role: z.literal("operator") }) });

/** What a sealed secret is bound to. */
export function secretRecordOf(userId: string): string {
  return `second factor ${userId}`;
}

/**
 * Signing in by password. Of an operator who has a second factor `code` is demanded as well, and only after the password
 * was right; without it the session that the library has made is gone before anybody has heard of it.
 */
export async function signIn(deps: Deps, inner: Inner, { request, body }: Call): Promise<Response> {
  const { code, ...credentials } = body;
  const response = await inner.handler(withBody(request, JSON.stringify(credentials)));
  if (!response.ok) return response;
  const signedIn = SignedIn.safeParse(await response.clone().json()).data;
  if (!signedIn) return response;
  const { token, user } = signedIn;
  const factor = await findSecondFactor(deps.db, user.id);
  if (!factor || factor.confirmedAt === null) return response;
  const refused = await refusalOfCode(deps, user.id, code);
  if (refused) await dropSession(deps.db, token);
  else await markSession(deps.db, token, deps.wall());
  return refused ?? response;
}

/** `POST /auth/second-factor/…`: for operators alone, by a session of theirs. */
export async function manageSecondFactor(deps: Deps, inner: Inner, call: Call): Promise<Response> {
  const user = await getSessionUser(inner, call.request, { fresh: true });
  if (!user) return refusal(401, "UNAUTHORIZED", "Nobody is signed in");
  const isForged =
    !call.request.headers.has("authorization") && isCookieFromElsewhere(call.request, deps.config.publicUrl);
  if (isForged || user.role !== "operator") return refusal(403, "FORBIDDEN", "This is for operators");
  switch (call.path.slice(factorPath.length)) {
    case "enrol":
      return enrol(deps, inner, user, call);
    case "confirm":
      return confirm(deps, user, call);
    case "disable":
      return disable(deps, inner, user, call);
    default:
      return reset(deps, user, call);
  }
}

/** Whoever is an operator and has not proved a second factor; null for everybody else. */
export async function refusalOfOneFactor(inner: Inner, request: Request): Promise<Response | null> {
  const user = await getSessionUser(inner, request, { fresh: true });
  return user?.role === "operator" && !user.hasSecondFactor ? secondFactorRequired() : null;
}

/** A new secret, which counts for nothing until a code of it has come. */
async function enrol(deps: Deps, inner: Inner, user: SessionUser, { body }: Call): Promise<Response> {
  const refused = await refusalOfPassword(deps, inner, user, body["password"]);
  if (refused) return refused;
  const { userId, email } = user;
  const factor = await findSecondFactor(deps.db, userId);
  if (factor && factor.confirmedAt !== null) {
    return refusal(409, "SECOND_FACTOR_EXISTS", "There is a second factor already");
  }
  const bytes = new Uint8Array(deps.random(secretBytes));
  const secret = base32.encode(bytes, { padding: false });
  const sealed = await deps.sealer.seal(secret, secretRecordOf(userId));
  await keepUnconfirmed(deps.db, { userId, sealed, at: deps.wall() });
  return Response.json({ secret, uri: createOTP(bytes.buffer).url("Sarresid", email) });
}

async function confirm(deps: Deps, { userId, sessionToken }: SessionUser, { body }: Call): Promise<Response> {
  const factor = await findSecondFactor(deps.db, userId);
  if (factor?.confirmedAt !== null) return refusal(409, "SECOND_FACTOR_EXISTS", "There is nothing to confirm");
  const refused = await refusalOfCode(deps, userId, body["code"]);
  if (refused) return refused;
  const codes = Array.from({ length: backupCodes }, () => newBackupCode(deps));
  const codeHashes = await Promise.all(codes.map((code) => hashOf(deps, userId, code)));
  await confirmSecondFactor(deps, { userId, codeHashes, sessionToken }, { actor: `operator:${userId}` });
  return Response.json({ backupCodes: codes });
}

async function disable(deps: Deps, inner: Inner, user: SessionUser, { body }: Call): Promise<Response> {
  if (!user.hasSecondFactor) return secondFactorRequired();
  const { userId } = user;
  const refused =
    (await refusalOfPassword(deps, inner, user, body["password"])) ?? (await refusalOfCode(deps, userId, body["code"]));
  if (refused) return refused;
  await removeSecondFactor(deps, { userId, reason: null }, { actor: `operator:${userId}` });
  return Response.json({ status: true });
}

const Reset = z.object({ userId: z.string().max(100), reason: z.string().trim().min(3).max(500) });

/** One operator for another who has lost theirs: the other enrols anew, by the password. */
async function reset(deps: Deps, user: SessionUser, { body }: Call): Promise<Response> {
  if (!user.hasSecondFactor) return secondFactorRequired();
  const order = Reset.safeParse(body);
  if (!order.success) return refusal(400, "VALIDATION_ERROR", "userId and a reason of 3 to 500 characters are needed");
  if (order.data.userId === user.userId) return refusal(403, "FORBIDDEN", "Somebody else must do this for you");
  const isReset = await removeSecondFactor(deps, order.data, { actor: `operator:${user.userId}` });
  return isReset ? Response.json({ status: true }) : refusal(404, "NOT_FOUND", "There is no second factor to reset");
}

function secondFactorRequired(): Response {
  return refusal(403, "SECOND_FACTOR_REQUIRED", "A second factor is required: POST /auth/second-factor/enrol");
}

function triesOf(userId: string): readonly Limit[] {
  return [{ key: `second-factor:${userId}`, max: 20, windowMs: 15 * minuteMs }];
}

async function refusalOfPassword(
  deps: Deps,
  inner: Inner,
  { userId }: SessionUser,
  password: unknown,
): Promise<Response | null> {
  const tries = await refusalOfTries(deps, triesOf(userId));
  if (tries) return tries;
  const given = z.string().min(1).max(200).safeParse(password).data;
  const isTheirs = given !== undefined && (await inner.isPasswordOf(userId, given));
  return isTheirs ? null : refusal(400, "INVALID_PASSWORD", "Invalid password");
}

/** Null when the code is good, and then it is used up. */
async function refusalOfCode(deps: Deps, userId: string, code: unknown): Promise<Response | null> {
  if (code === undefined) return refusal(401, "SECOND_FACTOR_CODE_REQUIRED", "A code is required");
  const tries = await refusalOfTries(deps, triesOf(userId));
  if (tries) return tries;
  const given = Code.safeParse(code).data;
  const isGood = given !== undefined && (await isGoodCode(deps, userId, given));
  return isGood ? null : refusal(401, "SECOND_FACTOR_CODE_NOT_VALID", "The code is not valid");
}

async function isGoodCode(deps: Deps, userId: string, code: string): Promise<boolean> {
  const factor = await findSecondFactor(deps.db, userId);
  if (!factor) return false;
  const secret = await deps.sealer.open(sealedText(factor.sealed), secretRecordOf(userId));
  const step = await stepOf(deps, secret, code);
  if (step !== null) return useStep(deps.db, userId, step);
  if (factor.confirmedAt === null) return false;
  const hash = await hashOf(deps, userId, code);
  return takeBackupCode(deps, userId, hash, { actor: `operator:${userId}` });
}

/** Which step a code belongs to: of now, or the one before or after it, since no two clocks agree. */
async function stepOf({ wall }: Deps, secret: string, code: string): Promise<number | null> {
  const otp = createOTP(new Uint8Array(base32.decode(secret)).buffer);
  const now = Math.floor(wall() / stepMs);
  let found: number | null = null;
  for (const step of [now - 1, now, now + 1]) if ((await otp.hotp(step)) === code) found = step;
  return found;
}

function hashOf(deps: Deps, userId: string, code: string): Promise<string> {
  return keyedHash(deps, "backup_code", `${userId} ${code.toLowerCase().replaceAll("-", "")}`);
}

/** Example: `k7qz-m2xd-4hta-pw3n`. */
function newBackupCode({ random }: Deps): string {
  const text = base32.encode(new Uint8Array(random(backupCodeBytes)), { padding: false }).toLowerCase();
  return text.replace(/(.{4})(?=.)/g, "$1-");
}
