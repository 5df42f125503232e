// A browser, as a test has one: it keeps a session as browsers do, and sends forms from a page of ours.
import { publicUrl, type World } from "./world.ts";

/** Somebody signed in, or the cookies of a browser; null is nobody. */
type Who = { readonly token: string } | string | null;

/** The cookie under which a browser keeps somebody's session. */
async function cookieOf(world: World, { token }: { readonly token: string }): Promise<string> {
  const text = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const secret = text.encode(world.invocation().config.authSecret);
  const key = await crypto.subtle.importKey("raw", secret, algorithm, false, ["sign"]);
  const signature = new Uint8Array(await crypto.subtle.sign("HMAC", key, text.encode(token)));
  const value = `${token}.${btoa(Array.from(signature, (byte) => String.fromCharCode(byte)).join(""))}`;
  return `__Secure-sarresid.session_token=${encodeURIComponent(value)}`;
}

export type Browser = ReturnType<typeof aBrowser>;

/** Somebody's browser, which prefers this language; it follows no redirect by itself. */
export function aBrowser(world: World, who: Who, language: "fa" | "en" = "en") {
  const fetch = async (path: string, init: RequestInit, more: Readonly<Record<string, string>> = {}) => {
    const cookie = typeof who === "string" ? who : who && (await cookieOf(world, who));
    const headers = { accept: "text/html", "accept-language": language, ...(cookie && { cookie }), ...more };
    return world.fetch(new Request(`${publicUrl}${path}`, { ...init, headers, redirect: "manual" }));
  };
  return {
    shown: (path: string) => fetch(path, {}),
    /** A form of the page at this address; `origin` says whose page it stood on, null that the browser tells nobody. */
    sent: (path: string, fields: Readonly<Record<string, string>>, origin: string | null = publicUrl) =>
      fetch(path, { method: "POST", body: new URLSearchParams(fields) }, origin === null ? {} : { origin }),
  };
}
