// What an API promises against what it was seen to do: both must be the same.
import { isAppRoute, type AppRouter } from "@ts-rest/core";
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

/** Every answer that a contract declares. */
export function declaredAnswers(contract: AppRouter): Set<AnswerLine> {
  const lines = Object.values(contract).flatMap((entry) =>
    isAppRoute(entry)
      ? Object.keys(entry.responses).map((status) => lineOf(entry, Number(status), null))
      : [...declaredAnswers(entry)],
  );
  return new Set(lines);
}
