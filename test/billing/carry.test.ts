import { describe, expect, it } from "vitest";
import { cannotCarry } from "../../server/billing/carry.ts";
import { after, billingMs, dayMs, wallOf, type WallMs } from "../../server/billing/clock.ts";
import { rials } from "../../server/billing/money.ts";
import type { Payment } from "../../server/billing/state.ts";
import { anInvoice, aPaymentMethod, aPayment, aSlice, aSubmittedPayment, now } from "../support/billing-builders.ts";

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
