import { contract } from "../../contract/index.ts";
import { answered, asCustomer } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { findInvoice } from "../store/read.ts";
import { presentInvoice } from "./present.ts";

export const getInvoice = asCustomer.route(contract.invoices.get, async ({ params }, context) => {
  const invoice = await findInvoice(context.deps.db, context.caller.customerId, params.invoiceId);
  return invoice ? answered(context, 200, presentInvoice(invoice)) : refusal(context, "not_found");
});
