import { describe, expect, it } from "vitest";
import { ledgerEntriesOf } from "../../server/billing/ledger.ts";
import type { LedgerAccount } from "../../contract/finance.ts";
import { owedOn } from "../../server/billing/invoice.ts";
import { rials } from "../../server/billing/money.ts";
import { decideRecognition, recognitionDueAt, recognizedBy } from "../../server/billing/recognition.ts";
import type { Invoice } from "../../server/billing/state.ts";
import { aLine, anInvoice, aSlice, aSubscription, now } from "../support/billing-builders.ts";
import { subscribedLife, type Life } from "../support/life.ts";

const balance = (life: Life, account: LedgerAccount) =>
  life.log
    .flatMap(({ event }) => ledgerEntriesOf(event))
    .filter((entry) => entry.account === account)
    .reduce((sum, entry) => sum + entry.amountRials, 0);

describe("what was paid is revenue", () => {
  it("once the time that it was paid for is over, and deferred until then", () => {
    const life = subscribedLife().pass(29);
    expect(balance(life, "deferred_revenue")).toBe(-2_990_000);
    expect(balance(life, "revenue")).toBe(0);
    life.pass(1);
    expect(balance(life, "revenue")).toBe(-2_990_000);
    expect(balance(life, "deferred_revenue")).toBe(-2_990_000);
    expect(balance(life, "vat_payable")).toBe(-2 * 299_000);
  });

  it("all of it, in the end, each invoice once", () => {
    const life = subscribedLife().pass(400);
    const invoices = life.told("revenue.recognized").map(({ data }) => data.invoiceId);
    expect(new Set(invoices).size).toBe(invoices.length);
    expect(balance(life, "revenue")).toBe(-2_990_000 * invoices.length);
    expect(invoices).toHaveLength(13);
  });

  it("less what was given back", () => {
    const invoice = anInvoice({ status: "paid", returnedNetRials: rials(990_000) });
    expect(decideRecognition(invoice, now)).toMatchObject([{ data: { amountRials: 2_000_000 } }]);
  });

  it("when the last of its lines is over", () => {
    const { periodEndsAt } = aSubscription();
    const lines = [aLine({ endsAt: "2026-12-01T20:30:00.000Z" }), aLine()];
    expect(recognitionDueAt(anInvoice({ status: "paid", lines }))).toBe(periodEndsAt);
    expect(recognitionDueAt(anInvoice({ status: "paid", lines: lines.toReversed() }))).toBe(periodEndsAt);
  });

  it("with the end of a period: what is over by then, and nothing that is not", () => {
    const slice = aSlice({
      invoices: [
        anInvoice({ status: "paid" }),
        anInvoice({ id: "inv_2", status: "paid", lines: [aLine({ endsAt: "2027-01-20T20:30:00.000Z" })] }),
      ],
    });
    expect(recognizedBy(slice, aSubscription().periodEndsAt, now)).toMatchObject([
      { type: "revenue.recognized", data: { invoiceId: anInvoice().id } },
    ]);
  });

  it("and is so no more when its invoice is taken back, less what was given back of it", () => {
    const taken = (over: Partial<Invoice>) => owedOn(anInvoice({ returnedNetRials: rials(990_000), ...over }));
    expect(taken({ recognizedAt: now.billing })).toMatchObject({ recognizedRials: 2_000_000 });
    expect(taken({})).toMatchObject({ recognizedRials: 0 });
  });

  it.each(["open", "void", "uncollectible"] as const)("never of an invoice that is %s", (status) => {
    expect(recognitionDueAt(anInvoice({ status }))).toBeNull();
  });

  it("never twice", () => {
    expect(recognitionDueAt(anInvoice({ status: "paid", recognizedAt: now.billing }))).toBeNull();
  });
});
