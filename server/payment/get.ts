import { contract } from "../../contract/index.ts";
import { answered, asCustomer } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { findPayment } from "../store/read.ts";
import { presentPayment } from "./present.ts";

export const getPayment = asCustomer.route(contract.payments.get, async ({ params }, context) => {
  const payment = await findPayment(context.deps.db, context.caller.customerId, params.paymentId);
  return payment ? answered(context, 200, presentPayment(payment)) : refusal(context, "not_found");
});
