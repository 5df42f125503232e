// What operators give: days at the end of a period, and whole periods to come.
import type { SubscriptionId } from "../../contract/common/id.ts";
import { dateOf, tehranDay } from "./calendar.ts";
import { instant } from "./clock.ts";
import { event, type NewEvent } from "./event.ts";
import { quotaUntil } from "./quota.ts";
import { reject, type Rejection } from "./rejection.ts";
import type { Slice, Subscription } from "./state.ts";
import { startOfDay, tehranDayOf } from "./tehran.ts";
import { offerOf } from "./terms.ts";

type GiftRefusal = "not_found" | "subscription_not_active";

/** The current period ends so many days later, a trial too; the next periods are counted from there. */
export function decideExtend(
  slice: Slice,
  { subscriptionId, days, reason }: { subscriptionId: SubscriptionId; days: number; reason: string },
): readonly NewEvent[] | Rejection<GiftRefusal> {
  const subscription = running(slice, subscriptionId);
  if ("rejected" in subscription) return subscription;
  const endsOn = tehranDay(tehranDayOf(subscription.periodEndsAt) + days);
  const endsAt = startOfDay(endsOn);
  const { calendar } = offerOf(slice, subscription.priceId).price;
  const data = {
    subscriptionId,
    periodIndex: subscription.periodIndex,
    startsAt: instant(subscription.periodStartsAt),
    endsAt: instant(endsAt),
    anchorDay: dateOf(endsOn, calendar).day,
    firstIndex: subscription.periodIndex + 1,
    startsOn: instant(endsAt),
    reason: "extended",
  } as const;
  return [event("subscription.rescheduled", data, { reason }), ...quotaUntil(slice, subscription, endsAt)];
}

/** So many of the coming periods are free; nothing when that is so already. */
export function decideComp(
  slice: Slice,
  { subscriptionId, periods, reason }: { subscriptionId: SubscriptionId; periods: number; reason: string },
): readonly NewEvent[] | Rejection<GiftRefusal> {
  const subscription = running(slice, subscriptionId);
  if ("rejected" in subscription) return subscription;
  if (subscription.freePeriods === periods) return [];
  return [event("subscription.comped", { subscriptionId, freePeriods: periods }, { reason })];
}

function running(slice: Slice, subscriptionId: SubscriptionId): Subscription | Rejection<GiftRefusal> {
  const subscription = slice.state.subscriptions[subscriptionId];
  if (!subscription) return reject("not_found", `There is no subscription ${subscriptionId}.`);
  const { status } = subscription;
  if (status === "active" || status === "past_due" || status === "trialing") return subscription;
  return reject("subscription_not_active", `${subscriptionId} is ${status}.`);
}
