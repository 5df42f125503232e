import { contract } from "../../contract/index.ts";
import { answeredPage, asCustomer } from "../http/handler.ts";
import { listCreditNotes } from "../store/credits.ts";
import { presentCreditNote } from "./present.ts";

export const listCreditNotesHandler = asCustomer.route(contract.credits.listNotes, async ({ query }, context) => {
  const notes = await listCreditNotes(context.deps.db, context.caller.customerId, query);
  return answeredPage(context, notes, { limit: query.limit, present: presentCreditNote });
});
