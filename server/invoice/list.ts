import { contract } from "../../contract/index.ts";
import { answeredPage, asCustomer } from "../http/handler.ts";
import { listInvoices } from "../store/read.ts";
import { presentInvoice } from "./present.ts";

export const listInvoicesHandler = asCustomer.route(contract.invoices.list, async ({ query }, context) => {
  const invoices = await listInvoices(context.deps.db, context.caller.customerId, query);
  return answeredPage(context, invoices, { limit: query.limit, present: presentInvoice });
});
