import { contract } from "../../contract/index.ts";
import { asOperator } from "../http/handler.ts";
import { answeredPageOf } from "../http/of-customer.ts";
import { listCreditNotes } from "../store/credits.ts";
import { presentCreditNote } from "./present.ts";

export const listCreditNotesOfCustomer = asOperator.route(
  contract.credits.listNotesOfCustomer,
  async ({ params, query }, context) => {
    const { customerId } = params;
    const rows = await listCreditNotes(context.deps.db, customerId, query);
    return answeredPageOf(context, rows, { customerId, limit: query.limit, present: presentCreditNote });
  },
);
