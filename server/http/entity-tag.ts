// ETag and If-None-Match (RFC 9110 §8.8.3, §13.1.2): whoever has an answer is told when it is still the same.
import type { Deps } from "../deps.ts";

/** The weak tag of what an answer says; the answer itself differs by its request id. Example: `W/"9f86d081884c7d65"`. */
export async function entityTagOf({ sha256 }: Pick<Deps, "sha256">, data: object): Promise<string> {
  return `W/"${(await sha256(JSON.stringify(data))).slice(0, 32)}"`;
}

/** Whether the caller has what this tag stands for. Tags are compared as weak ones. */
export function isKnown(request: Request, tag: string): boolean {
  const known = request.headers.get("if-none-match") ?? "";
  return known.trim() === "*" || known.split(",").some((each) => strong(each) === strong(tag));
}

function strong(tag: string): string {
  return tag.trim().replace(/^W\//, "");
}
