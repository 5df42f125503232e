// Problems in the language of who reads them. `code` and `errors[].code` are for programs, and the same in every language.
import { Problem } from "../../contract/common/problem.ts";
import { preferredLanguage } from "../text/languages.ts";
import { problemDetail, problemWords } from "../text/problems.ts";

/** Whether an answer is one. */
export function isProblem(response: Response): boolean {
  return response.headers.get("content-type") === "application/problem+json";
}

/**
 * A problem as the caller's `Accept-Language` wants it: in English as it is; in Persian with the code's own title and
 * general sentences.
 */
export async function inLanguageOf(request: Request, response: Response): Promise<Response> {
  const language = preferredLanguage(request.headers.get("accept-language")) ?? "en";
  const headers = new Headers(response.headers);
  headers.set("content-language", language);
  headers.append("vary", "Accept-Language");
  if (language === "en") return new Response(response.body, { status: response.status, headers });
  const problem = Problem.parse(await response.json());
  const { title } = problemWords(problem.code, language);
  const told = { ...problem, title, detail: problemDetail(problem.code, language) };
  return new Response(JSON.stringify(told), { status: response.status, headers });
}
