import { contract } from "../../contract/index.ts";
import { isRejection } from "../billing/rejection.ts";
import { answered, asOperator, refused } from "../http/handler.ts";
import { closeInvoice } from "./close.ts";
import { presentInvoice } from "./present.ts";

export const voidInvoice = asOperator.route(contract.invoices.void, async ({ params, body }, context) => {
  const closed = await closeInvoice(context, { ...params, ...body, as: "void" });
  return isRejection(closed) ? refused(context, closed) : answered(context, 200, presentInvoice(closed));
});
