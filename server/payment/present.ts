// Payments as the contract shows them: what became of the money, not how it was asked for.
import type { Payment as Shown } from "../../contract/payment.ts";
import { instant, instantOrNull } from "../billing/clock.ts";
import type { Payment } from "../billing/state.ts";

export function presentPayment(payment: Payment): Shown {
  const { id, kind, status, invoiceId, paymentMethodId, amountRials, refundedRials, refId, failureReason, settledAt } =
    payment;
  return {
    id,
    kind,
    status,
    invoiceId,
    paymentMethodId,
    amountRials,
    refundedRials,
    currency: "IRR",
    refId,
    failureReason,
    createdAt: instant(payment.createdAt),
    settledAt: instantOrNull(settledAt),
  };
}
