// Subscriptions as the contract shows them.
import type { Subscription as Shown } from "../../contract/subscription.ts";
import { instant, instantOrNull } from "../billing/clock.ts";
import type { Subscription } from "../billing/state.ts";

export function presentSubscription(subscription: Subscription): Shown {
  const {
    customerId: _,
    startsOn: _startsOn,
    firstIndex: _firstIndex,
    pausedDaysLeft: _days,
    topUpHeldUntil: _heldUntil,
    ...rest
  } = subscription;
  const { periodIndex, periodStartsAt, periodEndsAt, ...shown } = rest;
  return {
    ...shown,
    addOns: [...shown.addOns],
    currentPeriod: { index: periodIndex, startsAt: instant(periodStartsAt), endsAt: instant(periodEndsAt) },
    trialEndsAt: instantOrNull(shown.trialEndsAt),
    pausedAt: instantOrNull(shown.pausedAt),
    resumesAt: instantOrNull(shown.resumesAt),
    createdAt: instant(shown.createdAt),
    endedAt: instantOrNull(shown.endedAt),
  };
}
