// Pages of what one customer has, as operators ask for them: an empty one may be somebody with nothing, or nobody.
import type { CustomerId } from "../../contract/common/id.ts";
import { isKnownCustomer } from "../store/activity.ts";
import type { RequestContext } from "./context.ts";
import { answeredPageBy } from "./handler.ts";
import { refusal } from "./problem.ts";

interface PageOf<T, R> {
  readonly customerId: CustomerId;
  readonly limit: number;
  readonly present: (row: T) => R;
}

/** One page of rows that were read one past the limit, or 404 when there is no such customer. */
export function answeredPageOf<T extends { readonly id: string }, R>(
  context: RequestContext,
  rows: readonly T[],
  page: PageOf<T, R>,
) {
  return answeredPageOfBy(context, rows, { ...page, cursorOf: ({ id }) => id });
}

/** The same for a list whose cursor is not an id. */
export async function answeredPageOfBy<T, R>(
  context: RequestContext,
  rows: readonly T[],
  { customerId, ...page }: PageOf<T, R> & { readonly cursorOf: (row: T) => string },
) {
  const isNobody = rows.length === 0 && !(await isKnownCustomer(context.deps.db, customerId));
  return isNobody ? refusal(context, "not_found") : answeredPageBy(context, rows, page);
}
