import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import { after, billingMs, minuteMs, secondMs, wallMs, wallOf } from "../../server/billing/clock.ts";
import { dueRuleNames, nextDueAt, nextStep } from "../../server/billing/due-rules.ts";
import { expiryToldMs } from "../../server/billing/payment-method.ts";
import { nowOf, type Offer, type Payment, type Slice } from "../../server/billing/state.ts";
import {
  aCustomer,
  aHint,
  anInvoice,
  anOffer,
  aPayment,
  aPaymentMethod,
  aPendingPaymentMethod,
  aRenewal,
  aSlice,
  aSubmittedPayment,
  aSubscription,
  days,
  declined,
  generousGateway,
  hours,
  now,
  ownSecondMs,
  runDue,
  says,
  seededIds,
  unknown,
  wall,
  type Answers,
} from "../support/billing-builders.ts";
import { runs } from "../support/runs.ts";

/** The only thing that real time brings a subscriber: the end of the agreement is near. */
const expiringAt = after(aPaymentMethod().expiresAt, -expiryToldMs);
const none: ReadonlySet<Payment["id"]> = new Set();
const refusingGateway: Answers = {
  requestPayment: () => declined(-11),
  debit: () => declined(-99),
  inquire: () => declined(-54),
  verifyPayment: () => declined(-51),
  verifyAgreement: () => declined(-51),
  cancelAgreement: () => declined(-80),
};
const step = (slice: Slice, at = wall, own = none) =>
  nextStep(slice, { now: nowOf(slice.state, at), ids: seededIds(), own, answers: new Map() });

describe("what falls due next", () => {
  it("is listed by name, the test clock last", () => {
    expect(dueRuleNames).toEqual([
      "payment",
      "refund",
      "payment_method.cancel",
      "payment_method.signature",
      "payment_method.expiring",
      "payment_method.expiry",
      "quota.threshold",
      "quota.use",
      "invoice.credit",
      "invoice.attempt",
      "subscription.top_up",
      "quota.grant_expiry",
      "subscription.period_end",
      "subscription.resume",
      "invoice.recognition",
      "test_clock.advance",
    ]);
  });

  it("is nothing for a customer who has nothing", () => {
    expect(nextDueAt(aSlice({ paymentMethods: [] }))).toBeNull();
    expect(nextDueAt(aSlice({ customer: null, paymentMethods: [] }))).toBeNull();
  });

  it("of two at once is the one whose id comes first", () => {
    const payments = [aPayment({ id: "pay_b", invoiceId: "inv_b" }), aPayment({ id: "pay_a" })];
    const both = aRenewal(aPayment(), { payments, invoices: [anInvoice(), anInvoice({ id: "inv_b" })] });
    expect(step(both)).toMatchObject({ name: "requestPayment", input: { paymentId: "pay_a" } });
  });

  it("is the earliest of all rules", () => {
    const subscription = aSubscription();
    expect(nextDueAt(aSlice())).toBe(aPaymentMethod().expiresAt);
    expect(nextDueAt(aSlice({ subscriptions: [subscription] }))).toBe(subscription.periodEndsAt);
    expect(nextDueAt(aSlice({ subscriptions: [subscription], paymentMethods: [aPendingPaymentMethod()] }))).toBe(
      after(wall, 15 * minuteMs),
    );
    expect(nextDueAt(aRenewal(aPayment()))).toBe(wall);
  });

  it("on a test clock is now or not at all: real time brings nothing of the customer's own", () => {
    const standing = { clockNowAt: now.billing, clockTargetAt: now.billing };
    const subscriptions = [aSubscription()];
    expect(nextDueAt(aSlice({ customer: aCustomer(standing), subscriptions }))).toBe(expiringAt);
    const due = { clockNowAt: aSubscription().periodEndsAt, clockTargetAt: aSubscription().periodEndsAt };
    expect(nextDueAt(aSlice({ customer: aCustomer(due), subscriptions }))).toBe(0);
    const going = { clockNowAt: now.billing, clockTargetAt: billingMs(wall + 1) };
    expect(nextDueAt(aSlice({ customer: aCustomer(going), subscriptions }))).toBe(0);
  });

  it("is nothing while a created payment waits for the switch, and then the payment", () => {
    const slice = aRenewal(aPayment(), { collecting: false, paymentMethods: [aPaymentMethod()] });
    expect(nextDueAt(slice)).toBe(expiringAt);
    expect(nextDueAt({ ...slice, collecting: true })).toBe(wall);
  });
});

describe("the next step", () => {
  it("waits until what falls due next", () => {
    const slice = aSlice({ subscriptions: [aSubscription()] });
    expect(step(slice)).toEqual({ kind: "wait", until: aSubscription().periodEndsAt });
  });

  it("is the money call first, for whoever wrote `submitted`, though nothing is due", () => {
    const payment = aSubmittedPayment();
    expect(step(aRenewal(payment), wall, new Set([payment.id]))).toMatchObject({ kind: "call", name: "debit" });
    expect(step(aRenewal(payment))).toMatchObject({ kind: "wait", until: payment.settlesAfter });
  });

  it("is never a second money call, once somebody else has heard about the payment", () => {
    const payment = aSubmittedPayment({ status: "unknown", nextAskAt: after(wall, 85 * secondMs) });
    expect(step(aRenewal(payment), wall, new Set([payment.id]))).toMatchObject({ kind: "wait" });
  });

  it("settles payments before anything else that is due", () => {
    const payment = aSubmittedPayment({ status: "unknown", nextAskAt: wall });
    const slice = aRenewal(payment, { paymentMethods: [aPendingPaymentMethod({ nextAskAt: wall })] });
    expect(step(slice)).toMatchObject({ kind: "call", name: "inquire" });
  });

  it("collects what was owed before it opens another period", () => {
    const invoice = anInvoice({ nextAttemptAt: now.billing });
    const subscription = aSubscription({ latestInvoiceId: invoice.id });
    const late = wallMs(subscription.periodEndsAt + 1);
    const slice = aSlice({ subscriptions: [subscription], invoices: [invoice] });
    expect(step(slice, late)).toMatchObject({
      kind: "commit",
      events: [{ type: "payment.created" }, { type: "payment.deferred" }],
    });
  });

  it("ends an agreement at its time", () => {
    const method = aPaymentMethod({ expiresAt: wall });
    expect(step(aSlice({ paymentMethods: [method] }))).toMatchObject({ events: [{ type: "payment_method.expired" }] });
  });

  it("with a payment whose purpose was not loaded is a fault", () => {
    expect(() => step(aSlice({ payments: [aPayment()] }))).toThrow("was loaded without its purpose");
  });
});

describe("after all due steps are done", () => {
  const payments = fc.constantFrom<Payment | null>(
    null,
    aPayment(),
    aPayment({ tries: 9 }),
    aPayment({ tries: 100 }),
    aPayment({ tries: 2_000 }),
    aSubmittedPayment(),
    aSubmittedPayment({ status: "unknown", askCount: 3, askedAt: wall }),
    aSubmittedPayment({ status: "unknown", failedHeardAt: wall, answered: true }),
    aPayment({ status: "failed", nextAskAt: null }),
    aSubmittedPayment({ status: "failed", nextAskAt: null, settledAt: wall }),
    aPayment({ status: "needs_review", nextAskAt: null }),
  );
  const { signBefore } = aPendingPaymentMethod();
  const unopened = { agreementId: null, nextAskAt: null };
  const methods = fc.constantFrom(
    aPaymentMethod(),
    aPaymentMethod({ expiresAt: wall }),
    aPaymentMethod({ maxDailyCount: 1, maxMonthlyCount: 2 }),
    aPaymentMethod({ status: "expired", expiresAt: wall }),
    aPendingPaymentMethod(),
    aPendingPaymentMethod(unopened),
    aPendingPaymentMethod({ status: "verification_failed", ...unopened }),
    aPendingPaymentMethod({ status: "verification_failed", askedAt: wall, nextAskAt: signBefore }),
    aPendingPaymentMethod({ status: "cancelled_by_user", askedAt: wall, nextAskAt: signBefore }),
    aPendingPaymentMethod({ status: "cancelled_by_user", nextAskAt: null }),
    aPaymentMethod({ status: "cancelled_by_user", cancellation: "requested", nextCancelAt: wall }),
    aPaymentMethod({ status: "cancelled_by_user", cancellation: "confirmed" }),
  );
  const clocks = fc.constantFrom(
    aCustomer(),
    aCustomer({ clockNowAt: now.billing, clockTargetAt: now.billing }),
    aCustomer({ clockNowAt: now.billing, clockTargetAt: billingMs(wall + days(200)) }),
  );
  const gateways = fc.constantFrom<readonly [string, Answers]>(
    ["generous", generousGateway()],
    ["silent about what became of a payment", { ...generousGateway(), inquire: () => unknown() }],
    ["silent", {}],
    ["refusing all", refusingGateway],
    ["giving no authority", { ...generousGateway(), requestPayment: () => declined(-11) }],
    ["declining debits", { ...generousGateway(), debit: () => declined(-99), inquire: () => says("FAILED") }],
  );
  const given = fc.record({
    payment: payments,
    method: methods,
    customer: clocks,
    invoice: fc.constantFrom(anInvoice(), anInvoice({ nextAttemptAt: now.billing })),
    subscription: fc.constantFrom(
      aSubscription(),
      aSubscription({ status: "past_due" }),
      aSubscription({ cancelAtPeriodEnd: true, cancelReason: "requested" }),
    ),
    isFirst: fc.boolean(),
    unpaidPolicy: fc.constantFrom<Offer["price"]["unpaidPolicy"]>("cancel", "pause"),
    collecting: fc.boolean(),
    breakerMs: fc.constantFrom(null, -1, 0, 5 * minuteMs),
    gateway: gateways,
    nok: fc.boolean(),
  });
  /** Milliseconds after `wall`, up to 400 days, and often at night, when the collection window is closed. */
  const lateness = fc.oneof(
    fc.nat(days(400)),
    fc
      .record({ day: fc.nat(400), ms: fc.integer({ min: hours(11), max: hours(21) }) })
      .map((it) => days(it.day) + it.ms),
  );
  const looks = 25;

  it("nothing is due any more, whatever the gateway answers, whenever it is looked at, and each time after that", () => {
    fc.assert(
      fc.property(given, lateness, ({ payment, method, invoice, subscription, isFirst, ...rest }, passed) => {
        let at = wallMs(wall + passed);
        const { customer, collecting, breakerMs, gateway, nok, unpaidPolicy } = rest;
        const hints = { [aPayment().id]: aHint({ at, nok }), [method.id]: aHint({ at, nok }) };
        let slice: Slice = aSlice({
          customer,
          hints,
          collecting,
          breakerUntil: breakerMs === null ? null : after(at, breakerMs),
          offers: [anOffer({ price: { unpaidPolicy } })],
          paymentMethods: [method],
          subscriptions: [
            { ...subscription, latestInvoiceId: invoice.id, ...(isFirst && payment && { status: "incomplete" }) },
          ],
          invoices: [isFirst && payment ? { ...invoice, reason: "subscription_create", nextAttemptAt: null } : invoice],
          payments: payment ? [payment] : [],
        });
        const ids = seededIds();
        for (let look = 0; look < looks; look++) {
          slice = runDue(slice, at, gateway[1], ids).slice;
          const dueAt = nextDueAt(slice);
          expect(dueAt === null || dueAt > at, "something is still due").toBe(true);
          if (dueAt === null) return;
          at = dueAt;
        }
      }),
      { numRuns: runs(1_500) },
    );
  });

  it("a renewal that comes at night is due at its customer's own second of the next window", () => {
    const night = wallOf("2026-11-22T22:30:00.000Z");
    const waiting = runDue(aRenewal(aPayment()), night, generousGateway());
    expect(waiting.calls).toEqual([]);
    expect(nextDueAt(waiting.slice)).toBe(after(wallOf("2026-11-23T05:00:00.000Z"), ownSecondMs));
  });
});
