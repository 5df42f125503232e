// What a rehearsed decision would come to, as the contract shows it.
import type { Quote } from "../../contract/subscription.ts";
import type { SubscriptionId } from "../../contract/common/id.ts";
import { instant, instantOrNull } from "../billing/clock.ts";
import { signedRials, zeroRials } from "../billing/money.ts";
import type { Subscription } from "../billing/state.ts";
import { isFree, itemsOf, termsOf } from "../billing/terms.ts";
import type { Rehearsed } from "../store/transact.ts";

/** `quoteId` is left out: who priced it signs it. */
export function quoteOf(rehearsed: Rehearsed, subscriptionId: SubscriptionId): Omit<Quote, "quoteId"> {
  const { events, slice, now } = rehearsed;
  const subscription = slice.state.subscriptions[subscriptionId];
  if (!subscription) throw new Error(`${subscriptionId} was decided but is not there`);
  const invoice = events.find((event) => event.type === "invoice.finalized");
  const applied = events.find((event) => event.type === "credit.applied")?.data.amountRials ?? signedRials(0);
  const payment = events.find((event) => event.type === "payment.created");
  const isLater = events.some((event) => event.type === "subscription.change_scheduled");
  const { periodIndex: index, periodStartsAt, periodEndsAt, trialEndsAt } = subscription;
  return {
    effectiveAt: instant(isLater ? periodEndsAt : now.billing),
    period: { index, startsAt: instant(periodStartsAt), endsAt: instant(periodEndsAt) },
    trialEndsAt: instantOrNull(trialEndsAt),
    lines: invoice?.data.lines ?? [],
    subtotalRials: invoice?.data.subtotalRials ?? zeroRials,
    vatRials: invoice?.data.vatRials ?? zeroRials,
    totalRials: invoice?.data.totalRials ?? zeroRials,
    creditAppliedRials: applied,
    dueRials: payment?.data.amountRials ?? zeroRials,
    nextChargeAt: isCharged(rehearsed, subscription) ? instant(periodEndsAt) : null,
  };
}

/** Whether the end of the period brings a charge. */
function isCharged({ slice }: Rehearsed, subscription: Subscription): boolean {
  return (
    !subscription.cancelAtPeriodEnd && !isFree(itemsOf(slice, subscription.scheduledChange ?? termsOf(subscription)))
  );
}
