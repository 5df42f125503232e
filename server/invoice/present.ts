// Invoices as the contract shows them.
import type { Invoice as Shown } from "../../contract/invoice.ts";
import { instant, instantOrNull } from "../billing/clock.ts";
import type { NumberedInvoice } from "../store/read.ts";

export function presentInvoice(invoice: NumberedInvoice): Shown {
  const { customerId: _, dueAt, nextAttemptAt, finalizedAt, paidAt, lines, ...fields } = invoice;
  return {
    ...fields,
    currency: "IRR",
    lines: [...lines],
    dueAt: instant(dueAt),
    nextAttemptAt: instantOrNull(nextAttemptAt),
    finalizedAt: instant(finalizedAt),
    paidAt: instantOrNull(paidAt),
  };
}
