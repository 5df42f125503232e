// Paying a subscription in another way from now on.
import type { PaymentMethodId, SubscriptionId } from "../../contract/common/id.ts";
import type { Rials } from "../../contract/common/money.ts";
import { cannotCarry, type CarryRefusal } from "./carry.ts";
import { totalsOf, linesOf, whole } from "./charge.ts";
import type { Now } from "./clock.ts";
import { event, type NewEvent } from "./event.ts";
import { reject, type Rejection } from "./rejection.ts";
import type { Slice, Subscription } from "./state.ts";
import { itemsOf, recurringItems, termsOf } from "./terms.ts";

export interface SetPaymentMethodInput {
  readonly subscriptionId: SubscriptionId;
  readonly paymentMethodId: PaymentMethodId | null;
}

/**
 * Names another payment method; null sends links to pay. Nothing when it is named already. Rejects `not_found`,
 * `subscription_ended`, and what `cannotCarry` rejects for a whole period's price.
 */
export function decideSetPaymentMethod(
  slice: Slice,
  { subscriptionId, paymentMethodId }: SetPaymentMethodInput,
  now: Now,
): readonly NewEvent[] | Rejection<"not_found" | "subscription_ended" | CarryRefusal> {
  const subscription = slice.state.subscriptions[subscriptionId];
  if (!subscription) return reject("not_found", `There is no subscription ${subscriptionId}.`);
  if (subscription.endedAt !== null) {
    return reject("subscription_ended", `${subscriptionId} is ${subscription.status}; subscribe anew.`);
  }
  if (subscription.paymentMethodId === paymentMethodId) return [];
  const changed = event("subscription.payment_method_changed", { subscriptionId, paymentMethodId });
  if (paymentMethodId === null) return [changed];
  const method = slice.state.paymentMethods[paymentMethodId];
  if (!method) return reject("not_found", `There is no payment method ${paymentMethodId}.`);
  return cannotCarry(slice.state, method, wholePeriodRials(slice, subscription, now), now) ?? [changed];
}

/** What a whole period of a subscription costs as it stands, with today's VAT. */
export function wholePeriodRials(slice: Slice, subscription: Subscription, now: Now): Rials {
  const items = recurringItems(itemsOf(slice, termsOf(subscription)));
  const span = { startsAt: now.billing, endsAt: now.billing };
  const { discount } = subscription;
  return totalsOf(linesOf({ items, span, share: whole, discount, isGift: false, at: now.billing })).totalRials;
}
