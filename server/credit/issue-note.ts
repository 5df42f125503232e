import { contract } from "../../contract/index.ts";
import { decideCreditNote } from "../billing/credit-note.ts";
import { bucketOf, idFromSeed } from "../billing/ids.ts";
import { isRejection, reject } from "../billing/rejection.ts";
import { answered, asOperator, refused } from "../http/handler.ts";
import { ownerOfInvoice } from "../store/credits.ts";
import { transact } from "../store/transact.ts";
import { presentCreditNote } from "./present.ts";

export const issueCreditNote = asOperator.route(contract.credits.issueNote, async ({ params, body }, context) => {
  const { deps, caller, resourceSeed } = context;
  const { invoiceId } = params;
  const { amountRials, kind, reason: note } = body;
  const customerId = await ownerOfInvoice(deps.db, invoiceId);
  if (!customerId) return refused(context, reject("not_found", `There is no invoice ${invoiceId}.`));
  const creditNoteId = idFromSeed("cn", resourceSeed, bucketOf(customerId));
  const slice = await transact(deps, {
    customerId,
    actor: `operator:${caller.userId}`,
    invoiceIds: [invoiceId],
    decide: (current, now) =>
      current.state.creditNotes[creditNoteId]
        ? []
        : decideCreditNote(current, { invoiceId, creditNoteId, amountRials, reason: kind, note }, now),
  });
  if (isRejection(slice)) return refused(context, slice);
  const issued = slice.state.creditNotes[creditNoteId];
  if (!issued) throw new Error(`${creditNoteId} was issued but cannot be read`);
  await deps.due.send({ customerId });
  return answered(context, 201, presentCreditNote(issued));
});
