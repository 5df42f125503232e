import { contract } from "../../contract/index.ts";
import { isRejection } from "../billing/rejection.ts";
import { asCustomer, refused } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { receiptDocument } from "./receipt-document.ts";

export const showReceipt = asCustomer.route(contract.documents.receipt, async ({ params, query }, context) => {
  const { customerId } = context.caller;
  const receipt = await receiptDocument(context.deps, { customerId, ...params, ...query });
  if (!receipt) return refusal(context, "not_found");
  return isRejection(receipt) ? refused(context, receipt) : { status: 200, body: receipt.page };
});
