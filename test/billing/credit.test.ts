import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import { applyCredit, dueOn, leastPaymentRials, returnCredit, settlementOf } from "../../server/billing/credit.ts";
import { rials, signedRials } from "../../server/billing/money.ts";
import { afterEvents, aCustomer, anInvoice, aSlice } from "../support/billing-builders.ts";

describe("an amount is settled with the credit there is", () => {
  it.each([
    ["without credit all of it is due", 3_289_000, 0, 0, 3_289_000],
    ["all of the credit is used first", 3_289_000, 289_000, 289_000, 3_000_000],
    ["no more than is owed", 3_289_000, 4_000_000, 3_289_000, 0],
    ["10,000, the least the gateway takes, is due", 10_000, 0, 0, 10_000],
    ["9,999 is carried over: nothing is due, and the credit is below zero", 9_999, 0, 9_999, 0],
    ["what is left below the minimum is carried over", 3_289_000, 3_280_000, 3_289_000, 0],
    ["what was carried over is due with it", 3_289_000, -8_000, -8_000, 3_297_000],
    ["two small amounts make one that is due", 5_000, -8_000, -8_000, 13_000],
    ["or are carried on", 1_000, -8_000, 1_000, 0],
    ["nothing owed takes nothing", 0, 5_000, 0, 0],
  ])("%s", (_title, owed, credit, appliedRials, dueRials) => {
    expect(settlementOf(rials(owed), signedRials(credit))).toEqual({ appliedRials, dueRials });
  });

  const owed = fc.oneof(fc.nat(20_000), fc.nat(900_000_000)).map(rials);
  const credit = fc.oneof(fc.integer({ min: -9_999, max: 20_000 }), fc.nat(900_000_000)).map(signedRials);

  it("what is due is nothing, or enough for the gateway; with what was used it is what is owed", () => {
    fc.assert(
      fc.property(owed, credit, (amount, before) => {
        const { appliedRials, dueRials } = settlementOf(amount, before);
        expect(dueRials === 0 || dueRials >= leastPaymentRials).toBe(true);
        expect(appliedRials + dueRials).toBe(amount);
        expect(before - appliedRials).toBeGreaterThan(-leastPaymentRials);
        if (before >= 0) expect(before - appliedRials).toBeLessThanOrEqual(before);
      }),
    );
  });

  it("an invoice that is closed unpaid leaves the credit as it was before", () => {
    fc.assert(
      fc.property(owed, credit, (totalRials, creditRials) => {
        const invoice = anInvoice({ totalRials });
        const before = aSlice({ customer: aCustomer({ creditRials }), invoices: [invoice] });
        const used = afterEvents(before, applyCredit(invoice.id, totalRials, creditRials).events);
        const applied = used.state.invoices[invoice.id] ?? invoice;
        expect(dueOn(applied)).toBe(settlementOf(totalRials, creditRials).dueRials);
        const back = afterEvents(used, returnCredit(applied, used.state.customer?.creditRials ?? signedRials(0)));
        expect(back.state.customer?.creditRials).toBe(creditRials);
        expect(back.state.invoices[invoice.id]?.creditAppliedRials).toBe(0);
      }),
    );
  });
});
