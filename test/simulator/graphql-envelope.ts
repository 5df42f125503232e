// Answers as a GraphQL server puts them. ZarinPal shows none of its refusals; these have the shape that servers of its
// make usually give (`errors` with a message and a category, `data` null or absent).

import { type Answer, emptyData, httpStatusOf, success } from "./envelope.ts";
import { type Request, selected } from "./graphql-schema.ts";
import type { Desk } from "./state.ts";

type Refusal = { message: string; category: "authentication" | "graphql" | "validation" | "internal" };

/** GraphQL's refusals have no code: the log of calls shows 0. */
const noCode = 0;

export function graphqlSuccess(request: Request, value: unknown): Answer {
  return success({ data: { [request.selection.alias]: selected(value, request.selection) } });
}

/** With status 200 as GraphQL has it, 401 for a stranger, or whatever the settings say of refusals. */
export function graphqlRefusal(desk: Desk, { message, category }: Refusal, request?: Request): Answer {
  const documented = category === "authentication" ? 401 : 200;
  const status = desk.settings.errorHttpStatus === "documented" ? documented : httpStatusOf(desk, noCode);
  const error = { message, extensions: { category } };
  if (request === undefined) return { code: noCode, status, body: { errors: [error] } };
  const { alias } = request.selection;
  const data = Array.isArray(emptyData(desk)) ? null : { [alias]: null };
  return { code: noCode, status, body: { errors: [{ ...error, path: [alias] }], data } };
}

/** Too many attempts, as a server of this make says it. */
export function graphqlBackoff(): Answer {
  return { code: noCode, status: 429, body: { message: "Too Many Attempts." } };
}
