// Subscriptions as the contract shows them.
import type { Subscription as Shown } from "../../contract/subscription.ts";
import { instant, instantOrNull } from "../billing/clock.ts";
import type { Subscription } from "../billing/state.ts";

export function presentSubscription(subscription: Subscription): Shown {
  const { id, status, productId, priceId, paymentMethodId, anchorDay } = subscription;
  return {
    id,
    status,
    productId,
    priceId,
    paymentMethodId,
    anchorDay,
    currentPeriod: {
      index: subscription.periodIndex,
      startsAt: instant(subscription.periodStartsAt),
      endsAt: instant(subscription.periodEndsAt),
    },
    latestInvoiceId: subscription.latestInvoiceId,
    cancelAtPeriodEnd: subscription.cancelAtPeriodEnd,
    cancelReason: subscription.cancelReason,
    createdAt: instant(subscription.createdAt),
    endedAt: instantOrNull(subscription.endedAt),
  };
}
