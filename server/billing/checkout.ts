// One-off payments on a page of the gateway. Several pages may be open, but only one payment of an invoice is captured: a
// page is closed after 30 minutes, or when another way of paying comes first.
import type { InvoiceId, PaymentId } from "../../contract/common/id.ts";
import { asked, askStep, question, saysPaid, soonerIfUnanswered, type Hearing } from "./ask.ts";
import { begunCheckout } from "./begin-payment.ts";
import { intentToCapture } from "./capture.ts";
import { after, instant, minuteMs, type Now, type WallMs } from "./clock.ts";
import { dueOn } from "./credit.ts";
import { newCustomer, type NewCustomer } from "./customer.ts";
import { event, type NewEvent } from "./event.ts";
import { purchaseInvoice } from "./invoice.ts";
import { buyerOf } from "./buyer.ts";
import { closed } from "./late-money.ts";
import { evidenceOf } from "./outcome.ts";
import { reject, type Rejection } from "./rejection.ts";
import type { Purpose } from "./settle.ts";
import { all, isLive, nowOf, type Invoice, type Offer, type Payment, type Slice } from "./state.ts";
import { commit, type Means, type Step } from "./step.ts";

/** How long a page stays open. */
export const openForMs = 30 * minuteMs;
/** When an open page is asked about unprompted: the payer's way back may be lost. */
const askOffsetsMs = [2 * minuteMs, 5 * minuteMs, 10 * minuteMs, 20 * minuteMs] as const;

export type CheckoutRefusal = "not_found" | "invoice_not_open" | "payment_in_progress";

/**
 * A checkout of an open invoice: a new one, or nothing when one is open, which is the same page again. A debit that has
 * not been sent makes room. Rejects `not_found`, `invoice_not_open`, and `payment_in_progress` while the gateway has
 * not told what became of another payment.
 */
export function decideCheckout(
  slice: Slice,
  { invoiceId, paymentId }: { readonly invoiceId: InvoiceId; readonly paymentId: PaymentId },
  now: Now,
): readonly NewEvent[] | Rejection<CheckoutRefusal> {
  const invoice = slice.state.invoices[invoiceId];
  if (!invoice) return reject("not_found", `There is no invoice ${invoiceId}.`);
  if (invoice.status !== "open") return reject("invoice_not_open", `${invoiceId} is ${invoice.status}.`);
  return decidePageFor(slice, invoice, paymentId, now);
}

/** The same of an invoice that is open. */
export function decidePageFor(
  slice: Slice,
  invoice: Invoice,
  paymentId: PaymentId,
  now: Now,
): readonly NewEvent[] | Rejection<"payment_in_progress"> {
  const { id: invoiceId } = invoice;
  const live = livePaymentOf(slice, invoiceId);
  if (live && isOpening(live)) return [];
  const begun = begunCheckout({ paymentId, invoiceId, amountRials: dueOn(invoice) }, now);
  if (!live) return [begun];
  if (live.status === "created") return [closed(live, "superseded", now.wall), begun];
  return reject("payment_in_progress", `${live.id} of ${invoiceId} is ${live.status}; the bank has not told its end.`);
}

export interface PurchaseInput {
  readonly customer: NewCustomer;
  readonly offer: Offer;
  readonly paymentId: PaymentId;
  readonly invoiceId: InvoiceId;
}

/** Buys a one-time price: an invoice and its checkout. Rejects `price_not_for_sale` and `price_recurring`. */
export function decidePurchase(
  slice: Slice,
  { customer, offer, paymentId, invoiceId }: PurchaseInput,
  now: Now,
): readonly NewEvent[] | Rejection<"price_not_for_sale" | "price_recurring"> {
  const { price, product } = offer;
  if (!price.active || !product.active) return reject("price_not_for_sale", `${price.id} is no longer for sale.`);
  if (price.interval !== null || price.amountRials === 0) {
    return reject("price_recurring", `${price.id} is not a one-time price; subscribe to it.`);
  }
  const invoice = purchaseInvoice({ invoiceId, offer, buyer: buyerOf(slice.state) }, now.billing);
  const begun = begunCheckout({ paymentId, invoiceId, amountRials: invoice.data.totalRials }, now);
  return [...newCustomer(slice.state, customer), invoice, begun];
}

/** The payment that keeps an invoice from being paid in another way. */
export function livePaymentOf(slice: Slice, invoiceId: InvoiceId): Payment | undefined {
  return all(slice.state.payments).find((payment) => payment.invoiceId === invoiceId && isLive(payment));
}

/** A checkout whose page is open, or about to be. */
export function isOpening(payment: Payment): boolean {
  return payment.kind === "checkout" && (payment.status === "created" || payment.status === "open");
}

/** The gateway has a page: it can be paid for 30 minutes. */
export function opened(payment: Payment, authority: string, now: Now): NewEvent {
  return event("payment.opened", {
    paymentId: payment.id,
    invoiceId: payment.invoiceId,
    authority,
    closesAt: instant(after(now.wall, openForMs)),
    nextAskAt: instant(after(now.wall, askOffsetsMs[0])),
  });
}

/** Asks whether an open page was paid, or closes it when its time is over. Evidence alone never ends it. */
export function openStep(slice: Slice, purpose: Purpose, { now }: Means): Step {
  const { payment } = purpose;
  if (payment.closesAt !== null && now.wall >= payment.closesAt) {
    return commit([closed(payment, "expired", now.wall)]);
  }
  return askStep(question(purpose, now.wall), (hearing) =>
    commit([
      saysPaid(hearing)
        ? intentToCapture(payment, nowOf(slice.state, hearing.at), evidenceOf(hearing.outcome.evidence))
        : asked(hearing, soonerIfUnanswered(hearing, nextOpenAskAt(hearing))),
    ]),
  );
}

function nextOpenAskAt({ purpose, at }: Hearing): WallMs | null {
  const { closesAt } = purpose.payment;
  if (closesAt === null) return null;
  const openedAt = after(closesAt, -openForMs);
  const offset = askOffsetsMs.find((ms) => openedAt + ms > at);
  return offset === undefined ? closesAt : after(openedAt, offset);
}
