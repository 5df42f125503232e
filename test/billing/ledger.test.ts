import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import { maxRials, type Rials } from "../../contract/common/money.ts";
import { LedgerAccount } from "../../contract/finance.ts";
import { event, type NewEvent } from "../../server/billing/event.ts";
import { finalizedInvoice } from "../../server/billing/invoice.ts";
import { ledgerEntriesOf } from "../../server/billing/ledger.ts";
import { addRials, rials, signedRials, sumSigned } from "../../server/billing/money.ts";
import { anInvoice, aPayment, aSubscription, now } from "../support/billing-builders.ts";

const invoiceId = anInvoice().id;
const paymentId = aPayment().id;
const amounts = fc.integer({ min: 0, max: maxRials / 2 }).map(rials);

const opened = (net: Rials, vat: Rials): NewEvent<"invoice.finalized"> => {
  const { id: subscriptionId } = aSubscription();
  const { billing: dueAt } = now;
  const parts = { invoiceId, subscriptionId, periodIndex: 1, reason: "subscription_cycle", lines: [] } as const;
  const { data } = finalizedInvoice({ ...parts, dueAt, nextAttemptAt: null, at: dueAt, buyer: null });
  return event("invoice.finalized", { ...data, subtotalRials: net, vatRials: vat, totalRials: addRials(net, vat) });
};
const takenBack = (
  type: "invoice.voided" | "invoice.marked_uncollectible",
  net: Rials,
  vat: Rials,
  recognizedRials = rials(0),
) => event(type, { invoiceId, subtotalRials: net, vatRials: vat, totalRials: addRials(net, vat), recognizedRials });
const succeeded = (amountRials: Rials, feeRials: Rials) =>
  event("payment.succeeded", {
    paymentId,
    invoiceId,
    amountRials,
    refId: "40123456",
    feeRials,
    settledAt: "2026-11-22T08:00:01.000Z",
  });
const entries = (of: NewEvent) => ledgerEntriesOf(of).map(({ account, amountRials }) => [account, amountRials]);
const balances = (events: readonly NewEvent[]) =>
  Object.fromEntries(
    LedgerAccount.options.map((account) => {
      const own = events.flatMap(ledgerEntriesOf).filter((entry) => entry.account === account);
      return [account, sumSigned(own.map((entry) => entry.amountRials))];
    }),
  );

describe("ledger entries", () => {
  it("of Pro's invoice: 3,289,000 owed, of it 2,990,000 not yet earned and 299,000 VAT", () => {
    expect(entries(opened(rials(2_990_000), rials(299_000)))).toEqual([
      ["receivable", 3_289_000],
      ["deferred_revenue", -2_990_000],
      ["vat_payable", -299_000],
    ]);
  });

  it("of its payment: the gateway owes us the money less its fee, the customer owes nothing", () => {
    expect(entries(succeeded(rials(3_289_000), rials(2_500)))).toEqual([
      ["gateway_clearing", 3_289_000],
      ["receivable", -3_289_000],
      ["gateway_fee", 2_500],
      ["gateway_clearing", -2_500],
    ]);
  });

  it("are never zero: no VAT, no fee, no entry", () => {
    expect(entries(opened(rials(990_000), rials(0)))).toHaveLength(2);
    expect(entries(succeeded(rials(990_000), rials(0)))).toHaveLength(2);
  });

  it.each(["invoice.voided", "invoice.marked_uncollectible"] as const)("of %s undo those of the invoice", (type) => {
    fc.assert(
      fc.property(amounts, amounts, (net, vat) => {
        const after = balances([opened(net, vat), takenBack(type, net, vat)]);
        expect(Object.values(after).every((balance) => balance === 0)).toBe(true);
      }),
    );
  });

  it("of each event sum to zero, whatever the amounts", () => {
    fc.assert(
      fc.property(amounts, amounts, (a, b) => {
        const events = [
          opened(a, b),
          takenBack("invoice.voided", a, b),
          takenBack("invoice.marked_uncollectible", a, b),
          succeeded(a, b),
        ];
        for (const each of events) {
          const of = ledgerEntriesOf(each);
          expect(sumSigned(of.map((entry) => entry.amountRials))).toBe(0);
          expect(of.every((entry) => entry.amountRials !== 0)).toBe(true);
        }
      }),
    );
  });

  it("name their invoice, and the payment only where money moved", () => {
    expect(new Set(ledgerEntriesOf(opened(rials(10), rials(1))).map((it) => it.paymentId))).toEqual(new Set([null]));
    for (const entry of ledgerEntriesOf(succeeded(rials(10), rials(1)))) {
      expect(entry).toMatchObject({ invoiceId, paymentId });
    }
    const used = event("credit.applied", { invoiceId, amountRials: signedRials(10), balanceRials: signedRials(0) });
    for (const entry of ledgerEntriesOf(used)) expect(entry).toMatchObject({ invoiceId, paymentId: null });
    const note = { creditNoteId: "cn_1", invoiceId, reason: "goodwill", recognized: false } as const;
    const amounts = { netRials: rials(10), vatRials: rials(1), totalRials: rials(11), balanceRials: signedRials(11) };
    const noted = event("credit_note.issued", { ...note, ...amounts, issuedAt: "2026-11-22T08:00:01.000Z" });
    for (const entry of ledgerEntriesOf(noted)) expect(entry).toMatchObject({ invoiceId, paymentId: null });
    const adjustedAt = "2026-11-22T08:00:01.000Z";
    const given = { amountRials: signedRials(10), balanceRials: signedRials(10), adjustedAt };
    for (const entry of ledgerEntriesOf(event("credit.adjusted", given))) {
      expect(entry).toMatchObject({ invoiceId: null, paymentId: null });
    }
  });

  it("are not made by a payment that began, failed or lapsed", () => {
    const of = { paymentId, invoiceId, settledAt: "2026-11-22T08:00:01.000Z" };
    expect(ledgerEntriesOf(event("payment.failed", { ...of, reason: "declined" }))).toEqual([]);
    expect(ledgerEntriesOf(event("payment.lapsed", of))).toEqual([]);
    expect(ledgerEntriesOf(event("invoice.paid", { invoiceId, paidAt: of.settledAt }))).toEqual([]);
  });
});

describe("ledger entries of money that moves on", () => {
  const at = "2026-11-22T08:00:01.000Z";
  const refundOf = { refundId: "ref_1", paymentId, invoiceId } as const;
  const ordered = (net: Rials, vat: Rials, source: "invoice" | "credit") => ({
    ...refundOf,
    source,
    amountRials: addRials(net, vat),
    netRials: source === "invoice" ? net : rials(0),
    vatRials: source === "invoice" ? vat : rials(0),
    recognized: false,
    creditBalanceRials: signedRials(0),
  });
  const created = (net: Rials, vat: Rials, source: "invoice" | "credit") =>
    event("refund.created", { ...ordered(net, vat, source), method: "manual", createdAt: at, nextStepAt: null });
  const refunded = (amountRials: Rials, method: "manual" | "reverse" | "refund") =>
    event("refund.succeeded", { ...refundOf, source: "invoice", amountRials, method, reference: null, settledAt: at });
  const credit = (amountRials: Rials) =>
    event("credit.granted", {
      paymentId,
      invoiceId,
      amountRials,
      balanceRials: signedRials(amountRials),
      reason: "surplus",
    });
  const credited = (amountRials: Rials) =>
    event("payment.credited", { paymentId, invoiceId, amountRials, refId: null, feeRials: rials(0), settledAt: at });
  const reversed = (amountRials: Rials) =>
    event("payment.reversed", { paymentId, invoiceId, amountRials, reversedAt: at });

  it("credit that is used pays the invoice; below zero it is carried over, and owed", () => {
    const used = event("credit.applied", { invoiceId, amountRials: signedRials(40), balanceRials: signedRials(0) });
    expect(balances([used])).toMatchObject({ customer_credit: 40, receivable: -40 });
    const carried = event("credit.applied", { invoiceId, amountRials: signedRials(-8), balanceRials: signedRials(0) });
    expect(balances([carried])).toMatchObject({ customer_credit: -8, receivable: 8 });
  });

  it("credit that an operator gives is a cost of ours, and none when it is taken back", () => {
    const adjusted = (amount: number) =>
      event("credit.adjusted", { amountRials: signedRials(amount), balanceRials: signedRials(0), adjustedAt: at });
    expect(balances([adjusted(50)])).toMatchObject({ customer_credit: -50, adjustments: 50 });
    expect(balances([adjusted(50), adjusted(-50)])).toMatchObject({ customer_credit: 0, adjustments: 0 });
  });

  it.each([
    ["deferred_revenue", false],
    ["revenue", true],
  ] as const)("a credit note takes its part out of %s, and its VAT", (account, recognized) => {
    const note = event("credit_note.issued", {
      creditNoteId: "cn_1",
      invoiceId,
      reason: "goodwill",
      netRials: rials(100),
      vatRials: rials(10),
      totalRials: rials(110),
      recognized,
      balanceRials: signedRials(110),
      issuedAt: at,
    });
    expect(balances([note])).toMatchObject({ [account]: 100, vat_payable: 10, customer_credit: -110 });
    const order = { ...created(rials(100), rials(10), "invoice").data, recognized };
    expect(balances([event("refund.created", order)])).toMatchObject({ [account]: 100, refunds_payable: -110 });
  });

  it("revenue is no longer deferred; an invoice that is given up after that takes it back from where it is", () => {
    const recognized = event("revenue.recognized", { invoiceId, amountRials: rials(100), recognizedAt: at });
    const open = opened(rials(100), rials(10));
    expect(balances([open, recognized])).toMatchObject({ deferred_revenue: 0, revenue: -100 });
    const given = takenBack("invoice.marked_uncollectible", rials(100), rials(10), rials(100));
    expect(Object.values(balances([open, recognized, given])).every((balance) => balance === 0)).toBe(true);
  });

  it("surplus becomes what we owe the customer, and the receivable is as before", () => {
    const after = balances([credited(rials(500)), credit(rials(500))]);
    expect(after).toMatchObject({ gateway_clearing: 500, customer_credit: -500, receivable: 0 });
  });

  it("a reversal makes the invoice owed again, and the gateway has the money no more", () => {
    const after = balances([opened(rials(100), rials(10)), succeeded(rials(110), rials(0)), reversed(rials(110))]);
    expect(after).toMatchObject({ receivable: 110, gateway_clearing: 0, deferred_revenue: -100, vat_payable: -10 });
  });

  it("an invoice that was given up and is owed again is as it was when it was opened", () => {
    const { subtotalRials, vatRials, totalRials } = opened(rials(100), rials(10)).data;
    const again = event("invoice.reinstated", {
      invoiceId,
      subtotalRials,
      vatRials,
      totalRials,
      recognizedRials: rials(0),
    });
    const given = takenBack("invoice.marked_uncollectible", rials(100), rials(10));
    expect(balances([opened(rials(100), rials(10)), given, again])).toEqual(balances([opened(rials(100), rials(10))]));
  });

  it.each([
    ["manual", "bank"],
    ["reverse", "gateway_clearing"],
    ["refund", "gateway_clearing"],
  ] as const)("a refund by %s is owed to the customer until it is paid from %s", (method, from) => {
    const order = created(rials(100), rials(10), "invoice");
    expect(balances([order])).toMatchObject({ deferred_revenue: 100, vat_payable: 10, refunds_payable: -110 });
    expect(balances([order, refunded(rials(110), method)])).toMatchObject({ refunds_payable: 0, [from]: -110 });
  });

  it("a refund out of credit touches neither revenue nor VAT", () => {
    const after = balances([created(rials(100), rials(10), "credit")]);
    expect(after).toMatchObject({ customer_credit: 110, refunds_payable: -110, deferred_revenue: 0, vat_payable: 0 });
  });

  it("a refund that failed leaves the books as if it had never been ordered, and all of these sum to zero", () => {
    fc.assert(
      fc.property(amounts, amounts, fc.constantFrom("invoice", "credit"), (net, vat, source) => {
        const { creditBalanceRials, ...order } = ordered(net, vat, source);
        const failed = event("refund.failed", { ...order, creditBalanceRials, reason: "declined", settledAt: at });
        const after = balances([created(net, vat, source), failed]);
        expect(Object.values(after).every((balance) => balance === 0)).toBe(true);
        for (const each of [created(net, vat, source), failed, refunded(net, "manual"), credit(net), reversed(net)]) {
          expect(sumSigned(ledgerEntriesOf(each).map((entry) => entry.amountRials))).toBe(0);
        }
      }),
    );
  });

  it("each name the invoice and the payment that they are of", () => {
    const [net, vat] = [rials(100), rials(10)];
    const failed = event("refund.failed", { ...ordered(net, vat, "credit"), reason: "declined", settledAt: at });
    const movements = [
      created(net, vat, "invoice"),
      failed,
      refunded(net, "manual"),
      credit(net),
      credited(net),
      reversed(net),
      succeeded(net, vat),
    ];
    for (const entry of movements.flatMap(ledgerEntriesOf)) expect(entry).toMatchObject({ invoiceId, paymentId });
    const invoiced = ledgerEntriesOf(opened(net, vat));
    expect(invoiced).toHaveLength(3);
    for (const entry of invoiced) expect(entry).toMatchObject({ invoiceId, paymentId: null });
  });

  it("of a payout are nobody's own: what came to the bank, and what the gateway kept beyond its fees", () => {
    const payout = event("payout.imported", {
      payoutId: "po_1",
      lines: 2,
      matched: 2,
      differences: 0,
      alreadyImported: 0,
      paidOutRials: signedRials(1_000),
      feeDifferenceRials: signedRials(-30),
      fileHash: "0".repeat(64),
    });
    expect(ledgerEntriesOf(payout)).toEqual([
      { account: "bank", amountRials: 1_000, invoiceId: null, paymentId: null },
      { account: "gateway_clearing", amountRials: -1_000, invoiceId: null, paymentId: null },
      { account: "gateway_fee", amountRials: -30, invoiceId: null, paymentId: null },
      { account: "gateway_clearing", amountRials: 30, invoiceId: null, paymentId: null },
    ]);
  });
});

it.each([
  event("credit.applied", { invoiceId, amountRials: signedRials(100), balanceRials: signedRials(0) }),
  event("revenue.recognized", { invoiceId, amountRials: rials(100), recognizedAt: "2026-11-22T08:00:01.000Z" }),
])("entries of $type name their invoice, and no payment", (of) => {
  const named = ledgerEntriesOf(of).map((entry) => [entry.invoiceId, entry.paymentId]);
  expect(named).toEqual([
    [invoiceId, null],
    [invoiceId, null],
  ]);
});
