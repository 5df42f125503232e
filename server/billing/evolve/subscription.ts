// What happens to subscriptions.
import { billingOf } from "../clock.ts";
import type { CustomerState, Subscription } from "../state.ts";
import { withNew, withSubscription, type EventAbout, type Occurrence } from "./entities.ts";

export function evolveSubscription(
  state: CustomerState,
  event: EventAbout<"subscription">,
  { customerId }: Occurrence,
): CustomerState {
  switch (event.type) {
    case "subscription.created":
      return withNew(state, "subscriptions", {
        id: event.data.subscriptionId,
        customerId,
        productId: event.data.productId,
        priceId: event.data.priceId,
        paymentMethodId: event.data.paymentMethodId,
        status: "incomplete",
        anchorDay: event.data.anchorDay,
        startsOn: billingOf(event.data.startsAt),
        periodIndex: event.data.periodIndex,
        periodStartsAt: billingOf(event.data.startsAt),
        periodEndsAt: billingOf(event.data.endsAt),
        latestInvoiceId: null,
        cancelAtPeriodEnd: false,
        cancelReason: null,
        createdAt: billingOf(event.data.createdAt),
        endedAt: null,
      } satisfies Subscription);
    case "subscription.activated":
    case "subscription.recovered":
      return withSubscription(state, event.data, { status: "active" });
    case "subscription.incomplete_expired":
      return withSubscription(state, event.data, {
        status: "incomplete_expired",
        endedAt: billingOf(event.data.endedAt),
      });
    case "subscription.renewed":
      return withSubscription(state, event.data, {
        periodIndex: event.data.periodIndex,
        periodStartsAt: billingOf(event.data.startsAt),
        periodEndsAt: billingOf(event.data.endsAt),
      });
    case "subscription.past_due":
      return withSubscription(state, event.data, { status: "past_due" });
    case "subscription.paused":
      return withSubscription(state, event.data, { status: "paused" });
    case "subscription.reactivated":
      return withSubscription(state, event.data, {
        status: "active",
        cancelAtPeriodEnd: false,
        cancelReason: null,
        endedAt: null,
      });
    case "subscription.cancel_scheduled":
      return withSubscription(state, event.data, { cancelAtPeriodEnd: true, cancelReason: event.data.reason });
    case "subscription.canceled":
      return withSubscription(state, event.data, {
        status: "canceled",
        cancelReason: event.data.reason,
        endedAt: billingOf(event.data.endedAt),
      });
    default:
      return event satisfies never;
  }
}
