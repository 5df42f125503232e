// Collecting what a renewal owes: by the customer's credit first, then by debits that the payment method can carry, else
// by a link that is sent.
import { begunDebit } from "./begin-payment.ts";
import { cannotCollect, withinDailyCeiling } from "./carry.ts";
import { after, billingMs, hourMs, wallMs, type BillingMs, type Now, type WallMs } from "./clock.ts";
import { applyCredit, creditOf, dueOn } from "./credit.ts";
import { isInDoubt } from "./doubt.ts";
import { afterFailedAttempt } from "./dunning.ts";
import type { NewEvent } from "./event.ts";
import type { Ids } from "./ids.ts";
import { paid } from "./settle.ts";
import {
  all,
  keepsDebitsBack,
  type Invoice,
  type Payment,
  type PaymentMethod,
  type Slice,
  type Subscription,
} from "./state.ts";
import { offerOf } from "./terms.ts";

/** A guard against ourselves: debits of one subscription are at least this far apart on the wall clock. */
export const debitsApartMs = 20 * hourMs;

/** When credit can pay for an open invoice: at once, unless a payment of it is under way. */
export function creditDueAt(slice: Slice, invoice: Invoice): BillingMs | null {
  const isWanted = invoice.status === "open" && creditOf(slice.state) > 0 && invoice.reason === "subscription_cycle";
  return isWanted && !isBeingPaid(slice, invoice) ? invoice.finalizedAt : null;
}

/** The credit is used for an open invoice; it is paid when nothing is left, or too little for the gateway to take. */
export function decideCredit(slice: Slice, invoice: Invoice, now: Now): readonly NewEvent[] {
  const { events, dueRials } = applyCredit(invoice.id, dueOn(invoice), creditOf(slice.state));
  const subscription = subscriptionOf(slice, invoice) ?? null;
  return dueRials === 0 ? [...events, ...paid(slice, { invoice, subscription }, now)] : events;
}

/**
 * When an open invoice is to be debited next: never within 20 wall hours of the debit before, nor above what a
 * day may take. Null when no attempt is planned, a payment for it is live, or it may have been paid before a restore.
 */
export function attemptDueAt(slice: Slice, invoice: Invoice): BillingMs | null {
  if (invoice.status !== "open" || invoice.nextAttemptAt === null) return null;
  const subscription = subscriptionOf(slice, invoice);
  if (!subscription || isBeingPaid(slice, invoice) || isInDoubt(slice, invoice)) return null;
  // Of an invoice that was made late the attempt was planned before the credit could be used.
  if (creditDueAt(slice, invoice) !== null) return null;
  const plannedAt = billingMs(Math.max(invoice.nextAttemptAt, nextDebitFrom(slice, subscription)));
  const { customerId } = invoice;
  const method = methodOf(slice, subscription);
  return withinDailyCeiling(slice.state, { amountRials: dueOn(invoice), customerId, method }, plannedAt);
}

/** An attempt to collect: a payment that begins, or, when no debit can be sent, an attempt that failed without one. */
export function decideAttempt(slice: Slice, invoice: Invoice, now: Now, ids: Ids): readonly NewEvent[] {
  const subscription = subscriptionOf(slice, invoice);
  const { customer } = slice.state;
  if (!subscription || !customer) throw new Error(`${invoice.id} was loaded without its subscription`);
  const offer = offerOf(slice, subscription.priceId);
  const method = methodOf(slice, subscription);
  const refusal = method ? cannotCollect(slice.state, method, dueOn(invoice), now) : null;
  if (!method || refusal) {
    const reason = refusal ?? "payment_method_required";
    return afterFailedAttempt({ slice, customer, invoice, subscription, offer }, reason, now);
  }
  const debit = { invoiceId: invoice.id, paymentMethodId: method.id, amountRials: dueOn(invoice) };
  return [begunDebit({ ...debit, paymentId: ids.next("pay"), onDemand: false }, now)];
}

function isBeingPaid(slice: Slice, invoice: Invoice): boolean {
  return all(slice.state.payments).some((payment) => payment.invoiceId === invoice.id && keepsDebitsBack(payment));
}

function subscriptionOf(slice: Slice, { subscriptionId }: Invoice): Subscription | undefined {
  return subscriptionId === null ? undefined : slice.state.subscriptions[subscriptionId];
}

function methodOf({ state }: Slice, { paymentMethodId }: Subscription): PaymentMethod | undefined {
  return paymentMethodId === null ? undefined : state.paymentMethods[paymentMethodId];
}

/**
 * From when the next debit of a subscription may be sent: 20 wall hours after the one before, 0 when there was none. Holds
 * for the sending itself, too: two invoices' debits may wait together while collecting is stopped.
 */
export function nextDebitFrom(slice: Slice, subscription: Subscription): WallMs {
  const isOnRealTime = slice.state.customer?.clockNowAt === null;
  const sentAt = isOnRealTime ? debitsSentAt(slice, subscription) : [];
  return wallMs(Math.max(0, ...sentAt.map((at) => after(at, debitsApartMs))));
}

/** A payment may have begun long before its debit went, while collecting was stopped or the breaker open. */
function debitsSentAt(slice: Slice, subscription: Subscription): readonly WallMs[] {
  return all(slice.state.payments)
    .filter((payment) => payment.kind === "debit" && isFor(slice, payment, subscription))
    .flatMap((payment) => payment.sendBefore ?? []);
}

/** Of a period: what a change cost was asked for by the customer, and holds nothing up. */
function isFor(slice: Slice, payment: Payment, subscription: Subscription): boolean {
  const invoice = slice.state.invoices[payment.invoiceId];
  return invoice?.subscriptionId === subscription.id && invoice.reason !== "subscription_change";
}
