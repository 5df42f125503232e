// What an event counts for in the operators' figures: rules of a reader of the log, so that the figures can be made again
// from the log alone. Beside the event they need what never changes of a payment, an invoice or a price.
import type { BillingEventType, EventBody } from "../../contract/billing-event.ts";
import type { CustomerId, InvoiceId, PaymentId, SubscriptionId } from "../../contract/common/id.ts";
import type { Rials, SignedRials } from "../../contract/common/money.ts";
import type { TehranDate } from "../../contract/common/time.ts";
import type { PaymentKind } from "../../contract/payment.ts";
import type { Terms } from "../../contract/subscription.ts";
import { dateOfDay } from "./calendar.ts";
import { billingMs, hourMs, type WallMs } from "./clock.ts";
import { movedFigure, type Figure } from "./figures.ts";
import { negated, signedRials, sumRials } from "./money.ts";
import { monthlyRials, movementOf, type Prices } from "./mrr.ts";
import { startOfDay, tehranDayOf } from "./tehran.ts";
import { vatRateAt } from "./vat.ts";

/** So many, and so much: to be added to a day's. */
export interface Tally {
  readonly day: TehranDate;
  readonly figure: Figure;
  /** The hour (`00` to `23`) or the bank; empty where a figure has no parts, or the bank is not known. */
  readonly part: string;
  readonly count: number;
  readonly amountRials: SignedRials;
}

/** What the figures have to remember of a subscription. */
export interface MeasuredSubscription {
  readonly id: SubscriptionId;
  readonly customerId: CustomerId;
  /** What its terms come to in a month, whether or not that counts now. */
  readonly monthlyRials: Rials;
  readonly isCounted: boolean;
  /** Whether it ever was. */
  readonly hasCounted: boolean;
}

/** An invoice of which a debit has failed, or could not be sent. */
export interface MeasuredInvoice {
  readonly id: InvoiceId;
  /** The day on which that first happened: what becomes of it later counts there. */
  readonly failedOn: TehranDate;
  readonly amountRials: Rials;
  readonly end: "open" | "recovered" | "given_up";
}

/** What the figures remember of those that events are about. */
export interface Measured {
  readonly subscriptions: ReadonlyMap<CustomerId, readonly MeasuredSubscription[]>;
  readonly invoices: ReadonlyMap<InvoiceId, MeasuredInvoice>;
}

interface Payment {
  readonly kind: PaymentKind;
  readonly amountRials: Rials;
}

/** What stands elsewhere and never changes. */
export interface Constants {
  readonly payments: ReadonlyMap<PaymentId, Payment>;
  readonly invoices: ReadonlyMap<InvoiceId, { readonly totalRials: Rials }>;
  readonly prices: Prices;
}

/** The types of events that count for anything. */
export const measuredTypes = [
  "payment.succeeded",
  "payment.credited",
  "payment.failed",
  "payment.lapsed",
  "payment.unknown",
  "payment.reversed",
  "refund.succeeded",
  "invoice.attempt_failed",
  "invoice.paid",
  "invoice.voided",
  "invoice.marked_uncollectible",
  "invoice.reopened",
  "subscription.created",
  "subscription.activated",
  "subscription.past_due",
  "subscription.recovered",
  "subscription.paused",
  "subscription.resumed",
  "subscription.reactivated",
  "subscription.changed",
  "subscription.canceled",
] as const satisfies readonly BillingEventType[];

type MeasuredEvent = Extract<EventBody, { readonly type: (typeof measuredTypes)[number] }>;

/** An event of a customer's stream, with what the gateway's answer told of the payer's bank. */
export interface ToMeasure {
  readonly event: EventBody;
  readonly customerId: CustomerId;
  readonly at: WallMs;
  readonly bank: string | null;
}

/** What one event adds, and what is to be remembered from then on. */
export interface Measure {
  readonly tallies: readonly Tally[];
  readonly subscription?: MeasuredSubscription;
  readonly invoice?: MeasuredInvoice;
}

/** What an event counts for. Throws on one about something that was not loaded. */
export function measureOf(told: ToMeasure, measured: Measured, constants: Constants): Measure {
  const { event, at } = told;
  if (!isMeasured(event)) return nothing;
  switch (event.type) {
    case "payment.succeeded":
    case "payment.credited":
      return { tallies: collected(told, paymentIn(constants, event.data.paymentId)) };
    case "payment.failed":
    case "payment.lapsed": {
      const payment = paymentIn(constants, event.data.paymentId);
      return { tallies: [tally(at, "failed", payment.amountRials), ...inItsHour("failed_in_hour", at, payment)] };
    }
    case "payment.unknown":
      return { tallies: [tally(at, "unknown", paymentIn(constants, event.data.paymentId).amountRials)] };
    case "payment.reversed":
      return { tallies: [tally(at, "reversed", event.data.amountRials)] };
    case "refund.succeeded":
      return { tallies: [tally(at, "refunded", event.data.amountRials)] };
    case "invoice.attempt_failed":
      return atRisk(event.data.invoiceId, at, measured, constants);
    case "invoice.paid":
      return ended(measured.invoices.get(event.data.invoiceId), "recovered");
    case "invoice.voided":
    case "invoice.marked_uncollectible":
      return ended(measured.invoices.get(event.data.invoiceId), "given_up");
    case "invoice.reopened":
      return ended(measured.invoices.get(event.data.invoiceId), "open");
    case "subscription.created":
      return { tallies: [], subscription: begun(event.data, told, constants) };
    case "subscription.changed":
      return moved(told, measured, {
        id: event.data.subscriptionId,
        monthlyRials: monthly(event.data.terms, told, constants),
      });
    case "subscription.activated":
    case "subscription.past_due":
    case "subscription.recovered":
    case "subscription.resumed":
    case "subscription.reactivated":
      return moved(told, measured, { id: event.data.subscriptionId, isCounted: true });
    case "subscription.paused":
    case "subscription.canceled":
      return moved(told, measured, { id: event.data.subscriptionId, isCounted: false }, event.data.reason === "unpaid");
    default:
      return event satisfies never;
  }
}

const nothing: Measure = { tallies: [] };

/** The compiler cannot follow a search in a list into the union. */
function isMeasured(event: EventBody): event is MeasuredEvent {
  return (measuredTypes as readonly BillingEventType[]).includes(event.type);
}

/** The sums of several events, and what is to be remembered after the last of them. */
export interface Measures {
  readonly tallies: readonly Tally[];
  readonly subscriptions: readonly MeasuredSubscription[];
  readonly invoices: readonly MeasuredInvoice[];
}

/** Measures events one after the other, each by what those before it left. */
export function measureAll(events: readonly ToMeasure[], before: Measured, constants: Constants): Measures {
  const subscriptions = new Map(before.subscriptions);
  const invoices = new Map(before.invoices);
  const changed = {
    subscriptions: new Map<string, MeasuredSubscription>(),
    invoices: new Map<string, MeasuredInvoice>(),
  };
  const sums = new Map<string, Tally>();
  for (const told of events) {
    const { tallies, subscription, invoice } = measureOf(told, { subscriptions, invoices }, constants);
    for (const each of tallies) add(sums, each);
    if (subscription) {
      const { customerId, id } = subscription;
      const others = (subscriptions.get(customerId) ?? []).filter((other) => other.id !== id);
      subscriptions.set(customerId, [...others, subscription]);
      changed.subscriptions.set(id, subscription);
    }
    if (invoice) {
      invoices.set(invoice.id, invoice);
      changed.invoices.set(invoice.id, invoice);
    }
  }
  return {
    tallies: [...sums.values()],
    subscriptions: [...changed.subscriptions.values()],
    invoices: [...changed.invoices.values()],
  };
}

function add(sums: Map<string, Tally>, more: Tally): void {
  const key = `${more.day} ${more.figure} ${more.part}`;
  const { count, amountRials } = sums.get(key) ?? { count: 0, amountRials: 0 };
  sums.set(key, { ...more, count: count + more.count, amountRials: signedRials(amountRials + more.amountRials) });
}

function tally(at: WallMs, figure: Figure, amountRials: Rials, part = ""): Tally {
  return { day: dayAt(at), figure, part, count: 1, amountRials: signedRials(amountRials) };
}

function dayAt(at: WallMs): TehranDate {
  return dateOfDay(tehranDayOf(billingMs(at)));
}

/** Only debits: when somebody pays on a page is their own choice. */
function inItsHour(figure: Figure, at: WallMs, { kind, amountRials }: Payment): readonly Tally[] {
  if (kind !== "debit") return [];
  const sinceMidnightMs = at - startOfDay(tehranDayOf(billingMs(at)));
  return [tally(at, figure, amountRials, String(Math.floor(sinceMidnightMs / hourMs)).padStart(2, "0"))];
}

function collected({ at, bank }: ToMeasure, payment: Payment): readonly Tally[] {
  return [
    tally(at, "collected", payment.amountRials),
    ...inItsHour("collected_in_hour", at, payment),
    tally(at, "collected_at_bank", payment.amountRials, bank ?? ""),
  ];
}

function paymentIn({ payments }: Constants, paymentId: PaymentId): Payment {
  const payment = payments.get(paymentId);
  if (!payment) throw new Error(`${paymentId} was not loaded`);
  return payment;
}

/** From the first failure on; those that follow change nothing. */
function atRisk(id: InvoiceId, at: WallMs, { invoices }: Measured, constants: Constants): Measure {
  if (invoices.has(id)) return nothing;
  const known = constants.invoices.get(id);
  if (!known) throw new Error(`${id} was not loaded`);
  const { totalRials: amountRials } = known;
  return {
    tallies: [tally(at, "at_risk", amountRials)],
    invoice: { id, failedOn: dayAt(at), amountRials, end: "open" },
  };
}

/** An invoice that never was at risk is not recovered by being paid. */
function ended(invoice: MeasuredInvoice | undefined, end: MeasuredInvoice["end"]): Measure {
  if (!invoice || invoice.end === end) return nothing;
  return { tallies: [...endTally(invoice, -1), ...endTally({ ...invoice, end }, 1)], invoice: { ...invoice, end } };
}

function endTally({ failedOn: day, end, amountRials }: MeasuredInvoice, count: 1 | -1): readonly Tally[] {
  if (end === "open") return [];
  const signed = count === 1 ? signedRials(amountRials) : negated(amountRials);
  return [{ day, figure: end, part: "", count, amountRials: signed }];
}

function begun(
  data: Terms & { readonly subscriptionId: SubscriptionId },
  told: ToMeasure,
  constants: Constants,
): MeasuredSubscription {
  const { subscriptionId: id } = data;
  const { customerId } = told;
  return { id, customerId, monthlyRials: monthly(data, told, constants), isCounted: false, hasCounted: false };
}

function monthly(terms: Terms, { at }: ToMeasure, { prices }: Constants): Rials {
  return monthlyRials(terms, prices, vatRateAt(billingMs(at)));
}

type Change = Pick<MeasuredSubscription, "id"> & Partial<Pick<MeasuredSubscription, "monthlyRials" | "isCounted">>;

/** Movements are a customer's: whoever takes a second subscription expands, and is not new again. */
function moved({ customerId, at }: ToMeasure, measured: Measured, change: Change, isUnpaid = false): Measure {
  const own = measured.subscriptions.get(customerId) ?? [];
  const before = own.find(({ id }) => id === change.id);
  if (!before) throw new Error(`${change.id} was not loaded`);
  const isCounted = change.isCounted ?? before.isCounted;
  const hasCounted = before.hasCounted || (isCounted && (change.monthlyRials ?? before.monthlyRials) > 0);
  const subscription = { ...before, ...change, isCounted, hasCounted };
  const hadPaid = own.some((each) => each.hasCounted);
  const after = own.map((each) => (each === before ? subscription : each));
  const move = movementOf({ before: revenueOf(own), after: revenueOf(after), hadPaid, isUnpaid });
  return { tallies: move === null ? [] : [tally(at, movedFigure(move.movement), move.amountRials)], subscription };
}

function revenueOf(subscriptions: readonly MeasuredSubscription[]): Rials {
  return sumRials(subscriptions.filter(({ isCounted }) => isCounted).map((each) => each.monthlyRials));
}
