// What each problem means, for the person who reads it: the default `detail` of an answer and the text of its page. A code
// without its sentences in both languages does not compile.
import { problems, type ProblemCode } from "../../contract/common/problem.ts";
import type { Language } from "./texts.ts";
import type { ProblemText } from "./problems/meaning.ts";
import { moneyProblems } from "./problems/money.ts";
import { partnerProblems } from "./problems/partners.ts";
import { requestProblems } from "./problems/requests.ts";
import { subscriptionProblems } from "./problems/subscriptions.ts";

const texts: Readonly<Record<ProblemCode, ProblemText>> = {
  ...requestProblems,
  ...subscriptionProblems,
  ...moneyProblems,
  ...partnerProblems,
};

/** A code in words. */
export interface ProblemWords {
  readonly title: string;
  readonly happened: string;
  readonly remedy: string;
}

/** Example: `not_found` in English has the contract's title, `There is nothing here`. */
export function problemWords(code: ProblemCode, language: Language): ProblemWords {
  const { en, fa } = texts[code];
  const [title, happened, remedy] = language === "fa" ? fa : [problems[code].title, ...en];
  return { title, happened, remedy };
}

/** What an answer says that knows nothing particular: what happened, and what to do. */
export function problemDetail(code: ProblemCode, language: Language): string {
  const { happened, remedy } = problemWords(code, language);
  return `${happened} ${remedy}`;
}
