import { contract } from "../../contract/index.ts";
import { isRejection } from "../billing/rejection.ts";
import { answered, asOperator, refused } from "../http/handler.ts";
import { closeInvoice } from "./close.ts";
import { presentInvoice } from "./present.ts";

export const markInvoiceUncollectible = asOperator.route(
  contract.invoices.markUncollectible,
  async ({ params, body }, context) => {
    const closed = await closeInvoice(context, { ...params, ...body, as: "uncollectible" });
    return isRejection(closed) ? refused(context, closed) : answered(context, 200, presentInvoice(closed));
  },
);
