// Problems in the language of who reads them. `code` and `errors[].code` are for programs, and the same in every language.
import * as z from "zod";
import { Problem } from "../../contract/common/problem.ts";
import { preferredLanguage } from "../text/languages.ts";
import { particularInPersian, persianMistake } from "../text/particulars.ts";
import { problemDetail, problemWords } from "../text/problems.ts";
import type { Language } from "../text/texts.ts";

/** Whether an answer is one. */
export function isProblem(response: Response): boolean {
  return response.headers.get("content-type") === "application/problem+json";
}

const Whole = z.record(z.string(), z.unknown());

/** A problem as the caller's `Accept-Language` wants it: English, unless Persian is preferred. */
export async function inLanguageOf(request: Request, response: Response): Promise<Response> {
  const language = preferredLanguage(request.headers.get("accept-language")) ?? "en";
  const headers = new Headers(response.headers);
  headers.set("content-language", language);
  headers.append("vary", "Accept-Language");
  if (language === "en") return new Response(response.body, { status: response.status, headers });
  const whole = Whole.parse(await response.json());
  const told = spokenIn(language, Problem.parse(whole));
  // Better Auth's client shows what stands in `message`.
  const message = "message" in whole && { message: told.detail };
  return new Response(JSON.stringify({ ...whole, ...told, ...message }), { status: response.status, headers });
}

/** A problem that was said in English, in this language: what went wrong this time, with the numbers and the fields. */
export function spokenIn(language: Language, problem: Problem): Problem {
  if (language === "en") return problem;
  const { code, detail, errors } = problem;
  return {
    ...problem,
    title: problemWords(code, language).title,
    detail: particularInPersian(detail) ?? problemDetail(code, language),
    ...(errors && { errors: errors.map((error) => ({ ...error, detail: persianMistake(error.detail) })) }),
  };
}
