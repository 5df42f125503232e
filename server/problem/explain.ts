// `/problems` and `/problems/{code}`: where a problem's `type` leads, as a page for people and as JSON for everybody else.
import { problems, type FieldError, type ProblemCode } from "../../contract/common/problem.ts";
import { problemOf } from "../http/problem.ts";
import { spokenIn } from "../http/spoken.ts";
import { problemPage, problemsPage } from "../page/problem.tsx";
import { preferredLanguage, textsIn } from "../text/languages.ts";
import { problemDetail, problemWords } from "../text/problems.ts";
import type { Language } from "../text/texts.ts";

/** A request id as every answer has one. */
const requestId = "019d2fbd-8e85-7028-8c19-615d055279f7";

/** What stands in the example of a code that names fields. */
const errorsOf: Partial<Record<ProblemCode, readonly FieldError[]>> = {
  validation_failed: [
    { pointer: "/query/limit", code: "too_big", detail: "Too big: expected number to be <=100" },
    { pointer: "/body/surprise", code: "unrecognized_key", detail: "This field is not known here." },
  ],
};

/** The explanation of a code; null when there is no such code. */
export function explainProblem(code: string, request: Request): Response | null {
  if (!isCode(code)) return null;
  const { status } = problems[code];
  const language = languageOf(request);
  if (!isForPeople(request))
    return jsonIn(language, { ...named(code, language), detail: problemDetail(code, language) });
  const { body } = problemOf(code, { requestId, errors: errorsOf[code] });
  const example = JSON.stringify(spokenIn(language, body), null, 2);
  return pageIn(language, problemPage(textsIn(language), { code, status, example, ...problemWords(code, language) }));
}

/** All codes there are. */
export function explainProblems(request: Request): Response {
  const codes = Object.keys(problems).filter(isCode);
  const language = languageOf(request);
  const listed = codes.map((code) => named(code, language));
  if (!isForPeople(request)) return jsonIn(language, listed);
  return pageIn(language, problemsPage(textsIn(language), listed));
}

function isCode(code: string): code is ProblemCode {
  return Object.hasOwn(problems, code);
}

function isForPeople(request: Request): boolean {
  return request.headers.get("accept")?.includes("text/html") ?? false;
}

function named(code: ProblemCode, language: Language) {
  return { code, status: problems[code].status, title: problemWords(code, language).title };
}

/** Whoever chose a language by its link has it, whatever is preferred; without any, people have Persian and programs English. */
function languageOf(request: Request): Language {
  const chosen = new URL(request.url).searchParams.get("language");
  if (chosen === "fa" || chosen === "en") return chosen;
  return preferredLanguage(request.headers.get("accept-language")) ?? (isForPeople(request) ? "fa" : "en");
}

function jsonIn(language: Language, told: object): Response {
  return Response.json(told, { headers: { "content-language": language, vary: "Accept, Accept-Language" } });
}

function pageIn(language: Language, page: string): Response {
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-language": language,
    vary: "Accept, Accept-Language",
  };
  return new Response(page, { headers });
}
