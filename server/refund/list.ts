import { contract } from "../../contract/index.ts";
import { pageOfEach } from "../http/each-database.ts";
import { answeredPage, asOperator } from "../http/handler.ts";
import { listRefunds } from "../store/refunds.ts";
import { presentRefund } from "./present.ts";

export const listRefundsHandler = asOperator.route(contract.refunds.list, async ({ query }, context) => {
  return pageOfEach(context, query, async ({ db }, page) => {
    const refunds = await listRefunds(db, page);
    return answeredPage(context, refunds, { limit: page.limit, present: presentRefund });
  });
});
