// Pages of what one customer has, as operators ask for them: an empty one may be somebody with nothing, or nobody.
import type { CustomerId } from "../../contract/common/id.ts";
import { isKnownCustomer } from "../store/activity.ts";
import type { RequestContext } from "./context.ts";
import { answeredPage } from "./handler.ts";
import { refusal } from "./problem.ts";

/** One page of rows that were read one past the limit, or 404 when there is no such customer. */
export async function answeredPageOf<T extends { readonly id: string }, R>(
  context: RequestContext,
  rows: readonly T[],
  { customerId, ...page }: { readonly customerId: CustomerId; readonly limit: number; readonly present: (row: T) => R },
) {
  const isNobody = rows.length === 0 && !(await isKnownCustomer(context.deps.db, customerId));
  return isNobody ? refusal(context, "not_found") : answeredPage(context, rows, page);
}
