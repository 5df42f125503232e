import { contract } from "../../contract/index.ts";
import { pageOfEach } from "../http/each-database.ts";
import { answeredPage, asPartner } from "../http/handler.ts";
import { listCustomers } from "../store/customers.ts";
import { presentCustomer } from "./present.ts";

export const listCustomersHandler = asPartner.route(contract.customers.list, async ({ query }, context) => {
  return pageOfEach(context, query, async ({ db }, page) => {
    const customers = await listCustomers(db, context.caller.partnerId, page);
    return answeredPage(context, customers, { limit: page.limit, present: presentCustomer });
  });
});
