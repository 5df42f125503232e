// A rule's no: returned, never thrown. It becomes a problem through the contract's one table.
import type { ProblemCode } from "../../contract/common/problem.ts";

export interface Rejection<C extends ProblemCode = ProblemCode> {
  readonly rejected: C;
  /** What went wrong this time, with the numbers; names no person. */
  readonly detail: string;
}

export function reject<C extends ProblemCode>(code: C, detail: string): Rejection<C> {
  return { rejected: code, detail };
}

export function isRejection<T extends object, C extends ProblemCode>(value: T | Rejection<C>): value is Rejection<C> {
  return "rejected" in value;
}
