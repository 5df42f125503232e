import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import { maxRials } from "../../contract/common/money.ts";
import { decideAdjustment, decideCreditNote } from "../../server/billing/credit-note.ts";
import { rials, signedRials } from "../../server/billing/money.ts";
import { decideRefund } from "../../server/billing/refund.ts";
import { aCustomer, afterEvents, anInvoice, aPayment, aSlice, eventsOf, now } from "../support/billing-builders.ts";

const paid = (net: number, vat: number) =>
  aSlice({
    invoices: [
      anInvoice({
        status: "paid",
        subtotalRials: rials(net),
        vatRials: rials(vat),
        totalRials: rials(net + vat),
      }),
    ],
    payments: [
      aPayment({
        status: "succeeded",
        amountRials: rials(net + vat),
        refId: "1",
        nextAskAt: null,
        settledAt: now.wall,
      }),
    ],
  });
const invoiceId = anInvoice().id;
const note = (slice: ReturnType<typeof paid>, amount: number, n = 1) =>
  decideCreditNote(
    slice,
    { creditNoteId: `cn_${n}`, invoiceId, reason: "goodwill", amountRials: rials(amount), note: "sorry" },
    now,
  );

describe("a credit note", () => {
  it("makes a part of a paid invoice credit, with its share of VAT", () => {
    const slice = paid(2_990_000, 299_000);
    const events = eventsOf(note(slice, 1_100_000));
    expect(events).toMatchObject([
      { data: { netRials: 1_000_000, vatRials: 100_000, totalRials: 1_100_000, balanceRials: 1_100_000 } },
    ]);
    const after = afterEvents(slice, events).state;
    expect(after.customer?.creditRials).toBe(1_100_000);
    expect(after.invoices[invoiceId]).toMatchObject({ creditNotesRials: 1_100_000, returnedNetRials: 1_000_000 });
  });

  it("keeps the operator's words beside the event", () => {
    expect(eventsOf(note(paid(100, 10), 11))[0]?.evidence).toEqual({ reason: "sorry" });
  });

  it("and others, and refunds, in whatever parts, take back exactly what the invoice was, net and VAT", () => {
    const parts = fc.array(fc.record({ weight: fc.integer({ min: 1, max: 1_000_000 }), refund: fc.boolean() }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(parts, fc.integer({ min: 1, max: 90_000_000 }), fc.nat(9_000_000), (them, net, vat) => {
        let slice = paid(net, vat);
        let left = net + vat;
        for (const [index, { weight, refund }] of them.entries()) {
          const amount = index === them.length - 1 ? left : Math.min(left, weight);
          if (amount === 0) continue;
          left -= amount;
          const order = { refundId: `ref_${index}`, paymentId: aPayment().id, method: "manual", reason: "x" } as const;
          const decision = refund
            ? decideRefund(slice, { ...order, amountRials: rials(amount) }, now)
            : note(slice, amount, index);
          slice = afterEvents(slice, eventsOf(decision));
        }
        const invoice = slice.state.invoices[invoiceId];
        expect(invoice).toMatchObject({ returnedRials: net + vat, returnedNetRials: net });
        expect(note(slice, 1, 99)).toMatchObject({ rejected: "invoice_not_creditable" });
      }),
    );
  });

  it.each(["open", "void", "uncollectible"] as const)("invoice_not_creditable: one that is %s", (status) => {
    expect(note(aSlice({ invoices: [anInvoice({ status })] }), 1)).toMatchObject({
      rejected: "invoice_not_creditable",
      detail: `${invoiceId} is ${status}.`,
    });
  });

  it("invoice_not_creditable: more than is left; not_found: no such invoice", () => {
    expect(note(paid(100, 10), 111)).toMatchObject({
      rejected: "invoice_not_creditable",
      detail: `110 IRR of ${invoiceId} can be credited.`,
    });
    expect(note(aSlice(), 1)).toMatchObject({ rejected: "not_found", detail: `There is no invoice ${invoiceId}.` });
  });
});

describe("an adjustment", () => {
  const adjust = (creditRials: number, amount: number) =>
    decideAdjustment(
      aSlice({ customer: aCustomer({ creditRials: signedRials(creditRials) }) }),
      { amountRials: signedRials(amount), reason: "a mistake" },
      now,
    );

  it("gives credit, or takes it back, to the Rial", () => {
    expect(eventsOf(adjust(100, 50))).toMatchObject([
      { data: { balanceRials: 150 }, evidence: { reason: "a mistake" } },
    ]);
    expect(eventsOf(adjust(100, -100))).toMatchObject([{ data: { balanceRials: 0 } }]);
    expect(eventsOf(adjust(-8_000, 5_000))).toMatchObject([{ data: { balanceRials: -3_000 } }]);
  });

  it("credit_limit_reached: more than any amount may be, which no event could hold", () => {
    expect(adjust(maxRials - 1, 2)).toMatchObject({
      rejected: "credit_limit_reached",
      detail: "The customer has 999,999,999,999,999 IRR of credit; 1,000,000,000,000,000 is the most.",
    });
    expect(eventsOf(adjust(maxRials - 1, 1))).toMatchObject([{ data: { balanceRials: maxRials } }]);
  });

  it("credit_insufficient: more than there is; not_found: nobody to give it to", () => {
    expect(adjust(100, -101)).toMatchObject({
      rejected: "credit_insufficient",
      detail: "The customer has 100 IRR of credit.",
    });
    const nobody = aSlice({ customer: null });
    expect(decideAdjustment(nobody, { amountRials: signedRials(1), reason: "x" }, now)).toMatchObject({
      rejected: "not_found",
      detail: `There is no customer ${nobody.customerId}.`,
    });
  });
});
