// Pausing: nothing is charged and nothing may be used. Days that were paid for and not used come after the pause.
import type { SubscriptionId } from "../../contract/common/id.ts";
import type { When } from "../../contract/subscription.ts";
import { dateOf, tehranDay } from "./calendar.ts";
import { after, dayMs, instant, instantOrNull, type BillingMs, type Now } from "./clock.ts";
import { event, type NewEvent } from "./event.ts";
import type { Ids } from "./ids.ts";
import { daysOf } from "./period.ts";
import { quotaUntil } from "./quota.ts";
import { reject, type Rejection } from "./rejection.ts";
import { renewal } from "./renew.ts";
import { all, type Slice, type Subscription } from "./state.ts";
import { startOfDay, startOfDayOf, tehranDayOf } from "./tehran.ts";
import { offerOf } from "./terms.ts";

/** The longest pause with an end. */
const longestPauseMs = 2 * 366 * dayMs;

export interface PauseInput {
  readonly subscriptionId: SubscriptionId;
  readonly when: When;
  readonly resumesAt: BillingMs | null;
}

export type PauseRefusal = "not_found" | "subscription_not_active" | "change_in_progress" | "validation_failed";

/**
 * Pauses at once, or with the period. Nothing when it is so already. Rejects `not_found`, `subscription_not_active` (not
 * active, or something is owed), `change_in_progress`, and `validation_failed` for a resuming that is not after the
 * pause, or more than two years on.
 */
export function decidePause(slice: Slice, input: PauseInput, now: Now): readonly NewEvent[] | Rejection<PauseRefusal> {
  const { subscriptionId, when, resumesAt } = input;
  const subscription = slice.state.subscriptions[subscriptionId];
  if (!subscription) return reject("not_found", `There is no subscription ${subscriptionId}.`);
  const begins = when === "now" ? now.billing : subscription.periodEndsAt;
  if (resumesAt !== null && (resumesAt <= begins || resumesAt > after(begins, longestPauseMs))) {
    return reject("validation_failed", `resumesAt must be after ${instant(begins)}, and at most two years after it.`);
  }
  if (subscription.status === "paused" && subscription.pauseReason === "requested") return [];
  // What a change waits for is owed as well; the change is what to tell.
  if (subscription.pendingChange) return reject("change_in_progress", `A change of ${subscriptionId} is not paid yet.`);
  const owes = all(slice.state.invoices).some(
    (invoice) => invoice.subscriptionId === subscriptionId && invoice.status === "open",
  );
  if (subscription.status !== "active" || subscription.cancelAtPeriodEnd || owes) {
    const why = owes
      ? "owes something"
      : subscription.cancelAtPeriodEnd
        ? "is about to end"
        : `is ${subscription.status}`;
    return reject(
      "subscription_not_active",
      `${subscriptionId} ${why}; only one that runs and owes nothing can pause.`,
    );
  }
  if (when === "period_end") {
    return [event("subscription.pause_scheduled", { subscriptionId, resumesAt: instantOrNull(resumesAt) })];
  }
  return pausedNow(slice, subscription, resumesAt, now);
}

/** The begun day counts as used. */
function pausedNow(
  slice: Slice,
  subscription: Subscription,
  resumesAt: BillingMs | null,
  now: Now,
): readonly NewEvent[] {
  const tomorrow = startOfDay(tehranDay(tehranDayOf(now.billing) + 1));
  const { id: subscriptionId, periodEndsAt } = subscription;
  const daysLeft = Math.max(0, daysOf({ startsAt: tomorrow, endsAt: periodEndsAt }));
  const paused = event("subscription.paused", {
    subscriptionId,
    reason: "requested",
    pausedAt: instant(now.billing),
    daysLeft,
    resumesAt: instantOrNull(resumesAt),
  });
  return [paused, ...quotaUntil(slice, subscription, now.billing)];
}

/** When a pause ends by itself. */
export function resumeDueAt({ status, resumesAt }: Subscription): BillingMs | null {
  return status === "paused" ? resumesAt : null;
}

/**
 * Ends a pause, or withdraws one that has not begun; nothing when there is none. Rejects `not_found` and
 * `subscription_not_active` (it has ended, or never began).
 */
export function decideResume(
  slice: Slice,
  subscriptionId: SubscriptionId,
  now: Now,
  ids: Ids,
): readonly NewEvent[] | Rejection<"not_found" | "subscription_not_active"> {
  const subscription = slice.state.subscriptions[subscriptionId];
  if (!subscription) return reject("not_found", `There is no subscription ${subscriptionId}.`);
  const { status, pauseAtPeriodEnd } = subscription;
  if (status === "paused") return resumed(slice, subscription, now, ids);
  if (pauseAtPeriodEnd) return [event("subscription.pause_withdrawn", { subscriptionId })];
  if (status === "active" || status === "past_due" || status === "trialing") return [];
  return reject("subscription_not_active", `${subscriptionId} is ${status}; subscribe anew.`);
}

/** Days that were left begin today, and their messages with them; without any, a new period begins and is charged. */
export function resumed(slice: Slice, subscription: Subscription, now: Now, ids: Ids): readonly NewEvent[] {
  const { id: subscriptionId, pausedAt, pausedDaysLeft, pauseReason, periodIndex } = subscription;
  const back = event("subscription.resumed", { subscriptionId });
  const today = startOfDayOf(now.billing);
  // Whoever comes back on the last day, on which they paused, has paid for it.
  const isOver = pauseReason === "unpaid" || now.billing >= subscription.periodEndsAt;
  if (pausedDaysLeft === 0 && isOver) {
    return [back, ...renewal(slice, subscription, { at: now.billing, restartsAt: today }, now, ids)];
  }
  // On the day of the pause itself that day counts as used, once.
  const begins = Math.max(tehranDayOf(today), pausedAt === null ? 0 : tehranDayOf(pausedAt) + 1);
  const endsOn = tehranDay(begins + pausedDaysLeft);
  const endsAt = startOfDay(endsOn);
  const owed = isOwed(slice, subscription) ? [event("subscription.past_due", { subscriptionId })] : [];
  if (endsAt === subscription.periodEndsAt) return [back, ...quotaUntil(slice, subscription, endsAt), ...owed];
  const { calendar } = offerOf(slice, subscription.priceId).price;
  const rescheduled = event("subscription.rescheduled", {
    subscriptionId,
    periodIndex,
    startsAt: instant(subscription.periodStartsAt),
    endsAt: instant(endsAt),
    anchorDay: dateOf(endsOn, calendar).day,
    firstIndex: periodIndex + 1,
    startsOn: instant(endsAt),
    reason: "resumed",
  });
  return [back, rescheduled, ...quotaUntil(slice, subscription, endsAt), ...owed];
}

/** Whether the bank took back what the period was paid with while it was paused. */
function isOwed({ state }: Slice, { id, periodIndex }: Subscription): boolean {
  return all(state.invoices).some(
    (invoice) => invoice.subscriptionId === id && invoice.periodIndex === periodIndex && invoice.status === "open",
  );
}
