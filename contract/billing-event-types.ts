// Every type of billing event with a sentence on what it says and the data it carries. Data holds only the event's own
// resource, and never a person; a type and version never change meaning.
import * as z from "zod";
import {
  CustomerId,
  InvoiceId,
  PartnerId,
  PaymentId,
  PaymentMethodId,
  PersonId,
  PriceId,
  ProductId,
  SecretId,
  SubscriptionId,
} from "./common/id.ts";
import { Rials } from "./common/money.ts";
import { Calendar, Instant, Interval } from "./common/time.ts";
import { InvoiceLine, InvoiceReason } from "./invoice.ts";
import { PaymentKind } from "./payment.ts";
import { GrantOn, TaxBehavior, UnpaidPolicy } from "./product.ts";
import { CancelReason } from "./subscription.ts";

const count = (description: string, example: number) => z.int().min(0).meta({ description, example });
const word = (description: string, example: string) => z.string().max(200).meta({ description, example });
const at = (description: string) => Instant.meta({ description, example: "2026-11-22T12:30:00.000Z" });
const flag = (description: string) => z.boolean().meta({ description, example: true });

const period = {
  periodIndex: count("Index of the period.", 0),
  startsAt: at("Start of the period."),
  endsAt: at("End of the period, not part of it."),
};

const paymentOf = { paymentId: PaymentId, invoiceId: InvoiceId };
const heard = {
  failedHeardAt: Instant.nullable().meta({
    description: "When FAILED was first heard after `settlesAfter`; null before.",
    example: null,
  }),
  notPaidHeardAt: Instant.nullable().meta({
    description: "When, an hour or more after `settlesAfter`, a refusal to verify was first heard; null before.",
    example: null,
  }),
  askCount: count("How often the gateway has been asked since the money call.", 2),
  askedAt: at("When it was asked; a hint after that is news."),
  nextAskAt: at("When it is asked again."),
};
const askedUnprompted = Instant.nullable().meta({
  description: "When the gateway is asked again unprompted; null: only after a hint.",
  example: null,
});
const owed = { subtotalRials: Rials, vatRials: Rials, totalRials: Rials };

export const types = {
  "product.created": [
    "A product was added to the catalogue.",
    {
      productId: ProductId,
      name: word("Its name.", "Pro"),
      description: z.string().max(500).meta({ description: "What it gives.", example: "For daily writers" }),
      roundtableId: z.string().max(80).nullable().meta({ description: "Roundtable's id of it.", example: "plan_pro" }),
      messageQuota: count("Messages granted for each period.", 2_000),
      grantOn: GrantOn,
    },
  ],
  "price.created": [
    "A price was added to a product.",
    {
      priceId: PriceId,
      productId: ProductId,
      amountRials: Rials,
      interval: Interval,
      calendar: Calendar,
      taxBehavior: TaxBehavior,
      unpaidPolicy: UnpaidPolicy,
    },
  ],
  "collecting.changed": [
    "An operator stopped or resumed collecting.",
    { collecting: flag("Whether new debits are sent from now on.") },
  ],
  "customer.created": [
    "A customer exists from here on.",
    {
      customerId: CustomerId,
      partnerId: PartnerId,
      userId: z.string().max(64).nullable().meta({ description: "The user behind it, if any.", example: "q1w2e3r4" }),
    },
  ],
  "test_clock.target_set": [
    "The customer's billing time was stopped and sent to a target.",
    { nowAt: at("Billing time now."), targetAt: at("Where it goes.") },
  ],
  "test_clock.advanced": ["The customer's billing time moved.", { nowAt: at("Billing time now.") }],
  "payment_method.created": [
    "A direct-debit agreement is about to be opened for signing.",
    {
      paymentMethodId: PaymentMethodId,
      personId: PersonId,
      maxAmountRials: Rials,
      maxDailyCount: count("The most debits in a day.", 2),
      maxMonthlyCount: count("The most debits in a month.", 10),
      expiresAt: at("End of the agreement."),
      signBefore: at("Until when a signature is looked for."),
    },
  ],
  "payment_method.signing_opened": [
    "The gateway opened the agreement; the payer can sign it at a bank.",
    { paymentMethodId: PaymentMethodId, agreementId: SecretId, nextAskAt: at("When the gateway is asked unprompted.") },
  ],
  "payment_method.asked": [
    "The gateway was asked for the signature and had none yet.",
    {
      paymentMethodId: PaymentMethodId,
      askedAt: at("When it was asked; a hint after that is news."),
      nextAskAt: askedUnprompted,
    },
  ],
  "payment_method.activated": [
    "The agreement is signed: debits are possible.",
    { paymentMethodId: PaymentMethodId, signatureId: SecretId, activatedAt: at("When the signature was found.") },
  ],
  "payment_method.verification_failed": [
    "No signature was found. One found within `signBefore` still counts.",
    {
      paymentMethodId: PaymentMethodId,
      reason: z.enum(["refused", "not_signed", "not_opened"]).meta({
        description: "Refused by the payer, as it seems; never signed; or never opened at the gateway.",
        example: "refused",
      }),
      askedAt: at("When it was asked; a hint after that is news."),
      nextAskAt: askedUnprompted,
    },
  ],
  "payment_method.expired": ["The agreement has ended.", { paymentMethodId: PaymentMethodId }],
  "payment_method.cancelled": [
    "The customer cancelled the agreement: no new debit starts.",
    {
      paymentMethodId: PaymentMethodId,
      cancelledAt: at("When."),
      nextAskAt: askedUnprompted,
      nextCancelAt: Instant.nullable().meta({
        description: "When the bank is told; null when nothing is signed.",
        example: null,
      }),
    },
  ],
  "payment_method.signature_found": [
    "A cancelled agreement turned out to be signed; it is now ended at the bank.",
    { paymentMethodId: PaymentMethodId, signatureId: SecretId, nextCancelAt: at("When the bank is told.") },
  ],
  "payment_method.cancellation_asked": [
    "The gateway was told to end the agreement and did not confirm.",
    {
      paymentMethodId: PaymentMethodId,
      cancelTries: count("Calls so far.", 2),
      nextCancelAt: at("When it is told again."),
    },
  ],
  "payment_method.cancellation_ended": [
    "The agreement is over at the bank, or taken to be.",
    { paymentMethodId: PaymentMethodId, cancellation: z.enum(["confirmed", "presumed"]) },
  ],
  "subscription.created": [
    "A customer subscribed; the first period is fixed.",
    {
      subscriptionId: SubscriptionId,
      productId: ProductId,
      priceId: PriceId,
      paymentMethodId: PaymentMethodId.nullable(),
      anchorDay: count("Day of the month on which periods begin.", 1),
      ...period,
      createdAt: at("Billing time of the subscribing."),
    },
  ],
  "subscription.activated": ["The subscription runs.", { subscriptionId: SubscriptionId }],
  "subscription.incomplete_expired": [
    "The first payment did not succeed; the subscription never ran.",
    { subscriptionId: SubscriptionId, endedAt: at("Billing time of the end.") },
  ],
  "subscription.renewed": ["The next period began.", { subscriptionId: SubscriptionId, ...period }],
  "subscription.past_due": ["A renewal is unpaid; access goes on in grace.", { subscriptionId: SubscriptionId }],
  "subscription.recovered": ["What was overdue is paid.", { subscriptionId: SubscriptionId }],
  "subscription.paused": ["The subscription rests, unpaid.", { subscriptionId: SubscriptionId }],
  "subscription.cancel_scheduled": [
    "The subscription will end with its current period.",
    { subscriptionId: SubscriptionId, reason: CancelReason },
  ],
  "subscription.canceled": [
    "The subscription ended.",
    { subscriptionId: SubscriptionId, reason: CancelReason, endedAt: at("Billing time of the end.") },
  ],
  "invoice.finalized": [
    "An invoice is open: this is owed.",
    {
      invoiceId: InvoiceId,
      subscriptionId: SubscriptionId,
      periodIndex: count("Index of the period it is for.", 1),
      reason: InvoiceReason,
      series: word("Its number's series: letter and Jalali year.", "S-1405"),
      lines: z.array(InvoiceLine).max(4).meta({ description: "What is owed and why.", example: [] }),
      subtotalRials: Rials,
      vatRials: Rials,
      totalRials: Rials,
      dueAt: at("Since when it is owed."),
      nextAttemptAt: Instant.nullable().meta({ description: "When it is debited.", example: null }),
      finalizedAt: at("Billing time of the finalisation."),
    },
  ],
  "invoice.attempt_failed": [
    "A debit for the invoice failed, or none could be sent.",
    {
      invoiceId: InvoiceId,
      attemptCount: count("Attempts so far.", 1),
      nextAttemptAt: Instant.nullable().meta({ description: "The next attempt; null after the last.", example: null }),
      reason: word("Why, as a stable word.", "declined"),
    },
  ],
  "invoice.paid": ["The invoice is settled.", { invoiceId: InvoiceId, paidAt: at("Billing time of the settlement.") }],
  "invoice.voided": ["The invoice is void: nothing is owed.", { invoiceId: InvoiceId, ...owed }],
  "invoice.marked_uncollectible": ["Collecting the invoice was given up.", { invoiceId: InvoiceId, ...owed }],
  "payment.created": [
    "An attempt to take money for an invoice begins.",
    {
      ...paymentOf,
      kind: PaymentKind,
      paymentMethodId: PaymentMethodId,
      amountRials: Rials,
      createdAt: at("Billing time of the beginning."),
    },
  ],
  "payment.deferred": [
    "The gateway gave no authority; asking for another one costs nothing.",
    { ...paymentOf, tries: count("Requests so far.", 1), nextAskAt: at("When it is asked again.") },
  ],
  "payment.submitted": [
    "The writer of this event, and nobody else, is about to make the money call, once.",
    {
      ...paymentOf,
      authority: word("The gateway's id of the attempt.", "A00000000000000000000000000000abCd12"),
      sendBefore: at("Wall time after which the call is not made."),
      settlesAfter: at("Wall time before which a failure is not believed."),
    },
  ],
  "payment.unknown": [
    "The gateway has not told what became of the money call; it is asked until it does.",
    {
      ...paymentOf,
      answered: flag("Whether the money call itself came back with a refusal that could be read."),
      ...heard,
    },
  ],
  "payment.asked": ["The gateway was asked and what it said does not decide.", { ...paymentOf, ...heard }],
  "payment.succeeded": [
    "The money is here, verified with our own amount.",
    {
      ...paymentOf,
      amountRials: Rials,
      refId: z.string().max(64).nullable().meta({ description: "The bank's reference.", example: "40123456" }),
      feeRials: Rials.meta({ description: "The gateway's fee that we pay, in Rials.", example: 2_500 }),
      settledAt: at("Wall time of knowing."),
    },
  ],
  "payment.failed": [
    "No money was taken.",
    { ...paymentOf, reason: word("Why, as a stable word.", "declined"), settledAt: at("Wall time of knowing.") },
  ],
  "payment.lapsed": [
    "A day later the gateway still says that nothing was paid.",
    { ...paymentOf, settledAt: at("Wall time of giving up.") },
  ],
  "payment.needs_review": [
    "The gateway contradicts itself; an operator decides.",
    { ...paymentOf, reason: word("The contradiction, as a stable word.", "amount_differs") },
  ],
  "quota.granted": [
    "Messages may be used until `validUntil`; what was left before is gone.",
    {
      productId: ProductId,
      subscriptionId: SubscriptionId,
      periodIndex: count("Index of the period.", 0),
      messages: count("Messages granted.", 2_000),
      validUntil: at("When the grant ends."),
    },
  ],
} as const satisfies Record<string, readonly [string, z.ZodRawShape]>;
