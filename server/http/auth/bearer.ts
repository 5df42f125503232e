// The session of a bearer token, looked up in one statement where Better Auth takes two. It answers for sessions that go
// on as they are; whenever one is to be renewed or ended, or a token proves nothing, Better Auth is asked.
import { after, secondMs, wallMs } from "../../billing/clock.ts";
import type { Deps } from "../../deps.ts";
import { findSession, sessionStands } from "../../store/people.ts";
import type { Premise } from "../../store/premise.ts";
import type { Memory, Signed } from "./memory.ts";
import { sessionUserOf } from "./session.ts";
import { sessionSpan } from "./session-span.ts";

/** Who is signed in, and on which premise when that was not asked just now. */
export interface ProvedSession {
  readonly user: Signed;
  readonly premise?: Premise;
}

/** The person whose session this is; null when Better Auth must say. What the memory knows is a premise, not asked. */
export async function bearerUser(
  deps: Deps,
  bearerToken: string,
  memory?: Memory<Signed>,
): Promise<ProvedSession | null> {
  const token = await tokenIn(deps.config.authSecret, bearerToken);
  if (token === null) return null;
  const now = deps.wall();
  const known = memory?.recall(token, now);
  if (known) return { user: known, premise: [sessionStands({ ...known, token }, now)] };
  const session = await findSession(deps.db, token);
  if (!session) return null;
  const renewedFrom = after(
    wallMs(session.expiresAt.getTime()),
    -(sessionSpan.expiresIn - sessionSpan.updateAge) * secondMs,
  );
  if (renewedFrom <= now) return null;
  const { userId, customerId, role, hasSecondFactor } = sessionUserOf(session);
  const user = { userId, customerId, role, hasSecondFactor };
  memory?.keep(token, user, renewedFrom);
  return { user };
}

/** What stands before the signature, once that is found true; the library also takes a token that has none. */
async function tokenIn(secret: string, bearerToken: string): Promise<string | null> {
  const [token = "", signature] = decoded(bearerToken).split(".");
  if (signature === undefined) return token;
  return (await isSigned(secret, token, signature)) ? token : null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

/** HMAC-SHA256 in base64, as Better Auth signs its cookies. */
async function isSigned(secret: string, token: string, signature: string): Promise<boolean> {
  const bytes = bytesOf(signature);
  if (!bytes) return false;
  const text = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", text.encode(secret), algorithm, false, ["verify"]);
  return crypto.subtle.verify("HMAC", key, bytes, text.encode(token));
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9+/]{43}=$/.test(base64)) return null;
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
