// Where a browser goes on from a page that knows nobody: to a page of ours when it brings a session, else nowhere.
import { parse } from "hono/utils/cookie";

/** That address for a browser with a session, which the page there judges; null for any other. */
export function onwardFor({ headers }: Request, address: string): { readonly onward: string | null } {
  const names = Object.keys(parse(headers.get("cookie") ?? ""));
  return { onward: names.some((name) => name.endsWith("sarresid.session_token")) ? address : null };
}
