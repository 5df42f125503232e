// `/problems` and `/problems/{code}`: where a problem's `type` leads, as a page for people and as JSON for everybody else.
import { problems, type ProblemCode } from "../../contract/common/problem.ts";
import { problemOf } from "../http/problem.ts";
import { problemPage, problemsPage } from "../page/problem.tsx";
import { preferredLanguage, textsIn } from "../text/languages.ts";
import { problemDetail, problemWords } from "../text/problems.ts";
import type { Language } from "../text/texts.ts";

/** A request id as every answer has one. */
const requestId = "01kaqzv3m5e0a8r6b1x2n4y7tq";

/** The explanation of a code; null when there is no such code. */
export function explainProblem(code: string, request: Request): Response | null {
  if (!isCode(code)) return null;
  const { status, title } = problems[code];
  if (!isForPeople(request)) return Response.json({ code, status, title, detail: problemDetail(code, "en") });
  const language = languageOf(request);
  const { body } = problemOf(code, { requestId }, language);
  const example = JSON.stringify(body, null, 2);
  return pageIn(language, problemPage(textsIn(language), { code, status, example, ...problemWords(code, language) }));
}

/** All codes there are. */
export function explainProblems(request: Request): Response {
  const codes = Object.keys(problems).filter(isCode);
  if (!isForPeople(request)) return Response.json(codes.map((code) => ({ code, ...problems[code] })));
  const language = languageOf(request);
  const listed = codes.map((code) => ({
    code,
    status: problems[code].status,
    title: problemWords(code, language).title,
  }));
  return pageIn(language, problemsPage(textsIn(language), listed));
}

function isCode(code: string): code is ProblemCode {
  return Object.hasOwn(problems, code);
}

function isForPeople(request: Request): boolean {
  return request.headers.get("accept")?.includes("text/html") ?? false;
}

/** Whoever chose a language by its link has it, whatever the browser prefers. */
function languageOf(request: Request): Language {
  const chosen = new URL(request.url).searchParams.get("language");
  if (chosen === "fa" || chosen === "en") return chosen;
  return preferredLanguage(request.headers.get("accept-language")) ?? "fa";
}

function pageIn(language: Language, page: string): Response {
  const headers = { "content-type": "text/html; charset=utf-8", "content-language": language, vary: "Accept-Language" };
  return new Response(page, { headers });
}
