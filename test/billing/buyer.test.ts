// Whom invoices are made out to, and what the tax office is told of that.
import { describe, expect, it } from "vitest";
import { plainTaxReport } from "../../contract/invoice.ts";
import { buyerOf, decideSetBuyer, taxReportOf } from "../../server/billing/buyer.ts";
import { finalizedInvoice } from "../../server/billing/invoice.ts";
import { rials } from "../../server/billing/money.ts";
import { aCustomer, aLine, aSlice, newCustomer, now, typesOf } from "../support/billing-builders.ts";

const company = { id: "per_2", kind: "legal" } as const;
const parts = {
  invoiceId: "inv_1",
  subscriptionId: "sub_1",
  periodIndex: 1,
  reason: "subscription_cycle",
  dueAt: now.billing,
  nextAttemptAt: now.billing,
  at: now.billing,
} as const;

describe("a buyer", () => {
  it("begins a customer, and is changed by naming another record", () => {
    const events = decideSetBuyer(aSlice({ customer: null }), newCustomer, company);
    expect(typesOf(events)).toEqual(["customer.created", "customer.buyer_changed"]);
    const other = aSlice({ customer: aCustomer({ buyerId: "per_1", buyerKind: "natural" }) });
    expect(decideSetBuyer(other, newCustomer, company)).toMatchObject([{ data: { buyerId: "per_2", kind: "legal" } }]);
  });

  it("set again by the same request changes nothing", () => {
    const slice = aSlice({ customer: aCustomer({ buyerId: "per_2", buyerKind: "legal" }) });
    expect(decideSetBuyer(slice, newCustomer, company)).toEqual([]);
  });

  it("is on the invoices made after it, with the tax office's codes; on none before", () => {
    expect(buyerOf({ customer: aCustomer() })).toBeNull();
    const buyer = buyerOf({ customer: aCustomer({ buyerId: "per_2", buyerKind: "legal" }) });
    expect(finalizedInvoice({ ...parts, lines: [], buyer }).data).toMatchObject({
      buyerId: "per_2",
      taxReport: { type: 1, pattern: 1, subject: 1, settlement: 1, buyerType: 2 },
    });
    expect(finalizedInvoice({ ...parts, lines: [], buyer: null }).data).toMatchObject({
      buyerId: null,
      taxReport: plainTaxReport,
    });
    expect(taxReportOf({ id: "per_1", kind: "natural" }).buyerType).toBe(1);
  });

  it("leaves room in the event for three of the longest lines", () => {
    const most = rials(900_000_000_000);
    const explain =
      "One month (gregorian) at 1000 × 900,000,000 IRR, 30 of 31 days, less 100,000,000,000 IRR, less 100,000,000,000 IRR " +
      "left of before; VAT 10% on top, half up.";
    const line = aLine({
      priceId: `price_${"0".repeat(26)}`,
      quantity: 1_000,
      discountRials: most,
      netRials: most,
      vatRials: most,
      totalRials: most,
      explain,
    });
    const id = "0".repeat(26);
    const ids = { invoiceId: `inv_${id}`, subscriptionId: `sub_${id}`, periodIndex: 1_000 } as const;
    const buyer = { id: `per_${id}`, kind: "legal" } as const;
    const { data } = finalizedInvoice({ ...parts, ...ids, lines: [line, line, line], buyer });
    expect(JSON.stringify(data).length).toBeLessThanOrEqual(2_048);
  });
});
