// Cancelling: with the end of the period, or at once; and taking it back before it happens.
import type { SubscriptionId } from "../../contract/common/id.ts";
import type { CancelFeedback, When } from "../../contract/subscription.ts";
import { totalsOf } from "./charge.ts";
import { readingOf } from "./burn.ts";
import { event, givenThat, type EventEvidence, type NewEvent } from "./event.ts";
import { instant, type Now } from "./clock.ts";
import { creditNoteOf } from "./credit-note.ts";
import { creditOf } from "./credit.ts";
import type { Ids } from "./ids.ts";
import { markedUncollectible } from "./invoice.ts";
import { shareHalfUp, signedRials } from "./money.ts";
import { finalOverage } from "./overage.ts";
import { quotaEnds } from "./quota.ts";
import { decideRecognition, recognitionDueAt } from "./recognition.ts";
import { unreturnedOf } from "./refund.ts";
import { reject, type Rejection } from "./rejection.ts";
import { all, keepsDebitsBack, type Invoice, type Slice, type Subscription } from "./state.ts";
import { offerOf } from "./terms.ts";
import { unusedOf } from "./unused.ts";

export interface CancelInput {
  readonly subscriptionId: SubscriptionId;
  readonly when: When;
  /** Null leaves what the customer gave before. */
  readonly feedback: CancelFeedback | null;
  /** Why an operator did it. */
  readonly evidence?: EventEvidence;
}

export type CancelRefusal = "not_found" | "subscription_ended" | "payment_in_progress";

/**
 * Ends a subscription with its period, or at once; one that rests (`paused`) always at once. Nothing when it is so
 * already. Rejects `not_found`, `subscription_ended` for one that is over or never began, and, at once only,
 * `payment_in_progress` while a payment of it may still take money.
 */
export function decideCancelSubscription(
  slice: Slice,
  input: CancelInput,
  now: Now,
  ids: Ids,
): readonly NewEvent[] | Rejection<CancelRefusal> {
  const { subscriptionId, when, feedback, evidence } = input;
  const subscription = slice.state.subscriptions[subscriptionId];
  if (!subscription) return reject("not_found", `There is no subscription ${subscriptionId}.`);
  const { status } = subscription;
  if (status === "canceled" || status === "incomplete_expired" || status === "incomplete") {
    return reject("subscription_ended", `${subscriptionId} is ${status}; there is nothing to cancel.`);
  }
  if (when === "now" || status === "paused") return canceledNow(slice, subscription, input, now, ids);
  if (subscription.cancelAtPeriodEnd) return [];
  return [event("subscription.cancel_scheduled", { subscriptionId, reason: "requested", feedback }, evidence)];
}

/** Takes a cancellation back; nothing when there is none. Rejects `not_found` and `subscription_ended`. */
export function decideWithdrawCancel(
  slice: Slice,
  subscriptionId: SubscriptionId,
  evidence?: EventEvidence,
): readonly NewEvent[] | Rejection<"not_found" | "subscription_ended"> {
  const subscription = slice.state.subscriptions[subscriptionId];
  if (!subscription) return reject("not_found", `There is no subscription ${subscriptionId}.`);
  if (subscription.endedAt !== null) {
    return reject("subscription_ended", `${subscriptionId} is ${subscription.status}; subscribe anew.`);
  }
  return subscription.cancelAtPeriodEnd ? [event("subscription.cancel_withdrawn", { subscriptionId }, evidence)] : [];
}

function canceledNow(
  slice: Slice,
  subscription: Subscription,
  { feedback, evidence }: CancelInput,
  now: Now,
  ids: Ids,
): readonly NewEvent[] | Rejection<CancelRefusal> {
  const { id: subscriptionId } = subscription;
  const invoices = all(slice.state.invoices).filter((invoice) => invoice.subscriptionId === subscriptionId);
  const open = invoices.filter(({ status }) => status === "open");
  const live = all(slice.state.payments).find(
    (payment) => open.some(({ id }) => id === payment.invoiceId) && keepsDebitsBack(payment),
  );
  if (live) {
    return reject(
      "payment_in_progress",
      `${live.id} of ${live.invoiceId} is ${live.status}; the bank has not told its end.`,
    );
  }
  let credit = creditOf(slice.state);
  const givenUp = open.flatMap((invoice) => {
    const events = markedUncollectible(invoice, credit);
    credit = signedRials(credit + invoice.creditAppliedRials);
    return events;
  });
  const data = {
    subscriptionId,
    reason: "requested",
    feedback: feedback ?? subscription.cancelFeedback,
    endedAt: instant(now.billing),
  } as const;
  const canceled = event("subscription.canceled", data, evidence);
  const note = open.length === 0 ? creditForRest(slice, subscription, now, ids) : [];
  const creditRials = note.at(-1)?.data.balanceRials ?? credit;
  const overage = open.length === 0 ? finalOverage(slice, subscription, { creditRials, ids }, now) : [];
  const ends = quotaEnds(subscription, now.billing);
  return [...givenUp, canceled, ...note, ...overage, ends, ...revenueOf(invoices, note, now)];
}

type CreditNoted = NewEvent<"credit_note.issued">;

/** What is left of what was paid for the period, where the price gives it back. */
function creditForRest(slice: Slice, subscription: Subscription, now: Now, ids: Ids): readonly CreditNoted[] {
  const { price } = offerOf(slice, subscription.priceId);
  if (price.cancelCredit === "none" || subscription.status === "paused") return [];
  const reading = readingOf(slice, subscription.productId);
  let credit = creditOf(slice.state);
  return unusedOf(slice, subscription, now.billing).flatMap(({ invoice, lines, share }) => {
    const unused = shareHalfUp(totalsOf(lines).totalRials, share.numerator, share.denominator);
    const most = unreturnedOf(invoice);
    const amountRials = unused < most ? unused : most;
    if (amountRials === 0) return [];
    const note = { creditNoteId: ids.next("cn"), reason: "cancellation", amountRials } as const;
    const issued = creditNoteOf(invoice, note, credit, now);
    credit = issued.data.balanceRials;
    return [givenThat(reading, issued)];
  });
}

/** What was kept is revenue now: no service is owed any more. */
function revenueOf(invoices: readonly Invoice[], notes: readonly CreditNoted[], now: Now): readonly NewEvent[] {
  const isNoted = ({ id }: Invoice) => notes.some(({ data }) => data.invoiceId === id);
  return invoices.flatMap((invoice) =>
    recognitionDueAt(invoice) !== null && !isNoted(invoice) ? decideRecognition(invoice, now) : [],
  );
}
