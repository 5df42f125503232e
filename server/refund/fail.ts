import { contract } from "../../contract/index.ts";
import { isRejection } from "../billing/rejection.ts";
import { answered, asOperator, refused } from "../http/handler.ts";
import { endRefund } from "./end.ts";
import { presentRefund } from "./present.ts";

export const failRefund = asOperator.route(contract.refunds.fail, async ({ params, body }, context) => {
  const { deps, caller, resourceSeed: requestSeed } = context;
  const refund = await endRefund(deps, { ...params, ...body, reference: null, userId: caller.userId, requestSeed });
  return isRejection(refund) ? refused(context, refund) : answered(context, 200, presentRefund(refund));
});
