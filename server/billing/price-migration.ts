// Moving subscriptions from one price to another, with notice. A subscriber is told once; from then on the subscription
// itself knows when it moves: with the first period that begins after the notice, whatever becomes of the plan's job.
import type { PriceId, PriceMigrationId, SubscriptionId } from "../../contract/common/id.ts";
import type { Rials } from "../../contract/common/money.ts";
import type { Terms } from "../../contract/subscription.ts";
import { linesOf, totalsOf, whole } from "./charge.ts";
import { after, billingOf, dayMs, instant, instantOrNull, type BillingMs, type Now } from "./clock.ts";
import { event, type NewEvent } from "./event.ts";
import { nextPeriod } from "./schedule.ts";
import { isRunning, type Offer, type Slice, type Subscription } from "./state.ts";
import { offerOf, termsOf } from "./terms.ts";

export interface MigrationPlan {
  readonly migrationId: PriceMigrationId;
  readonly fromPriceId: PriceId;
  readonly toPriceId: PriceId;
  readonly noticeDays: number;
}

/** Between prices of one product, interval and calendar, to one that is for sale. */
export function isMigration(from: Offer, to: Offer): boolean {
  const isAlike = from.price.interval === to.price.interval && from.price.calendar === to.price.calendar;
  const isForSale = to.price.active && to.product.active;
  return from.price.id !== to.price.id && from.product.id === to.product.id && isAlike && isForSale
    ? from.price.interval !== null
    : false;
}

/** The terms of the period that begins at a moment: those that were scheduled by the subscriber, else the new price. */
export function termsAt(subscription: Subscription, at: BillingMs): Terms {
  const { scheduledChange, priceMigration } = subscription;
  if (scheduledChange) return scheduledChange;
  if (!priceMigration || at < billingOf(priceMigration.notBefore)) return termsOf(subscription);
  return { ...termsOf(subscription), priceId: priceMigration.priceId };
}

/** Tells the subscriber; nothing when the subscription has ended, is at another price, or was told already. */
export function decideAnnounce(
  slice: Slice,
  subscriptionId: SubscriptionId,
  plan: MigrationPlan,
  now: Now,
): readonly NewEvent[] {
  const subscription = slice.state.subscriptions[subscriptionId];
  const isConcerned = subscription && isRunning(subscription) && subscription.priceId === plan.fromPriceId;
  if (!isConcerned || subscription.priceMigration !== null) return [];
  const from = offerOf(slice, plan.fromPriceId);
  const to = offerOf(slice, plan.toPriceId);
  const notBefore = noticeEndsAt(plan, now.billing);
  const { quantity } = subscription;
  return [
    event("subscription.migration_announced", {
      subscriptionId,
      priceMigration: { migrationId: plan.migrationId, priceId: plan.toPriceId, notBefore: instant(notBefore) },
      movesAt: instantOrNull(movesAt(subscription, from, notBefore)),
      fromRials: periodRials(from, quantity, now.billing),
      toRials: periodRials(to, quantity, now.billing),
    }),
  ];
}

/** The subscription stays at its price; nothing when this plan never told it, or it has moved. */
export function decideWithdrawMigration(
  slice: Slice,
  subscriptionId: SubscriptionId,
  migrationId: PriceMigrationId,
): readonly NewEvent[] {
  const subscription = slice.state.subscriptions[subscriptionId];
  if (subscription?.priceMigration?.migrationId !== migrationId) return [];
  return [event("subscription.migration_withdrawn", { subscriptionId, migrationId })];
}

export interface Move {
  /** Null while it is paused: nobody knows when it goes on. */
  readonly movesAt: BillingMs | null;
  readonly fromRials: Rials;
  readonly toRials: Rials;
}

/** What a plan means for a subscription: as it was told, or as it would be told now. */
export function moveOf(
  subscription: Subscription,
  { from, to }: { readonly from: Offer; readonly to: Offer },
  plan: Pick<MigrationPlan, "noticeDays">,
  at: BillingMs,
): Move {
  const { priceMigration, quantity } = subscription;
  const notBefore = priceMigration ? billingOf(priceMigration.notBefore) : noticeEndsAt(plan, at);
  return {
    movesAt: movesAt(subscription, from, notBefore),
    fromRials: periodRials(from, quantity, at),
    toRials: periodRials(to, quantity, at),
  };
}

function noticeEndsAt({ noticeDays }: Pick<MigrationPlan, "noticeDays">, at: BillingMs): BillingMs {
  return after(at, noticeDays * dayMs);
}

/** The first start of a period that is not before a moment. Example: told on the 5th with 30 days: the start after next. */
function movesAt(subscription: Subscription, from: Offer, notBefore: BillingMs): BillingMs | null {
  if (subscription.status === "paused") return null;
  const { periodIndex, periodEndsAt } = subscription;
  if (notBefore <= periodEndsAt) return periodEndsAt;
  return nextPeriod(subscription, from, periodIndex + 1, after(notBefore, -1)).endsAt;
}

/** A whole period with that day's VAT, without coupons and add-ons. */
function periodRials(offer: Offer, quantity: number, at: BillingMs): Rials {
  const span = { startsAt: at, endsAt: at };
  const items = [{ offer, quantity }];
  return totalsOf(linesOf({ items, span, share: whole, discount: null, isGift: false, at })).totalRials;
}
