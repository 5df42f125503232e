// Forgetting the person behind a customer. Only when nothing runs, is owed or is under way: who is forgotten can neither be
// asked for money nor be given any back, and an agreement that is left at the bank would go on without its payer knowing.
import { instant, type WallMs } from "./clock.ts";
import { newCustomer, type NewCustomer } from "./customer.ts";
import { event, type NewEvent } from "./event.ts";
import { reject, type Rejection } from "./rejection.ts";
import {
  all,
  isRunning,
  maySettle,
  type CustomerState,
  type Payment,
  type PaymentMethod,
  type Slice,
} from "./state.ts";

const mostNamed = 5;

/**
 * `customer.erased`, once. Rejects `account_not_settled` and names what is left: a subscription that runs, an open invoice,
 * an agreement that is active, may still be signed or is not ended at the bank, a payment or refund whose end is not known,
 * credit that is not used up.
 */
export function decideErasure(
  { state }: Pick<Slice, "state">,
  customer: NewCustomer,
  at: WallMs,
): readonly NewEvent[] | Rejection<"account_not_settled"> {
  if (state.customer?.erasedAt) return [];
  const left = unsettledIn(state);
  if (left.length > 0) return reject("account_not_settled", detailOf(left));
  return [...newCustomer(state, customer), event("customer.erased", { erasedAt: instant(at) })];
}

/** Example: `sub_… is active, inv_… is open: end or settle that first.` */
function detailOf(left: readonly string[]): string {
  const more = left.length > mostNamed ? ` and ${left.length - mostNamed} more` : "";
  return `${left.slice(0, mostNamed).join(", ")}${more}: end or settle that first.`;
}

function unsettledIn(state: CustomerState): readonly string[] {
  const open = [
    ...all(state.subscriptions).filter(isRunning),
    ...all(state.invoices).filter(({ status }) => status === "open"),
    ...all(state.paymentMethods).filter(isLeftAtBank),
    ...all(state.payments).filter(isUnsettled),
    ...all(state.refunds).filter(({ status }) => ["pending", "submitted", "needs_review"].includes(status)),
  ];
  // Below zero it is a debt too small for the gateway to take: nobody could settle it.
  const credit = state.customer?.creditRials ?? 0;
  return [
    ...open.map(({ id, status }) => `${id} is ${status}`),
    ...(credit <= 0 ? [] : [`the credit is ${credit} Rials`]),
  ];
}

function isLeftAtBank({ status, cancellation, nextAskAt }: PaymentMethod): boolean {
  return ["pending_signature", "active"].includes(status) || cancellation === "requested" || nextAskAt !== null;
}

function isUnsettled(payment: Payment): boolean {
  const isOnItsWayBack = payment.status === "surplus" && payment.nextAskAt !== null;
  return maySettle(payment) || payment.status === "needs_review" || isOnItsWayBack;
}
