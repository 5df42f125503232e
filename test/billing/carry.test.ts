import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import {
  cannotCarry,
  cannotCollect,
  dailyCeiling,
  isUnconfirmed,
  withinDailyCeiling,
} from "../../server/billing/carry.ts";
import { after, billingMs, billingOf, dayMs, hourMs, wallOf, type WallMs } from "../../server/billing/clock.ts";
import { isInWindow } from "../../server/billing/collection-window.ts";
import { attemptDueAt } from "../../server/billing/collect.ts";
import { firstAttemptAt } from "../../server/billing/dunning.ts";
import { rials } from "../../server/billing/money.ts";
import { all, type Payment, type Slice } from "../../server/billing/state.ts";
import { startOfDayOf, tehranDayOf } from "../../server/billing/tehran.ts";
import {
  aCustomer,
  anInvoice,
  anOffer,
  aPaymentMethod,
  aPayment,
  aSlice,
  aSubmittedPayment,
  aSubscription,
  customerId,
  days,
  generousGateway,
  now,
  runDue,
  runUntil,
  seededIds,
  told,
  wall,
} from "../support/billing-builders.ts";
import { runs } from "../support/runs.ts";

const amount = rials(3_289_000);
const at = (text: string): WallMs => wallOf(`${text}.000Z`);
const debits = (...begun: WallMs[]): readonly Payment[] =>
  begun.map((begunAt, n) =>
    aSubmittedPayment({ id: `pay_${n}`, invoiceId: `inv_${n}`, status: "failed", begunAt, sendBefore: begunAt }),
  );
const carried = (method: Partial<ReturnType<typeof aPaymentMethod>>, payments: readonly Payment[] = [], when = now) => {
  const own = aPaymentMethod(method);
  return cannotCarry(aSlice({ paymentMethods: [own], payments, invoices: [anInvoice()] }).state, own, amount, when);
};
const when = (wall: WallMs) => ({ wall, billing: billingMs(wall) });

describe("a payment method can carry a debit", () => {
  it("when it is active, not over, and within its ceiling and counts", () => {
    expect(carried({})).toBeNull();
  });

  it("of exactly its ceiling, and not of one Rial more", () => {
    expect(carried({ maxAmountRials: rials(3_289_000) })).toBeNull();
    expect(carried({ maxAmountRials: rials(3_288_999) })).toMatchObject({
      rejected: "payment_method_cannot_carry",
      detail: expect.stringContaining("allows 3,288,999 IRR a debit; 3,289,000 IRR is needed"),
    });
  });

  it("until its last millisecond, and not from then on", () => {
    expect(carried({ expiresAt: (now.wall + 1) as WallMs })).toBeNull();
    expect(carried({ expiresAt: now.wall })).toMatchObject({
      rejected: "payment_method_not_active",
      detail: `${aPaymentMethod().id} ended at 2026-11-22T08:00:00.000Z.`,
    });
  });

  it.each(["pending_signature", "verification_failed", "cancelled_by_user", "expired"] as const)(
    "not when it is %s",
    (status) => {
      expect(carried({ status })).toMatchObject({
        rejected: "payment_method_not_active",
        detail: `${aPaymentMethod().id} is ${status}.`,
      });
    },
  );
});

describe("the count of a day", () => {
  it("is Tehran's: 23:59 yesterday is another day, 00:00 today is not", () => {
    expect(carried({ maxDailyCount: 1 }, debits(at("2026-11-21T20:29:59")))).toBeNull();
    expect(carried({ maxDailyCount: 1 }, debits(at("2026-11-21T20:30:00")))).toMatchObject({
      rejected: "payment_method_cannot_carry",
      detail: expect.stringContaining("allows 1 debits a day"),
    });
  });

  it("takes failed debits in, and leaves out what never reached the bank", () => {
    const begun = debits(at("2026-11-22T06:00:00"));
    expect(carried({ maxDailyCount: 2 }, [...begun, aPayment({ status: "failed" })])).toBeNull();
    expect(carried({ maxDailyCount: 2 }, debits(at("2026-11-22T06:00:00"), at("2026-11-22T07:00:00")))).not.toBeNull();
  });

  it("takes a debit on the day it was sent, though its payment began on another", () => {
    const [sent] = debits(now.wall);
    if (!sent) throw new Error("Nothing was sent");
    const [yesterday, today] = [after(now.wall, -dayMs), now.wall];
    expect(carried({ maxDailyCount: 1 }, [{ ...sent, begunAt: yesterday, sendBefore: today }])).not.toBeNull();
    expect(carried({ maxDailyCount: 1 }, [{ ...sent, begunAt: today, sendBefore: yesterday }])).toBeNull();
  });

  it("leaves out a payment that waits to be sent", () => {
    expect(carried({ maxDailyCount: 1, maxMonthlyCount: 1 }, [aPayment()])).toBeNull();
  });

  it("leaves out debits of another payment method", () => {
    const others = debits(at("2026-11-22T06:00:00")).map((it) => ({ ...it, paymentMethodId: "pm_other" as const }));
    expect(carried({ maxDailyCount: 1 }, others)).toBeNull();
  });
});

describe("the count of a month", () => {
  const tenth = when(at("2026-12-01T08:00:00"));

  it("takes in the same month of either calendar, since the gateway does not say which", () => {
    const sameJalali = debits(at("2026-11-22T08:00:00"));
    const sameGregorian = debits(at("2026-12-31T08:00:00"));
    expect(carried({ maxMonthlyCount: 1 }, sameJalali, tenth)).toMatchObject({
      rejected: "payment_method_cannot_carry",
      detail: expect.stringContaining("allows 1 debits a month"),
    });
    expect(carried({ maxMonthlyCount: 1 }, sameGregorian, tenth)).not.toBeNull();
  });

  it("leaves out a debit of another month in both", () => {
    expect(carried({ maxMonthlyCount: 1 }, debits(at("2026-11-21T08:00:00")), tenth)).toBeNull();
  });
});

describe("a payment method that was declined for a reason that the bank did not say", () => {
  const state = aSlice().state;

  it.each([
    [0, null],
    [1, null],
    [2, "payment_method_unconfirmed"],
    [7, "payment_method_unconfirmed"],
  ])("%i times in a row, debited unasked: %s", (unexplainedDeclines, refusal) => {
    expect(cannotCollect(state, aPaymentMethod({ unexplainedDeclines }), amount, now)).toBe(refusal);
  });

  it("is still debited when the customer asks for it", () => {
    expect(cannotCarry(state, aPaymentMethod({ unexplainedDeclines: 9 }), amount, now)).toBeNull();
  });

  it("and cannot carry the debit anyway: that is what is said", () => {
    const over = aPaymentMethod({ status: "expired", unexplainedDeclines: 2 });
    expect(cannotCollect(state, over, amount, now)).toBe("payment_method_not_active");
    expect(isUnconfirmed(over)).toBe(false);
    const low = aPaymentMethod({ maxAmountRials: rials(10_000), unexplainedDeclines: 2 });
    expect(cannotCollect(state, low, amount, now)).toBe("payment_method_cannot_carry");
  });
});

describe("what is debited unasked in one Tehran day", () => {
  const sentAt = (wanted: WallMs, over: Partial<Payment> = {}) => ({ sendBefore: wanted, begunAt: wanted, ...over });
  const sliceOf = (payments: readonly Partial<Payment>[], customer = aCustomer()) =>
    aSlice({
      customer,
      payments: payments.map((over, n) => aSubmittedPayment({ id: `pay_${n}`, invoiceId: `inv_${n}`, ...over })),
    });
  const wanted = { amountRials: amount, customerId, method: aPaymentMethod() };
  const five = Array.from({ length: 5 }, () => sentAt(wall));
  const tomorrow = firstAttemptAt(after(startOfDayOf(now.billing), dayMs), customerId);

  it("is at most five debits and 1,000,000,000 Rials; the sixth waits for the next day's window", () => {
    expect(dailyCeiling).toEqual({ debits: 5, rials: 1_000_000_000 });
    expect(withinDailyCeiling(sliceOf(five.slice(1)).state, wanted, now.billing)).toBe(now.billing);
    expect(withinDailyCeiling(sliceOf(five).state, wanted, now.billing)).toBe(tomorrow);
    expect(isInWindow(tomorrow)).toBe(true);
  });

  it("is counted in Rials to the last one", () => {
    const sent = (rialsSent: number) => sliceOf([sentAt(wall, { amountRials: rials(rialsSent) })]).state;
    expect(withinDailyCeiling(sent(1_000_000_000 - amount), wanted, now.billing)).toBe(now.billing);
    expect(withinDailyCeiling(sent(1_000_000_001 - amount), wanted, now.billing)).toBe(tomorrow);
  });

  it("takes in debits that wait to be sent, on the day for which they are planned", () => {
    const waits = { status: "created", sendBefore: null } as const;
    const planned = (nextAskAt: WallMs) => sliceOf(five.map(() => ({ ...waits, nextAskAt, begunAt: wall }))).state;
    expect(withinDailyCeiling(planned(wall), wanted, now.billing)).toBe(tomorrow);
    const after2Days = firstAttemptAt(after(startOfDayOf(now.billing), 2 * dayMs), customerId);
    const nextDay = planned(after(wall, dayMs));
    expect(withinDailyCeiling(nextDay, wanted, now.billing)).toBe(now.billing);
    expect(withinDailyCeiling(nextDay, wanted, after(now.billing, dayMs))).toBe(after2Days);
    const both = sliceOf([
      ...five,
      ...five.map(() => ({ ...waits, nextAskAt: after(wall, dayMs), begunAt: wall })),
    ]).state;
    expect(withinDailyCeiling(both, wanted, now.billing)).toBe(after2Days);
  });

  it.each([
    ["what the customer asked for", { onDemand: true }],
    ["what was paid on a page", { kind: "checkout", paymentMethodId: null }],
    ["what failed before it was sent", { status: "failed", sendBefore: null }],
    ["yesterday's", { sendBefore: after(wall, -dayMs) }],
  ] as const)("leaves out %s", (_title, over) => {
    const payments = five.map((payment) => ({ ...payment, ...over }));
    expect(withinDailyCeiling(sliceOf(payments).state, wanted, now.billing)).toBe(now.billing);
  });

  it("is the customer's own day on a test clock: a year may pass in a second", () => {
    const clockNowAt = billingOf("2027-03-01T08:00:00.000Z");
    const customer = aCustomer({ clockNowAt, clockTargetAt: clockNowAt });
    const at = (createdAt: typeof clockNowAt) =>
      sliceOf(
        five.map(() => sentAt(wall, { createdAt })),
        customer,
      ).state;
    expect(withinDailyCeiling(at(now.billing), wanted, clockNowAt)).toBe(clockNowAt);
    expect(withinDailyCeiling(at(clockNowAt), wanted, clockNowAt)).toBeGreaterThan(after(clockNowAt, 12 * hourMs));
  });

  it("leaves out what was never sent, on a test clock, too", () => {
    const customer = aCustomer({ clockNowAt: now.billing, clockTargetAt: now.billing });
    const unsent = five.map(() => ({ status: "failed", sendBefore: null, createdAt: now.billing }) as const);
    expect(withinDailyCeiling(sliceOf(unsent, customer).state, wanted, now.billing)).toBe(now.billing);
  });

  it("on a test clock heeds no agreement's daily count, whose days are the wall's", () => {
    const customer = aCustomer({ clockNowAt: now.billing, clockTargetAt: now.billing });
    const method = aPaymentMethod({ maxDailyCount: 1 });
    const { state } = sliceOf([sentAt(wall, { onDemand: true })], customer);
    expect(withinDailyCeiling(state, { ...wanted, method }, now.billing)).toBe(now.billing);
  });

  it("holds nothing up that no day has room for: it is refused in its time", () => {
    const { state } = sliceOf([]);
    const over = rials(dailyCeiling.rials + 1);
    expect(withinDailyCeiling(state, { ...wanted, amountRials: over }, now.billing)).toBe(now.billing);
    const method = aPaymentMethod({ maxDailyCount: 0 });
    expect(withinDailyCeiling(state, { ...wanted, method }, now.billing)).toBe(now.billing);
    const all = rials(dailyCeiling.rials);
    expect(withinDailyCeiling(sliceOf(five).state, { ...wanted, amountRials: all }, now.billing)).toBe(tomorrow);
  });

  it("is no more than the agreement's daily count either, asked for or not: the next day has room", () => {
    const method = aPaymentMethod({ maxDailyCount: 2 });
    const of = (count: number, over: Partial<Payment> = {}) =>
      sliceOf(Array.from({ length: count }, () => sentAt(wall, { onDemand: true, ...over }))).state;
    expect(withinDailyCeiling(of(1), { ...wanted, method }, now.billing)).toBe(now.billing);
    expect(withinDailyCeiling(of(2), { ...wanted, method }, now.billing)).toBe(tomorrow);
    expect(withinDailyCeiling(of(2, { paymentMethodId: "pm_other" }), { ...wanted, method }, now.billing)).toBe(
      now.billing,
    );
    expect(withinDailyCeiling(of(2), { ...wanted, method: undefined }, now.billing)).toBe(now.billing);
  });

  it("and of an agreement that allows one a day: two renewals are paid on two days, and none is past due", () => {
    const slice = allDue([3_000_000, 3_000_000]);
    const once = aPaymentMethod({ maxDailyCount: 1 });
    const limited = { ...slice, state: { ...slice.state, paymentMethods: { [once.id]: once } } };
    const run = runUntil(limited, after(wall, days(3)), generousGateway());
    const sent = told(run, "payment.submitted").map(({ at }) => tehranDayOf(billingMs(at)));
    expect(sent).toEqual([tehranDayOf(now.billing), tehranDayOf(now.billing) + 1]);
    expect(told(run, "invoice.attempt_failed")).toEqual([]);
  });

  it("is never more than the gateway takes in one payment: such a debit is not sent at all", () => {
    const huge = aPaymentMethod({ maxAmountRials: rials(2_000_000_000) });
    expect(cannotCarry(aSlice().state, huge, rials(1_000_000_000), now)).toBeNull();
    expect(cannotCarry(aSlice().state, huge, rials(1_000_000_001), now)).toMatchObject({
      rejected: "payment_method_cannot_carry",
      detail: "The gateway takes at most 1,000,000,000 IRR in one payment.",
    });
  });

  /** Renewals of as many products, all due on the same day. */
  const allDue = (amounts: readonly number[]): Slice => {
    const ids = amounts.map(
      (_, n) => ({ sub: `sub_${n}`, inv: `inv_${n}`, prod: `prod_${n}`, price: `price_${n}` }) as const,
    );
    const parts = ids.map(({ sub, inv, prod, price }, n) => {
      const totalRials = rials(amounts[n] ?? 0);
      const open = anInvoice({
        id: inv,
        subscriptionId: sub,
        totalRials,
        subtotalRials: totalRials,
        vatRials: rials(0),
      });
      return {
        subscription: aSubscription({ id: sub, productId: prod, priceId: price, latestInvoiceId: inv }),
        invoice: { ...open, nextAttemptAt: firstAttemptAt(open.dueAt, customerId) },
        offer: anOffer({ price: { id: price, productId: prod }, product: { id: prod } }),
      };
    });
    return aSlice({
      paymentMethods: [aPaymentMethod({ maxAmountRials: rials(1_000_000_000) })],
      subscriptions: parts.map((part) => part.subscription),
      invoices: parts.map((part) => part.invoice),
      offers: parts.map((part) => part.offer),
    });
  };

  it("keeps to its ceiling whatever falls due at once, takes it day by day, and fails no attempt", () => {
    const amounts = fc.array(fc.integer({ min: 10_000, max: 1_000_000_000 }), { minLength: 1, maxLength: 14 });
    fc.assert(
      fc.property(amounts, (given) => {
        const run = runUntil(allDue(given), after(wall, days(16)), generousGateway());
        const sent = all(run.slice.state.payments).filter(({ sendBefore }) => sendBefore !== null);
        const byDay = Map.groupBy(sent, ({ sendBefore }) => tehranDayOf(billingMs(sendBefore ?? 0)));
        for (const debits of byDay.values()) {
          expect(debits.length).toBeLessThanOrEqual(5);
          expect(debits.reduce((sum, { amountRials }) => sum + amountRials, 0)).toBeLessThanOrEqual(1_000_000_000);
        }
        expect(sent).toHaveLength(given.length);
        expect(told(run, "invoice.attempt_failed")).toEqual([]);
        expect(told(run, "subscription.past_due")).toEqual([]);
      }),
      { numRuns: runs(40) },
    );
  });

  it("is waited for without a payment, so that the customer can pay what waits in any way meanwhile", () => {
    const run = runUntil(
      allDue(Array.from({ length: 7 }, () => 3_000_000)),
      after(wall, 10 * hourMs),
      generousGateway(),
    );
    expect(told(run, "payment.created")).toHaveLength(5);
    const waiting = all(run.slice.state.invoices).filter(({ status }) => status === "open");
    expect(waiting.map((invoice) => attemptDueAt(run.slice, invoice))).toEqual([tomorrow, tomorrow]);
  });

  it("is kept to when collecting had been stopped for days, and then all wants to go at once", () => {
    const given = Array.from({ length: 12 }, () => 3_000_000);
    const resumedAt = after(wall, days(4));
    const stopped = runUntil({ ...allDue(given), collecting: false }, resumedAt, generousGateway());
    expect(told(stopped, "payment.created")).toHaveLength(12);
    expect(stopped.calls).toEqual([]);
    const first = runDue({ ...stopped.slice, collecting: true }, resumedAt, generousGateway(), seededIds(5_000));
    expect(told(first, "payment.submitted")).toHaveLength(5);
    const rest = runUntil(first.slice, after(resumedAt, days(5)), generousGateway(), seededIds(9_000));
    const perDay = Map.groupBy(told(rest, "payment.submitted"), ({ at }) => tehranDayOf(billingMs(at)));
    expect([...perDay.values()].map((debits) => debits.length)).toEqual([5, 2]);
    expect([...told(first, "invoice.attempt_failed"), ...told(rest, "invoice.attempt_failed")]).toEqual([]);
  });

  it("lets two that leave no room for each other go on two days, and neither pushes the other on and on", () => {
    const big = 600_000_000;
    const waits = { status: "created", sendBefore: null, amountRials: rials(big), begunAt: wall } as const;
    const other = sliceOf([{ ...waits, nextAskAt: after(wall, dayMs) }]).state;
    expect(withinDailyCeiling(other, { ...wanted, amountRials: rials(big) }, now.billing)).toBe(now.billing);
  });
});
