// Signing in by a code to a mobile number: for customers who have proved it, and not too long ago, since operators give
// numbers that rest to other people. Operators sign in by password and second factor. Nobody learns whose numbers we know.
import * as z from "zod";
import { dayMs, hourMs, minuteMs, wallMs } from "../../billing/clock.ts";
import type { Deps } from "../../deps.ts";
import { hasNumberToSignIn } from "../../store/user.ts";
import { keyedHash } from "../keyed-hash.ts";

/** How long a number is good after it was proved or used: less than a number rests before somebody else gets it. */
export const numberHoldsMs = 180 * dayMs;

/** What nobody who is signed in sends about a number. */
export interface PhoneCall {
  readonly path: "/phone-number/send-otp" | "/phone-number/verify";
  readonly mobile: string;
  readonly code: unknown;
}

/** Tries per number, and per network address as widely as everywhere: a mobile operator's customers share one. */
export async function signInLimits(deps: Deps, { path, mobile }: PhoneCall, address: string | null) {
  const [number, from] = await Promise.all([
    keyedHash(deps, "attempt", mobile),
    keyedHash(deps, "attempt", address ?? "unknown"),
  ]);
  const perNumber =
    path === "/phone-number/verify"
      ? { key: `code-in:${number}`, max: 30, windowMs: hourMs }
      : { key: `code-to:${number}`, max: 5, windowMs: hourMs };
  return [perNumber, { key: `code-from:${from}`, max: 120, windowMs: minuteMs }];
}

/**
 * Sends a code, or signs in with it; `ask` is Better Auth. A number that nobody may sign in with is answered like any
 * other: the code is on its way, and then it is wrong.
 */
export async function signInByPhone(
  deps: Deps,
  { path, mobile, code }: PhoneCall,
  ask: (body: Readonly<Record<string, string>>) => Promise<Response>,
): Promise<Response> {
  const isKnown = await hasNumberToSignIn(deps.db, { mobile, since: wallMs(deps.wall() - numberHoldsMs) });
  if (path === "/phone-number/send-otp") {
    return isKnown ? ask({ phoneNumber: mobile }) : Response.json({ message: "code sent" });
  }
  const typed = z.string().safeParse(code);
  const response = isKnown && typed.success ? await ask({ phoneNumber: mobile, code: typed.data }) : null;
  if (response?.ok) return response;
  await response?.body?.cancel();
  return Response.json({ code: "INVALID_OTP", message: "Invalid OTP" }, { status: 400 });
}
