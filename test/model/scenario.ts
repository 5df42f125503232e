// Where a walk begins. Each start ends with its subscription's period, so that the whole space has an end.
import { decideSubscribe } from "../../server/billing/subscribe.ts";
import { billingMs, dayMs, wallMs, wallOf } from "../../server/billing/clock.ts";
import { all, type Slice } from "../../server/billing/state.ts";
import {
  afterEvents,
  anInvoice,
  anOffer,
  aPayment,
  aPaymentMethod,
  aSlice,
  aSubscription,
  eventsOf,
  newCustomer,
} from "../support/billing-builders.ts";

/** 10:00 in Tehran, in the collection window. */
export const startsAt = wallOf("2026-11-22T06:30:00.000Z");

export type Start = keyof typeof starts;

/** The starts by name. */
export const starts = {
  renewal,
  "first debit": () => subscribed("direct_debit"),
  "first page": () => subscribed("checkout"),
} as const;

/** A renewal that is due, with two debits left before collecting is given up. */
function renewal(): Slice {
  const dueAt = billingMs(wallOf("2026-11-12T20:30:00.000Z"));
  const invoice = anInvoice({ dueAt, attemptCount: 3, nextAttemptAt: billingMs(startsAt) });
  const subscription = aSubscription({
    status: "past_due",
    periodStartsAt: dueAt,
    periodEndsAt: billingMs(wallMs(dueAt + 30 * dayMs)),
    latestInvoiceId: invoice.id,
    cancelAtPeriodEnd: true,
    cancelReason: "requested",
  });
  return aSlice({ subscriptions: [subscription], invoices: [invoice] });
}

/** Somebody has just subscribed, to a price whose late money brings the subscription back. */
function subscribed(collection: "direct_debit" | "checkout"): Slice {
  const offer = anOffer({ price: { latePaymentPolicy: "reactivate" } });
  const before = aSlice({ offers: [offer] });
  const at = { wall: startsAt, billing: billingMs(startsAt) };
  const input = {
    customer: newCustomer,
    subscriptionId: aSubscription().id,
    invoiceId: anInvoice().id,
    paymentId: aPayment().id,
    wanted: { priceId: offer.price.id, quantity: 1, addOns: [] },
    anchorDay: null,
    wantsTrial: false,
    coupon: null,
    pricedAt: at.billing,
    collection,
    paymentMethodId: collection === "checkout" ? null : aPaymentMethod().id,
  };
  const slice = afterEvents(before, eventsOf(decideSubscribe(before, input, at)), startsAt);
  const ending = all(slice.state.subscriptions).map((it) => [it.id, { ...it, cancelAtPeriodEnd: true }] as const);
  return { ...slice, state: { ...slice.state, subscriptions: Object.fromEntries(ending) } };
}
