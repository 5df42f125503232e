import { contract } from "../../contract/index.ts";
import { asCustomer } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { invoiceDocument } from "./invoice-document.ts";

export const showInvoice = asCustomer.route(contract.documents.invoice, async ({ params, query }, context) => {
  const { customerId } = context.caller;
  const page = await invoiceDocument(context.deps, { customerId, ...params, ...query });
  return page === null ? refusal(context, "not_found") : { status: 200, body: page };
});
