// How a handler is written: one file per endpoint, typed by its route and by the caller its policy lets in.
import { tsr } from "@ts-rest/serverless/fetch";
import type { ProblemCode } from "../../contract/common/problem.ts";
import type { Rejection } from "../billing/rejection.ts";
import type { RequestContext } from "./context.ts";
import type { CallerFor } from "./mount.ts";
import { refusal, type ProblemAnswer } from "./problem.ts";

export const publicly = tsr.platformContext<RequestContext<CallerFor<"public">>>();
export const asCustomer = tsr.platformContext<RequestContext<CallerFor<"customer">>>();
export const asOperator = tsr.platformContext<RequestContext<CallerFor<"operator">>>();
export const asCustomerOrPartner =
  tsr.platformContext<RequestContext<CallerFor<"customer"> | CallerFor<"partner:events:read">>>();
export const asOperatorOrPartner =
  tsr.platformContext<RequestContext<CallerFor<"operator"> | CallerFor<"partner:webhooks:read">>>();
export const asPartner = tsr.platformContext<RequestContext<CallerFor<"partner:customers:read">>>();

/** A rule's rejection as the problem it becomes. */
export function refused<C extends ProblemCode>(
  context: { readonly requestId: string },
  { rejected, detail }: Rejection<C>,
): ProblemAnswer<C> {
  return refusal(context, rejected, detail);
}

/** A success with this status: `{ data, meta }`. */
export function answered<S extends number, T>(context: { readonly requestId: string }, status: S, data: T) {
  return { status, body: { data, meta: { requestId: context.requestId } } };
}

/** One page of a list whose items were read one past the limit; the last one shown is the next cursor. */
export function answeredPage<T extends { readonly id: string }, R>(
  context: { readonly requestId: string },
  rows: readonly T[],
  page: { readonly limit: number; readonly present: (row: T) => R },
) {
  return answeredPageBy(context, rows, { ...page, cursorOf: ({ id }) => id });
}

/** The same for a list whose cursor is not an id. */
export function answeredPageBy<T, R>(
  context: { readonly requestId: string },
  rows: readonly T[],
  {
    limit,
    present,
    cursorOf,
  }: { readonly limit: number; readonly present: (row: T) => R; readonly cursorOf: (row: T) => string },
) {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const nextCursor = rows.length > limit && last !== undefined ? cursorOf(last) : null;
  return {
    status: 200 as const,
    body: { data: shown.map(present), meta: { requestId: context.requestId }, page: { nextCursor } },
  };
}
