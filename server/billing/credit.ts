// The customer's credit: what an invoice takes before anything is debited. Below zero it is what was too little for the
// gateway to take, carried over to the next invoice.
import type { InvoiceId } from "../../contract/common/id.ts";
import type { Rials, SignedRials } from "../../contract/common/money.ts";
import { event, type NewEvent } from "./event.ts";
import { rials, signedRials } from "./money.ts";
import type { CustomerState, Invoice } from "./state.ts";

/** The least the gateway takes in one payment, in Rials (wire facts §2.1). */
export const leastPaymentRials = 10_000;

/** What an invoice takes of the credit, and what is left to pay. */
export interface Settlement {
  /** Below zero: what was carried over is owed with it. */
  readonly appliedRials: SignedRials;
  readonly dueRials: Rials;
}

/**
 * How an amount is settled with a credit: all of the credit is used; what then is left and below the gateway's minimum
 * is carried over. Example: 8,000 with no credit: 8,000 are applied, nothing is due, and the credit is −8,000.
 */
export function settlementOf(owed: Rials, creditRials: SignedRials): Settlement {
  const due = owed - creditRials;
  if (due < leastPaymentRials) return { appliedRials: signedRials(owed), dueRials: rials(0) };
  return { appliedRials: creditRials, dueRials: rials(due) };
}

/** What a payment of an invoice has to take: its total less the credit that was used for it. */
export function dueOn({ totalRials, creditAppliedRials }: Pick<Invoice, "totalRials" | "creditAppliedRials">): Rials {
  return rials(totalRials - creditAppliedRials);
}

export function creditOf({ customer }: Pick<CustomerState, "customer">): SignedRials {
  return customer?.creditRials ?? signedRials(0);
}

/** The credit that an invoice takes now; nothing when there is none to take. */
export function applyCredit(
  invoiceId: InvoiceId,
  owed: Rials,
  creditRials: SignedRials,
): { readonly events: readonly NewEvent[]; readonly dueRials: Rials } {
  const { appliedRials, dueRials } = settlementOf(owed, creditRials);
  return { events: appliedEvents(invoiceId, appliedRials, creditRials), dueRials };
}

/** An invoice that is closed unpaid gives back what credit had been used for it, and what was carried over to it. */
export function returnCredit(invoice: Invoice, creditRials: SignedRials): readonly NewEvent[] {
  return appliedEvents(invoice.id, signedRials(-invoice.creditAppliedRials), creditRials);
}

/** A part of the credit, for an invoice whose other part was paid. */
export function appliedEvents(
  invoiceId: InvoiceId,
  amountRials: SignedRials,
  creditRials: SignedRials,
): readonly NewEvent[] {
  if (amountRials === 0) return [];
  const balanceRials = signedRials(creditRials - amountRials);
  return [event("credit.applied", { invoiceId, amountRials, balanceRials })];
}
