// What an operator may decide about an invoice that is owed: that it is not, or that nobody will collect it.
import type { InvoiceId } from "../../contract/common/id.ts";
import { changeFailed } from "./change-payment.ts";
import { instant, type Now } from "./clock.ts";
import { creditOf } from "./credit.ts";
import { giveUp } from "./dunning.ts";
import { event, type EventEvidence, type NewEvent } from "./event.ts";
import { markedUncollectible, voided } from "./invoice.ts";
import { reject, type Rejection } from "./rejection.ts";
import { goesOnPaid } from "./settle.ts";
import { all, isRunning, keepsDebitsBack, type Invoice, type Slice, type Subscription } from "./state.ts";

export interface CloseInvoiceInput {
  readonly invoiceId: InvoiceId;
  readonly as: "void" | "uncollectible";
  /** The operator's words, for the audit trail. */
  readonly reason: string;
}

export type CloseRefusal = "not_found" | "invoice_not_open" | "payment_in_progress";

/**
 * Closes an open invoice without money; nothing when it is closed so already. Rejects `not_found`, `invoice_not_open`,
 * and `payment_in_progress` while money may still come by a payment of it: what comes later is the customer's credit.
 */
export function decideCloseInvoice(
  slice: Slice,
  { invoiceId, as, reason }: CloseInvoiceInput,
  now: Now,
): readonly NewEvent[] | Rejection<CloseRefusal> {
  const invoice = slice.state.invoices[invoiceId];
  if (!invoice) return reject("not_found", `There is no invoice ${invoiceId}.`);
  if (invoice.status === as) return [];
  if (invoice.status !== "open") return reject("invoice_not_open", `${invoiceId} is ${invoice.status}.`);
  const underWay = all(slice.state.payments).find((it) => it.invoiceId === invoiceId && keepsDebitsBack(it));
  if (underWay) return reject("payment_in_progress", `${underWay.id} of ${invoiceId} is ${underWay.status}.`);
  const events = as === "void" ? withoutDebt(slice, invoice, now) : withoutHope(slice, invoice, now);
  return events.map((told) => (isTheEnd(told) ? { ...told, evidence: { reason } satisfies EventEvidence } : told));
}

function isTheEnd({ type }: NewEvent): boolean {
  return type === "invoice.voided" || type === "invoice.marked_uncollectible";
}

function withoutDebt(slice: Slice, invoice: Invoice, now: Now): readonly NewEvent[] {
  const ended = voided(invoice, creditOf(slice.state));
  const subscription = subscriptionOf(slice, invoice);
  if (!subscription) return ended;
  return [...ended, ...(notBegun(subscription, invoice, now) ?? goesOnPaid(slice, invoice, subscription))];
}

function withoutHope(slice: Slice, invoice: Invoice, now: Now): readonly NewEvent[] {
  const subscription = subscriptionOf(slice, invoice);
  const ended = markedUncollectible(invoice, creditOf(slice.state));
  if (!subscription) return ended;
  const unbegun = notBegun(subscription, invoice, now);
  if (unbegun) return [...ended, ...unbegun];
  const isOfNow = subscription.latestInvoiceId === invoice.id && invoice.periodIndex === subscription.periodIndex;
  const goesOn = subscription.status === "active" || subscription.status === "past_due";
  return isOfNow && goesOn ? giveUp(slice, invoice, subscription, now) : ended;
}

/** What would have begun with its payment: a change, a subscription. Null when nothing would. */
function notBegun(subscription: Subscription, invoice: Invoice, now: Now): readonly NewEvent[] | null {
  if (subscription.pendingChange?.invoiceId === invoice.id) return [changeFailed(subscription, invoice)];
  if (subscription.status !== "incomplete") return null;
  return [event("subscription.incomplete_expired", { subscriptionId: subscription.id, endedAt: instant(now.billing) })];
}

/** Of one that has ended nothing goes on. */
function subscriptionOf(slice: Slice, { subscriptionId }: Invoice): Subscription | null {
  const subscription = subscriptionId === null ? undefined : slice.state.subscriptions[subscriptionId];
  return subscription && isRunning(subscription) ? subscription : null;
}
