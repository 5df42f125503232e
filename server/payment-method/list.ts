import { contract } from "../../contract/index.ts";
import { answeredPage, asCustomer } from "../http/handler.ts";
import { listPaymentMethods } from "../store/read.ts";
import { presentPaymentMethod } from "./present.ts";

export const listPaymentMethodsHandler = asCustomer.route(contract.paymentMethods.list, async ({ query }, context) => {
  const methods = await listPaymentMethods(context.deps.db, context.caller.customerId, query);
  return answeredPage(context, methods, { limit: query.limit, present: presentPaymentMethod });
});
