// What an event counts for in the operators' figures: rules of a reader of the log, so that the figures can be made again
// from the log alone. Beside the event they need what never changes of a payment, an invoice, a price or a customer.
import type { BillingEventType, EventBody } from "../../contract/billing-event.ts";
import type {
  CustomerId,
  InvoiceId,
  PartnerId,
  PaymentId,
  ProductId,
  SubscriptionId,
} from "../../contract/common/id.ts";
import type { Rials, SignedRials } from "../../contract/common/money.ts";
import type { TehranDate } from "../../contract/common/time.ts";
import type { PaymentKind } from "../../contract/payment.ts";
import type { Terms } from "../../contract/subscription.ts";
import { splitByProduct, type ProductShare } from "./books.ts";
import { dateOfDay } from "./calendar.ts";
import { billingMs, hourMs, type WallMs } from "./clock.ts";
import { movedFigure, ofAll, type Figure } from "./figures.ts";
import { negated, signedRials, sumRials } from "./money.ts";
import { monthlyByProduct, type Monthly, type Prices } from "./mrr.ts";
import { movesOf, type Change, type MeasuredSubscription } from "./revenue-moves.ts";
import { startOfDay, tehranDayOf } from "./tehran.ts";
import { vatRateAt } from "./vat.ts";

/** So many, and so much: to be added to a day's. */
export interface Tally {
  readonly partnerId: PartnerId | typeof ofAll;
  /** What is for several products counts for each, and once for all. */
  readonly productId: ProductId | typeof ofAll;
  readonly day: TehranDate;
  readonly figure: Figure;
  /** The hour (`00` to `23`) or the bank; empty where a figure has no parts, or the bank is not known. */
  readonly part: string;
  readonly count: number;
  readonly amountRials: SignedRials;
}

/** An invoice of which a debit has failed, or could not be sent: a row for each product it is for. */
export interface MeasuredInvoice {
  readonly id: InvoiceId;
  readonly productId: ProductId;
  /** The day on which that first happened: what becomes of it later counts there. */
  readonly failedOn: TehranDate;
  /** This product's part. */
  readonly amountRials: Rials;
  readonly end: "open" | "recovered" | "given_up";
}

/** What the figures remember of those that events are about. */
export interface Measured {
  readonly subscriptions: ReadonlyMap<CustomerId, readonly MeasuredSubscription[]>;
  readonly invoices: ReadonlyMap<InvoiceId, readonly MeasuredInvoice[]>;
}

interface Payment {
  readonly kind: PaymentKind;
  readonly amountRials: Rials;
}

/** What stands elsewhere and never changes. */
export interface Constants {
  readonly payments: ReadonlyMap<PaymentId, Payment>;
  readonly invoices: ReadonlyMap<InvoiceId, { readonly totalRials: Rials; readonly shares: readonly ProductShare[] }>;
  readonly prices: Prices;
  readonly partners: ReadonlyMap<CustomerId, PartnerId>;
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

/** Whose it is, is not said yet. */
export type OfOneCustomer = Omit<Tally, "partnerId">;

/** What one event adds, and what is to be remembered from then on. */
export interface Measure {
  readonly tallies: readonly OfOneCustomer[];
  readonly subscriptions?: readonly MeasuredSubscription[];
  readonly invoices?: readonly MeasuredInvoice[];
}

/** What an event counts for. Throws on one about something that was not loaded. */
export function measureOf(told: ToMeasure, measured: Measured, constants: Constants): Measure {
  const { event, at } = told;
  if (!isMeasured(event)) return nothing;
  switch (event.type) {
    case "payment.succeeded":
    case "payment.credited":
      return { tallies: collected(told, paymentIn(constants, event.data)) };
    case "payment.failed":
    case "payment.lapsed": {
      const payment = paymentIn(constants, event.data);
      return { tallies: [...tallies(at, "failed", payment.parts), ...inItsHour("failed_in_hour", at, payment)] };
    }
    case "payment.unknown":
      return { tallies: tallies(at, "unknown", paymentIn(constants, event.data).parts) };
    case "payment.reversed":
      return { tallies: tallies(at, "reversed", partsOf(constants, event.data)) };
    case "refund.succeeded":
      return { tallies: tallies(at, "refunded", partsOf(constants, event.data)) };
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
      return { tallies: [], subscriptions: begun(event.data, told, constants) };
    case "subscription.changed":
      return moved(told, measured, {
        id: event.data.subscriptionId,
        monthly: monthly(event.data.terms, told, constants),
      });
    case "subscription.activated":
    case "subscription.past_due":
    case "subscription.recovered":
    case "subscription.resumed":
    case "subscription.reactivated":
      return moved(told, measured, { id: event.data.subscriptionId, isCounted: true });
    case "subscription.paused":
    case "subscription.canceled": {
      const { subscriptionId: id, reason } = event.data;
      return moved(told, measured, { id, isCounted: false, isUnpaid: reason === "unpaid" });
    }
    default:
      return event satisfies never;
  }
}

const nothing: Measure = { tallies: [] };

/** The compiler cannot follow a search in a list into the union. */
function isMeasured(event: EventBody): event is MeasuredEvent {
  return (measuredTypes as readonly BillingEventType[]).includes(event.type);
}

/** What of an amount is one product's. */
interface Part {
  readonly productId: ProductId;
  readonly amountRials: Rials;
}

/** Each part, and all of them as one more. */
function withTotal<P extends Part>(parts: readonly P[]) {
  const [first] = parts;
  const amountRials = sumRials(parts.map((part) => part.amountRials));
  return first ? [{ ...first, productId: ofAll, amountRials } as const, ...parts] : [];
}

function tallies(at: WallMs, figure: Figure, parts: readonly Part[], part = ""): readonly OfOneCustomer[] {
  const day = dayAt(at);
  return withTotal(parts).map(({ productId, amountRials }) => {
    return { productId, day, figure, part, count: 1, amountRials: signedRials(amountRials) };
  });
}

function dayAt(at: WallMs): TehranDate {
  return dateOfDay(tehranDayOf(billingMs(at)));
}

interface PaidParts {
  readonly kind: PaymentKind;
  readonly parts: readonly Part[];
}

/** Only debits: when somebody pays on a page is their own choice. */
function inItsHour(figure: Figure, at: WallMs, { kind, parts }: PaidParts): readonly OfOneCustomer[] {
  if (kind !== "debit") return [];
  const sinceMidnightMs = at - startOfDay(tehranDayOf(billingMs(at)));
  return tallies(at, figure, parts, String(Math.floor(sinceMidnightMs / hourMs)).padStart(2, "0"));
}

function collected({ at, bank }: ToMeasure, payment: PaidParts): readonly OfOneCustomer[] {
  return [
    ...tallies(at, "collected", payment.parts),
    ...inItsHour("collected_in_hour", at, payment),
    ...tallies(at, "collected_at_bank", payment.parts, bank ?? ""),
  ];
}

function paymentIn(
  constants: Constants,
  { paymentId, invoiceId }: { readonly paymentId: PaymentId; readonly invoiceId: InvoiceId },
): PaidParts {
  const { kind, amountRials } = known(constants.payments, paymentId);
  return { kind, parts: partsOf(constants, { invoiceId, amountRials }) };
}

/** By what the lines of the invoice came to. */
function partsOf(
  { invoices }: Constants,
  { invoiceId, amountRials }: { readonly invoiceId: InvoiceId; readonly amountRials: Rials },
): readonly Part[] {
  const parts = splitByProduct(amountRials, known(invoices, invoiceId).shares);
  return [...parts].map(([productId, part]) => ({ productId, amountRials: part }));
}

export function known<Id extends string, T>(loaded: ReadonlyMap<Id, T>, id: Id): T {
  const found = loaded.get(id);
  if (found === undefined) throw new Error(`${id} was not loaded`);
  return found;
}

/** From the first failure on; those that follow change nothing. */
function atRisk(id: InvoiceId, at: WallMs, { invoices }: Measured, constants: Constants): Measure {
  if (invoices.has(id)) return nothing;
  const { totalRials: amountRials } = known(constants.invoices, id);
  const parts = partsOf(constants, { invoiceId: id, amountRials });
  return {
    tallies: tallies(at, "at_risk", parts),
    invoices: parts.map((part) => ({ ...part, id, failedOn: dayAt(at), end: "open" })),
  };
}

/** An invoice that never was at risk is not recovered by being paid. */
function ended(before: readonly MeasuredInvoice[] | undefined, end: MeasuredInvoice["end"]): Measure {
  if (!before || before.every((part) => part.end === end)) return nothing;
  const after = before.map((part) => ({ ...part, end }));
  return { tallies: [...endTallies(before, -1), ...endTallies(after, 1)], invoices: after };
}

function endTallies(parts: readonly MeasuredInvoice[], count: 1 | -1): readonly OfOneCustomer[] {
  return withTotal(parts).flatMap(({ productId, failedOn: day, end, amountRials }) => {
    if (end === "open") return [];
    const signed = count === 1 ? signedRials(amountRials) : negated(amountRials);
    return [{ productId, day, figure: end, part: "", count, amountRials: signed }];
  });
}

function begun(
  data: Terms & { readonly subscriptionId: SubscriptionId },
  told: ToMeasure,
  constants: Constants,
): readonly MeasuredSubscription[] {
  const { subscriptionId: id } = data;
  const { customerId } = told;
  return [...monthly(data, told, constants)].map(([productId, monthlyRials]) => {
    return { id, productId, customerId, monthlyRials, isCounted: false, hasCounted: false };
  });
}

function monthly(terms: Terms, { at }: ToMeasure, { prices }: Constants): Monthly {
  return monthlyByProduct(terms, prices, vatRateAt(billingMs(at)));
}

function moved({ customerId, at }: ToMeasure, measured: Measured, change: Change): Measure {
  const { moves, subscriptions } = movesOf(measured.subscriptions.get(customerId) ?? [], change);
  const day = dayAt(at);
  return {
    tallies: moves.map(({ productId, movement, amountRials }) => {
      const figure = movedFigure(movement);
      return { productId, day, figure, part: "", count: 1, amountRials: signedRials(amountRials) };
    }),
    subscriptions,
  };
}
