// Messages that are bought: by hand on a page, or by themselves when few are left. One debit at a time, sized to the gap,
// and never beyond the customer's own ceilings: what runs away uses messages, not money.
import type { PriceId, SubscriptionId } from "../../contract/common/id.ts";
import type { Rials } from "../../contract/common/money.ts";
import type { AutoTopUp } from "../../contract/subscription.ts";
import { begunDebit } from "./begin-payment.ts";
import { takenOf } from "./burn.ts";
import { buyerOf } from "./buyer.ts";
import { cannotCollect, withinDailyCeiling } from "./carry.ts";
import { after, billingMs, dayMs, hourMs, instant, type BillingMs, type Now } from "./clock.ts";
import { event, type NewEvent } from "./event.ts";
import type { Ids } from "./ids.ts";
import { purchaseInvoice } from "./invoice.ts";
import { sumRials } from "./money.ts";
import { grantOf } from "./quota.ts";
import { grantAdded, topUpGrantId } from "./quota-grant.ts";
import { reject, type Rejection } from "./rejection.ts";
import { all, isRunning, type Invoice, type Offer, type Slice, type Subscription } from "./state.ts";
import { startOfDay, tehranDayOf } from "./tehran.ts";
import { tehranDay } from "./calendar.ts";

/** Bought messages are used after the period's own of the same end. */
const boughtPriority = 60;
/** How long nothing is bought by itself after the bank declined, or the payment method could not be debited. */
const heldMs = dayMs;
/** How long it waits at least for a period that has no room. */
const betweenPeriodsMs = hourMs;
const mostPacks = 1_000;

/** The messages that a paid purchase brings; none when its price brings none. */
export function toppedUp(slice: Slice, invoice: Invoice, now: Now): readonly NewEvent[] {
  return invoice.lines.flatMap(({ priceId, quantity }) => {
    const offer = slice.offers[priceId];
    if (!offer || offer.price.topUpMessages === null) return [];
    const { topUpMessages, topUpDays } = offer.price;
    const grant = {
      grantId: topUpGrantId(invoice.id),
      productId: offer.product.id,
      source: "top_up",
      priority: boughtPriority,
      messages: topUpMessages * quantity,
      expiresAt: topUpDays === null ? null : startOfDay(tehranDay(tehranDayOf(now.billing) + topUpDays)),
    } as const;
    return [grantAdded(grant, now)];
  });
}

export type AutoTopUpRefusal = "not_found" | "subscription_ended" | "price_not_top_up" | "payment_method_required";

/**
 * Sets what is bought by itself; null ends it. Nothing when it is so already. Rejects `not_found`, `subscription_ended`,
 * `price_not_top_up` for a price that brings no messages of the product, and `payment_method_required`.
 */
export function decideAutoTopUp(
  slice: Slice,
  { subscriptionId, autoTopUp }: { readonly subscriptionId: SubscriptionId; readonly autoTopUp: AutoTopUp | null },
): readonly NewEvent[] | Rejection<AutoTopUpRefusal> {
  const subscription = slice.state.subscriptions[subscriptionId];
  if (!subscription) return reject("not_found", `There is no subscription ${subscriptionId}.`);
  if (!isRunning(subscription)) {
    return reject("subscription_ended", `${subscriptionId} is ${subscription.status}; subscribe anew.`);
  }
  const set = event("subscription.auto_top_up_set", { subscriptionId, autoTopUp });
  if (autoTopUp === null) return subscription.autoTopUp === null ? [] : [set];
  const offer = slice.offers[autoTopUp.priceId];
  if (!offer) return reject("not_found", `There is no price ${autoTopUp.priceId}.`);
  if (offer.price.topUpMessages === null || offer.product.id !== subscription.productId || !offer.price.active) {
    return reject("price_not_top_up", `${offer.price.id} brings no messages of ${subscription.productId}.`);
  }
  if (subscription.paymentMethodId === null) {
    return reject("payment_method_required", `${subscriptionId} is paid by links; name a payment method first.`);
  }
  return sameTopUp(subscription.autoTopUp, autoTopUp) ? [] : [set];
}

const topUpFields = ["priceId", "belowMessages", "toMessages", "maxPerDayRials", "maxPerPeriodRials"] as const;

function sameTopUp(a: AutoTopUp | null, b: AutoTopUp): boolean {
  return a !== null && topUpFields.every((field) => a[field] === b[field]);
}

/** When more messages are to be bought: at once, or when nothing forbids it any more; null while none are, or one is paid. */
export function topUpDueAt(slice: Slice, subscription: Subscription): BillingMs | null {
  const { autoTopUp, status, topUpHeldUntil } = subscription;
  if (!autoTopUp || status !== "active" || missingOf(slice, subscription, autoTopUp) === 0) return null;
  const isUnderWay = purchasesOf(slice, autoTopUp.priceId).some((invoice) => invoice.status === "open");
  return isUnderWay ? null : (topUpHeldUntil ?? billingMs(0));
}

/** One purchase and its debit, sized to what is missing and to the ceilings; or until when there is none. */
export function decideTopUp(slice: Slice, subscription: Subscription, now: Now, ids: Ids): readonly NewEvent[] {
  const { id: subscriptionId, autoTopUp, paymentMethodId } = subscription;
  const offer = autoTopUp && slice.offers[autoTopUp.priceId];
  if (!autoTopUp || !offer) throw new Error(`${subscriptionId} was loaded without the price of its top-ups`);
  const hold = (reason: string, until: BillingMs) => [
    event("subscription.top_up_held", { subscriptionId, reason, until: instant(until) }),
  ];
  const declinedUntil = after(lastDeclineOf(slice, autoTopUp.priceId), heldMs);
  if (now.billing < declinedUntil) return hold("payment_declined", declinedUntil);
  const wanted = missingOf(slice, subscription, autoTopUp);
  const room = roomOf(slice, subscription, autoTopUp, now);
  const bought = withinRoom(slice, offer, wanted, { ids, room: room.rials, now });
  if (!bought) return hold(room.reason, room.until);
  const method = paymentMethodId === null ? undefined : slice.state.paymentMethods[paymentMethodId];
  const amountRials = bought.data.totalRials;
  if (!method) return hold("payment_method_required", after(now.billing, heldMs));
  const refusal = cannotCollect(slice.state, method, amountRials, now);
  if (refusal !== null) return hold(refusal, after(now.billing, heldMs));
  const { customerId } = slice;
  const freeAt = withinDailyCeiling(slice.state, { amountRials, customerId, method }, now.billing);
  if (freeAt > now.billing) return hold("payment_method_cannot_carry", freeAt);
  const { invoiceId } = bought.data;
  const debit = { paymentId: ids.next("pay"), invoiceId, amountRials, paymentMethodId: method.id, onDemand: true };
  const begun = event("subscription.top_up_begun", { subscriptionId, invoiceId, amountRials });
  return [begun, bought, begunDebit(debit, now)];
}

/** How many messages are missing to what the customer wants to have; 0 while enough are left. */
function missingOf(slice: Slice, subscription: Subscription, { belowMessages, toMessages }: AutoTopUp): number {
  const balance = grantOf(slice, subscription);
  if (!balance || balance.validUntil < subscription.periodEndsAt) return 0;
  const left = balance.granted - takenOf(slice, subscription.productId);
  return left < belowMessages ? toMessages - left : 0;
}

interface Room {
  readonly rials: number;
  /** What forbids more, and until when. */
  readonly reason: string;
  readonly until: BillingMs;
}

/** What may still be bought by itself today and in this period, whichever is less. */
function roomOf(slice: Slice, subscription: Subscription, autoTopUp: AutoTopUp, now: Now): Room {
  const { priceId, maxPerDayRials, maxPerPeriodRials } = autoTopUp;
  const today = tehranDayOf(now.billing);
  const since = (at: BillingMs) =>
    sumRials(
      purchasesOf(slice, priceId)
        .filter(({ status, finalizedAt }) => status === "paid" && finalizedAt >= at)
        .map(({ totalRials }) => totalRials),
    );
  const day = maxPerDayRials - since(startOfDay(today));
  const period = maxPerPeriodRials - since(subscription.periodStartsAt);
  // A period that is over, and not renewed yet, has no room either: held until its own end it would be due at once, for ever.
  const until = billingMs(Math.max(subscription.periodEndsAt, after(now.billing, betweenPeriodsMs)));
  return period <= day
    ? { rials: period, reason: "period_ceiling", until }
    : { rials: day, reason: "day_ceiling", until: startOfDay(tehranDay(today + 1)) };
}

/** As many packs as are missing, fewer when there is room for fewer only; null when there is room for none. */
function withinRoom(
  slice: Slice,
  offer: Offer,
  missing: number,
  { ids, room, now }: { readonly ids: Ids; readonly room: number; readonly now: Now },
): NewEvent<"invoice.finalized"> | null {
  const packs = Math.min(mostPacks, Math.ceil(missing / (offer.price.topUpMessages ?? missing)));
  const invoiceId = ids.next("inv");
  const buying = (quantity: number) =>
    purchaseInvoice({ invoiceId, offer, quantity, buyer: buyerOf(slice.state) }, now.billing);
  const one: Rials = buying(1).data.totalRials;
  // Rounded VAT may take so many at once a Rial above what they are one by one.
  for (let quantity = Math.min(packs, Math.floor(room / one)); quantity > 0; quantity--) {
    const bought = buying(quantity);
    if (bought.data.totalRials <= room) return bought;
  }
  return null;
}

/** What was bought of a price, or is being: the first line of a subscription's invoice is of its own price. */
function purchasesOf(slice: Slice, priceId: PriceId): readonly Invoice[] {
  return all(slice.state.invoices).filter(({ lines }) => lines[0]?.priceId === priceId);
}

/** When the bank last declined a debit for it; in 1970 when it never did. */
function lastDeclineOf(slice: Slice, priceId: PriceId): BillingMs {
  const ids = purchasesOf(slice, priceId).map(({ id }) => id);
  const declined = all(slice.state.payments).filter(
    ({ invoiceId, kind, status }) =>
      kind === "debit" && ids.includes(invoiceId) && (status === "failed" || status === "lapsed"),
  );
  return billingMs(Math.max(0, ...declined.map(({ createdAt }) => createdAt)));
}
