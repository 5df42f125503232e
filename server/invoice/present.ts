// Invoices as the contract shows them.
import type { Invoice as Shown } from "../../contract/invoice.ts";
import { dueOn } from "../billing/credit.ts";
import { instant, instantOrNull } from "../billing/clock.ts";
import type { NumberedInvoice } from "../store/read.ts";

export function presentInvoice(invoice: NumberedInvoice): Shown {
  const { customerId: _, dueAt, nextAttemptAt, finalizedAt, paidAt, lines, ...rest } = invoice;
  const {
    returnedRials: _returned,
    returnedNetRials: _net,
    recognizedAt: _recognized,
    buyerId: _buyer,
    ...fields
  } = rest;
  return {
    ...fields,
    currency: "IRR",
    lines: [...lines],
    dueRials: dueOn(invoice),
    dueAt: instant(dueAt),
    nextAttemptAt: instantOrNull(nextAttemptAt),
    finalizedAt: instant(finalizedAt),
    paidAt: instantOrNull(paidAt),
  };
}
