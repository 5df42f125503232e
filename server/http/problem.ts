// Refusals as RFC 9457 problems. Status and title come from the contract's table, so that no handler chooses them.
import { problems, type FieldError, type ProblemCode, type ProblemWith } from "../../contract/common/problem.ts";
import { problemDetail, problemWords } from "../text/problems.ts";

/** What a handler returns to refuse: a status and a code that the type checker compares with what its route declares. */
export type ProblemAnswer<C extends ProblemCode> = C extends ProblemCode
  ? { readonly status: (typeof problems)[C]["status"]; readonly body: ProblemWith<C> }
  : never;

interface About {
  readonly requestId: string;
  /** What went wrong this time, with the numbers, in English; names no person. Without it the code's general text. */
  readonly detail?: string | undefined;
  readonly errors?: readonly FieldError[] | undefined;
}

/** The problem of a code. Example: `not_found` answers 404 with `type` `/problems/not_found`. */
export function problemOf<C extends ProblemCode>(code: C, about: About): ProblemAnswer<C> {
  const { status } = problems[code];
  const body: ProblemWith<C> = {
    type: `/problems/${code}`,
    title: problemWords(code, "en").title,
    status,
    code,
    detail: about.detail ?? problemDetail(code, "en"),
    requestId: about.requestId,
    ...(about.errors && { errors: [...about.errors] }),
  };
  return answerOf<C>({ status, body });
}

/** Safe, since status and body were made of one code: `C` is that code, and no union of several. */
function answerOf<C extends ProblemCode>(answer: { readonly status: number; readonly body: ProblemWith<C> }) {
  return answer as unknown as ProblemAnswer<C>;
}

/** For handlers: `return refusal(context, "subscription_exists", "sub_… is active; cancel it first.")`. */
export function refusal<C extends ProblemCode>(
  context: { readonly requestId: string },
  code: C,
  detail?: string,
): ProblemAnswer<C> {
  return problemOf(code, { requestId: context.requestId, detail });
}
