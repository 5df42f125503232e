// What an API promises against what it was seen to do: both must be the same.
import { isAppRoute, type AppRoute, type AppRouter } from "@ts-rest/core";
import { codesOf, policyOf } from "../../contract/common/policy.ts";
import { problems } from "../../contract/common/problem.ts";
import { lineOf, type AnswerLine } from "./answer.ts";

export interface Difference {
  /** Declared, and answered by nobody in the whole run. */
  readonly neverSeen: readonly AnswerLine[];
  /** Answered, and nowhere declared. */
  readonly undeclared: readonly AnswerLine[];
}

/** Example: declared `a b`, seen `b c`, gives `a` as never seen and `c` as undeclared. */
export function differenceOf(declared: ReadonlySet<AnswerLine>, seen: ReadonlySet<AnswerLine>): Difference {
  return { neverSeen: onlyIn(declared, seen), undeclared: onlyIn(seen, declared) };
}

function onlyIn(some: ReadonlySet<AnswerLine>, others: ReadonlySet<AnswerLine>): AnswerLine[] {
  return [...some].filter((line) => !others.has(line)).sort((a, b) => (a < b ? -1 : 1));
}

/** Every answer that a contract declares: each success, and each failure with each of its codes. */
export function declaredAnswers(contract: AppRouter): Set<AnswerLine> {
  const lines = Object.values(contract).flatMap((entry) =>
    isAppRoute(entry) ? [...successesOf(entry), ...failuresOf(entry)] : [...declaredAnswers(entry)],
  );
  return new Set(lines);
}

function successesOf(route: AppRoute): AnswerLine[] {
  const statuses = Object.keys(route.responses).map(Number);
  return statuses.filter((status) => status < 400).map((status) => lineOf(route, status, null));
}

function failuresOf(route: AppRoute): AnswerLine[] {
  return codesOf(policyOf(route), route).map((code) => lineOf(route, problems[code].status, code));
}
