import { contract } from "../../contract/index.ts";
import { answered, asCustomer } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { findPaymentMethod } from "../store/read.ts";
import { presentPaymentMethod } from "./present.ts";

export const getPaymentMethod = asCustomer.route(contract.paymentMethods.get, async ({ params }, context) => {
  const method = await findPaymentMethod(context.deps.db, context.caller.customerId, params.paymentMethodId);
  return method ? answered(context, 200, presentPaymentMethod(method)) : refusal(context, "not_found");
});
