// A customer's browser: follows a login link, keeps its cookie, and asks our API as our own pages would.
import { createClient, type Client } from "./client.ts";
import { Unexpected } from "./roundtable.ts";

export interface SignedIn {
  readonly client: Client;
  /** Where the page leads back to. */
  readonly returnsTo: string;
}

/** Opens the link's page and presses its button. */
export async function signInBy(api: string, link: string): Promise<SignedIn> {
  const page = await textAt(link);
  if (!page.includes("<form")) throw new Unexpected("The login link's page has no button");
  const response = await fetch(link, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", origin: api },
  });
  const html = await response.text();
  const [, returnsTo = ""] = /content="0;url=([^"]+)"/.exec(html) ?? [];
  const cookie = response.headers
    .getSetCookie()
    .map((each) => each.split(";", 1)[0] ?? "")
    .filter((each) => !each.endsWith("="))
    .join("; ");
  if (cookie === "" || returnsTo === "") throw new Unexpected(`The login link signed nobody in: ${response.status}`);
  return { client: createClient(api, { cookie, origin: api }), returnsTo };
}

/** What an address answers, as text. */
export async function textAt(url: string): Promise<string> {
  const response = await fetch(url);
  return response.text();
}
