import { contract } from "../../contract/index.ts";
import { asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { ownerOfInvoice } from "../store/credits.ts";
import { invoiceDocument } from "./invoice-document.ts";

export const showInvoiceOfCustomer = asOperator.route(
  contract.documents.invoiceOfCustomer,
  async ({ params, query }, context) => {
    const { deps } = context;
    const customerId = await ownerOfInvoice(deps.db, params.invoiceId);
    const page = customerId && (await invoiceDocument(deps, { customerId, ...params, ...query }));
    return page === null ? refusal(context, "not_found") : { status: 200, body: page };
  },
);
