import { contract } from "../../contract/index.ts";
import { answered, asPartner } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { findCustomer } from "../store/customers.ts";
import { presentCustomer } from "./present.ts";

export const getCustomer = asPartner.route(contract.customers.get, async ({ params }, context) => {
  const found = await findCustomer(context.deps.db, context.caller.partnerId, params.customerId);
  return found ? answered(context, 200, presentCustomer(found)) : refusal(context, "not_found");
});
