// Closing an invoice without money, as an operator decides it: void or uncollectible.
import type { InvoiceId } from "../../contract/common/id.ts";
import { decideCloseInvoice, type CloseInvoiceInput, type CloseRefusal } from "../billing/close-invoice.ts";
import { isRejection, reject, type Rejection } from "../billing/rejection.ts";
import type { RequestContext } from "../http/context.ts";
import type { CallerFor } from "../http/mount.ts";
import { ownerOfInvoice } from "../store/credits.ts";
import { findInvoice, type NumberedInvoice } from "../store/read.ts";
import { transact } from "../store/transact.ts";

/** The invoice after it; whatever is due next is looked at at once. */
export async function closeInvoice(
  { deps, caller }: Pick<RequestContext<CallerFor<"operator">>, "deps" | "caller">,
  input: CloseInvoiceInput,
): Promise<NumberedInvoice | Rejection<CloseRefusal | "busy">> {
  const { invoiceId } = input;
  const customerId = await ownerOfInvoice(deps.db, invoiceId);
  if (!customerId) return reject("not_found", `There is no invoice ${invoiceId}.`);
  const slice = await transact(deps, {
    customerId,
    actor: `operator:${caller.userId}`,
    invoiceIds: [invoiceId],
    decide: (current, now) => decideCloseInvoice(current, input, now),
  });
  if (isRejection(slice)) return slice;
  await deps.due.send({ customerId });
  return heldInvoice(await findInvoice(deps.db, customerId, invoiceId), invoiceId);
}

function heldInvoice(invoice: NumberedInvoice | null, invoiceId: InvoiceId): NumberedInvoice {
  if (!invoice) throw new Error(`${invoiceId} was closed but cannot be read`);
  return invoice;
}
