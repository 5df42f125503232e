// When what was paid becomes revenue. The rule: at the end of the time it was paid for, all at once, less what was given
// back. Until then it is deferred: we owe the service. (By the day would say the same a month later, in thirty times as
// many entries.)
import { instant, type BillingMs, type Now } from "./clock.ts";
import { event, type NewEvent } from "./event.ts";
import { serviceEndsAt } from "./invoice.ts";
import { subtractRials } from "./money.ts";
import { all, type Invoice, type Slice } from "./state.ts";

/** When a paid invoice becomes revenue; null when it has, or is not paid. */
export function recognitionDueAt(invoice: Invoice): BillingMs | null {
  return invoice.status === "paid" && invoice.recognizedAt === null ? serviceEndsAt(invoice) : null;
}

/** What was kept of an invoice is revenue. */
export function decideRecognition(invoice: Invoice, now: Now): readonly NewEvent[] {
  const amountRials = subtractRials(invoice.subtotalRials, invoice.returnedNetRials);
  const recognizedAt = instant(now.billing);
  return [event("revenue.recognized", { invoiceId: invoice.id, amountRials, recognizedAt })];
}

/** The revenue that is due by the end of a period, recognised in the same commit. */
export function recognizedBy(slice: Slice, at: BillingMs, now: Now): readonly NewEvent[] {
  return all(slice.state.invoices).flatMap((invoice) => {
    const dueAt = recognitionDueAt(invoice);
    return dueAt !== null && dueAt <= at ? decideRecognition(invoice, now) : [];
  });
}
