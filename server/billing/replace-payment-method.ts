// A payment method that takes the place of another: signed first, so that nobody is ever without one; then all that was
// paid by the old one moves, and the old one is cancelled.
import type { PaymentMethodId } from "../../contract/common/id.ts";
import type { Rials } from "../../contract/common/money.ts";
import { cannotCarry } from "./carry.ts";
import { instant, type Now } from "./clock.ts";
import { event, type NewEvent } from "./event.ts";
import { reject, type Rejection } from "./rejection.ts";
import { wholePeriodRials } from "./set-payment-method.ts";
import { all, isRunning, type PaymentMethod, type Slice, type Subscription } from "./state.ts";

/**
 * Whether a payment method may be opened in another's place: null. Rejects `not_found`, `payment_method_not_active` for
 * one that is neither active nor expired, and `payment_method_cannot_carry` for a ceiling below what a subscription
 * costs that the old one carries: better said before the payer has signed.
 */
export function cannotReplace(
  slice: Slice,
  { replacesId, maxAmountRials }: { readonly replacesId: PaymentMethodId; readonly maxAmountRials: Rials },
  now: Now,
): Rejection<"not_found" | "payment_method_not_active" | "payment_method_cannot_carry"> | null {
  const old = slice.state.paymentMethods[replacesId];
  if (!old) return reject("not_found", `There is no payment method ${replacesId}.`);
  if (old.status !== "active" && old.status !== "expired") {
    return reject("payment_method_not_active", `${replacesId} is ${old.status}; open one that replaces none.`);
  }
  for (const subscription of paidBy(slice, replacesId)) {
    const neededRials = wholePeriodRials(slice, subscription, now);
    if (neededRials > old.maxAmountRials || neededRials <= maxAmountRials) continue;
    const needed = neededRials.toLocaleString("en-US");
    const ceiling = maxAmountRials.toLocaleString("en-US");
    return reject(
      "payment_method_cannot_carry",
      `${subscription.id} needs ${needed} IRR a debit; the ceiling is ${ceiling} IRR.`,
    );
  }
  return null;
}

/**
 * What follows when a payment method that is to replace another becomes active. A subscription that it cannot carry (it
 * has become dearer meanwhile) stays with the old one, which then is not cancelled: what is paid today goes on to be.
 */
export function replacement(slice: Slice, method: PaymentMethod, now: Now): readonly NewEvent[] {
  const old = method.replacesId === null ? undefined : slice.state.paymentMethods[method.replacesId];
  if (!old) return [];
  const active: PaymentMethod = { ...method, status: "active" };
  const subscriptions = paidBy(slice, old.id);
  const moved = subscriptions.filter(
    (subscription) => cannotCarry(slice.state, active, wholePeriodRials(slice, subscription, now), now) === null,
  );
  const isStillNeeded = moved.length < subscriptions.length && old.status === "active";
  return [
    ...moved.map(({ id: subscriptionId }) =>
      event("subscription.payment_method_changed", { subscriptionId, paymentMethodId: method.id }),
    ),
    ...(isStillNeeded ? [] : ended(old, now)),
  ];
}

/** The bank is told, but for an agreement that ended there by itself. */
function ended({ id: paymentMethodId, status }: PaymentMethod, now: Now): readonly NewEvent[] {
  if (status !== "active" && status !== "expired") return [];
  const cancelledAt = instant(now.wall);
  const nextCancelAt = status === "active" ? cancelledAt : null;
  return [event("payment_method.cancelled", { paymentMethodId, cancelledAt, nextAskAt: null, nextCancelAt })];
}

/** The running subscriptions that name a payment method. */
export function paidBy(slice: Slice, paymentMethodId: PaymentMethodId): readonly Subscription[] {
  return all(slice.state.subscriptions).filter(
    (subscription) => subscription.paymentMethodId === paymentMethodId && isRunning(subscription),
  );
}
