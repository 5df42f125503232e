// The periods of one subscription: counted from the day its schedule begins, which is the first day, the trial's end, or
// the day on which it was resumed, extended or changed to another interval.
import { type Period, type Schedule, periodAt, periodContaining, recurring, wholePeriodAt, daysOf } from "./period.ts";
import type { DayFraction } from "./period.ts";
import type { BillingMs } from "./clock.ts";
import { dateOf } from "./calendar.ts";
import type { Offer, Subscription } from "./state.ts";
import { tehranDayOf, startOfDayOf } from "./tehran.ts";

/** What a subscription stores of its schedule; the price says the rest. */
export type Anchored = Pick<Subscription, "startsOn" | "firstIndex" | "anchorDay">;

/** The period with this index. Throws RangeError for one before the schedule. */
export function periodOf(anchored: Anchored, { price }: Offer, index: number): Period {
  return { ...periodAt(scheduleOf(anchored, price), index - anchored.firstIndex), index };
}

/** The period that follows, or the present one: periods that passed while we were down are not billed. */
export function nextPeriod(anchored: Anchored, { price }: Offer, index: number, at: BillingMs): Period {
  const schedule = scheduleOf(anchored, price);
  const next = periodAt(schedule, index - anchored.firstIndex);
  const present = periodContaining(schedule, at);
  const period = "rejected" in present || present.index < next.index ? next : present;
  return { ...period, index: period.index + anchored.firstIndex };
}

/** How much of a whole period one is: all of it, but for the first of a schedule that ends on a chosen day. */
export function shareOfPeriod(anchored: Anchored, { price }: Offer, { index, startsAt, endsAt }: Period): DayFraction {
  const wholeSpan = wholePeriodAt(scheduleOf(anchored, price), index - anchored.firstIndex);
  return { numerator: daysOf({ startsAt, endsAt }), denominator: daysOf(wholeSpan) };
}

/** A schedule that begins at 00:00 of a day, with a period of this index; anchored on that day unless one was chosen. */
export function scheduleFromDay(at: BillingMs, { price }: Offer, firstIndex: number, anchorDay?: number): Anchored {
  const startsOn = startOfDayOf(at);
  return { startsOn, firstIndex, anchorDay: anchorDay ?? dateOf(tehranDayOf(at), price.calendar).day };
}

/**
 * The days of the whole period that the current one is, or is a part of. One that was paused or extended is as long as
 * its price says from its first day, so that each day of it costs what it cost before.
 */
export function wholeDaysOf(subscription: Subscription, offer: Offer): number {
  const { periodIndex: index, firstIndex, periodStartsAt } = subscription;
  const anchored = index >= firstIndex ? subscription : scheduleFromDay(periodStartsAt, offer, index);
  return daysOf(wholePeriodAt(scheduleOf(anchored, offer.price), index - anchored.firstIndex));
}

function scheduleOf({ startsOn, anchorDay }: Anchored, price: Offer["price"]): Schedule {
  return { startsOn, anchorDay, ...recurring(price) };
}
