// What the door to Better Auth refuses by itself, and how often somebody may try.
import type { Deps } from "../../deps.ts";
import { countAttempts } from "../../store/people.ts";

/** How often something may be tried under one name. */
export interface Limit {
  readonly key: string;
  readonly max: number;
  readonly windowMs: number;
}

/** Counts one try under each; the refusal when one is over its limit. */
export async function refusalOfTries(deps: Deps, limits: readonly Limit[]): Promise<Response | null> {
  if (limits.length === 0) return null;
  const now = deps.wall();
  const counted = await countAttempts(deps.db, limits, now);
  const over = counted.filter((tries, index) => tries.count > (limits[index]?.max ?? 0));
  if (over.length === 0) return null;
  const retryAfterS = Math.ceil((Math.max(...over.map((tries) => tries.resetsAt)) - now) / 1_000);
  const detail = "Too many attempts. Please try again later.";
  return refusal(429, "TOO_MANY_ATTEMPTS", detail, { "retry-after": String(retryAfterS) });
}

/** The same request with another body. */
export function withBody(request: Request, body: string | Uint8Array | null): Request {
  const headers = new Headers(request.headers);
  headers.delete("content-length");
  return new Request(request.url, { method: request.method, headers, body });
}

/** A refusal in the shape of Better Auth's own. */
export function refusal(status: number, code: string, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ code, message }, { status, headers });
}
