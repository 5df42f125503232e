// A rule's no: returned, never thrown. It becomes a problem through the contract's one table.
import type { ProblemCode } from "../../contract/common/problem.ts";

export interface Rejection {
  readonly rejected: ProblemCode;
  /** What went wrong this time, with the numbers; names no person. */
  readonly detail: string;
}

export function reject(code: ProblemCode, detail: string): Rejection {
  return { rejected: code, detail };
}

export function isRejection(value: object): value is Rejection {
  return "rejected" in value;
}
