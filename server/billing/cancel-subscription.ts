// Cancelling: the subscription runs to the end of its period and is not renewed.
import { event, type NewEvent } from "./event.ts";
import { instant, type Now } from "./clock.ts";
import { reject, type Rejection } from "./rejection.ts";
import type { Slice, Subscription } from "./state.ts";

/**
 * Schedules the end of a subscription with its period; one that rests unpaid (`paused`) ends at once. Nothing when it
 * is scheduled already. Rejects `not_found`, and `subscription_ended` for one that is over or never began.
 */
export function decideCancelSubscription(
  slice: Slice,
  subscriptionId: Subscription["id"],
  now: Now,
): readonly NewEvent[] | Rejection<"not_found" | "subscription_ended"> {
  const subscription = slice.state.subscriptions[subscriptionId];
  if (!subscription) return reject("not_found", `There is no subscription ${subscriptionId}.`);
  const { status } = subscription;
  if (status === "canceled" || status === "incomplete_expired" || status === "incomplete") {
    return reject("subscription_ended", `${subscriptionId} is ${status}; there is nothing to cancel.`);
  }
  if (status === "paused") {
    return [event("subscription.canceled", { subscriptionId, reason: "requested", endedAt: instant(now.billing) })];
  }
  if (subscription.cancelAtPeriodEnd) return [];
  return [event("subscription.cancel_scheduled", { subscriptionId, reason: "requested" })];
}
