// What is left of what was paid for the current period: what a longer period that begins now is cheaper by, and what
// cancelling at once may give back.
import type { InvoiceLine } from "../../contract/invoice.ts";
import { burntIn } from "./burn.ts";
import { billingOf, type BillingMs } from "./clock.ts";
import { daysOf, type DayFraction } from "./period.ts";
import { grantOf } from "./quota.ts";
import { all, type Invoice, type Slice, type Subscription } from "./state.ts";
import { itemsOf, messagesOf, termsOf } from "./terms.ts";

const nothing: DayFraction = { numerator: 0, denominator: 1 };

export interface Unused {
  readonly invoice: Invoice;
  /** The lines that are for a time: what was paid once is used at once. */
  readonly lines: readonly InvoiceLine[];
  /** How much of these lines has not been used. */
  readonly share: DayFraction;
}

/**
 * What is left of each paid invoice of the current period: of its days, or of the period's messages, whichever is less.
 * So nothing is given for messages already used, nor for what was never paid.
 * Example: 20 of 30 days left and 1 of 10 messages: 1 of 10.
 */
export function unusedOf(slice: Slice, subscription: Subscription, at: BillingMs): readonly Unused[] {
  const { id, periodIndex } = subscription;
  const isOfPeriod = (invoice: Invoice) => invoice.subscriptionId === id && invoice.periodIndex === periodIndex;
  return all(slice.state.invoices)
    .filter((invoice) => invoice.status === "paid" && isOfPeriod(invoice))
    .map((invoice) => {
      const lines = invoice.lines.filter((line) => daysOfLine(line) > 0);
      return {
        invoice,
        lines,
        share: leastShare(daysLeft(subscription, lines, at), messagesLeft(slice, subscription)),
      };
    });
}

/** Of the days that the lines were for; a period may have been extended since. */
function daysLeft({ periodEndsAt: endsAt }: Subscription, lines: readonly InvoiceLine[], at: BillingMs): DayFraction {
  const days = Math.max(0, ...lines.map(daysOfLine));
  const left = Math.max(0, daysOf({ startsAt: at, endsAt }));
  return days === 0 ? nothing : { numerator: Math.min(left, days), denominator: days };
}

/** Null when the subscription brings no messages. */
function messagesLeft(slice: Slice, subscription: Subscription): DayFraction | null {
  if (messagesOf(itemsOf(slice, termsOf(subscription))) === 0) return null;
  const balance = grantOf(slice, subscription);
  if (!balance || balance.periodMessages === 0) return nothing;
  const { periodMessages } = balance;
  return { numerator: periodMessages - burntIn(slice, balance).period, denominator: periodMessages };
}

function leastShare(days: DayFraction, messages: DayFraction | null): DayFraction {
  if (messages === null) return days;
  return messages.numerator * days.denominator < days.numerator * messages.denominator ? messages : days;
}

function daysOfLine({ startsAt, endsAt }: InvoiceLine): number {
  return daysOf({ startsAt: billingOf(startsAt), endsAt: billingOf(endsAt) });
}
