import { contract } from "../../contract/index.ts";
import { answered, asOperator, refused } from "../http/handler.ts";
import { closeMonth, findClosedMonth } from "../store/finance.ts";
import { presentMonth } from "./present.ts";

export const closeMonthHandler = asOperator.route(contract.finance.closeMonth, async ({ params, body }, context) => {
  const { deps, caller } = context;
  const before = await findClosedMonth(deps.db, params.month);
  if (before) return answered(context, 200, presentMonth(before));
  const refusal = await closeMonth(deps, { ...params, ...body }, `operator:${caller.userId}`);
  if (refusal) return refused(context, refusal);
  const closed = await findClosedMonth(deps.db, params.month);
  if (!closed) throw new Error(`${params.month} was closed but cannot be read`);
  return answered(context, 201, presentMonth(closed));
});
