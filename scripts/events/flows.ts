// The main flows of a customer's life as sequences of events, for the documentation. A test lives through each of them
// and compares.
import type { BillingEventType } from "../../contract/billing-event.ts";

export interface Flow {
  readonly title: string;
  /** What happens, in a sentence or two. */
  readonly what: string;
  readonly events: readonly BillingEventType[];
}

const paidByDebit = ["payment.created", "payment.submitted", "payment.succeeded", "invoice.paid"] as const;
const begun = ["subscription.activated", "quota.granted"] as const;
const renewed = ["revenue.recognized", "subscription.renewed", "invoice.finalized", "quota.granted"] as const;
const declined = ["payment.created", "payment.submitted", "payment.failed", "invoice.attempt_failed"] as const;

export const flows = {
  signing: {
    title: "A payment method is signed",
    what: "Somebody new opens a direct-debit agreement and signs it at the bank.",
    events: ["customer.created", "payment_method.created", "payment_method.signing_opened", "payment_method.activated"],
  },
  firstPayment: {
    title: "A subscription begins with a debit",
    what: "The first period is debited at once; the subscription is active, and its messages granted, once it is paid.",
    events: ["subscription.created", "invoice.finalized", ...paidByDebit, ...begun],
  },
  trial: {
    title: "A subscription begins with a trial",
    what: "Nothing is owed until the trial ends; then the first period begins like any renewal.",
    events: ["subscription.created", "subscription.trial_started", "quota.granted"],
  },
  payingOnAPage: {
    title: "A subscription is paid on a page of the gateway",
    what: "Somebody new without a payment method pays on a page; what was paid is captured when they return, or soon after.",
    events: [
      "customer.created",
      "subscription.created",
      "invoice.finalized",
      "payment.created",
      "payment.opened",
      "payment.verifying",
      "payment.succeeded",
      "invoice.paid",
      ...begun,
    ],
  },
  renewal: {
    title: "A renewal is collected",
    what: "The next period begins at midnight in Tehran, with its messages; it is debited within that day's window.",
    events: [...renewed, ...paidByDebit],
  },
  declinedAndPaid: {
    title: "A renewal is declined, tried again and paid",
    what: "While it is unpaid the subscription is past due, with or without its messages as the price says.",
    events: [...renewed, ...declined, "subscription.past_due", ...paidByDebit, "subscription.recovered"],
  },
  givenUp: {
    title: "A renewal is declined until it is given up",
    what: "After the last try of the price (here the second) its policy ends the subscription, or pauses it.",
    events: [
      ...renewed,
      ...declined,
      "subscription.past_due",
      ...declined,
      "invoice.marked_uncollectible",
      "subscription.canceled",
      "quota.granted",
    ],
  },
  cancelling: {
    title: "A subscription is cancelled at the end of its period",
    what: "It goes on until then, and the cancellation can be withdrawn; at the end it is canceled.",
    events: ["subscription.cancel_scheduled", "revenue.recognized", "subscription.canceled"],
  },
  upgrading: {
    title: "A subscription changes to a dearer price",
    what: "The days that are left are debited at once; the change takes effect when that is paid.",
    events: ["invoice.finalized", "subscription.change_begun", ...paidByDebit, "subscription.changed", "quota.changed"],
  },
  pausing: {
    title: "A subscription is paused and resumed",
    what: "While it is paused nothing may be used; resuming gives back the days that were left.",
    events: ["subscription.paused", "quota.changed", "subscription.resumed", "quota.changed"],
  },
  refunding: {
    title: "A payment is given back by hand",
    what: "An operator orders the refund, pays it out and records the reference.",
    events: ["refund.created", "refund.succeeded"],
  },
} as const satisfies Readonly<Record<string, Flow>>;
