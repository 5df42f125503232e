// How a payment begins: by a debit of a payment method, or on a page of the gateway.
import type { InvoiceId, PaymentId, PaymentMethodId } from "../../contract/common/id.ts";
import type { Rials } from "../../contract/common/money.ts";
import { instant, type Now } from "./clock.ts";
import { event, type NewEvent } from "./event.ts";

interface Beginning {
  readonly paymentId: PaymentId;
  readonly invoiceId: InvoiceId;
  readonly amountRials: Rials;
}

interface BeginningDebit extends Beginning {
  readonly paymentMethodId: PaymentMethodId;
  /** Whether somebody waits for it. */
  readonly onDemand: boolean;
}

export function begunDebit(debit: BeginningDebit, now: Now): NewEvent {
  return event("payment.created", { ...debit, kind: "debit", createdAt: instant(now.billing) });
}

export function begunCheckout(page: Beginning, now: Now): NewEvent {
  const created = { ...page, kind: "checkout", paymentMethodId: null, onDemand: true } as const;
  return event("payment.created", { ...created, createdAt: instant(now.billing) });
}
