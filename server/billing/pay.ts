// Paying what is overdue because the customer wants to, now: by a debit of a payment method, or on a page.
import type { PaymentId, PaymentMethodId, SubscriptionId } from "../../contract/common/id.ts";
import { begunDebit } from "./begin-payment.ts";
import { cannotCarry, type CarryRefusal } from "./carry.ts";
import { decidePageFor, isOpening } from "./checkout.ts";
import type { Now } from "./clock.ts";
import { dueOn } from "./credit.ts";
import { isInDoubt } from "./doubt.ts";
import type { NewEvent } from "./event.ts";
import { reject, type Rejection } from "./rejection.ts";
import { all, keepsDebitsBack, type Invoice, type Slice } from "./state.ts";

export interface PayInput {
  readonly subscriptionId: SubscriptionId;
  readonly paymentId: PaymentId;
  /** The payment method to debit; null pays on a page. */
  readonly paymentMethodId: PaymentMethodId | null;
}

export type PayRefusal = "not_found" | "nothing_due" | "collecting_stopped" | "payment_in_progress" | CarryRefusal;

/**
 * Pays the open invoice of a subscription. By debit: rejects `payment_in_progress` while another payment of it may still
 * take money, an open page included, and what `cannotCarry` rejects. On a page: as `decidePageFor`. Rejects
 * `nothing_due` when no invoice of it is open.
 */
export function decidePay(slice: Slice, input: PayInput, now: Now): readonly NewEvent[] | Rejection<PayRefusal> {
  const { subscriptionId, paymentId, paymentMethodId } = input;
  if (!slice.state.subscriptions[subscriptionId]) {
    return reject("not_found", `There is no subscription ${subscriptionId}.`);
  }
  const invoice = owedFor(slice, subscriptionId);
  if (!invoice) return reject("nothing_due", `Nothing is owed for ${subscriptionId}.`);
  if (paymentMethodId === null) return decidePageFor(slice, invoice, paymentId, now);
  const method = slice.state.paymentMethods[paymentMethodId];
  if (!method) return reject("not_found", `There is no payment method ${paymentMethodId}.`);
  if (!slice.collecting)
    return reject("collecting_stopped", "No debits are sent for the moment; pay on a page instead.");
  if (isInDoubt(slice, invoice))
    return reject("collecting_stopped", "It is not sure yet that this has not been paid; try again later.");
  const other = all(slice.state.payments).find(
    (payment) => payment.invoiceId === invoice.id && keepsDebitsBack(payment),
  );
  if (other) {
    const wait = isOpening(other) ? "its page can be paid" : "the bank has not told its end";
    return reject("payment_in_progress", `${other.id} of ${invoice.id} is ${other.status}; ${wait}.`);
  }
  const refusal = cannotCarry(slice.state, method, dueOn(invoice), now);
  if (refusal) return refusal;
  const debit = { paymentId, invoiceId: invoice.id, paymentMethodId, amountRials: dueOn(invoice) };
  return [begunDebit({ ...debit, onDemand: true }, now)];
}

/** The oldest open invoice of a subscription. */
export function owedFor(slice: Slice, subscriptionId: SubscriptionId): Invoice | undefined {
  return all(slice.state.invoices).find(
    (invoice) => invoice.subscriptionId === subscriptionId && invoice.status === "open",
  );
}
