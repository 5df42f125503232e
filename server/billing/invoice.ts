// Invoices: what a period costs, and what the end of an invoice means for its subscription.
import type { InvoiceReason } from "../../contract/invoice.ts";
import { dateOf } from "./calendar.ts";
import { instant, instantOrNull, type BillingMs } from "./clock.ts";
import { event, type NewEvent } from "./event.ts";
import { vatExclusive, vatInclusive, type VatSplit } from "./money.ts";
import type { Span } from "./period.ts";
import type { Invoice, Offer } from "./state.ts";
import type { InvoiceId, SubscriptionId } from "../../contract/common/id.ts";
import { tehranDayOf } from "./tehran.ts";
import { vatRateAt } from "./vat.ts";

/** What one period of an offer costs at a moment, with the VAT of that day. */
export function chargeFor(offer: Offer, at: BillingMs): VatSplit {
  const rate = vatRateAt(at);
  const { amountRials, taxBehavior } = offer.price;
  return taxBehavior === "exclusive" ? vatExclusive(amountRials, rate) : vatInclusive(amountRials, rate);
}

export interface PeriodInvoice {
  readonly invoiceId: InvoiceId;
  /** Null for a purchase, as is the period. */
  readonly subscriptionId: SubscriptionId | null;
  readonly offer: Offer;
  readonly periodIndex: number | null;
  readonly span: Span;
  readonly reason: InvoiceReason;
  /** When it will be debited by the tick; null when its payment begins in the same commit. */
  readonly nextAttemptAt: BillingMs | null;
  readonly at: BillingMs;
}

/** The event that opens the invoice of one period, due as the period starts. VAT is that of the day it is made. */
export function finalizedInvoice(input: PeriodInvoice): NewEvent<"invoice.finalized"> {
  const { offer, span, at } = input;
  const { net, vat, gross } = chargeFor(offer, at);
  const line = {
    priceId: offer.price.id,
    startsAt: instant(span.startsAt),
    endsAt: instant(span.endsAt),
    netRials: net,
    vatRateBasisPoints: vatRateAt(at),
    vatRials: vat,
    totalRials: gross,
    explain: explainCharge(offer, at),
  };
  return event("invoice.finalized", {
    invoiceId: input.invoiceId,
    subscriptionId: input.subscriptionId,
    periodIndex: input.periodIndex,
    reason: input.reason,
    series: seriesAt(at),
    lines: [line],
    subtotalRials: net,
    vatRials: vat,
    totalRials: gross,
    dueAt: instant(span.startsAt),
    nextAttemptAt: instantOrNull(input.nextAttemptAt),
    finalizedAt: instant(at),
  });
}

/** The event that opens the invoice of a one-time price, due at once and paid on a page. */
export function purchaseInvoice({
  invoiceId,
  offer,
  at,
}: Pick<PeriodInvoice, "invoiceId" | "offer" | "at">): NewEvent<"invoice.finalized"> {
  const span = { startsAt: at, endsAt: at };
  const parts = { invoiceId, subscriptionId: null, offer, periodIndex: null, span, nextAttemptAt: null, at } as const;
  return finalizedInvoice({ ...parts, reason: "purchase" });
}

/** The series of invoice numbers that a day belongs to: one per Jalali year. Example: `S-1405`. */
export function seriesAt(at: BillingMs): string {
  return `S-${dateOf(tehranDayOf(at), "jalali").year}`;
}

/** The amounts of an invoice as the events that take it back repeat them. */
export function owedOn(invoice: Invoice): Pick<Invoice, "subtotalRials" | "vatRials" | "totalRials"> & {
  invoiceId: InvoiceId;
} {
  const { id, subtotalRials, vatRials, totalRials } = invoice;
  return { invoiceId: id, subtotalRials, vatRials, totalRials };
}

function explainCharge({ price }: Offer, at: BillingMs): string {
  const amount = price.amountRials.toLocaleString("en-US");
  const side = price.taxBehavior === "exclusive" ? "on top" : "included";
  const what = price.interval === null ? "Once" : `One ${price.interval} (${price.calendar})`;
  return `${what} at ${amount} IRR; VAT ${vatRateAt(at) / 100}% ${side}, half up.`;
}
