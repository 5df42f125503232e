// Subscribing: one live subscription per product, a first period that starts today, one invoice, one payment.
import type { PaymentMethodId, SubscriptionId } from "../../contract/common/id.ts";
import type { Collection } from "../../contract/subscription.ts";
import { cannotCarry, type CarryRefusal } from "./carry.ts";
import { begunCheckout } from "./checkout.ts";
import { instant, type Now } from "./clock.ts";
import { newCustomer, type NewCustomer } from "./customer.ts";
import { event, type NewEvent } from "./event.ts";
import type { Ids } from "./ids.ts";
import { chargeFor, finalizedInvoice } from "./invoice.ts";
import { periodAt, scheduleFrom, type Period } from "./period.ts";
import { reject, type Rejection } from "./rejection.ts";
import { quotaGrant } from "./settle.ts";
import { all, isRunning, type Offer, type PaymentMethod, type Slice } from "./state.ts";

export interface SubscribeInput {
  readonly customer: NewCustomer;
  readonly subscriptionId: SubscriptionId;
  readonly offer: Offer;
  /** How it is paid, now and at each renewal. */
  readonly collection: Collection;
  readonly paymentMethodId: PaymentMethodId | null;
}

export type SubscribeRefusal =
  | "collecting_stopped"
  | "price_not_for_sale"
  | "price_one_time"
  | "subscription_exists"
  | "payment_method_required"
  | "not_found"
  | CarryRefusal;

/**
 * The events of a new subscription. With a price: `subscription.created`, `invoice.finalized`, `payment.created`; a
 * free one is active at once. Rejects `price_not_for_sale`, `subscription_exists`, `payment_method_required`,
 * `collecting_stopped`, `not_found` (a payment method that is not this customer's), `payment_method_not_active` and
 * `payment_method_cannot_carry`.
 */
export function decideSubscribe(
  slice: Slice,
  input: SubscribeInput,
  now: Now,
  ids: Ids,
): readonly NewEvent[] | Rejection<SubscribeRefusal> {
  const { offer } = input;
  if (!offer.price.active || !offer.product.active) {
    return reject("price_not_for_sale", `${offer.price.id} is no longer for sale.`);
  }
  if (offer.price.interval === null) {
    return reject("price_one_time", `${offer.price.id} is a one-time price; buy it through a checkout.`);
  }
  const running = all(slice.state.subscriptions).find(
    (subscription) => subscription.productId === offer.product.id && isRunning(subscription),
  );
  if (running) return reject("subscription_exists", `${running.id} to ${offer.product.name} is ${running.status}.`);
  const method = chargeableMethod(slice, input, now);
  if (method !== null && "rejected" in method) return method;

  const period = periodAt(scheduleFrom(now.billing, offer.price), 0);
  const created = createdSubscription(input, method, period, now);
  const before = newCustomer(slice.state, input.customer);
  if (offer.price.amountRials === 0) return [...before, created, ...activeAtOnce(input, period)];
  return [...before, created, ...firstPayment(input, method, period, now, ids)];
}

/** The payment method a first payment uses; null for a free price and for one that is paid on a page. */
function chargeableMethod(
  slice: Slice,
  input: SubscribeInput,
  now: Now,
): PaymentMethod | null | Rejection<SubscribeRefusal> {
  const { offer, paymentMethodId } = input;
  const isFree = offer.price.amountRials === 0;
  if (input.collection === "checkout") return null;
  if (!isFree && !slice.collecting) {
    return reject(
      "collecting_stopped",
      "No payments are taken for the moment; nothing was begun. Try again later, with a new key.",
    );
  }
  if (paymentMethodId === null) {
    if (isFree) return null;
    return reject("payment_method_required", `${offer.price.id} is not free; name a payment method.`);
  }
  const method = slice.state.paymentMethods[paymentMethodId];
  if (!method) return reject("not_found", `There is no payment method ${paymentMethodId}.`);
  if (isFree) return null;
  return cannotCarry(slice.state, method, chargeFor(offer, now.billing).gross, now) ?? method;
}

function createdSubscription(input: SubscribeInput, method: PaymentMethod | null, period: Period, now: Now): NewEvent {
  const { offer, subscriptionId } = input;
  return event("subscription.created", {
    subscriptionId,
    productId: offer.product.id,
    priceId: offer.price.id,
    paymentMethodId: method?.id ?? null,
    anchorDay: scheduleFrom(now.billing, offer.price).anchorDay,
    periodIndex: period.index,
    startsAt: instant(period.startsAt),
    endsAt: instant(period.endsAt),
    createdAt: instant(now.billing),
  });
}

function activeAtOnce(input: SubscribeInput, period: Period): readonly NewEvent[] {
  const { subscriptionId, offer } = input;
  const subscription = { id: subscriptionId, productId: offer.product.id };
  return [event("subscription.activated", { subscriptionId }), quotaGrant(subscription, offer, period)];
}

function firstPayment(input: SubscribeInput, method: PaymentMethod | null, period: Period, now: Now, ids: Ids) {
  const { offer, subscriptionId } = input;
  const invoice = finalizedInvoice({
    invoiceId: ids.next("inv"),
    subscriptionId,
    offer,
    periodIndex: period.index,
    span: period,
    reason: "subscription_create",
    nextAttemptAt: null,
    at: now.billing,
  });
  const { invoiceId, totalRials } = invoice.data;
  if (method === null) return [invoice, begunCheckout(ids.next("pay"), invoiceId, totalRials, now)];
  const payment = event("payment.created", {
    paymentId: ids.next("pay"),
    invoiceId,
    kind: "debit",
    paymentMethodId: method.id,
    amountRials: totalRials,
    onDemand: true,
    createdAt: instant(now.billing),
  });
  return [invoice, payment];
}
