// Invoices: what is owed, opened with its lines, and settled by the customer's credit as far as that goes.
import type { InvoiceId, SubscriptionId } from "../../contract/common/id.ts";
import type { Rials, SignedRials } from "../../contract/common/money.ts";
import type { InvoiceLine, InvoiceReason } from "../../contract/invoice.ts";
import { taxReportOf, type Buyer } from "./buyer.ts";
import { dateOf } from "./calendar.ts";
import { linesOf, totalsOf, whole } from "./charge.ts";
import { instant, instantOrNull, type BillingMs } from "./clock.ts";
import { applyCredit, returnCredit } from "./credit.ts";
import { event, type NewEvent } from "./event.ts";
import { subtractRials, zeroRials } from "./money.ts";
import type { Invoice, Offer } from "./state.ts";
import { tehranDayOf } from "./tehran.ts";

export interface InvoiceParts {
  readonly invoiceId: InvoiceId;
  /** Null for a purchase, as is the period. */
  readonly subscriptionId: SubscriptionId | null;
  readonly periodIndex: number | null;
  readonly reason: InvoiceReason;
  readonly lines: readonly InvoiceLine[];
  readonly dueAt: BillingMs;
  /** When it will be debited by the tick; null when its payment begins in the same commit. */
  readonly nextAttemptAt: BillingMs | null;
  readonly at: BillingMs;
  readonly buyer: Buyer | null;
}

/** The event that opens an invoice. VAT is that of the day it is made. */
export function finalizedInvoice(parts: InvoiceParts): NewEvent<"invoice.finalized"> {
  const { lines, dueAt, nextAttemptAt, at, buyer, ...what } = parts;
  return event("invoice.finalized", {
    ...what,
    series: seriesAt(at),
    lines: [...lines],
    ...totalsOf(lines),
    dueAt: instant(dueAt),
    nextAttemptAt: instantOrNull(nextAttemptAt),
    finalizedAt: instant(at),
    buyerId: buyer?.id ?? null,
    taxReport: taxReportOf(buyer),
  });
}

/** An invoice with what the customer's credit makes of it: paid, or due. */
export interface OpenedInvoice {
  readonly events: readonly NewEvent[];
  readonly dueRials: Rials;
}

/** Opens an invoice and uses the credit for it. When nothing is left to pay, it is paid by that. */
export function openInvoice(parts: InvoiceParts, creditRials: SignedRials): OpenedInvoice {
  const { lines } = parts;
  const { totalRials } = totalsOf(lines);
  const { events, dueRials } = applyCredit(parts.invoiceId, totalRials, creditRials);
  const isPaid = dueRials === 0;
  const opened = finalizedInvoice(isPaid ? { ...parts, nextAttemptAt: null } : parts);
  const paid = isPaid ? [event("invoice.paid", { invoiceId: parts.invoiceId, paidAt: instant(parts.at) })] : [];
  return { events: [opened, ...events, ...paid], dueRials };
}

export interface Purchase {
  readonly invoiceId: InvoiceId;
  readonly offer: Offer;
  /** How many of it; one when it is left out. */
  readonly quantity?: number;
  readonly buyer: Buyer | null;
}

/** The event that opens the invoice of a one-time price, due at once and paid on a page or by its own debit. */
export function purchaseInvoice(
  { invoiceId, offer, quantity = 1, buyer }: Purchase,
  at: BillingMs,
): NewEvent<"invoice.finalized"> {
  const span = { startsAt: at, endsAt: at };
  const lines = linesOf({ items: [{ offer, quantity }], span, share: whole, discount: null, isGift: false, at });
  const parts = { invoiceId, subscriptionId: null, periodIndex: null, reason: "purchase", lines } as const;
  return finalizedInvoice({ ...parts, buyer, dueAt: at, nextAttemptAt: null, at });
}

/** The series of invoice numbers that a day belongs to: one per Jalali year. Example: `S-1405`. */
export function seriesAt(at: BillingMs): string {
  return `S-${dateOf(tehranDayOf(at), "jalali").year}`;
}

/** The series of what was still owed in the system a customer came from. Example: `I-1405`. */
export function importedSeriesAt(at: BillingMs): string {
  return seriesAt(at).replace("S", "I");
}

/** A series belongs to one database, as nothing counts over two. Example: in the second of them `S1-1405`. */
export function inSeriesOf(place: number, events: readonly NewEvent[]): readonly NewEvent[] {
  if (place === 0) return events;
  return events.map((each) =>
    each.type === "invoice.finalized"
      ? { ...each, data: { ...each.data, series: each.data.series.replace("-", `${place}-`) } }
      : each,
  );
}

/** Nothing is owed any more: what credit was used for it is free again. */
export function voided(invoice: Invoice, creditRials: SignedRials): readonly NewEvent[] {
  return [...returnCredit(invoice, creditRials), event("invoice.voided", owedOn(invoice))];
}

/** Collecting it was given up; what credit was used for it is free again. */
export function markedUncollectible(invoice: Invoice, creditRials: SignedRials): readonly NewEvent[] {
  return [...returnCredit(invoice, creditRials), event("invoice.marked_uncollectible", owedOn(invoice))];
}

/** The amounts of an invoice as the events that take it back repeat them. */
export function owedOn(invoice: Invoice): Pick<Invoice, "subtotalRials" | "vatRials" | "totalRials"> & {
  invoiceId: InvoiceId;
  recognizedRials: Rials;
} {
  const { id, subtotalRials, vatRials, totalRials } = invoice;
  return { invoiceId: id, subtotalRials, vatRials, totalRials, recognizedRials: recognizedOf(invoice) };
}

/** The net that became revenue of an invoice. */
export function recognizedOf({ recognizedAt, subtotalRials, returnedNetRials }: Invoice): Rials {
  return recognizedAt === null ? zeroRials : subtractRials(subtotalRials, returnedNetRials);
}

/** Where the time that an invoice paid for ends. */
export function serviceEndsAt({ lines, dueAt }: Invoice): BillingMs {
  return lines.reduce<BillingMs>((last, line) => {
    const endsAt = Date.parse(line.endsAt) as BillingMs;
    return endsAt > last ? endsAt : last;
  }, dueAt);
}
