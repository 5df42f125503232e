import { contract } from "../../contract/index.ts";
import { decideConfirmPaymentMethod } from "../billing/decline.ts";
import { isRejection } from "../billing/rejection.ts";
import { answered, asCustomer, refused } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { findPaymentMethod } from "../store/read.ts";
import { transact } from "../store/transact.ts";
import { presentPaymentMethod } from "./present.ts";

export const confirmPaymentMethod = asCustomer.route(contract.paymentMethods.confirm, async ({ params }, context) => {
  const { deps, caller } = context;
  const { paymentMethodId } = params;
  const stored = await findPaymentMethod(deps.db, caller.customerId, paymentMethodId);
  if (!stored) return refusal(context, "not_found");
  const slice = await transact(deps, {
    customerId: caller.customerId,
    actor: `user:${caller.userId}`,
    decide: (current) => decideConfirmPaymentMethod(current, paymentMethodId),
  });
  if (isRejection(slice)) return refused(context, slice);
  return answered(context, 200, presentPaymentMethod(slice.state.paymentMethods[paymentMethodId] ?? stored));
});
