// Declines that the bank does not explain. No table of its codes is public (wire facts §5.8), and nobody tells us of an
// agreement that was revoked there: after two in a row the customer is asked, before we try for ever.
import type { PaymentMethodId } from "../../contract/common/id.ts";
import { isUnconfirmed } from "./carry.ts";
import { event, type NewEvent } from "./event.ts";
import { reject, type Rejection } from "./rejection.ts";
import type { Payment, PaymentMethod, Slice } from "./state.ts";

/**
 * How a debit ends at a bank that does not say why: refused with a code that nobody has explained to us, told to have
 * failed, or never told to be paid. Whatever never reached the bank, or was explained by it, is not here.
 */
const unexplainedReasons: readonly string[] = ["declined", "not_taken", "lapsed"];

/** One more unexplained decline of the payment's payment method; nothing for another end, or another way of paying. */
export function declineCounted(slice: Slice, payment: Payment, reason: string): readonly NewEvent[] {
  const method = debitedMethod(slice, payment);
  if (!method || !unexplainedReasons.includes(reason)) return [];
  return [counted(method, method.unexplainedDeclines + 1)];
}

/** A debit succeeded: the count begins anew. */
export function declinesForgotten(slice: Slice, payment: Payment): readonly NewEvent[] {
  const method = debitedMethod(slice, payment);
  return method && method.unexplainedDeclines > 0 ? [counted(method, 0)] : [];
}

/**
 * The customer says that the payment method is good: debits go on at the next planned attempt. Nothing when nobody asked.
 * Rejects `not_found`, and `payment_method_not_active` for one that is not.
 */
export function decideConfirmPaymentMethod(
  slice: Slice,
  paymentMethodId: PaymentMethodId,
): readonly NewEvent[] | Rejection<"not_found" | "payment_method_not_active"> {
  const method = slice.state.paymentMethods[paymentMethodId];
  if (!method) return reject("not_found", `There is no payment method ${paymentMethodId}.`);
  if (method.status !== "active") return reject("payment_method_not_active", `${method.id} is ${method.status}.`);
  return isUnconfirmed(method) ? [event("payment_method.confirmed", { paymentMethodId })] : [];
}

/** Of an agreement that is over nothing is counted: it is not debited again. */
function debitedMethod({ state }: Slice, { paymentMethodId }: Payment): PaymentMethod | null {
  const method = paymentMethodId === null ? undefined : state.paymentMethods[paymentMethodId];
  return method?.status === "active" ? method : null;
}

function counted({ id: paymentMethodId }: PaymentMethod, unexplainedDeclines: number): NewEvent {
  return event("payment_method.declined", { paymentMethodId, unexplainedDeclines });
}
