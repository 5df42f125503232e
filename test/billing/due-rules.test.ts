import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import { after, billingMs, minuteMs, secondMs, wallMs } from "../../server/billing/clock.ts";
import { dueRuleNames, nextDueAt, nextStep } from "../../server/billing/due-rules.ts";
import { nowOf, type Payment, type Slice } from "../../server/billing/state.ts";
import {
  aCustomer,
  aHint,
  anInvoice,
  aPayment,
  aPaymentMethod,
  aPendingPaymentMethod,
  aRenewal,
  aSlice,
  aSubmittedPayment,
  aSubscription,
  days,
  generousGateway,
  now,
  runDue,
  seededIds,
  unknown,
  wall,
} from "../support/billing-builders.ts";

const none: ReadonlySet<Payment["id"]> = new Set();
const step = (slice: Slice, at = wall, own = none) =>
  nextStep(slice, { now: nowOf(slice.state, at), ids: seededIds(), own });

describe("what falls due next", () => {
  it("is listed by name, the test clock last", () => {
    expect(dueRuleNames).toEqual([
      "payment",
      "payment_method.cancel",
      "payment_method.signature",
      "payment_method.expiry",
      "invoice.attempt",
      "subscription.period_end",
      "test_clock.advance",
    ]);
  });

  it("is nothing for a customer who has nothing", () => {
    expect(nextDueAt(aSlice({ paymentMethods: [] }))).toBeNull();
    expect(nextDueAt(aSlice({ customer: null, paymentMethods: [] }))).toBeNull();
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
    const expiresAt = aPaymentMethod().expiresAt;
    const subscriptions = [aSubscription()];
    expect(nextDueAt(aSlice({ customer: aCustomer(standing), subscriptions }))).toBe(expiresAt);
    const due = { clockNowAt: aSubscription().periodEndsAt, clockTargetAt: aSubscription().periodEndsAt };
    expect(nextDueAt(aSlice({ customer: aCustomer(due), subscriptions }))).toBe(0);
    const going = { clockNowAt: now.billing, clockTargetAt: billingMs(wall + 1) };
    expect(nextDueAt(aSlice({ customer: aCustomer(going), subscriptions }))).toBe(0);
  });

  it("is nothing while a created payment waits for the switch, and then the payment", () => {
    const slice = aRenewal(aPayment(), { collecting: false, paymentMethods: [aPaymentMethod()] });
    expect(nextDueAt(slice)).toBe(aPaymentMethod().expiresAt);
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
    expect(step(slice, late)).toMatchObject({ kind: "commit", events: [{ type: "payment.created" }] });
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
  const payments = fc.constantFrom<Payment>(
    aPayment(),
    aPayment({ tries: 10 }),
    aSubmittedPayment(),
    aSubmittedPayment({ status: "unknown", askCount: 3, askedAt: wall }),
    aSubmittedPayment({ status: "unknown", failedHeardAt: wall, answered: true }),
    aPayment({ status: "failed", nextAskAt: null }),
    aPayment({ status: "needs_review", nextAskAt: null }),
  );
  const methods = fc.constantFrom(aPaymentMethod(), aPendingPaymentMethod(), aPaymentMethod({ expiresAt: wall }));
  const clocks = fc.constantFrom(
    aCustomer(),
    aCustomer({ clockNowAt: now.billing, clockTargetAt: billingMs(wall + days(200)) }),
  );

  it("nothing is due any more, whatever the gateway answers and whenever it is looked at", () => {
    fc.assert(
      fc.property(
        fc.record({ payment: payments, method: methods, customer: clocks, isSilent: fc.boolean(), nok: fc.boolean() }),
        fc.nat(days(400)),
        ({ payment, method, customer, isSilent, nok }, passed) => {
          const at = wallMs(wall + passed);
          const hints = { [payment.id]: aHint({ at, nok }), [method.id]: aHint({ at, nok }) };
          const slice = aRenewal(payment, { paymentMethods: [method], customer, hints });
          const answers = isSilent
            ? { ...generousGateway(), inquire: () => unknown(), verifyPayment: () => unknown() }
            : generousGateway();
          const dueAt = nextDueAt(runDue(slice, at, answers).slice);
          expect(dueAt === null || dueAt > at).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});
