// Taking over a customer from an existing system, with what runs there. Where the seam is: what was paid there stays in
// that system's books, so a running period that is paid brings no invoice, no entry and no VAT here; what is still owed
// moves here whole, as an invoice of ours, and is to be taken back there on the same day.
import type { FieldError } from "../../contract/common/problem.ts";
import type { InvoiceLine } from "../../contract/invoice.ts";
import { buyerOf } from "./buyer.ts";
import { dayOfDate } from "./calendar.ts";
import { text } from "./charge.ts";
import { instant, type Now } from "./clock.ts";
import { newCustomer } from "./customer.ts";
import { firstAttemptAt } from "./dunning.ts";
import { event, type EventEvidence, type NewEvent } from "./event.ts";
import { evolveAll } from "./evolve.ts";
import {
  errorsIn,
  offerIn,
  type ImportedInvoice,
  type ImportedMethod,
  type ImportedRunning,
  type ImportInput,
} from "./import-record.ts";
import { finalizedInvoice, importedSeriesAt } from "./invoice.ts";
import { addRials, zeroRials } from "./money.ts";
import type { Period } from "./period.ts";
import { messagesFor, quotaGrant } from "./quota.ts";
import type { Rejection } from "./rejection.ts";
import { scheduleFromDay, type Anchored } from "./schedule.ts";
import type { Offer, Slice } from "./state.ts";
import { startOfDay } from "./tehran.ts";
import { itemsOf } from "./terms.ts";

/** What is wrong with a record; pointers begin at the record. */
export interface ImportRejection extends Rejection<"validation_failed"> {
  readonly errors: readonly FieldError[];
}

export function isImportRejection(rejection: Rejection): rejection is ImportRejection {
  return "errors" in rejection;
}

/**
 * The customer, its agreements as signed, and its subscriptions in the period that runs: active when it is paid, past due
 * with an open invoice when it is not. Rejects the whole record with what is wrong, all of it.
 */
export function decideImport(slice: Slice, input: ImportInput, now: Now): readonly NewEvent[] | ImportRejection {
  const errors = errorsIn(slice, input, now);
  if (errors.length > 0) {
    return { rejected: "validation_failed", detail: `${errors.length} things are wrong with this record.`, errors };
  }
  const { customer, buyer, methods, subscriptions, reason } = input;
  const begun = [
    ...newCustomer(slice.state, customer),
    ...(buyer ? [event("customer.buyer_changed", { buyerId: buyer.id, kind: buyer.kind })] : []),
    ...methods.flatMap((method) => signedMethod(method, { imported: method.externalId, reason }, now)),
  ];
  const state = evolveAll(slice.state, begun, { customerId: slice.customerId, at: now.wall });
  const known = { ...slice, state };
  return [...begun, ...subscriptions.flatMap((running) => takenOver(known, input, running, now))];
}

function signedMethod(method: ImportedMethod, evidence: EventEvidence, now: Now): readonly NewEvent[] {
  const { paymentMethodId, personId, signatureId, maxAmountRials, maxDailyCount, maxMonthlyCount } = method;
  const created = {
    paymentMethodId,
    personId,
    maxAmountRials,
    maxDailyCount,
    maxMonthlyCount,
    expiresAt: instant(method.expiresAt),
    signBefore: instant(now.wall),
    replacesId: null,
  };
  const activatedAt = instant(method.activatedAt);
  return [
    event("payment_method.created", created, evidence),
    event("payment_method.activated", { paymentMethodId, signatureId, activatedAt }, evidence),
  ];
}

/** The running period is the first one here; the schedule begins where it ends, as after a trial. */
function takenOver(slice: Slice, input: ImportInput, running: ImportedRunning, now: Now): readonly NewEvent[] {
  const { subscriptionId, quantity, paymentMethod, openInvoice } = running;
  const offer = offerIn(slice, running);
  if (!offer) throw new Error(`${running.externalId} was judged without its price`);
  const evidence = { imported: running.externalId, reason: input.reason };
  const period = periodOf(running);
  const anchored = scheduleFromDay(period.endsAt, offer, 1, running.anchorDay ?? undefined);
  const { id: priceId, productId } = offer.price;
  const terms = { productId, priceId, quantity, addOns: [] };
  const method = input.methods.find(({ externalId }) => externalId === paymentMethod);
  const paymentMethodId = method?.paymentMethodId ?? null;
  const created = event(
    "subscription.created",
    { subscriptionId, ...terms, paymentMethodId, discount: null, trialEndsAt: null, ...spanOf(period, anchored, now) },
    evidence,
  );
  const messages = running.messagesLeft ?? messagesFor(itemsOf(slice, terms), null);
  const owed = openInvoice ? invoiced(slice, running, { openInvoice, offer, period }, now) : [];
  return [
    created,
    event("subscription.activated", { subscriptionId }, evidence),
    ...owed,
    ...(openInvoice && !mayUseUnpaid(offer)
      ? []
      : quotaGrant(slice, { id: subscriptionId, productId }, messages, period)),
    ...(running.cancelAtPeriodEnd
      ? [event("subscription.cancel_scheduled", { subscriptionId, reason: "requested", feedback: null }, evidence)]
      : []),
  ];
}

/** As at a renewal that was declined: by the price. */
function mayUseUnpaid({ product, price }: Offer): boolean {
  return product.grantOn === "period_start" && price.graceAccess === "keep";
}

function periodOf({ periodStartsOn, periodEndsOn }: ImportedRunning): Period {
  return { index: 0, startsAt: startOfDay(dayOfDate(periodStartsOn)), endsAt: startOfDay(dayOfDate(periodEndsOn)) };
}

function spanOf(period: Period, { anchorDay, firstIndex, startsOn }: Anchored, now: Now) {
  return {
    periodIndex: period.index,
    startsAt: instant(period.startsAt),
    endsAt: instant(period.endsAt),
    anchorDay,
    firstIndex,
    startsOn: instant(startsOn),
    createdAt: instant(now.billing),
  };
}

interface Owing {
  readonly openInvoice: ImportedInvoice;
  readonly offer: Offer;
  readonly period: Period;
}

/** What is owed for the running period: a renewal's invoice, of a series of its own, debited in the next window. */
function invoiced(slice: Slice, { subscriptionId }: ImportedRunning, owing: Owing, now: Now): readonly NewEvent[] {
  const { openInvoice, period } = owing;
  const opened = finalizedInvoice({
    buyer: buyerOf(slice.state),
    invoiceId: openInvoice.invoiceId,
    subscriptionId,
    periodIndex: period.index,
    reason: "subscription_cycle",
    lines: openInvoice.lines.map((line) => lineOf(line, owing)),
    dueAt: startOfDay(dayOfDate(openInvoice.dueOn)),
    nextAttemptAt: firstAttemptAt(now.billing, slice.customerId),
    at: now.billing,
  });
  const ofImports = { ...opened, data: { ...opened.data, series: importedSeriesAt(now.billing) } };
  return [ofImports, event("subscription.past_due", { subscriptionId })];
}

function lineOf(line: ImportedInvoice["lines"][number], { openInvoice, offer, period }: Owing): InvoiceLine {
  const { description, netRials, vatRateBasisPoints, vatRials } = line;
  const what = description === "" ? "" : `, ${description}`;
  const vat = vatRateBasisPoints === 0 ? "exempt from VAT" : `VAT ${vatRateBasisPoints / 100}%, ${text(vatRials)} IRR`;
  return {
    priceId: offer.price.id,
    quantity: 1,
    startsAt: instant(period.startsAt),
    endsAt: instant(period.endsAt),
    discountRials: zeroRials,
    netRials,
    vatRateBasisPoints,
    vatRials,
    totalRials: addRials(netRials, vatRials),
    explain: `Invoice ${openInvoice.number} of the existing system${what}; ${vat}.`,
  };
}
