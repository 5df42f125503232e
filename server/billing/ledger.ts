// Double-entry bookkeeping, derived from events: every movement of money is a set of entries that sums to zero. A
// debit is above zero, a credit below; assets and costs grow by debits, the other accounts by credits.
import type { BillingEventData, EventBody } from "../../contract/billing-event.ts";
import type { InvoiceId, PaymentId } from "../../contract/common/id.ts";
import type { Rials, SignedRials } from "../../contract/common/money.ts";
import type { LedgerAccount } from "../../contract/finance.ts";
import { negated, signedRials, subtractRials, zeroRials } from "./money.ts";

export interface LedgerEntry {
  readonly account: LedgerAccount;
  /** Rials; a debit is above zero, a credit below. Never zero. */
  readonly amountRials: SignedRials;
  /** Null for what is nobody's own: a payout of the gateway. */
  readonly invoiceId: InvoiceId | null;
  readonly paymentId: PaymentId | null;
}

/**
 * The entries of one event; none for most. Example: an invoice of 2,990,000 net and 299,000 VAT is finalized:
 * receivable +3,289,000, deferred_revenue −2,990,000, vat_payable −299,000.
 */
export function ledgerEntriesOf(event: EventBody): readonly LedgerEntry[] {
  switch (event.type) {
    case "invoice.finalized":
    case "invoice.reinstated":
      return owed(event.data, 1);
    case "invoice.voided":
    case "invoice.marked_uncollectible":
      return owed(event.data, -1);
    case "payment.reversed": {
      const { invoiceId, paymentId, amountRials } = event.data;
      return moved("receivable", "gateway_clearing", amountRials, { invoiceId, paymentId });
    }
    case "credit.granted": {
      const { invoiceId, paymentId, amountRials } = event.data;
      return moved("receivable", "customer_credit", amountRials, { invoiceId, paymentId });
    }
    case "credit.applied": {
      const { invoiceId, amountRials } = event.data;
      const of = { invoiceId, paymentId: null };
      return nonZero([
        { account: "customer_credit", amountRials, ...of },
        { account: "receivable", amountRials: negated(amountRials), ...of },
      ]);
    }
    case "credit.adjusted": {
      const of = { invoiceId: null, paymentId: null };
      const { amountRials } = event.data;
      return nonZero([
        { account: "adjustments", amountRials, ...of },
        { account: "customer_credit", amountRials: negated(amountRials), ...of },
      ]);
    }
    case "credit_note.issued": {
      const { invoiceId, netRials, vatRials, totalRials, recognized } = event.data;
      const of = { invoiceId, paymentId: null };
      return nonZero([
        { account: incomeAccount(recognized), amountRials: debit(netRials), ...of },
        { account: "vat_payable", amountRials: debit(vatRials), ...of },
        { account: "customer_credit", amountRials: negated(totalRials), ...of },
      ]);
    }
    case "revenue.recognized": {
      const { invoiceId, amountRials } = event.data;
      return moved("deferred_revenue", "revenue", amountRials, { invoiceId, paymentId: null });
    }
    case "refund.created":
      return setAside(event.data, 1);
    case "refund.failed":
      return setAside(event.data, -1);
    case "refund.succeeded": {
      const { invoiceId, paymentId, amountRials, method } = event.data;
      const from = method === "manual" ? "bank" : "gateway_clearing";
      return moved("refunds_payable", from, amountRials, { invoiceId, paymentId });
    }
    case "payout.imported":
      return paidOut(event.data);
    case "payment.succeeded":
    case "payment.credited": {
      const { invoiceId, paymentId, amountRials, feeRials } = event.data;
      const of = { invoiceId, paymentId };
      return nonZero([
        { account: "gateway_clearing", amountRials: debit(amountRials), ...of },
        { account: "receivable", amountRials: negated(amountRials), ...of },
        { account: "gateway_fee", amountRials: debit(feeRials), ...of },
        { account: "gateway_clearing", amountRials: negated(feeRials), ...of },
      ]);
    }
    default:
      return [];
  }
}

type Of = Pick<LedgerEntry, "invoiceId" | "paymentId">;

/** An amount from one account to another: a debit of the first, a credit of the second. */
function moved(to: LedgerAccount, from: LedgerAccount, amount: Rials, of: Of): readonly LedgerEntry[] {
  return nonZero([
    { account: to, amountRials: debit(amount), ...of },
    { account: from, amountRials: negated(amount), ...of },
  ]);
}

/** What the gateway owed came to the bank, less what it keeps beyond the fees that were booked. Nobody's own. */
function paidOut({ paidOutRials, feeDifferenceRials }: BillingEventData<"payout.imported">): readonly LedgerEntry[] {
  const of = { invoiceId: null, paymentId: null };
  return nonZero([
    { account: "bank", amountRials: paidOutRials, ...of },
    { account: "gateway_clearing", amountRials: negated(paidOutRials), ...of },
    { account: "gateway_fee", amountRials: feeDifferenceRials, ...of },
    { account: "gateway_clearing", amountRials: negated(feeDifferenceRials), ...of },
  ]);
}

/** What is to be given back is owed to the customer, out of what the invoice brought in, or out of their credit. */
function setAside(refund: BillingEventData<"refund.created" | "refund.failed">, sign: 1 | -1): readonly LedgerEntry[] {
  const of = { invoiceId: refund.invoiceId, paymentId: refund.paymentId };
  const signed = (amount: Rials) => (sign === 1 ? debit(amount) : negated(amount));
  const fromCredit = refund.source === "credit" ? refund.amountRials : zeroRials;
  return nonZero([
    { account: incomeAccount(refund.recognized), amountRials: signed(refund.netRials), ...of },
    { account: "vat_payable", amountRials: signed(refund.vatRials), ...of },
    { account: "customer_credit", amountRials: signed(fromCredit), ...of },
    { account: "refunds_payable", amountRials: negated(signed(refund.amountRials)), ...of },
  ]);
}

interface Owed {
  readonly invoiceId: InvoiceId;
  readonly subtotalRials: Rials;
  readonly vatRials: Rials;
  readonly totalRials: Rials;
  readonly recognizedRials?: Rials;
}

/** Where the income of an invoice stands: deferred until its time is over, revenue from then on. */
function incomeAccount(recognized: boolean): LedgerAccount {
  return recognized ? "revenue" : "deferred_revenue";
}

function owed(invoice: Owed, sign: 1 | -1): readonly LedgerEntry[] {
  const of = { invoiceId: invoice.invoiceId, paymentId: null };
  const signed = (amount: Rials) => (sign === 1 ? debit(amount) : negated(amount));
  const { recognizedRials = zeroRials } = invoice;
  const deferred = subtractRials(invoice.subtotalRials, recognizedRials);
  return nonZero([
    { account: "receivable", amountRials: signed(invoice.totalRials), ...of },
    { account: "deferred_revenue", amountRials: negated(signed(deferred)), ...of },
    { account: "revenue", amountRials: negated(signed(recognizedRials)), ...of },
    { account: "vat_payable", amountRials: negated(signed(invoice.vatRials)), ...of },
  ]);
}

function debit(amount: Rials): SignedRials {
  return signedRials(amount);
}

function nonZero(entries: readonly LedgerEntry[]): readonly LedgerEntry[] {
  return entries.filter((entry) => entry.amountRials !== signedRials(zeroRials));
}
