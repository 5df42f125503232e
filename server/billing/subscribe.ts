// Subscribing: one live subscription per product. It begins with a payment, or with a trial that owes nothing yet.
import type { InvoiceId, PaymentId, PaymentMethodId, SubscriptionId } from "../../contract/common/id.ts";
import type { Rials } from "../../contract/common/money.ts";
import type { Collection, Discount, Terms } from "../../contract/subscription.ts";
import { begunCheckout, begunDebit } from "./begin-payment.ts";
import { buyerOf } from "./buyer.ts";
import { cannotCarry, type CarryRefusal } from "./carry.ts";
import { linesOf, totalsOf, whole } from "./charge.ts";
import { instant, instantOrNull, type BillingMs, type Now } from "./clock.ts";
import { decideDiscount, type Coupon, type CouponRefusal } from "./coupon.ts";
import { creditOf } from "./credit.ts";
import { newCustomer, type NewCustomer } from "./customer.ts";
import { event, type NewEvent } from "./event.ts";
import { openInvoice } from "./invoice.ts";
import { rials, zeroRials } from "./money.ts";
import type { Period } from "./period.ts";
import { messagesFor, quotaGrant } from "./quota.ts";
import { reject, type Rejection } from "./rejection.ts";
import { discountAfter, discountNow } from "./renew.ts";
import { periodOf, scheduleFromDay, shareOfPeriod, type Anchored } from "./schedule.ts";
import { all, isRunning, takesProduct, type Offer, type PaymentMethod, type Slice } from "./state.ts";
import { startOfDay, startOfDayOf, tehranDayOf } from "./tehran.ts";
import { tehranDay } from "./calendar.ts";
import {
  decideTerms,
  itemsOf,
  listedAmount,
  offerOf,
  recurringItems,
  recurringTerms,
  type Item,
  type TermsRefusal,
  type WantedTerms,
} from "./terms.ts";

/** What is subscribed to, whatever it is paid with. */
export interface Order {
  readonly customer: NewCustomer;
  readonly subscriptionId: SubscriptionId;
  readonly invoiceId: InvoiceId;
  readonly paymentId: PaymentId;
  readonly wanted: WantedTerms;
  /** Null: the day of the start. */
  readonly anchorDay: number | null;
  /** Whether to begin with the price's trial, if it has one. */
  readonly wantsTrial: boolean;
  readonly coupon: Coupon | null;
  /** As of when it is priced: earlier than now when a quote is honoured. */
  readonly pricedAt: BillingMs;
}

export interface SubscribeInput extends Order {
  /** How it is paid, now and at each renewal. */
  readonly collection: Collection;
  readonly paymentMethodId: PaymentMethodId | null;
}

export type OrderRefusal = TermsRefusal | CouponRefusal | "subscription_exists";
type MethodRefusal = "not_found" | "collecting_stopped" | "payment_method_required" | CarryRefusal;
export type SubscribeRefusal = OrderRefusal | MethodRefusal;

/**
 * The events of a new subscription: it, and its invoice and payment; or its trial. One that costs nothing now is active
 * at once. Rejects what `decideTerms`, `decideDiscount` and `cannotCarry` reject, `subscription_exists`,
 * `payment_method_required`, `collecting_stopped`, and `not_found` for a payment method that is not this customer's.
 */
export function decideSubscribe(
  slice: Slice,
  input: SubscribeInput,
  now: Now,
): readonly NewEvent[] | Rejection<SubscribeRefusal> {
  return ordered(slice, input, (costs) => methodFor(slice, input, costs, now), now);
}

/** The same of somebody who has not said how to pay: what it costs is the same. Rejects only what the order is refused for. */
export function decideSubscribeUnpaid(
  slice: Slice,
  order: Order,
  now: Now,
): readonly NewEvent[] | Rejection<OrderRefusal> {
  return ordered<never>(slice, order, () => null, now);
}

/** Which payment method carries these costs; null for none. */
type ChooseMethod<C extends MethodRefusal> = (costs: Costs) => PaymentMethod | null | Rejection<C>;

function ordered<C extends MethodRefusal>(
  slice: Slice,
  input: Order,
  choose: ChooseMethod<C>,
  now: Now,
): readonly NewEvent[] | Rejection<OrderRefusal | C> {
  const terms = decideTerms(slice, input.wanted);
  if ("rejected" in terms) return terms;
  const offer = offerOf(slice, terms.priceId);
  const running = all(slice.state.subscriptions).find(
    (subscription) => takesProduct(subscription, offer.product.id) && isRunning(subscription),
  );
  if (running) return reject("subscription_exists", `${running.id} to ${offer.product.name} is ${running.status}.`);
  const discount = input.coupon === null ? null : decideDiscount(input.coupon, offer, input.pricedAt);
  if (discount && "rejected" in discount) return discount;
  const begun = { terms, offer, items: itemsOf(slice, terms), discount, choose };
  const before = newCustomer(slice.state, input.customer);
  const isTrial = input.wantsTrial && offer.price.trialDays > 0;
  const events = isTrial ? trial(slice, input, begun, now) : paidStart(slice, input, begun, now);
  return "rejected" in events ? events : [...before, ...events];
}

interface Begun<C extends MethodRefusal> {
  readonly terms: Terms;
  readonly offer: Offer;
  readonly items: readonly [Item, ...Item[]];
  readonly discount: Discount | null;
  readonly choose: ChooseMethod<C>;
}

/** What a payment method has to carry, now and with the next whole period. */
interface Costs {
  readonly dueRials: Rials;
  readonly nextRials: Rials;
  /** What a trial is of: nothing falls due before it has ended. */
  readonly trialOf: Offer | null;
}

/** The trial is the first period; the schedule begins where it ends. What is paid once is paid then as well. */
function trial<C extends MethodRefusal>(
  slice: Slice,
  input: Order,
  { terms, offer, items, discount, choose }: Begun<C>,
  now: Now,
): readonly NewEvent[] | Rejection<C> {
  const method = choose({ dueRials: zeroRials, nextRials: renewalRials(items, discount, now), trialOf: offer });
  if (method !== null && "rejected" in method) return method;
  const startsAt = startOfDayOf(input.pricedAt);
  const endsAt = startOfDay(tehranDay(tehranDayOf(startsAt) + offer.price.trialDays));
  const anchored = scheduleFromDay(endsAt, offer, 1, input.anchorDay ?? undefined);
  const period = { index: 0, startsAt, endsAt };
  const created = createdSubscription(input, { terms, method, period, anchored, discount, trialEndsAt: endsAt }, now);
  const { subscriptionId } = input;
  const messages = messagesFor(items, null);
  return [
    created,
    event("subscription.trial_started", { subscriptionId }),
    ...quotaGrant(slice, { id: subscriptionId, productId: terms.productId }, messages, period),
  ];
}

/** What the next whole period will cost: an agreement that carries only a cheap beginning is of no use. */
function renewalRials(items: readonly Item[], discount: Discount | null, now: Now): Rials {
  const span = { startsAt: now.billing, endsAt: now.billing };
  const charge = { items: recurringItems(items), span, share: whole, isGift: false, at: now.billing };
  return totalsOf(linesOf({ ...charge, discount: discountNow({ discount }) })).totalRials;
}

function paidStart<C extends MethodRefusal>(
  slice: Slice,
  input: Order,
  { terms, offer, items, discount, choose }: Begun<C>,
  now: Now,
): readonly NewEvent[] | Rejection<C> {
  const { subscriptionId, invoiceId, pricedAt } = input;
  const anchored = scheduleFromDay(pricedAt, offer, 0, input.anchorDay ?? undefined);
  const period = periodOf(anchored, offer, 0);
  const share = shareOfPeriod(anchored, offer, period);
  const lines = linesOf({ items, span: period, share, discount, isGift: false, at: pricedAt });
  const opened = openInvoice(
    {
      buyer: buyerOf(slice.state),
      invoiceId,
      subscriptionId,
      periodIndex: period.index,
      reason: "subscription_create",
      lines,
      dueAt: period.startsAt,
      nextAttemptAt: null,
      at: now.billing,
    },
    creditOf(slice.state),
  );
  const { dueRials } = opened;
  const left = discountAfter({ discount });
  const method = choose({ dueRials, nextRials: renewalRials(items, left, now), trialOf: null });
  if (method !== null && "rejected" in method) return method;
  const recurring = recurringTerms(slice, terms);
  const created = createdSubscription(
    input,
    { terms: recurring, method, period, anchored, discount: left, trialEndsAt: null },
    now,
  );
  const isOwed = listedAmount(items) > 0 || dueRials > 0;
  const invoice = isOwed ? opened.events : [];
  if (dueRials === 0) {
    const brought = messagesFor(items, share);
    const granted = quotaGrant(slice, { id: subscriptionId, productId: terms.productId }, brought, period);
    return [created, ...invoice, event("subscription.activated", { subscriptionId }), ...granted];
  }
  const payment = { paymentId: input.paymentId, invoiceId, amountRials: dueRials };
  if (method === null) return [created, ...invoice, begunCheckout(payment, now)];
  return [created, ...invoice, begunDebit({ ...payment, paymentMethodId: method.id, onDemand: true }, now)];
}

function methodFor(
  slice: Slice,
  input: SubscribeInput,
  costs: Costs,
  now: Now,
): PaymentMethod | null | Rejection<MethodRefusal> {
  const { trialOf, nextRials } = costs;
  return trialOf ? trialMethod(slice, input, trialOf, nextRials, now) : chargeableMethod(slice, input, costs, now);
}

/** Whom a trial will be debited from at its end; null when a link will be sent. */
function trialMethod(
  slice: Slice,
  { paymentMethodId }: SubscribeInput,
  offer: Offer,
  amountRials: Rials,
  now: Now,
): PaymentMethod | null | Rejection<MethodRefusal> {
  if (paymentMethodId === null) {
    if (!offer.price.trialNeedsPaymentMethod) return null;
    return reject("payment_method_required", `The trial of ${offer.price.id} needs a payment method.`);
  }
  const method = slice.state.paymentMethods[paymentMethodId];
  if (!method) return reject("not_found", `There is no payment method ${paymentMethodId}.`);
  return cannotCarry(slice.state, method, amountRials, now) ?? method;
}

/** The payment method a first payment uses; null for one that is paid on a page, or costs nothing now. */
function chargeableMethod(
  slice: Slice,
  { paymentMethodId, collection, wanted }: SubscribeInput,
  { dueRials, nextRials }: Costs,
  now: Now,
): PaymentMethod | null | Rejection<MethodRefusal> {
  if (collection === "checkout") return null;
  if (dueRials > 0 && !slice.collecting) {
    return reject(
      "collecting_stopped",
      "No payments are taken for the moment; nothing was begun. Try again later, with a new key.",
    );
  }
  if (paymentMethodId === null) {
    if (dueRials === 0) return null;
    return reject("payment_method_required", `${wanted.priceId} is not free; name a payment method.`);
  }
  const method = slice.state.paymentMethods[paymentMethodId];
  if (!method) return reject("not_found", `There is no payment method ${paymentMethodId}.`);
  const mostRials = rials(Math.max(dueRials, nextRials));
  return mostRials === 0 ? method : (cannotCarry(slice.state, method, mostRials, now) ?? method);
}

interface Created {
  readonly terms: Terms;
  readonly method: PaymentMethod | null;
  readonly period: Period;
  readonly anchored: Anchored;
  readonly discount: Discount | null;
  readonly trialEndsAt: BillingMs | null;
}

function createdSubscription({ subscriptionId }: Order, created: Created, now: Now): NewEvent {
  const { terms, method, period, anchored, discount, trialEndsAt } = created;
  return event("subscription.created", {
    subscriptionId,
    ...terms,
    paymentMethodId: method?.id ?? null,
    discount,
    trialEndsAt: instantOrNull(trialEndsAt),
    periodIndex: period.index,
    startsAt: instant(period.startsAt),
    endsAt: instant(period.endsAt),
    anchorDay: anchored.anchorDay,
    firstIndex: anchored.firstIndex,
    startsOn: instant(anchored.startsOn),
    createdAt: instant(now.billing),
  });
}
