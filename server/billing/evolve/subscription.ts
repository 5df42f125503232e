// What happens to subscriptions.
import type { Instant } from "../../../contract/common/time.ts";
import { billingOf } from "../clock.ts";
import type { CustomerState, Subscription } from "../state.ts";
import { billingOrNull, held, withNew, withSubscription, type EventAbout, type Occurrence } from "./entities.ts";

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
        quantity: event.data.quantity,
        addOns: event.data.addOns,
        paymentMethodId: event.data.paymentMethodId,
        status: "incomplete",
        anchorDay: event.data.anchorDay,
        startsOn: billingOf(event.data.startsOn ?? event.data.startsAt),
        firstIndex: event.data.firstIndex,
        periodIndex: event.data.periodIndex,
        periodStartsAt: billingOf(event.data.startsAt),
        periodEndsAt: billingOf(event.data.endsAt),
        trialEndsAt: billingOrNull(event.data.trialEndsAt),
        discount: event.data.discount,
        freePeriods: 0,
        latestInvoiceId: null,
        pendingChange: null,
        scheduledChange: null,
        priceMigration: null,
        cancelAtPeriodEnd: false,
        cancelReason: null,
        cancelFeedback: null,
        pauseAtPeriodEnd: false,
        pauseReason: null,
        pausedAt: null,
        pausedDaysLeft: 0,
        resumesAt: null,
        createdAt: billingOf(event.data.createdAt),
        endedAt: null,
        autoTopUp: null,
        topUpHeldUntil: null,
      } satisfies Subscription);
    case "subscription.trial_started":
      return withSubscription(state, event.data, { status: "trialing" });
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
        ...periodOf(event.data),
        discount: event.data.discount,
        freePeriods: event.data.freePeriods,
      });
    case "subscription.rescheduled": {
      const { status, trialEndsAt } = held(state.subscriptions[event.data.subscriptionId], event.data.subscriptionId);
      return withSubscription(state, event.data, {
        ...periodOf(event.data),
        trialEndsAt: status === "trialing" ? billingOf(event.data.endsAt) : trialEndsAt,
        anchorDay: event.data.anchorDay,
        firstIndex: event.data.firstIndex,
        startsOn: billingOf(event.data.startsOn),
      });
    }
    case "subscription.past_due":
      return withSubscription(state, event.data, { status: "past_due" });
    case "subscription.change_begun":
      return withSubscription(state, event.data, { pendingChange: event.data.pendingChange });
    case "subscription.change_failed":
      return withSubscription(state, event.data, { pendingChange: null });
    case "subscription.changed": {
      const { productId, priceId, quantity, addOns } = event.data.terms;
      const terms = { productId, priceId, quantity, addOns };
      const before = held(state.subscriptions[event.data.subscriptionId], event.data.subscriptionId);
      const priceMigration = before.priceId === priceId ? before.priceMigration : null;
      const nothingWaits = { pendingChange: null, scheduledChange: null, priceMigration };
      return withSubscription(state, event.data, { ...terms, ...nothingWaits });
    }
    case "subscription.change_scheduled":
      return withSubscription(state, event.data, { scheduledChange: event.data.terms });
    case "subscription.change_withdrawn":
      return withSubscription(state, event.data, { scheduledChange: null });
    case "subscription.migration_announced":
      return withSubscription(state, event.data, { priceMigration: event.data.priceMigration });
    case "subscription.migration_withdrawn":
      return withSubscription(state, event.data, { priceMigration: null });
    case "subscription.payment_method_changed":
      return withSubscription(state, event.data, { paymentMethodId: event.data.paymentMethodId });
    case "subscription.auto_top_up_set":
      return withSubscription(state, event.data, { autoTopUp: event.data.autoTopUp, topUpHeldUntil: null });
    case "subscription.top_up_begun":
      return withSubscription(state, event.data, { topUpHeldUntil: null });
    case "subscription.top_up_held":
      return withSubscription(state, event.data, { topUpHeldUntil: billingOf(event.data.until) });
    case "subscription.pause_scheduled":
      return withSubscription(state, event.data, {
        pauseAtPeriodEnd: true,
        resumesAt: billingOrNull(event.data.resumesAt),
      });
    case "subscription.pause_withdrawn":
      return withSubscription(state, event.data, { pauseAtPeriodEnd: false, resumesAt: null });
    case "subscription.paused":
      return withSubscription(state, event.data, {
        status: "paused",
        pauseAtPeriodEnd: false,
        pauseReason: event.data.reason,
        pausedAt: billingOrNull(event.data.pausedAt),
        pausedDaysLeft: event.data.daysLeft,
        resumesAt: billingOrNull(event.data.resumesAt),
      });
    case "subscription.resumed":
      return withSubscription(state, event.data, { status: "active", ...notPaused });
    case "subscription.reactivated":
      return withSubscription(state, event.data, {
        status: "active",
        ...notPaused,
        cancelAtPeriodEnd: false,
        cancelReason: null,
        cancelFeedback: null,
        endedAt: null,
      });
    case "subscription.comped":
      return withSubscription(state, event.data, { freePeriods: event.data.freePeriods });
    case "subscription.cancel_scheduled":
      return withSubscription(state, event.data, {
        cancelAtPeriodEnd: true,
        cancelReason: event.data.reason,
        cancelFeedback: event.data.feedback,
      });
    case "subscription.cancel_withdrawn":
      return withSubscription(state, event.data, {
        cancelAtPeriodEnd: false,
        cancelReason: null,
        cancelFeedback: null,
      });
    case "subscription.canceled":
      return withSubscription(state, event.data, {
        status: "canceled",
        ...notPaused,
        pauseAtPeriodEnd: false,
        pendingChange: null,
        scheduledChange: null,
        priceMigration: null,
        cancelReason: event.data.reason,
        cancelFeedback: event.data.feedback,
        endedAt: billingOf(event.data.endedAt),
      });
    default:
      return event satisfies never;
  }
}

const notPaused = { pauseReason: null, pausedAt: null, pausedDaysLeft: 0, resumesAt: null } as const;

function periodOf(data: { readonly periodIndex: number; readonly startsAt: Instant; readonly endsAt: Instant }) {
  const { periodIndex, startsAt, endsAt } = data;
  return { periodIndex, periodStartsAt: billingOf(startsAt), periodEndsAt: billingOf(endsAt) };
}
