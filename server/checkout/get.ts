import { contract } from "../../contract/index.ts";
import { presentCheckout } from "../http/checkout.ts";
import { answered, asCustomer } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { findPayment } from "../store/read.ts";

export const getCheckout = asCustomer.route(contract.checkouts.get, async ({ params }, context) => {
  const { deps, caller } = context;
  const payment = await findPayment(deps.db, caller.customerId, params.paymentId);
  if (payment?.kind !== "checkout") return refusal(context, "not_found");
  return answered(context, 200, presentCheckout(deps, payment));
});
