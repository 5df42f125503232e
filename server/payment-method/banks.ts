import { contract } from "../../contract/index.ts";
import { isRejection } from "../billing/rejection.ts";
import { answered, asCustomer, refused } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { findPaymentMethod } from "../store/read.ts";
import { presentBank } from "./present.ts";
import { listSigningBanks } from "./signing.ts";

export const listBanks = asCustomer.route(contract.paymentMethods.banks, async ({ params }, context) => {
  const { deps, caller } = context;
  const method = await findPaymentMethod(deps.db, caller.customerId, params.paymentMethodId);
  if (!method) return refusal(context, "not_found");
  if (method.status !== "pending_signature" || method.agreementId === null) {
    return refusal(context, "payment_method_not_active", `${method.id} is ${method.status} and cannot be signed now.`);
  }
  const banks = await listSigningBanks(deps, method.agreementId);
  return isRejection(banks) ? refused(context, banks) : answered(context, 200, banks.map(presentBank));
});
