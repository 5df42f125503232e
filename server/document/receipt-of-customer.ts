import { contract } from "../../contract/index.ts";
import { isRejection } from "../billing/rejection.ts";
import { asOperator, refused } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { ownerOf } from "../store/webhook-event.ts";
import { receiptDocument } from "./receipt-document.ts";

export const showReceiptOfCustomer = asOperator.route(
  contract.documents.receiptOfCustomer,
  async ({ params, query }, context) => {
    const { deps } = context;
    const owner = await ownerOf(deps.db, params);
    const receipt = owner && (await receiptDocument(deps, { customerId: owner.customerId, ...params, ...query }));
    if (!receipt) return refusal(context, "not_found");
    return isRejection(receipt) ? refused(context, receipt) : { status: 200, body: receipt.page };
  },
);
