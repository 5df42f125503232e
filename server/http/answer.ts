// An answer as text, ready to be sent, stored or replayed: validated and stripped by the contract, so that nothing that
// is not declared ever leaves.
import { ContractNoBody, type AppRoute } from "@ts-rest/core";
import * as z from "zod";
import { Problem, type FieldError, type ProblemCode } from "../../contract/common/problem.ts";
import { problemOf } from "./problem.ts";

export const jsonType = "application/json";

/** An answer as it goes over the wire. */
export interface Rendered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Of a problem. */
  readonly code?: ProblemCode;
  /** Whole `Set-Cookie`s: several headers of one name, and never kept with an answer that is repeated. */
  readonly cookies?: readonly string[];
}

/** What a handler answers, before it is believed. */
export interface HandlerAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** A step that ends the request early says so with this. */
export interface Refused {
  readonly refused: Rendered;
}

/**
 * The answer as the route declares it; throws on an undeclared status or body, which is a bug of the handler.
 *
 * @param headers Null when the handler has set none.
 */
export function renderAnswer(route: AppRoute, answer: HandlerAnswer, headers: Headers | null): Rendered {
  const declared: unknown = route.responses[answer.status];
  if (declared === ContractNoBody) return rendered(answer.status, null, "", headers);
  if (isOther(declared))
    return rendered(answer.status, declared.contentType, declared.body.parse(answer.body), headers);
  if (!(declared instanceof z.ZodType)) throw new Error(`${route.path} does not declare the status ${answer.status}`);
  const contentType = answer.status < 400 ? jsonType : "application/problem+json";
  const body = declared.parse(answer.body);
  const made = rendered(answer.status, contentType, JSON.stringify(body), headers);
  return answer.status < 400 ? made : { ...made, ...codeIn(body) };
}

function codeIn(body: unknown): Pick<Rendered, "code"> {
  const problem = Problem.safeParse(body);
  return problem.success ? { code: problem.data.code } : {};
}

/** A problem that the mount itself answers with. */
export function renderProblem(
  code: ProblemCode,
  about: { requestId: string; detail?: string; errors?: readonly FieldError[] },
  headers: Readonly<Record<string, string>> = {},
): Rendered {
  const { status, body } = problemOf(code, about);
  return {
    status,
    headers: { ...headers, "content-type": "application/problem+json" },
    text: JSON.stringify(body),
    code,
  };
}

export function responseOf(answer: Rendered): Response {
  // The platform takes not even an empty body for it.
  const body = answer.status === 304 ? null : answer.text;
  const response = new Response(body, { status: answer.status, headers: answer.headers });
  for (const cookie of answer.cookies ?? []) response.headers.append("set-cookie", cookie);
  return response;
}

/** The same as a copy of a blank one, which has its status and every other header but the request's id: that is set on it. */
export function wholeResponse(answer: Rendered, blank: Response, requestId: string): Response {
  // Before it is copied: an answer's own headers are dear to look at.
  blank.headers.set("x-request-id", requestId);
  const response = new Response(answer.text, blank);
  for (const name in answer.headers)
    if (name !== "content-type") response.headers.set(name, answer.headers[name] ?? "");
  for (const cookie of answer.cookies ?? []) response.headers.append("set-cookie", cookie);
  return response;
}

function isOther(declared: unknown): declared is { contentType: string; body: z.ZodType<string> } {
  return typeof declared === "object" && declared !== null && "contentType" in declared;
}

function rendered(status: number, contentType: string | null, text: string, headers: Headers | null): Rendered {
  const typed: Rendered["headers"] = contentType === null ? {} : { "content-type": contentType };
  if (headers === null) return { status, headers: typed, text };
  const { "set-cookie": _, ...others } = Object.fromEntries(headers);
  return { status, headers: { ...others, ...typed }, text, cookies: headers.getSetCookie() };
}
