// Refunds as the contract shows them: what became of the money, not how it was asked for.
import type { Refund as Shown } from "../../contract/refund.ts";
import { instant, instantOrNull } from "../billing/clock.ts";
import type { Refund } from "../billing/state.ts";

export function presentRefund(refund: Refund): Shown {
  const { id, status, method, source, paymentId, invoiceId, amountRials, netRials, vatRials } = refund;
  const { reference, failureReason, createdAt, settledAt } = refund;
  return {
    id,
    status,
    method,
    source,
    paymentId,
    invoiceId,
    amountRials,
    netRials,
    vatRials,
    currency: "IRR",
    reference,
    failureReason,
    createdAt: instant(createdAt),
    settledAt: instantOrNull(settledAt),
  };
}
