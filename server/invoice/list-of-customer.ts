import { contract } from "../../contract/index.ts";
import { asOperator } from "../http/handler.ts";
import { answeredPageOf } from "../http/of-customer.ts";
import { listInvoices } from "../store/read.ts";
import { presentInvoice } from "./present.ts";

export const listInvoicesOfCustomer = asOperator.route(
  contract.invoices.listOfCustomer,
  async ({ params, query }, context) => {
    const { customerId } = params;
    const rows = await listInvoices(context.deps.db, customerId, query);
    return answeredPageOf(context, rows, { customerId, limit: query.limit, present: presentInvoice });
  },
);
