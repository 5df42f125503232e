import { contract } from "../../contract/index.ts";
import { decideCancelPaymentMethod } from "../billing/payment-method.ts";
import { isRejection } from "../billing/rejection.ts";
import { answered, asCustomer, refused } from "../http/handler.ts";
import { findPaymentMethod } from "../store/read.ts";
import { transact } from "../store/transact.ts";
import { presentPaymentMethod } from "./present.ts";
import { refusal } from "../http/problem.ts";

export const cancelPaymentMethod = asCustomer.route(contract.paymentMethods.cancel, async ({ params }, context) => {
  const { deps, caller } = context;
  const { paymentMethodId } = params;
  const stored = await findPaymentMethod(deps.db, caller.customerId, paymentMethodId);
  if (!stored) return refusal(context, "not_found");
  if (stored.status === "cancelled_by_user") return answered(context, 200, presentPaymentMethod(stored));
  const slice = await transact(deps, {
    customerId: caller.customerId,
    actor: `user:${caller.userId}`,
    decide: (current, now) => decideCancelPaymentMethod(current, paymentMethodId, now),
  });
  if (isRejection(slice)) return refused(context, slice);
  await deps.due.send({ customerId: caller.customerId });
  return answered(context, 200, presentPaymentMethod(slice.state.paymentMethods[paymentMethodId] ?? stored));
});
