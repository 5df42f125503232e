// The messages that a period brings. Granting begins a new count of what is used; changing keeps the count.
import type { DayFraction } from "./period.ts";
import { instant, type BillingMs } from "./clock.ts";
import { burntIn, isSameCount, readingOf } from "./burn.ts";
import { event, givenThat, type NewEvent } from "./event.ts";
import { shareOfPeriod } from "./schedule.ts";
import type { QuotaGrant, Slice, Subscription } from "./state.ts";
import { itemsOf, messagesOf, offerOf, termsOf, type Item } from "./terms.ts";

interface Granting {
  readonly index: number;
  readonly endsAt: BillingMs;
}

/**
 * The messages of one period, valid to its end. When a new count begins with it, what is left of the one before is
 * settled: what came on top goes along, unused messages of the period as far as its price lets them roll over, and the
 * rest is gone.
 */
export function quotaGrant(
  slice: Slice,
  { id: subscriptionId, productId }: Pick<Subscription, "id" | "productId">,
  messages: number,
  { index: periodIndex, endsAt }: Granting,
): readonly NewEvent[] {
  const from = slice.state.subscriptions[subscriptionId]?.productId ?? productId;
  const before = slice.state.quotas[from];
  const isNew = before && !isSameCount(before, { subscriptionId, periodIndex });
  const ended = isNew ? endOfCount(slice, before, { subscriptionId, productId }) : nothingLeft;
  const { rolledOver } = ended;
  const grant = { productId, subscriptionId, periodIndex, messages: messages + rolledOver, rolledOver };
  const granted = event("quota.granted", { ...grant, validUntil: instant(endsAt) });
  return [...ended.events, rolledOver > 0 ? givenThat(readingOf(slice, from), granted) : granted];
}

interface EndOfCount {
  readonly events: readonly NewEvent[];
  readonly rolledOver: number;
}

const nothingLeft: EndOfCount = { events: [], rolledOver: 0 };

/** What goes on when the count of a balance ends. */
function endOfCount(
  slice: Slice,
  before: QuotaGrant,
  next: { readonly subscriptionId: Subscription["id"]; readonly productId: Subscription["productId"] },
): EndOfCount {
  const burnt = burntIn(slice, before);
  const reading = readingOf(slice, before.productId);
  const events = burnt.grants.map(({ grant, burnt: gone }) => {
    const counted = grant.expired ? 0 : grant.counted - gone;
    const settled = event("quota.grant_settled", { grantId: grant.id, productId: next.productId, counted });
    return givenThat(reading, settled);
  });
  const isOfSame = before.subscriptionId === next.subscriptionId && before.productId === next.productId;
  const left = before.periodMessages - burnt.period;
  return { events, rolledOver: isOfSame ? Math.min(left, mostRolledOver(slice, next.subscriptionId)) : 0 };
}

/** What a trial leaves was never paid for. */
function mostRolledOver(slice: Slice, subscriptionId: Subscription["id"]): number {
  const subscription = slice.state.subscriptions[subscriptionId];
  if (!subscription || subscription.status === "trialing") return 0;
  return offerOf(slice, subscription.priceId).price.rolloverMessages;
}

/** The messages of the subscription's current period, valid to its end. */
export function currentGrant(slice: Slice, subscription: Subscription): readonly NewEvent[] {
  const { periodIndex: index, periodStartsAt: startsAt, periodEndsAt: endsAt } = subscription;
  const offer = offerOf(slice, subscription.priceId);
  const isScheduled = index >= subscription.firstIndex;
  const share = isScheduled ? shareOfPeriod(subscription, offer, { index, startsAt, endsAt }) : null;
  return quotaGrant(slice, subscription, messagesFor(itemsOf(slice, termsOf(subscription)), share), { index, endsAt });
}

/** The messages of a part of a period, rounded down; `null` is a whole one. */
export function messagesFor(items: readonly Item[], share: DayFraction | null): number {
  const messages = messagesOf(items);
  return share === null ? messages : Math.floor((messages * share.numerator) / share.denominator);
}

/** The grant of a subscription's current period, if it has one. */
export function grantOf(slice: Slice, { id, productId, periodIndex }: Subscription): QuotaGrant | null {
  const grant = slice.state.quotas[productId];
  return grant?.subscriptionId === id && grant.periodIndex === periodIndex ? grant : null;
}

/** The same messages until another moment; nothing when the period has no grant. */
export function quotaUntil(slice: Slice, subscription: Subscription, endsAt: BillingMs): readonly NewEvent[] {
  const grant = grantOf(slice, subscription);
  if (!grant) return [];
  const { productId, subscriptionId, periodIndex, periodMessages: messages } = grant;
  const validUntil = instant(endsAt);
  return [
    event("quota.changed", { fromProductId: productId, productId, subscriptionId, periodIndex, messages, validUntil }),
  ];
}

/** No message may be used any more. */
export function quotaEnds({ id: subscriptionId, productId, periodIndex }: Subscription, at: BillingMs): NewEvent {
  const none = { productId, subscriptionId, periodIndex, messages: 0, rolledOver: 0 };
  return event("quota.granted", { ...none, validUntil: instant(at) });
}
