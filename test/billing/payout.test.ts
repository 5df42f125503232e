// Each line of a payout against what was booked: what it is, what it moves, and that it moves it once.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wallMs } from "../../server/billing/clock.ts";
import { event } from "../../server/billing/event.ts";
import { ledgerEntriesOf } from "../../server/billing/ledger.ts";
import { rials, sumSigned } from "../../server/billing/money.ts";
import {
  doubtedBy,
  judgeFile,
  payoutTotals,
  type JudgedFile,
  type KeptLine,
  type PaidPayment,
  type PayoutLine,
} from "../../server/billing/payout.ts";
import { aPayment } from "../support/billing-builders.ts";

const { id, customerId } = aPayment();
const booked = rials(3_289_000);
const fee = rials(2_500);

function aPaid(change: Partial<PaidPayment> = {}): PaidPayment {
  const known = { id, customerId, status: "succeeded", authority: "A1", refId: "40", refunds: [] } as const;
  return { ...known, bookedRials: booked, feeRials: fee, ...change };
}

function aLine(change: Partial<PayoutLine> = {}): PayoutLine {
  const known = { line: 2, type: "payment", refId: "40", authority: "A1", settledAt: wallMs(1_000) } as const;
  return {
    ...known,
    amountRials: booked,
    feeRials: change.type && change.type !== "payment" ? rials(0) : fee,
    ...change,
  };
}

const keptOf = ({ lines }: JudgedFile): readonly KeptLine[] =>
  lines.map((line) => ({ ...line, paymentId: line.payment?.id ?? null }));
const resultsOf = (lines: readonly PayoutLine[], payment = aPaid(), kept: readonly KeptLine[] = []) =>
  judgeFile(lines, [payment], kept).lines.map(({ result }) => result);
const refundOf = (amount: number, status: "succeeded" | "submitted" | "failed" = "succeeded") =>
  ({ method: "refund", status, amountRials: rials(amount) }) as const;
const bookedBy = (file: JudgedFile) => {
  const { paidOutRials, feeDifferenceRials } = payoutTotals(file);
  return [paidOutRials, feeDifferenceRials];
};

describe("a payment's line", () => {
  it("matches by reference, or by authority where the gateway gave us no reference", () => {
    expect(resultsOf([aLine({ authority: "A9" })])).toEqual(["matched"]);
    expect(resultsOf([aLine()], aPaid({ refId: null }))).toEqual(["matched"]);
    expect(resultsOf([aLine({ refId: "41", authority: "A9" })])).toEqual(["unknown_payment"]);
  });

  it("of another amount is a difference, of another fee is booked with it", () => {
    expect(resultsOf([aLine({ amountRials: rials(3_288_999) })])).toEqual(["amount_differs"]);
    const file = judgeFile([aLine({ feeRials: rials(3_000) })], [aPaid()], []);
    expect(file.lines).toMatchObject([{ result: "fee_differs", feeDifferenceRials: 500 }]);
    expect(bookedBy(file)).toEqual([3_286_000, 500]);
  });

  it("is not booked while we have not booked its money", () => {
    expect(resultsOf([aLine()], aPaid({ status: "closed", bookedRials: null }))).toEqual(["not_booked"]);
  });

  it("of another amount is no difference of fees, whatever its fee", () => {
    const file = judgeFile([aLine({ amountRials: rials(3_288_999), feeRials: rials(3_000) })], [aPaid()], []);
    expect(file.lines).toMatchObject([{ result: "amount_differs", feeDifferenceRials: 0 }]);
    expect(bookedBy(file)).toEqual([0, 0]);
  });

  it("matches though a line of another amount came before it, in this file or in an earlier one", () => {
    const wrong = aLine({ amountRials: rials(3_288_999) });
    const right = aLine({ line: 3, settledAt: wallMs(2_000) });
    expect(resultsOf([wrong, right])).toEqual(["amount_differs", "matched"]);
    expect(resultsOf([right], aPaid(), keptOf(judgeFile([wrong], [aPaid()], [])))).toEqual(["matched"]);
  });

  it("is of its own payment: neither another payment's line nor a line of what went back makes it a repetition", () => {
    const other = aPaid({ id: "pay_2", refId: "41", authority: "A2" });
    const lines = [aLine(), aLine({ line: 3, refId: "41", authority: "A2" })];
    expect(judgeFile(lines, [aPaid(), other], []).lines.map(({ result }) => result)).toEqual(["matched", "matched"]);
    const payment = aPaid({ status: "reversed" });
    const back = aLine({ line: 3, type: "reversal" });
    expect(resultsOf([back, aLine()], payment)).toEqual(["matched", "matched"]);
  });

  it("of a payment that we do not know is no difference of fees", () => {
    const file = judgeFile([aLine({ refId: "41", authority: "A9" })], [aPaid()], []);
    expect(file.lines).toMatchObject([{ result: "unknown_payment", payment: null, feeDifferenceRials: 0 }]);
  });

  it("under another reference, or at another time, is money taken a second time", () => {
    expect(resultsOf([aLine({ refId: "41" })])).toEqual(["repeated"]);
    expect(resultsOf([aLine(), aLine({ line: 3, settledAt: wallMs(2_000) })])).toEqual(["matched", "repeated"]);
  });
});

describe("a refund's line", () => {
  const half = rials(1_000_000);
  const line = aLine({ type: "refund", amountRials: half });

  it("matches a refund of the same amount that the gateway made, each refund once", () => {
    const again = { ...line, line: 3, settledAt: wallMs(2_000) };
    expect(resultsOf([line], aPaid({ refunds: [refundOf(half)] }))).toEqual(["matched"]);
    expect(resultsOf([line, again], aPaid({ refunds: [refundOf(half)] }))).toEqual(["matched", "repeated"]);
    expect(resultsOf([line, again], aPaid({ refunds: [refundOf(half), refundOf(half)] }))).toEqual([
      "matched",
      "matched",
    ]);
  });

  it("is of a refund of its own amount: what another refund's line has used up is not its own", () => {
    const other = aLine({ line: 3, type: "refund", amountRials: rials(500_000) });
    const payment = aPaid({ refunds: [refundOf(half), refundOf(500_000)] });
    expect(resultsOf([line, other], payment)).toEqual(["matched", "matched"]);
  });

  it("matches as many as were made: of two that were ordered and one that was made, the second waits", () => {
    const again = { ...line, line: 3, settledAt: wallMs(2_000) };
    const payment = aPaid({ refunds: [refundOf(half), refundOf(half, "submitted")] });
    expect(resultsOf([line, again], payment)).toEqual(["matched", "not_booked"]);
  });

  it("with a fee is booked with it, all of which is beyond what we had booked", () => {
    const file = judgeFile([{ ...line, feeRials: rials(700) }], [aPaid({ refunds: [refundOf(half)] })], []);
    expect(file.lines).toMatchObject([{ result: "fee_differs", feeDifferenceRials: 700 }]);
    expect(bookedBy(file)).toEqual([-1_000_700, 700]);
  });

  it("waits while we do not know that the refund was made; one that we never ordered is not ours", () => {
    expect(resultsOf([line], aPaid({ refunds: [refundOf(half, "submitted")] }))).toEqual(["not_booked"]);
    expect(resultsOf([line], aPaid({ refunds: [refundOf(half, "failed")] }))).toEqual(["unknown_refund"]);
    expect(resultsOf([line], aPaid({ refunds: [refundOf(half - 1)] }))).toEqual(["unknown_refund"]);
    const manual = { method: "manual", status: "succeeded", amountRials: half } as const;
    expect(resultsOf([line], aPaid({ refunds: [manual] }))).toEqual(["unknown_refund"]);
  });
});

describe("a reversal's line", () => {
  const line = aLine({ type: "reversal" });

  it("matches a payment that the bank took back, or that we reversed, once", () => {
    const again = { ...line, line: 3, settledAt: wallMs(2_000) };
    expect(resultsOf([line, again], aPaid({ status: "reversed" }))).toEqual(["matched", "repeated"]);
    const reverse = { method: "reverse", status: "succeeded", amountRials: booked } as const;
    expect(resultsOf([line], aPaid({ status: "refunded", refunds: [reverse] }))).toEqual(["matched"]);
  });

  it("waits while the payment is still ours by our books", () => {
    expect(resultsOf([line])).toEqual(["not_booked"]);
    const reverse = { method: "reverse", status: "submitted", amountRials: booked } as const;
    expect(resultsOf([line], aPaid({ refunds: [reverse] }))).toEqual(["not_booked"]);
  });

  it("is none where a refund gave the money back in another way", () => {
    expect(resultsOf([line], aPaid({ status: "refunded", refunds: [refundOf(booked)] }))).toEqual(["not_booked"]);
  });

  it("is of all that was taken where a refund has failed, is not known to be made, or was paid out by hand", () => {
    const manual = { method: "manual", status: "succeeded", amountRials: rials(1_000_000) } as const;
    for (const refund of [refundOf(1_000_000, "failed"), refundOf(1_000_000, "submitted"), manual]) {
      expect(resultsOf([line], aPaid({ status: "reversed", refunds: [refund] }))).toEqual(["matched"]);
    }
  });

  it("is of what refunds had left of the payment", () => {
    const payment = aPaid({ status: "reversed", refunds: [refundOf(1_000_000)] });
    expect(resultsOf([line], payment)).toEqual(["amount_differs"]);
    expect(resultsOf([{ ...line, amountRials: rials(2_289_000) }], payment)).toEqual(["matched"]);
  });
});

describe("importing again", () => {
  const file = [aLine(), aLine({ line: 3, refId: "99", authority: "A99" })];
  const first = judgeFile(file, [aPaid()], []);

  it("books nothing that was booked, and repeats no difference that is the same", () => {
    const stillDiffering = first.lines.slice(1);
    expect(judgeFile(file, [aPaid()], keptOf(first))).toEqual({ lines: [], stillDiffering, alreadyImported: 2 });
    const twice = { lines: first.lines, stillDiffering, alreadyImported: 2 };
    expect(judgeFile([...file, ...file], [aPaid()], [])).toEqual(twice);
  });

  it("books a line that differed once we know its payment", () => {
    const found = aPaid({ id: "pay_2", refId: "99", authority: "A99" });
    const second = judgeFile(file, [aPaid(), found], keptOf(first));
    expect(second.lines).toMatchObject([{ line: 3, result: "matched" }]);
    expect(second.alreadyImported).toBe(1);
  });
});

describe("what an import books", () => {
  it("counts each line of the file once: as booked, as a difference or as imported before", () => {
    const lines = [aLine(), aLine({ line: 3, refId: "99", authority: "A99" })];
    const known = keptOf(judgeFile([aLine()], [aPaid()], []));
    expect(payoutTotals(judgeFile(lines, [aPaid()], known))).toEqual({
      lines: 2,
      matched: 0,
      differences: 1,
      alreadyImported: 1,
      paidOutRials: 0,
      feeDifferenceRials: 0,
    });
    expect(payoutTotals(judgeFile(lines, [aPaid()], []))).toMatchObject({ lines: 2, matched: 1, differences: 1 });
  });

  it("sums to zero in the ledger, and clears what the payment and its refunds had booked", () => {
    const amounts = fc.integer({ min: 1, max: 1_000_000_000 });
    fc.assert(
      fc.property(
        amounts,
        fc.integer({ min: 0, max: 5_000 }),
        fc.integer({ min: 0, max: 5_000 }),
        (amount, ours, theirs) => {
          const refunds = [refundOf(amount)];
          const payment = aPaid({ bookedRials: rials(amount), feeRials: rials(ours), refunds });
          const taken = aLine({ amountRials: rials(amount), feeRials: rials(theirs) });
          const given = aLine({ line: 3, type: "refund", amountRials: rials(amount), feeRials: rials(0) });
          const totals = payoutTotals(judgeFile([taken, given], [payment], []));
          const entries = ledgerEntriesOf(event("payout.imported", { payoutId: "po_1", fileHash: "", ...totals }));
          expect(sumSigned(entries.map(({ amountRials }) => amountRials))).toBe(0);
          const of = (account: string) =>
            sumSigned(entries.filter((entry) => entry.account === account).map(({ amountRials }) => amountRials));
          // Booked before: the amount less the fee, and the refund.
          expect(amount - ours - amount + of("gateway_clearing")).toBe(0);
          expect([of("bank"), of("gateway_fee")]).toEqual([-theirs + 0, theirs - ours]);
        },
      ),
    );
  });

  it("belongs to no invoice and to no payment", () => {
    const totals = payoutTotals(judgeFile([aLine({ feeRials: rials(3_000) })], [aPaid()], []));
    expect(totals).toEqual({
      lines: 1,
      matched: 1,
      differences: 0,
      alreadyImported: 0,
      paidOutRials: 3_286_000,
      feeDifferenceRials: 500,
    });
    const none = { invoiceId: null, paymentId: null };
    expect(ledgerEntriesOf(event("payout.imported", { payoutId: "po_1", fileHash: "", ...totals }))).toEqual([
      { account: "bank", amountRials: 3_286_000, ...none },
      { account: "gateway_clearing", amountRials: -3_286_000, ...none },
      { account: "gateway_fee", amountRials: 500, ...none },
      { account: "gateway_clearing", amountRials: -500, ...none },
    ]);
  });
});

describe("what a doubtful line makes us ask about", () => {
  const doubted = (line: PayoutLine, payments: readonly PaidPayment[]) =>
    judgeFile([line], payments, []).lines.flatMap((judged) => doubtedBy(judged, payments).map((payment) => payment.id));

  it("is the payment it was judged by, and the one whose authority it names when the gateway gave a reference twice", () => {
    const other = aPaid({ id: "pay_other", authority: "A2", refId: null, status: "closed", bookedRials: null });
    const line = aLine({ authority: "A2", amountRials: rials(1_000_000) });
    expect(doubted(line, [aPaid(), other])).toEqual([id, "pay_other"]);
    expect(doubted(aLine({ amountRials: rials(1_000_000) }), [aPaid(), other])).toEqual([id]);
  });

  it("is its payment when we had not booked it, and when it was paid out before", () => {
    expect(doubted(aLine(), [aPaid({ bookedRials: null })])).toEqual([id]);
    expect(doubted(aLine(), [aPaid({ refId: "99" })])).toEqual([id]);
  });

  it("is nothing when the line matches, or names nobody we know", () => {
    expect(doubted(aLine(), [aPaid()])).toEqual([]);
    expect(doubted(aLine({ refId: "41", authority: "A9" }), [aPaid()])).toEqual([]);
  });
});
