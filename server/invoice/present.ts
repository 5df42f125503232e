// Invoices as the contract shows them.
import type { Invoice as Shown } from "../../contract/invoice.ts";
import { instant } from "../billing/clock.ts";
import type { NumberedInvoice } from "../store/read.ts";

export function presentInvoice(invoice: NumberedInvoice): Shown {
  const { customerId: _, dueAt, nextAttemptAt, finalizedAt, paidAt, lines, ...fields } = invoice;
  return {
    ...fields,
    currency: "IRR",
    lines: [...lines],
    dueAt: instant(dueAt),
    nextAttemptAt: nextAttemptAt === null ? null : instant(nextAttemptAt),
    finalizedAt: instant(finalizedAt),
    paidAt: paidAt === null ? null : instant(paidAt),
  };
}
