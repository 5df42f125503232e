import { contract } from "../../contract/index.ts";
import { answeredPage, asOperator } from "../http/handler.ts";
import { listRefunds } from "../store/refunds.ts";
import { presentRefund } from "./present.ts";

export const listRefundsHandler = asOperator.route(contract.refunds.list, async ({ query }, context) => {
  const refunds = await listRefunds(context.deps.db, query);
  return answeredPage(context, refunds, { limit: query.limit, present: presentRefund });
});
