// What the application answered in this test file. It is told to whoever started vitest when the file is through: there
// is no file system in workerd, so a binding leads out of it, and in Node to the same.
import { env } from "cloudflare:workers";
import { contract } from "../../contract/index.ts";
import { answerNamer } from "../declared/answer.ts";

const nameOf = answerNamer(contract);
const lines = new Set<string>();

/** The answer itself, remembered. */
export async function seen(request: Request, response: Response): Promise<Response> {
  const line = await nameOf(request, response);
  if (line !== null) lines.add(line);
  return response;
}

/** Tells what was seen so far. */
export async function tellSeen(): Promise<void> {
  if (lines.size > 0) await env.SEEN.fetch("http://seen.test/", { method: "POST", body: [...lines].join("\n") });
}
