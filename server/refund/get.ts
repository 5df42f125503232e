import { contract } from "../../contract/index.ts";
import { answered, asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { findRefund } from "../store/refunds.ts";
import { presentRefund } from "./present.ts";

export const getRefund = asOperator.route(contract.refunds.get, async ({ params }, context) => {
  const refund = await findRefund(context.deps.db, params.refundId);
  return refund ? answered(context, 200, presentRefund(refund)) : refusal(context, "not_found");
});
