import { contract } from "../../contract/index.ts";
import { answeredPage, asPartner } from "../http/handler.ts";
import { listCustomers } from "../store/customers.ts";
import { presentCustomer } from "./present.ts";

export const listCustomersHandler = asPartner.route(contract.customers.list, async ({ query }, context) => {
  const customers = await listCustomers(context.deps.db, context.caller.partnerId, query);
  return answeredPage(context, customers, { limit: query.limit, present: presentCustomer });
});
