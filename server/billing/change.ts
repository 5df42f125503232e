// Changing what a subscription is to. What costs more for a period takes effect at once, when the difference is paid;
// everything else with the next period. So nobody has more than was paid for, whatever the order of changes.
import type { InvoiceId, PaymentId, SubscriptionId } from "../../contract/common/id.ts";
import type { Rials } from "../../contract/common/money.ts";
import type { InvoiceLine } from "../../contract/invoice.ts";
import type { Terms } from "../../contract/subscription.ts";
import { begunCheckout, begunDebit } from "./begin-payment.ts";
import { buyerOf } from "./buyer.ts";
import { cannotCarry, type CarryRefusal } from "./carry.ts";
import { changedTo, shareLeft } from "./change-payment.ts";
import { explainedVat, linesOf, text, totalsOf, vatSplitOf, whole } from "./charge.ts";
import { instant, type BillingMs, type Now } from "./clock.ts";
import { creditOf } from "./credit.ts";
import { readingOf } from "./burn.ts";
import { overageLines } from "./overage.ts";
import { event, givenThat, type NewEvent } from "./event.ts";
import { openInvoice } from "./invoice.ts";
import { netHalfUp, rials, shareHalfUp, subtractRials, sumRials, wholeBasisPoints, zeroRials } from "./money.ts";
import type { DayFraction } from "./period.ts";
import { discountNow } from "./renew.ts";
import { periodOf, scheduleFromDay } from "./schedule.ts";
import { reject, type Rejection } from "./rejection.ts";
import { wholePeriodRials } from "./set-payment-method.ts";
import { all, isRunning, takesProduct, type Offer, type Slice, type Subscription } from "./state.ts";
import { decideTerms, itemsOf, listedAmount, sameTerms, termsOf, type Item, type TermsRefusal } from "./terms.ts";
import { unusedOf } from "./unused.ts";
import { vatRateAt } from "./vat.ts";

export interface ChangeInput {
  readonly subscriptionId: SubscriptionId;
  /** What is not named stays as it is. */
  readonly wanted: Partial<Omit<Terms, "productId">>;
  readonly invoiceId: InvoiceId;
  readonly paymentId: PaymentId;
  /** As of when it is priced: earlier than now when a quote is honoured. */
  readonly pricedAt: BillingMs;
}

export type ChangeRefusal =
  | TermsRefusal
  | CarryRefusal
  | "subscription_not_active"
  | "subscription_exists"
  | "change_in_progress"
  | "nothing_to_change"
  | "collecting_stopped";

/**
 * The events of a change. Dearer for a period: an invoice over the difference and its payment, after which it takes
 * effect; at once when nothing is to pay. Else it is scheduled for the next period, as is any change in a trial. Rejects
 * `not_found`, what `decideTerms` and `cannotCarry` reject, `subscription_not_active` (it does not run, owes something,
 * or is about to end), `subscription_exists` (another one to the new product runs), `change_in_progress`,
 * `nothing_to_change` and `collecting_stopped`.
 */
export function decideChange(
  slice: Slice,
  input: ChangeInput,
  now: Now,
): readonly NewEvent[] | Rejection<ChangeRefusal> {
  const subscription = slice.state.subscriptions[input.subscriptionId];
  if (!subscription) return reject("not_found", `There is no subscription ${input.subscriptionId}.`);
  const refusal = cannotChange(slice, subscription, now);
  if (refusal) return refusal;
  const terms = decideTerms(slice, { ...termsOf(subscription), ...input.wanted });
  if ("rejected" in terms) return terms;
  const other = all(slice.state.subscriptions).find(
    (candidate) => candidate.id !== subscription.id && takesProduct(candidate, terms.productId) && isRunning(candidate),
  );
  if (other) return reject("subscription_exists", `${other.id} to ${terms.productId} is ${other.status}.`);
  if (sameTerms(terms, termsOf(subscription))) {
    return reject("nothing_to_change", `${subscription.id} is to ${terms.priceId} already.`);
  }
  const tooDear = aboveCeiling(slice, subscription, terms, now);
  if (tooDear) return tooDear;
  const upgrade = upgradeOf(slice, subscription, terms);
  if (upgrade === null || subscription.status === "trialing") return scheduled(subscription, terms);
  const events = begun(slice, subscription, { ...upgrade, terms }, input, now);
  if ("rejected" in events || !upgrade.restarts) return events;
  // What is left of the old period goes by the messages used.
  const reading = readingOf(slice, subscription.productId);
  return events.map((each, index) => (index === 0 ? givenThat(reading, each) : each));
}

/** The same by a quote, to the Rial. Rejects `quote_not_valid` as well: one of a period that is over. */
export function decideQuotedChange(
  slice: Slice,
  input: ChangeInput,
  now: Now,
): readonly NewEvent[] | Rejection<ChangeRefusal | "quote_not_valid"> {
  const subscription = slice.state.subscriptions[input.subscriptionId];
  if (subscription && input.pricedAt < subscription.periodStartsAt) {
    return reject("quote_not_valid", "The quote is of a period that is over.");
  }
  return decideChange(slice, input, now);
}

/** Withdraws a scheduled change; nothing when there is none. Rejects `not_found`. */
export function decideWithdrawChange(
  slice: Slice,
  subscriptionId: SubscriptionId,
): readonly NewEvent[] | Rejection<"not_found"> {
  const subscription = slice.state.subscriptions[subscriptionId];
  if (!subscription) return reject("not_found", `There is no subscription ${subscriptionId}.`);
  return subscription.scheduledChange === null ? [] : [event("subscription.change_withdrawn", { subscriptionId })];
}

/** Dearer periods that the payment method could not pay: better said now than at the next renewal. */
function aboveCeiling(
  slice: Slice,
  subscription: Subscription,
  terms: Terms,
  now: Now,
): Rejection<"payment_method_cannot_carry"> | null {
  const { paymentMethodId } = subscription;
  const method = paymentMethodId === null ? undefined : slice.state.paymentMethods[paymentMethodId];
  const needed = wholePeriodRials(slice, { ...subscription, ...terms }, now);
  if (!method || needed <= method.maxAmountRials || needed <= wholePeriodRials(slice, subscription, now)) return null;
  const ceiling = `${method.id} allows ${text(method.maxAmountRials)} IRR a debit`;
  return reject("payment_method_cannot_carry", `${ceiling}; a whole period will need ${text(needed)} IRR.`);
}

function cannotChange(slice: Slice, subscription: Subscription, now: Now): Rejection<ChangeRefusal> | null {
  const { id, status, pendingChange } = subscription;
  if (pendingChange) {
    return reject("change_in_progress", `The change of ${id} that ${pendingChange.invoiceId} is for is not paid yet.`);
  }
  if (status !== "active" && status !== "trialing") {
    return reject("subscription_not_active", `${id} is ${status}; only one that runs and owes nothing can change.`);
  }
  const owed = all(slice.state.invoices).find((it) => it.subscriptionId === id && it.status === "open");
  if (owed) return reject("subscription_not_active", `${owed.id} of ${id} is not paid yet; pay it first.`);
  if (subscription.cancelAtPeriodEnd) {
    return reject("subscription_not_active", `${id} ends with its period; withdraw the cancellation first.`);
  }
  if (now.billing >= subscription.periodEndsAt) {
    return reject("subscription_not_active", `${id} is about to begin its next period; try again in a minute.`);
  }
  return null;
}

function scheduled(subscription: Subscription, terms: Terms): readonly NewEvent[] {
  const { scheduledChange, id: subscriptionId } = subscription;
  if (scheduledChange && sameTerms(scheduledChange, terms)) return [];
  return [event("subscription.change_scheduled", { subscriptionId, terms })];
}

interface Upgrade {
  readonly restarts: boolean;
}

/** Null when the new terms cost no more: a dearer period of the same kind, or a longer one that is no cheaper. */
function upgradeOf(slice: Slice, subscription: Subscription, terms: Terms): Upgrade | null {
  const before = itemsOf(slice, termsOf(subscription));
  const then = itemsOf(slice, terms);
  const from = before[0].offer.price;
  const to = then[0].offer.price;
  const isNotLess = listedNet(then.filter(isRecurring)) >= listedNet(before);
  const isDearer = isNotLess && listedNet(then) > listedNet(before);
  if (from.interval === to.interval && from.calendar === to.calendar) return isDearer ? { restarts: false } : null;
  return from.interval === "month" && to.interval === "year" && isDearer ? { restarts: true } : null;
}

/** What a whole period costs without VAT, as a number to compare by. */
function listedNet(items: readonly Item[]): number {
  return items.reduce((sum, { offer, quantity }) => {
    const rate = offer.price.taxBehavior === "inclusive" ? wholeBasisPoints / (wholeBasisPoints + 1_000) : 1;
    return sum + offer.price.amountRials * quantity * rate;
  }, 0);
}

interface Beginning extends Upgrade {
  readonly terms: Terms;
}

/** The invoice of the difference, and what pays it; the change itself when nothing is left to pay. */
function begun(
  slice: Slice,
  subscription: Subscription,
  { terms, restarts }: Beginning,
  { invoiceId, paymentId, pricedAt: at }: ChangeInput,
  now: Now,
): readonly NewEvent[] | Rejection<ChangeRefusal> {
  const lines = restarts ? restartLines(slice, subscription, terms, at) : upgradeLines(slice, subscription, terms, at);
  const { id: subscriptionId, periodIndex, paymentMethodId } = subscription;
  const opened = openInvoice(
    {
      buyer: buyerOf(slice.state),
      invoiceId,
      subscriptionId,
      periodIndex: restarts ? periodIndex + 1 : periodIndex,
      reason: "subscription_change",
      lines,
      dueAt: at,
      nextAttemptAt: null,
      at: now.billing,
    },
    creditOf(slice.state),
  );
  const pendingChange = { invoiceId, terms, restarts };
  const begins = event("subscription.change_begun", { subscriptionId, pendingChange });
  if (opened.dueRials === 0) {
    const change = { terms, restarts, from: at };
    // A period has its invoice even when nothing is to pay for it; a change within one needs none.
    const isNothing = totalsOf(lines).totalRials === 0 && !restarts;
    return [...(isNothing ? [] : opened.events), ...changedTo(slice, subscription, change)];
  }
  const payment = { paymentId, invoiceId, amountRials: opened.dueRials };
  if (paymentMethodId === null) return [...opened.events, begins, begunCheckout(payment, now)];
  if (!slice.collecting) {
    return reject("collecting_stopped", "No payments are taken for the moment; nothing was begun. Try again later.");
  }
  const method = slice.state.paymentMethods[paymentMethodId];
  if (!method) return reject("not_found", `There is no payment method ${paymentMethodId}.`);
  const refusal = cannotCarry(slice.state, method, opened.dueRials, now);
  if (refusal) return refusal;
  return [...opened.events, begins, begunDebit({ ...payment, paymentMethodId, onDemand: true }, now)];
}

/**
 * One line: the net of the change for the days that are left, rounded once, half up; and one for each new thing that is
 * paid once. A percentage off applies to the difference as well.
 * Example: 990,000 → 2,990,000 with 16 of 31 days left is 1,032,258.
 */
function upgradeLines(slice: Slice, subscription: Subscription, terms: Terms, at: BillingMs): readonly InvoiceLine[] {
  const before = itemsOf(slice, termsOf(subscription));
  const items = itemsOf(slice, terms);
  const then = items.filter(isRecurring);
  const { offer } = items[0];
  const share = shareLeft(slice, subscription, at);
  const old = listedLike(offer, before, at);
  const next = listedLike(offer, then, at);
  const net = netHalfUp(old, next, share.numerator, share.denominator);
  const percent = subscription.discount?.percentBasisPoints ?? 0;
  const listed = net > 0 ? rials(net) : zeroRials;
  const discountRials = shareHalfUp(listed, percent, wholeBasisPoints);
  const split = vatSplitOf(subtractRials(listed, discountRials), offer, at);
  const line: InvoiceLine = {
    priceId: terms.priceId,
    quantity: terms.quantity,
    startsAt: instant(at),
    endsAt: instant(subscription.periodEndsAt),
    discountRials,
    netRials: split.net,
    vatRateBasisPoints: vatRateAt(at),
    vatRials: split.vat,
    totalRials: split.gross,
    explain: explainedChange(old, next, share, discountRials) + explainedVat(offer, at),
  };
  const once = items.filter((item) => !isRecurring(item));
  const span = { startsAt: at, endsAt: at };
  return [line, ...linesOf({ items: once, span, share: whole, discount: null, isGift: false, at })];
}

/** The whole price of the new period, less what is left of what was paid for the old one; and what that one owes. */
function restartLines(slice: Slice, subscription: Subscription, terms: Terms, at: BillingMs): readonly InvoiceLine[] {
  const items = itemsOf(slice, terms);
  const { offer } = items[0];
  const span = periodOf(scheduleFromDay(at, offer, 0), offer, 0);
  const paidBeforeRials = paidBefore(slice, subscription, offer, at);
  const discount = discountNow(subscription);
  const lines = linesOf({ items, span, share: whole, discount, isGift: false, paidBeforeRials, at });
  return [...lines, ...overageLines(slice, subscription, at)];
}

/** What is left of what was paid for the current period, with VAT in it where the new price has it so. */
function paidBefore(slice: Slice, subscription: Subscription, { price }: Offer, at: BillingMs): Rials {
  const parts = unusedOf(slice, subscription, at).map(({ lines, share }) => {
    const { subtotalRials, totalRials } = totalsOf(lines);
    const paid = price.taxBehavior === "exclusive" ? subtotalRials : totalRials;
    return shareHalfUp(paid, share.numerator, share.denominator);
  });
  return sumRials(parts);
}

/** The listed amount of a whole period, with VAT in it or without, as one of the prices has it. */
function listedLike({ price }: Offer, items: readonly Item[], at: BillingMs): Rials {
  const amounts = items.map((item) => {
    const { net, gross } = vatSplitOf(listedAmount([item]), item.offer, at);
    return price.taxBehavior === "exclusive" ? net : gross;
  });
  return sumRials(amounts);
}

function isRecurring({ offer }: Item): boolean {
  return offer.price.interval !== null;
}

function explainedChange(old: Rials, next: Rials, share: DayFraction, discount: Rials): string {
  const less = discount === 0 ? "" : `, less ${text(discount)} IRR`;
  return `${text(old)} → ${text(next)} IRR, ${share.numerator} of ${share.denominator} days, net half up${less}; `;
}
