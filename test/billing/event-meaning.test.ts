import { plainTaxReport } from "../../contract/invoice.ts";
import { describe, expect, it } from "vitest";
import { after, dayMs, instant, minuteMs, secondMs, type WallMs } from "../../server/billing/clock.ts";
import type { Terms } from "../../contract/subscription.ts";
import { event, type NewEvent } from "../../server/billing/event.ts";
import { evolve } from "../../server/billing/evolve.ts";
import { rials, signedRials } from "../../server/billing/money.ts";
import {
  emptyState,
  type CustomerState,
  type Invoice,
  type Payment,
  type PaymentMethod,
  type Refund,
  type Subscription,
} from "../../server/billing/state.ts";
import {
  aCustomer,
  anInvoice,
  anOffer,
  aPayment,
  aPaymentMethod,
  aSlice,
  aSubscription,
  authority,
  createdData,
  customerId,
  now,
  wall,
} from "../support/billing-builders.ts";

const later = (ms: number): WallMs => after(wall, ms);
/** What the event names, and when it is written. */
const then = later(10 * minuteMs);
const next = later(20 * minuteMs);
const last = later(7 * dayMs);
const occurrence = { customerId, at: then };
const billing = (at: WallMs) => after(now.billing, at - wall);

/** A payment of which nothing is null, so that what an event clears is seen. */
const payment: Payment = aPayment({
  status: "needs_review",
  authority,
  closesAt: later(1),
  sendBefore: later(2),
  settlesAfter: later(3),
  answered: true,
  onDemand: true,
  tries: 4,
  askCount: 5,
  askedAt: later(6),
  nextAskAt: later(7),
  toldAt: later(8),
  watchUntil: later(9),
  failedHeardAt: later(10),
  notPaidHeardAt: later(11),
  refundedRials: rials(12),
  refId: "13",
  failureReason: "fourteen",
  settledAt: later(15),
});
const ofPayment = { paymentId: payment.id, invoiceId: payment.invoiceId };
const heard = {
  failedHeardAt: instant(later(secondMs)),
  notPaidHeardAt: instant(later(2 * secondMs)),
  askCount: 6,
  askedAt: instant(then),
  nextAskAt: instant(next),
};
const hearing = {
  failedHeardAt: later(secondMs),
  notPaidHeardAt: later(2 * secondMs),
  askCount: 6,
  askedAt: then,
  nextAskAt: next,
};
const intent = { sendBefore: instant(then), settlesAfter: instant(next) };
const watch = { watchUntil: instant(last), nextAskAt: instant(next) };
const forgotten = { toldAt: null, failedHeardAt: null, notPaidHeardAt: null };
const watchedFromThen = { ...forgotten, nextAskAt: after(then, 5 * minuteMs), watchUntil: after(then, 7 * dayMs) };
const money = { amountRials: payment.amountRials, refId: "77", feeRials: rials(0), settledAt: instant(then) };

const paymentChanges: readonly (readonly [NewEvent, Partial<Payment>])[] = [
  [event("payment.deferred", { ...ofPayment, tries: 9, nextAskAt: instant(next) }), { tries: 9, nextAskAt: next }],
  [
    event("payment.submitted", { ...ofPayment, authority: "A9", ...intent }),
    { status: "submitted", authority: "A9", sendBefore: then, settlesAfter: next, nextAskAt: next },
  ],
  [
    event("payment.opened", { ...ofPayment, authority: "A9", closesAt: instant(last), nextAskAt: instant(next) }),
    { status: "open", authority: "A9", closesAt: last, nextAskAt: next },
  ],
  [
    event("payment.verifying", { ...ofPayment, ...intent }),
    {
      status: "verifying",
      sendBefore: then,
      settlesAfter: next,
      nextAskAt: next,
      failedHeardAt: null,
      watchUntil: null,
      failureReason: null,
      settledAt: null,
    },
  ],
  [
    event("payment.closed", { ...ofPayment, reason: "expired", closedAt: instant(then) }),
    { status: "closed", closesAt: null, ...watchedFromThen },
  ],
  [event("payment.watched", { ...ofPayment, ...watch }), { watchUntil: last, nextAskAt: next, toldAt: null }],
  [
    event("payment.surplus", { ...ofPayment, ...watch }),
    { status: "surplus", failureReason: null, settledAt: null, ...forgotten, watchUntil: last, nextAskAt: next },
  ],
  [
    event("payment.returned", { ...ofPayment, returnedAt: instant(then) }),
    { status: "reversed", nextAskAt: null, settledAt: then },
  ],
  [
    event("payment.credited", { ...ofPayment, ...money }),
    { refId: "77", nextAskAt: null, askedAt: then, settledAt: then },
  ],
  [
    event("payment.reversed", { ...ofPayment, amountRials: payment.amountRials, reversedAt: instant(then) }),
    { status: "reversed", nextAskAt: null, settledAt: then },
  ],
  [
    event("payment.review_ended", { ...ofPayment, nextAskAt: instant(next) }),
    { status: "verifying", failureReason: null, nextAskAt: next, failedHeardAt: null, notPaidHeardAt: null },
  ],
  [
    event("payment.unknown", { ...ofPayment, answered: false, ...heard }),
    { status: "unknown", answered: false, ...hearing },
  ],
  [event("payment.asked", { ...ofPayment, ...heard, told: true }), { ...hearing, toldAt: then }],
  [event("payment.asked", { ...ofPayment, ...heard, told: false }), hearing],
  [
    event("payment.succeeded", { ...ofPayment, ...money }),
    { status: "succeeded", refId: "77", closesAt: null, nextAskAt: null, askedAt: then, settledAt: then },
  ],
  [
    event("payment.failed", { ...ofPayment, reason: "declined", settledAt: instant(then) }),
    { status: "failed", failureReason: "declined", settledAt: then, ...watchedFromThen },
  ],
  [
    event("payment.lapsed", { ...ofPayment, settledAt: instant(then) }),
    { status: "lapsed", failureReason: "lapsed", settledAt: then, ...watchedFromThen },
  ],
  [
    event("payment.needs_review", { ...ofPayment, reason: "amount_differs" }),
    { status: "needs_review", failureReason: "amount_differs", nextAskAt: null },
  ],
];

const discount = { couponId: "cpn_9", percentBasisPoints: 1_000, amountRials: null, periodsLeft: 2 } as const;
const terms = { productId: "prod_9", priceId: "price_9", quantity: 3, addOns: [] } satisfies Terms;
/** A subscription of which nothing is null, so that what an event clears is seen. */
const subscription: Subscription = aSubscription({
  latestInvoiceId: "inv_9",
  trialEndsAt: billing(later(10)),
  discount: { ...discount, periodsLeft: 1 },
  freePeriods: 1,
  pendingChange: { invoiceId: "inv_8", terms, restarts: false },
  scheduledChange: terms,
  priceMigration: { migrationId: "mig_7", priceId: "price_7", notBefore: instant(then) },
  cancelAtPeriodEnd: true,
  cancelReason: "requested",
  cancelFeedback: "unused",
  pauseAtPeriodEnd: true,
  pauseReason: "requested",
  pausedAt: billing(later(2)),
  pausedDaysLeft: 3,
  resumesAt: billing(later(4)),
  endedAt: billing(later(1)),
});
const awake = { pauseReason: null, pausedAt: null, pausedDaysLeft: 0, resumesAt: null };
const ofSubscription = { subscriptionId: subscription.id };
const rescheduled = {
  periodIndex: 7,
  startsAt: instant(then),
  endsAt: instant(last),
  anchorDay: 9,
  firstIndex: 8,
  startsOn: instant(next),
};
const subscriptionChanges: readonly (readonly [NewEvent, Partial<Subscription>])[] = [
  [event("subscription.activated", ofSubscription), { status: "active" }],
  [event("subscription.recovered", ofSubscription), { status: "active" }],
  [
    event("subscription.incomplete_expired", { ...ofSubscription, endedAt: instant(then) }),
    { status: "incomplete_expired", endedAt: billing(then) },
  ],
  [
    event("subscription.renewed", {
      ...ofSubscription,
      periodIndex: 7,
      startsAt: instant(then),
      endsAt: instant(last),
      discount,
      freePeriods: 2,
    }),
    { periodIndex: 7, periodStartsAt: billing(then), periodEndsAt: billing(last), discount, freePeriods: 2 },
  ],
  [event("subscription.past_due", ofSubscription), { status: "past_due" }],
  [event("subscription.trial_started", ofSubscription), { status: "trialing" }],
  [
    event("subscription.rescheduled", { ...ofSubscription, ...rescheduled, reason: "extended" }),
    {
      periodIndex: 7,
      periodStartsAt: billing(then),
      periodEndsAt: billing(last),
      anchorDay: 9,
      firstIndex: 8,
      startsOn: billing(next),
    },
  ],
  [
    event("subscription.change_begun", {
      ...ofSubscription,
      pendingChange: { invoiceId: "inv_7", terms, restarts: true },
    }),
    { pendingChange: { invoiceId: "inv_7", terms, restarts: true } },
  ],
  [event("subscription.change_failed", { ...ofSubscription, invoiceId: "inv_8" }), { pendingChange: null }],
  [
    event("subscription.changed", { ...ofSubscription, terms }),
    { ...terms, pendingChange: null, scheduledChange: null, priceMigration: null },
  ],
  [
    event("subscription.change_scheduled", { ...ofSubscription, terms: { ...terms, quantity: 4 } }),
    { scheduledChange: { ...terms, quantity: 4 } },
  ],
  [event("subscription.change_withdrawn", ofSubscription), { scheduledChange: null }],
  [
    event("subscription.migration_announced", {
      ...ofSubscription,
      priceMigration: { migrationId: "mig_8", priceId: "price_8", notBefore: instant(next) },
      movesAt: instant(last),
      fromRials: rials(1),
      toRials: rials(2),
    }),
    { priceMigration: { migrationId: "mig_8", priceId: "price_8", notBefore: instant(next) } },
  ],
  [event("subscription.migration_withdrawn", { ...ofSubscription, migrationId: "mig_7" }), { priceMigration: null }],
  [
    event("subscription.payment_method_changed", { ...ofSubscription, paymentMethodId: "pm_9" }),
    { paymentMethodId: "pm_9" },
  ],
  [
    event("subscription.payment_method_changed", { ...ofSubscription, paymentMethodId: null }),
    { paymentMethodId: null },
  ],
  [
    event("subscription.pause_scheduled", { ...ofSubscription, resumesAt: instant(last) }),
    { pauseAtPeriodEnd: true, resumesAt: billing(last) },
  ],
  [event("subscription.pause_withdrawn", ofSubscription), { pauseAtPeriodEnd: false, resumesAt: null }],
  [
    event("subscription.paused", {
      ...ofSubscription,
      reason: "unpaid",
      pausedAt: instant(then),
      daysLeft: 12,
      resumesAt: instant(last),
    }),
    {
      status: "paused",
      pauseAtPeriodEnd: false,
      pauseReason: "unpaid",
      pausedAt: billing(then),
      pausedDaysLeft: 12,
      resumesAt: billing(last),
    },
  ],
  [event("subscription.resumed", ofSubscription), { status: "active", ...awake }],
  [
    event("subscription.reactivated", ofSubscription),
    {
      status: "active",
      ...awake,
      cancelAtPeriodEnd: false,
      cancelReason: null,
      cancelFeedback: null,
      endedAt: null,
    },
  ],
  [event("subscription.comped", { ...ofSubscription, freePeriods: 5 }), { freePeriods: 5 }],
  [
    event("subscription.cancel_scheduled", { ...ofSubscription, reason: "unpaid", feedback: "other" }),
    { cancelAtPeriodEnd: true, cancelReason: "unpaid", cancelFeedback: "other" },
  ],
  [
    event("subscription.cancel_withdrawn", ofSubscription),
    { cancelAtPeriodEnd: false, cancelReason: null, cancelFeedback: null },
  ],
  [
    event("subscription.canceled", { ...ofSubscription, reason: "unpaid", feedback: null, endedAt: instant(then) }),
    {
      status: "canceled",
      ...awake,
      pauseAtPeriodEnd: false,
      pendingChange: null,
      scheduledChange: null,
      priceMigration: null,
      cancelReason: "unpaid",
      cancelFeedback: null,
      endedAt: billing(then),
    },
  ],
];

const invoice: Invoice = anInvoice({
  status: "paid",
  attemptCount: 2,
  nextAttemptAt: billing(later(1)),
  recognizedAt: billing(later(3)),
  paidAt: billing(later(2)),
});
const ofInvoice = { invoiceId: invoice.id };
const { subtotalRials, vatRials, totalRials } = invoice;
const amounts = { ...ofInvoice, subtotalRials, vatRials, totalRials };
const taken = { ...amounts, recognizedRials: subtotalRials };
const invoiceChanges: readonly (readonly [NewEvent, Partial<Invoice>])[] = [
  [
    event("invoice.attempt_failed", {
      ...ofInvoice,
      attemptCount: 3,
      nextAttemptAt: instant(next),
      reason: "declined",
    }),
    { attemptCount: 3, nextAttemptAt: billing(next) },
  ],
  [
    event("invoice.attempt_failed", { ...ofInvoice, attemptCount: 5, nextAttemptAt: null, reason: "declined" }),
    { attemptCount: 5, nextAttemptAt: null },
  ],
  [
    event("invoice.paid", { ...ofInvoice, paidAt: instant(then) }),
    { status: "paid", paidAt: billing(then), nextAttemptAt: null },
  ],
  [event("invoice.voided", taken), { status: "void", nextAttemptAt: null, recognizedAt: null }],
  [event("invoice.payment_link_due", { ...ofInvoice, dueAt: instant(then) }), {}],
  [
    event("invoice.reopened", { ...ofInvoice, reopenedAt: instant(then) }),
    { status: "open", paidAt: null, nextAttemptAt: null },
  ],
  [event("invoice.reinstated", taken), { status: "open", paidAt: null, nextAttemptAt: null }],
  [event("invoice.marked_uncollectible", taken), { status: "uncollectible", nextAttemptAt: null, recognizedAt: null }],
  [
    event("revenue.recognized", { ...ofInvoice, amountRials: subtotalRials, recognizedAt: instant(then) }),
    { recognizedAt: billing(then) },
  ],
];

const method: PaymentMethod = aPaymentMethod({
  nextAskAt: later(1),
  cancelledAt: later(2),
  cancellation: "presumed",
  cancelTries: 3,
  nextCancelAt: later(4),
  unexplainedDeclines: 2,
});
const ofMethod = { paymentMethodId: method.id };
const methodChanges: readonly (readonly [NewEvent, Partial<PaymentMethod>])[] = [
  [
    event("payment_method.signing_opened", { ...ofMethod, agreementId: "sec_9", nextAskAt: instant(next) }),
    { agreementId: "sec_9", nextAskAt: next },
  ],
  [
    event("payment_method.asked", { ...ofMethod, askedAt: instant(then), nextAskAt: instant(next) }),
    { askedAt: then, nextAskAt: next },
  ],
  [
    event("payment_method.activated", { ...ofMethod, signatureId: "sec_9", activatedAt: instant(next) }),
    { status: "active", signatureId: "sec_9", askedAt: then, nextAskAt: null, activatedAt: next },
  ],
  [
    event("payment_method.verification_failed", {
      ...ofMethod,
      reason: "refused",
      askedAt: instant(then),
      nextAskAt: instant(next),
    }),
    { status: "verification_failed", askedAt: then, nextAskAt: next },
  ],
  [event("payment_method.expiring", { ...ofMethod, expiresAt: instant(last) }), { expiryTold: true }],
  [event("payment_method.declined", { ...ofMethod, unexplainedDeclines: 3 }), { unexplainedDeclines: 3 }],
  [event("payment_method.confirmed", ofMethod), { unexplainedDeclines: 0 }],
  [event("payment_method.expired", ofMethod), { status: "expired", nextAskAt: null }],
  [
    event("payment_method.cancelled", {
      ...ofMethod,
      cancelledAt: instant(then),
      nextAskAt: instant(next),
      nextCancelAt: instant(last),
    }),
    {
      status: "cancelled_by_user",
      cancelledAt: then,
      nextAskAt: next,
      cancellation: "requested",
      nextCancelAt: last,
    },
  ],
  [
    event("payment_method.cancelled", { ...ofMethod, cancelledAt: instant(then), nextAskAt: null, nextCancelAt: null }),
    { status: "cancelled_by_user", cancelledAt: then, nextAskAt: null, cancellation: null, nextCancelAt: null },
  ],
  [
    event("payment_method.signature_found", { ...ofMethod, signatureId: "sec_9", nextCancelAt: instant(next) }),
    { signatureId: "sec_9", askedAt: then, nextAskAt: null, cancellation: "requested", nextCancelAt: next },
  ],
  [
    event("payment_method.cancellation_asked", { ...ofMethod, cancelTries: 4, nextCancelAt: instant(next) }),
    { cancelTries: 4, nextCancelAt: next },
  ],
  [
    event("payment_method.cancellation_ended", { ...ofMethod, cancellation: "confirmed" }),
    { cancellation: "confirmed", nextCancelAt: null },
  ],
];

const refund: Refund = {
  id: "ref_1",
  customerId,
  paymentId: payment.id,
  invoiceId: invoice.id,
  source: "credit",
  method: "refund",
  status: "submitted",
  amountRials: rials(5),
  netRials: rials(4),
  vatRials: rials(1),
  sendBefore: later(1),
  settlesAfter: later(2),
  nextStepAt: later(3),
  failedHeardAt: later(4),
  reference: "5",
  failureReason: "six",
  createdAt: wall,
  settledAt: later(7),
};
const ofRefund = {
  refundId: refund.id,
  paymentId: payment.id,
  invoiceId: invoice.id,
  source: refund.source,
  amountRials: refund.amountRials,
};
const refundChanges: readonly (readonly [NewEvent, Partial<Refund>])[] = [
  [
    event("refund.submitted", { ...ofRefund, ...intent }),
    { status: "submitted", sendBefore: then, settlesAfter: next, nextStepAt: next },
  ],
  [
    event("refund.asked", { ...ofRefund, nextStepAt: instant(next), failedHeardAt: null }),
    { nextStepAt: next, failedHeardAt: null },
  ],
  [
    event("refund.succeeded", { ...ofRefund, method: "manual", reference: "88", settledAt: instant(then) }),
    { status: "succeeded", method: "manual", reference: "88", nextStepAt: null, settledAt: then },
  ],
  [
    event("refund.failed", {
      ...ofRefund,
      netRials: rials(4),
      vatRials: rials(1),
      recognized: false,
      creditBalanceRials: signedRials(9),
      reason: "declined",
      settledAt: instant(then),
    }),
    { status: "failed", failureReason: "declined", nextStepAt: null, settledAt: then },
  ],
  [
    event("refund.needs_review", { ...ofRefund, reason: "unanswered" }),
    { status: "needs_review", failureReason: "unanswered", nextStepAt: null },
  ],
];

const { state } = aSlice({
  payments: [payment, aPayment({ id: "pay_other" })],
  subscriptions: [subscription, aSubscription({ id: "sub_other" })],
  invoices: [invoice, anInvoice({ id: "inv_other" })],
  paymentMethods: [method, aPaymentMethod({ id: "pm_other" })],
  refunds: [refund, { ...refund, id: "ref_other" }],
});
const named = (changes: readonly (readonly [NewEvent, object])[]) =>
  changes.map(([each, change]) => [each.type, each, change] as const);

describe("an event changes of what it is about exactly this, and nothing else is touched", () => {
  it.each(named(paymentChanges))("%s", (_type, each, change) => {
    const payments = { ...state.payments, [payment.id]: { ...payment, ...change } };
    expect(evolve(state, each, occurrence)).toEqual({ ...state, payments });
  });

  it.each(named(subscriptionChanges))("%s", (_type, each, change) => {
    const subscriptions = { ...state.subscriptions, [subscription.id]: { ...subscription, ...change } };
    expect(evolve(state, each, occurrence)).toEqual({ ...state, subscriptions });
  });

  it.each(named(invoiceChanges))("%s", (_type, each, change) => {
    const invoices = { ...state.invoices, [invoice.id]: { ...invoice, ...change } };
    expect(evolve(state, each, occurrence)).toEqual({ ...state, invoices });
  });

  it.each(named(methodChanges))("%s", (_type, each, change) => {
    const paymentMethods = { ...state.paymentMethods, [method.id]: { ...method, ...change } };
    expect(evolve(state, each, occurrence)).toEqual({ ...state, paymentMethods });
  });

  it.each(named(refundChanges))("%s", (_type, each, change) => {
    const refunds = { ...state.refunds, [refund.id]: { ...refund, ...change } };
    expect(evolve(state, each, occurrence).refunds).toEqual(refunds);
  });
});

describe("a payment that leaves the live states", () => {
  const leaving = (over: Partial<Payment>) => {
    const given: CustomerState = { ...state, payments: { [payment.id]: { ...payment, ...over } } };
    const closed = event("payment.closed", { ...ofPayment, reason: "superseded", closedAt: instant(then) });
    return evolve(given, closed, occurrence).payments[payment.id];
  };

  it("without an authority is not watched: nobody can pay it", () => {
    expect(leaving({ authority: null })).toMatchObject({ ...forgotten, nextAskAt: null, watchUntil: null });
  });

  it("from an open page is asked about at once: nobody was heard since", () => {
    expect(leaving({ status: "open" })).toMatchObject({ nextAskAt: then, watchUntil: after(then, 7 * dayMs) });
  });
});

describe("money that is given back", () => {
  const aged = (over: Partial<Refund>, paid: Partial<Payment> = {}): CustomerState => ({
    ...state,
    customer: aCustomer({ creditRials: signedRials(100) }),
    payments: { [payment.id]: { ...payment, status: "succeeded", refundedRials: payment.amountRials, ...paid } },
    refunds: { [refund.id]: refund, ref_2: { ...refund, id: "ref_2", status: "succeeded", ...over } },
  });
  const succeeded = event("refund.succeeded", {
    ...ofRefund,
    method: "manual",
    reference: null,
    settledAt: instant(then),
  });
  const statusAfter = (given: CustomerState) => evolve(given, succeeded, occurrence).payments[payment.id]?.status;

  it("leaves the payment refunded once all of it is back, and not while a part is only set aside", () => {
    expect(statusAfter(aged({}))).toBe("refunded");
    expect(statusAfter(aged({ status: "failed" }))).toBe("refunded");
    expect(statusAfter(aged({ status: "pending", paymentId: "pay_other" }))).toBe("refunded");
    for (const status of ["pending", "submitted", "needs_review"] as const) {
      expect(statusAfter(aged({ status }))).toBe("succeeded");
    }
    expect(statusAfter(aged({}, { refundedRials: rials(3_288_999) }))).toBe("succeeded");
  });

  const order = {
    ...ofRefund,
    netRials: rials(4),
    vatRials: rials(1),
    recognized: false,
    creditBalanceRials: signedRials(95),
  };
  const created = (source: Refund["source"], nextStepAt: string | null = null) =>
    event("refund.created", {
      ...order,
      refundId: "ref_3",
      source,
      method: "manual",
      createdAt: instant(then),
      nextStepAt,
    });

  it("is set aside when it is ordered, and credit cannot be spent any more", () => {
    const before = aged({}, { refundedRials: rials(10) });
    const ordered = evolve(before, created("credit", instant(next)), occurrence);
    expect(ordered.payments[payment.id]?.refundedRials).toBe(15);
    expect(ordered.customer?.creditRials).toBe(95);
    expect(ordered.refunds["ref_3"]).toEqual({
      ...refund,
      id: "ref_3",
      method: "manual",
      status: "pending",
      sendBefore: null,
      settlesAfter: null,
      nextStepAt: next,
      failedHeardAt: null,
      reference: null,
      failureReason: null,
      createdAt: then,
      settledAt: null,
    });
    expect(evolve(before, created("invoice"), occurrence).customer?.creditRials).toBe(100);
  });

  it("is free again when that failed", () => {
    const before = aged({}, { refundedRials: rials(10) });
    const failed = event("refund.failed", { ...order, reason: "declined", settledAt: instant(then) });
    expect(evolve(before, failed, occurrence)).toMatchObject({
      payments: { [payment.id]: { refundedRials: 5 } },
      customer: { creditRials: 95 },
    });
  });
});

describe("an event that begins something", () => {
  const begun = (each: NewEvent, from: CustomerState = emptyState) => evolve(from, each, occurrence);

  it("payment.created: due at once, and nothing known of it", () => {
    const data = {
      ...ofPayment,
      kind: "checkout",
      paymentMethodId: null,
      amountRials: rials(7),
      onDemand: true,
      createdAt: instant(next),
    } as const;
    expect(begun(event("payment.created", data)).payments[payment.id]).toEqual(
      aPayment({
        kind: "checkout",
        paymentMethodId: null,
        amountRials: rials(7),
        onDemand: true,
        nextAskAt: then,
        begunAt: then,
        createdAt: billing(next),
      }),
    );
  });

  it("invoice.finalized: open, and the newest of its subscription", () => {
    const data = {
      ...amounts,
      subscriptionId: subscription.id,
      periodIndex: 3,
      reason: "subscription_cycle" as const,
      series: "S-1405",
      lines: [],
      dueAt: instant(then),
      nextAttemptAt: instant(next),
      finalizedAt: instant(last),
      buyerId: "per_7" as const,
      taxReport: { ...plainTaxReport, type: 1 as const },
    };
    const from = { ...emptyState, subscriptions: state.subscriptions };
    const open = begun(event("invoice.finalized", data), from);
    const fields = { dueAt: billing(then), nextAttemptAt: billing(next), finalizedAt: billing(last) };
    const { buyerId, taxReport } = data;
    expect(open.invoices[invoice.id]).toEqual(anInvoice({ periodIndex: 3, lines: [], ...fields, buyerId, taxReport }));
    expect(open.subscriptions[subscription.id]).toEqual({ ...subscription, latestInvoiceId: invoice.id });
    const purchase = { ...data, subscriptionId: null, periodIndex: null, reason: "purchase" as const };
    expect(begun(event("invoice.finalized", purchase), from).subscriptions).toBe(from.subscriptions);
  });

  it("subscription.created: incomplete until it is paid", () => {
    const data = createdData({
      paymentMethodId: null,
      anchorDay: 9,
      startsAt: instant(then),
      endsAt: instant(last),
      createdAt: instant(next),
    });
    expect(begun(event("subscription.created", data)).subscriptions[subscription.id]).toEqual(
      aSubscription({
        status: "incomplete",
        paymentMethodId: null,
        anchorDay: 9,
        startsOn: billing(then),
        periodStartsAt: billing(then),
        periodEndsAt: billing(last),
        createdAt: billing(next),
      }),
    );
  });

  it("payment_method.created: waits for a signature, and is not asked about before it is opened", () => {
    const data = {
      ...ofMethod,
      personId: method.personId,
      maxAmountRials: rials(7),
      maxDailyCount: 8,
      maxMonthlyCount: 9,
      expiresAt: instant(last),
      signBefore: instant(next),
      replacesId: null,
    };
    expect(begun(event("payment_method.created", data)).paymentMethods[method.id]).toEqual(
      aPaymentMethod({
        status: "pending_signature",
        maxAmountRials: rials(7),
        maxDailyCount: 8,
        maxMonthlyCount: 9,
        expiresAt: last,
        signBefore: next,
        createdAt: then,
        agreementId: null,
        signatureId: null,
        askedAt: null,
        activatedAt: null,
      }),
    );
  });

  it("customer.buyer_changed: whom invoices to come are made out to", () => {
    const from = { ...emptyState, customer: aCustomer() };
    const changed = begun(event("customer.buyer_changed", { buyerId: "per_7", kind: "legal" }), from);
    expect(changed.customer).toEqual(aCustomer({ buyerId: "per_7", buyerKind: "legal" }));
  });

  it("customer.created: on real time, with nothing to their credit", () => {
    const data = { customerId, partnerId: aCustomer().partnerId, userId: null, externalId: "rt-7" };
    expect(begun(event("customer.created", data)).customer).toEqual(
      aCustomer({ userId: null, createdAt: then, externalId: "rt-7" }),
    );
  });

  it("quota.granted: the messages of a period, instead of those before it", () => {
    const data = {
      productId: anOffer().product.id,
      ...ofSubscription,
      periodIndex: 2,
      messages: 500,
      rolledOver: 0,
      validUntil: instant(last),
    };
    const granted = begun(event("quota.granted", data));
    expect(granted.quotas[data.productId]).toEqual({
      customerId,
      productId: data.productId,
      subscriptionId: subscription.id,
      periodIndex: 2,
      granted: 500,
      periodMessages: 500,
      toldPercent: 0,
      toldUsed: 0,
      toldReserved: 0,
      toldOverrun: 0,
      toldAt: occurrence.at,
      validUntil: billing(last),
    });
    const other = begun(event("quota.granted", { ...data, productId: "prod_other", messages: 1 }), granted);
    expect(Object.keys(other.quotas)).toEqual([data.productId, "prod_other"]);
  });
});

describe("an event about the customer", () => {
  const about = (each: NewEvent) => evolve(state, each, occurrence);

  it("moves a test clock, and its target", () => {
    const target = event("test_clock.target_set", { nowAt: instant(then), targetAt: instant(last) });
    const customer = { ...aCustomer(), clockNowAt: billing(then), clockTargetAt: billing(last) };
    expect(about(target)).toEqual({ ...state, customer });
    const moved = evolve(about(target), event("test_clock.advanced", { nowAt: instant(next) }), occurrence);
    expect(moved.customer).toEqual({ ...customer, clockNowAt: billing(next) });
  });

  it("keeps the balance of their credit", () => {
    const granted = event("credit.granted", {
      ...ofPayment,
      amountRials: rials(5),
      balanceRials: signedRials(105),
      reason: "surplus",
    });
    expect(about(granted)).toEqual({ ...state, customer: aCustomer({ creditRials: signedRials(105) }) });
  });

  it("keeps it also when an operator gives or takes", () => {
    const adjusted = event("credit.adjusted", {
      amountRials: signedRials(5),
      balanceRials: signedRials(-7),
      adjustedAt: instant(then),
    });
    expect(about(adjusted)).toEqual({ ...state, customer: aCustomer({ creditRials: signedRials(-7) }) });
  });

  it("uses credit for an invoice, more than once", () => {
    const applied = event("credit.applied", {
      ...ofInvoice,
      amountRials: signedRials(5),
      balanceRials: signedRials(9),
    });
    const twice = evolve(about(applied), applied, occurrence);
    expect(twice.invoices[invoice.id]).toEqual({ ...invoice, creditAppliedRials: 10 });
    expect(twice.customer).toEqual(aCustomer({ creditRials: signedRials(9) }));
  });

  it("keeps a credit note, and what it takes back of its invoice", () => {
    const issued = event("credit_note.issued", {
      creditNoteId: "cn_1",
      ...ofInvoice,
      reason: "goodwill",
      netRials: rials(10),
      vatRials: rials(1),
      totalRials: rials(11),
      recognized: true,
      balanceRials: signedRials(11),
      issuedAt: instant(then),
    });
    const noted = about(issued);
    expect(noted.creditNotes["cn_1"]).toEqual({
      id: "cn_1",
      customerId,
      invoiceId: invoice.id,
      reason: "goodwill",
      netRials: 10,
      vatRials: 1,
      totalRials: 11,
      issuedAt: billing(then),
    });
    const taken = { creditNotesRials: 11, returnedRials: 11, returnedNetRials: 10 };
    expect(noted.invoices[invoice.id]).toEqual({ ...invoice, ...taken });
    expect(noted.customer?.creditRials).toBe(11);
  });

  it("moves a period's messages to another product, which leaves none of the old one's", () => {
    const grant = { ...ofSubscription, periodIndex: 2, messages: 500, validUntil: instant(last) };
    const before = about(event("quota.granted", { productId: "prod_1", rolledOver: 0, ...grant }));
    const moved = event("quota.changed", { ...grant, fromProductId: "prod_1", productId: "prod_2", messages: 900 });
    const { quotas } = evolve(before, moved, occurrence);
    expect(quotas["prod_1"]?.granted).toBe(0);
    expect(quotas["prod_2"]).toMatchObject({ granted: 900, periodIndex: 2, validUntil: billing(last) });
    const same = event("quota.changed", { ...grant, fromProductId: "prod_1", productId: "prod_1", messages: 900 });
    expect(evolve(before, same, occurrence).quotas["prod_1"]?.granted).toBe(900);
  });

  it("ends a trial later when it is extended", () => {
    const given = { ...state, subscriptions: { [subscription.id]: { ...subscription, status: "trialing" as const } } };
    const extended = event("subscription.rescheduled", { ...ofSubscription, ...rescheduled, reason: "extended" });
    expect(evolve(given, extended, occurrence).subscriptions[subscription.id]?.trialEndsAt).toBe(billing(last));
  });

  it("has the gateway asked about a payment at once, ten seconds after the last time at the earliest", () => {
    const resumed = event("customer.resumed", { about: payment.id });
    const askedAt = (at: WallMs | null) => {
      const payments = { [payment.id]: { ...payment, askedAt: at } };
      return evolve({ ...state, payments }, resumed, occurrence).payments[payment.id]?.nextAskAt;
    };
    expect(askedAt(null)).toBe(then);
    expect(askedAt(wall)).toBe(then);
    expect(askedAt(after(then, -secondMs))).toBe(after(then, 9 * secondMs));
    expect(about(event("customer.resumed", { about: null }))).toBe(state);
  });
});

describe("an event of the catalogue or of the operators", () => {
  const { price, product } = anOffer();
  const { id: priceId, active: _sold, currency: _irr, ...terms } = price;
  const { id: productId, active: _shown, ...described } = product;

  it.each<NewEvent>([
    event("product.created", { productId, ...described }),
    event("price.created", { priceId, ...terms }),
    event("coupon.created", {
      couponId: "cpn_1",
      code: "HALF",
      percentBasisPoints: 5_000,
      amountRials: null,
      duration: "once",
      durationPeriods: null,
      maxRedemptions: null,
      productId: null,
      expiresAt: null,
    }),
    event("coupon.archived", { couponId: "cpn_1" }),
    event("collecting.changed", { collecting: false }),
    event("exception.acknowledged", { exceptionId: payment.id }),
    event("reconciliation.completed", {
      day: "2026-11-22",
      oursCount: 1,
      oursRials: rials(5),
      gatewayCount: 1,
      gatewayRials: rials(5),
      feesRials: rials(0),
      differenceRials: rials(0),
    }),
    event("payout.imported", {
      payoutId: "po_1",
      lines: 1,
      matched: 1,
      differences: 0,
      alreadyImported: 0,
      paidOutRials: signedRials(5),
      feeDifferenceRials: signedRials(0),
      fileHash: "0".repeat(64),
    }),
  ])("changes nothing of a customer's: $type", (each) => {
    expect(evolve(state, each, occurrence)).toBe(state);
  });
});
