// A session opened without Better Auth's own endpoints, as a cookie that it reads: a token with its HMAC-SHA256 behind it.
import { after, secondMs } from "../../billing/clock.ts";
import type { Deps } from "../../deps.ts";
import { openSession } from "../../store/login-links.ts";
import { sessionSpan } from "./session-span.ts";

const tokenBytes = 32;

/** Opens a session of this user and gives the `Set-Cookie`s of it: its own, and one that ends what was remembered of another. */
export async function startSession(deps: Deps, userId: string): Promise<readonly string[]> {
  const token = randomText(deps);
  const at = deps.wall();
  const endsAt = after(at, sessionSpan.expiresIn * secondMs);
  await openSession(deps.db, { id: randomText(deps), token, userId, at, endsAt });
  const value = encodeURIComponent(`${token}.${await signatureOf(deps.config.authSecret, token)}`);
  return [
    cookie(deps, "session_token", value, sessionSpan.expiresIn),
    cookie(deps, "session_data", "", 0),
    cookie(deps, "dont_remember", "", 0),
  ];
}

/** The `Set-Cookie`s that make a browser forget its session. */
export function endSession(deps: Deps): readonly string[] {
  return ["session_token", "session_data", "dont_remember"].map((name) => cookie(deps, name, "", 0));
}

/** 43 characters of base64url. */
export function randomText({ random }: Pick<Deps, "random">): string {
  return base64(random(tokenBytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function cookie({ config }: Deps, name: string, value: string, maxAgeS: number): string {
  const isSecure = config.publicUrl.startsWith("https://");
  const attributes = `Max-Age=${maxAgeS}; Path=/; HttpOnly; SameSite=Lax${isSecure ? "; Secure" : ""}`;
  return `${isSecure ? "__Secure-" : ""}sarresid.${name}=${value}; ${attributes}`;
}

async function signatureOf(secret: string, token: string): Promise<string> {
  const text = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", text.encode(secret), algorithm, false, ["sign"]);
  return base64(new Uint8Array(await crypto.subtle.sign("HMAC", key, text.encode(token))));
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
