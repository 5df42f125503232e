// Holding the gateway's payout against what we have booked. Each line is a movement of money that the gateway made; it
// is booked to the bank when it is what we knew, once.
import type { BillingEventData } from "../../contract/billing-event.ts";
import type { CustomerId, PaymentId } from "../../contract/common/id.ts";
import type { Rials, SignedRials } from "../../contract/common/money.ts";
import type { PaymentStatus } from "../../contract/payment.ts";
import type { PayoutLineResult, PayoutLineType } from "../../contract/payout.ts";
import type { RefundMethod, RefundStatus } from "../../contract/refund.ts";
import type { WallMs } from "./clock.ts";
import { differenceOf, negated, signedRials, subtractRials, sumRials, sumSigned, zeroRials } from "./money.ts";

/** One line of a payout file. */
export interface PayoutLine {
  /** Its place in the file; the header is line 1. */
  readonly line: number;
  readonly type: PayoutLineType;
  readonly refId: string;
  readonly authority: string;
  readonly amountRials: Rials;
  readonly feeRials: Rials;
  readonly settledAt: WallMs;
}

/** A payment that a file may be about, with all that was booked of it. */
export interface PaidPayment {
  readonly id: PaymentId;
  readonly customerId: CustomerId;
  readonly status: PaymentStatus;
  readonly authority: string | null;
  readonly refId: string | null;
  /** What was booked as taken; null when nothing ever was. */
  readonly bookedRials: Rials | null;
  /** The fee that was booked with it. */
  readonly feeRials: Rials;
  readonly refunds: readonly {
    readonly method: RefundMethod;
    readonly status: RefundStatus;
    readonly amountRials: Rials;
  }[];
}

/** A line that an earlier import has kept. */
export interface KeptLine extends Pick<PayoutLine, "type" | "refId" | "amountRials" | "settledAt"> {
  readonly result: PayoutLineResult;
  readonly paymentId: PaymentId | null;
}

/** A line with what came of it. */
export interface JudgedLine extends PayoutLine {
  readonly result: PayoutLineResult;
  readonly payment: PaidPayment | null;
  /** The fee less the one that was booked; zero unless the line is booked. */
  readonly feeDifferenceRials: SignedRials;
}

export interface JudgedFile {
  /** Lines that are new, or mean something else than when they were last imported. */
  readonly lines: readonly JudgedLine[];
  /** Lines that were kept as a difference before, and are one still. */
  readonly stillDiffering: readonly JudgedLine[];
  readonly alreadyImported: number;
}

/** Whether a line of this result moves money from the clearing account to the bank. */
export function isBookedLine({ result }: Pick<KeptLine, "result">): boolean {
  return result === "matched" || result === "fee_differs";
}

/** Judges each line of a file, in its order, given the lines that were kept before. A line counts once, wherever it is. */
export function judgeFile(
  lines: readonly PayoutLine[],
  payments: readonly PaidPayment[],
  kept: readonly KeptLine[],
): JudgedFile {
  const resultOf = new Map(kept.map((line) => [keyOf(line), line.result]));
  const booked = kept.filter(isBookedLine);
  const judged: JudgedLine[] = [];
  const stillDiffering: JudgedLine[] = [];
  for (const line of lines) {
    const before = resultOf.get(keyOf(line));
    if (before !== undefined && isBookedLine({ result: before })) continue;
    const payment = paymentOf(line, payments);
    const result = judgeLine(line, payment, booked);
    if (result === before) {
      stillDiffering.push({ ...line, result, payment, feeDifferenceRials: none });
      continue;
    }
    resultOf.set(keyOf(line), result);
    if (isBookedLine({ result })) booked.push({ ...line, result, paymentId: payment?.id ?? null });
    const feeDifferenceRials = isBookedLine({ result }) ? differenceOf(line.feeRials, bookedFee(line, payment)) : none;
    judged.push({ ...line, result, payment, feeDifferenceRials });
  }
  return { lines: judged, stillDiffering, alreadyImported: lines.length - judged.length };
}

const none = signedRials(0);

/**
 * What an import books. Example: a payment of 3,289,000 with a fee of 3,000, of which 2,500 were booked: 3,286,000
 * came to the bank, and 500 are fees beyond.
 */
export function payoutTotals({
  lines,
  alreadyImported,
}: JudgedFile): Omit<BillingEventData<"payout.imported">, "payoutId" | "fileHash"> {
  const booked = lines.filter(isBookedLine);
  return {
    lines: lines.length + alreadyImported,
    matched: booked.length,
    differences: lines.length - booked.length,
    alreadyImported,
    paidOutRials: sumSigned(booked.map(cameToBank)),
    feeDifferenceRials: sumSigned(booked.map((line) => line.feeDifferenceRials)),
  };
}

function cameToBank({ type, amountRials, feeRials }: PayoutLine): SignedRials {
  const moved = type === "payment" ? signedRials(amountRials) : negated(amountRials);
  return sumSigned([moved, negated(feeRials)]);
}

/** A fee stands with its payment; none was booked with what went back. */
function bookedFee({ type }: PayoutLine, payment: PaidPayment | null): Rials {
  return type === "payment" && payment ? payment.feeRials : zeroRials;
}

function keyOf({
  type,
  refId,
  amountRials,
  settledAt,
}: Pick<KeptLine, "type" | "refId" | "amountRials" | "settledAt">) {
  return `${type} ${refId} ${amountRials} ${settledAt}`;
}

/** By reference first: an authority may have been debited twice, and only one reference is the one that we know. */
function paymentOf({ refId, authority }: PayoutLine, payments: readonly PaidPayment[]): PaidPayment | null {
  const byReference = payments.find((payment) => payment.refId === refId);
  return byReference ?? payments.find((payment) => payment.authority === authority) ?? null;
}

function judgeLine(line: PayoutLine, payment: PaidPayment | null, booked: readonly KeptLine[]): PayoutLineResult {
  if (!payment) return "unknown_payment";
  if (payment.bookedRials === null) return "not_booked";
  const own = booked.filter(({ paymentId, type }) => paymentId === payment.id && type === line.type);
  const judged = judges[line.type](line, { ...payment, bookedRials: payment.bookedRials }, own);
  return judged === "matched" && line.feeRials !== bookedFee(line, payment) ? "fee_differs" : judged;
}

type Judge = (
  line: PayoutLine,
  payment: PaidPayment & { readonly bookedRials: Rials },
  own: readonly KeptLine[],
) => PayoutLineResult;

const judges: Readonly<Record<PayoutLineType, Judge>> = {
  payment: (line, { refId, bookedRials }, own) => {
    if (own.length > 0 || (refId !== null && refId !== line.refId)) return "repeated";
    return line.amountRials === bookedRials ? "matched" : "amount_differs";
  },
  refund: ({ amountRials }, { refunds }, own) => {
    const alike = refunds.filter(
      (each) => each.method === "refund" && each.status !== "failed" && each.amountRials === amountRials,
    );
    if (alike.length === 0) return "unknown_refund";
    const accounted = own.filter((each) => each.amountRials === amountRials).length;
    if (accounted >= alike.length) return "repeated";
    return accounted < alike.filter(({ status }) => status === "succeeded").length ? "matched" : "not_booked";
  },
  reversal: ({ amountRials }, { status, refunds, bookedRials }, own) => {
    const succeeded = refunds.filter((each) => each.status === "succeeded");
    if (own.length > 0) return "repeated";
    if (status !== "reversed" && !succeeded.some(({ method }) => method === "reverse")) return "not_booked";
    const givenBack = succeeded.filter(({ method }) => method === "refund").map((each) => each.amountRials);
    return amountRials === subtractRials(bookedRials, sumRials(givenBack)) ? "matched" : "amount_differs";
  },
};

const doubtful: ReadonlySet<PayoutLineResult> = new Set(["not_booked", "amount_differs", "repeated"]);

/**
 * The payments that a doubtful line makes us ask about: the one that it was judged by, and the one whose authority it
 * names. A gateway that gives one reference twice makes them two.
 */
export function doubtedBy(line: JudgedLine, payments: readonly PaidPayment[]): readonly PaidPayment[] {
  const { result, payment, authority } = line;
  if (!doubtful.has(result)) return [];
  return payments.filter((candidate) => candidate === payment || candidate.authority === authority);
}
