// Billing events in plain words, for a timeline. What a person need not see is null.
import type { BillingEvent } from "../../contract/billing-event.ts";
import type { Invoice } from "../../contract/invoice.ts";
import type { Product } from "../../contract/product.ts";
import { grouped, jalaliDay } from "./written.ts";

export type Mood = "plain" | "good" | "bad" | "faint";

export interface Sentence {
  readonly mood: Mood;
  readonly text: string;
}

/** What events name only by id. */
export interface Names {
  readonly products: readonly Product[];
  readonly invoices: readonly Invoice[];
}

/** One event as a sentence. */
export function sentenceOf(event: BillingEvent, names: Names): Sentence | null {
  switch (event.type) {
    case "payment_method.created":
      return faint(`Payment method opened: at most ${grouped(event.data.maxAmountRials)} Rials a debit`);
    case "payment_method.activated":
      return good("Payment method signed at the bank and active");
    case "payment_method.verification_failed":
      return bad(`No signature was found: ${event.data.reason}`);
    case "subscription.created":
      return plain(`Subscribed to ${productName(names, event.data.productId)}: ${spanOf(event.data)}`);
    case "subscription.activated":
      return good("Subscription active");
    case "subscription.renewed":
      return plain(`Period ${event.data.periodIndex + 1} begins: ${spanOf(event.data)}`);
    case "invoice.finalized":
      return faint(
        `Invoice ${invoiceName(names, event.data.invoiceId)}: ${grouped(event.data.subtotalRials)} + VAT ` +
          `${grouped(event.data.vatRials)} = ${grouped(event.data.totalRials)} Rials`,
      );
    case "payment.succeeded":
      return good(`${grouped(event.data.amountRials)} Rials debited, bank reference ${event.data.refId ?? "unknown"}`);
    case "payment.unknown":
      return bad("The bank's answer was lost; it is asked until it tells");
    case "payment.failed":
      return bad(`Debit failed: ${event.data.reason}`);
    case "payment.surplus":
      return bad("Money came for an invoice that is paid");
    case "credit.granted":
      return good(`${grouped(event.data.amountRials)} Rials are the customer's credit`);
    case "refund.succeeded":
      return good(`${grouped(event.data.amountRials)} Rials given back`);
    case "payment.lapsed":
      return bad("A day later the bank still knows of no debit");
    case "payment.needs_review":
      return bad(`The gateway contradicts itself: ${event.data.reason}`);
    case "invoice.attempt_failed":
      return faint(nextTry(event.data.nextAttemptAt));
    case "invoice.marked_uncollectible":
      return bad(`Collecting invoice ${invoiceName(names, event.data.invoiceId)} was given up`);
    case "subscription.past_due":
      return bad("Past due; access goes on in grace");
    case "subscription.recovered":
      return good("Paid after all: nothing is overdue");
    case "quota.granted":
      return faint(`${grouped(event.data.messages)} messages granted until ${jalaliDay(event.data.validUntil)}`);
    case "quota.threshold_reached":
      return plain(`${event.data.percent} % of the messages are used`);
    case "subscription.cancel_scheduled":
      return plain("Canceled: it runs to the end of its period");
    case "subscription.canceled":
      return plain(`Subscription ended: ${event.data.reason}`);
    default:
      return null;
  }
}

function nextTry(nextAttemptAt: string | null): string {
  return nextAttemptAt === null ? "No further attempt" : `Next attempt on ${jalaliDay(nextAttemptAt)}`;
}

function spanOf({ startsAt, endsAt }: { readonly startsAt: string; readonly endsAt: string }): string {
  return `${jalaliDay(startsAt)} until ${jalaliDay(endsAt)}`;
}

function productName({ products }: Names, id: string): string {
  return products.find((product) => product.id === id)?.name ?? id;
}

function invoiceName({ invoices }: Names, id: string): string {
  return invoices.find((invoice) => invoice.id === id)?.number ?? id;
}

const plain = (text: string): Sentence => ({ mood: "plain", text });
const good = (text: string): Sentence => ({ mood: "good", text });
const bad = (text: string): Sentence => ({ mood: "bad", text });
const faint = (text: string): Sentence => ({ mood: "faint", text });
