import { contract } from "../../contract/index.ts";
import { answeredPage, asCustomer } from "../http/handler.ts";
import { listPayments } from "../store/read.ts";
import { presentPayment } from "./present.ts";

export const listPaymentsHandler = asCustomer.route(contract.payments.list, async ({ query }, context) => {
  const payments = await listPayments(context.deps.db, context.caller.customerId, query);
  return answeredPage(context, payments, { limit: query.limit, present: presentPayment });
});
