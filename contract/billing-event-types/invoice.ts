// Events of invoices.
import * as z from "zod";
import { CreditNoteId, InvoiceId, PersonId, SubscriptionId } from "../common/id.ts";
import { Rials, SignedRials } from "../common/money.ts";
import { CreditNoteReason } from "../credit.ts";
import { InvoiceLine, InvoiceReason, plainTaxReport, TaxReport } from "../invoice.ts";
import { at, atOrNull, count, creditBalanceRials, flag, owed, word, type EventTypes } from "./fields.ts";

export const invoiceEvents = {
  "invoice.finalized": [
    "An invoice is open: this is owed.",
    {
      invoiceId: InvoiceId,
      subscriptionId: SubscriptionId.nullable(),
      periodIndex: count("Index of the period it is for; null for a purchase.", 1).nullable(),
      reason: InvoiceReason,
      series: word("Its number's series: letter and Jalali year.", "S-1405"),
      lines: z.array(InvoiceLine).max(4).meta({ description: "What is owed and why.", example: [] }),
      subtotalRials: Rials,
      vatRials: Rials,
      totalRials: Rials,
      dueAt: at("Since when it is owed."),
      nextAttemptAt: atOrNull("When it is debited."),
      finalizedAt: at("Billing time of the finalisation."),
      buyerId: PersonId.nullable().default(null).meta({
        description: "Names the sealed details of the buyer it is made out to; null when none were given.",
        example: null,
      }),
      taxReport: TaxReport.default(plainTaxReport),
    },
  ],
  "invoice.attempt_failed": [
    "A debit for the invoice failed, or none could be sent.",
    {
      invoiceId: InvoiceId,
      attemptCount: count("Attempts so far.", 1),
      nextAttemptAt: atOrNull("The next attempt; null after the last."),
      reason: word("Why, as a stable word.", "declined"),
    },
  ],
  "invoice.paid": ["The invoice is settled.", { invoiceId: InvoiceId, paidAt: at("Billing time of the settlement.") }],
  "invoice.voided": ["The invoice is void: nothing is owed.", { invoiceId: InvoiceId, ...owed }],
  "invoice.marked_uncollectible": ["Collecting the invoice was given up.", { invoiceId: InvoiceId, ...owed }],
  "invoice.payment_link_due": [
    "No debit can collect the invoice now: the customer is to be sent a link to pay it.",
    { invoiceId: InvoiceId, dueAt: at("Wall time of the link.") },
  ],
  "invoice.reopened": [
    "The bank took the money back: the invoice is owed again.",
    { invoiceId: InvoiceId, reopenedAt: at("Billing time of the reopening.") },
  ],
  "invoice.reinstated": [
    "Money came for an invoice that had been given up: it is owed again, and paid by it.",
    { invoiceId: InvoiceId, ...owed },
  ],
  "credit.applied": [
    "The customer's credit pays for the invoice; below zero, what was applied is given back, or carried over to it.",
    {
      invoiceId: InvoiceId,
      amountRials: SignedRials,
      balanceRials: creditBalanceRials,
    },
  ],
  "credit_note.issued": [
    "A part of a paid invoice is taken back; it is credit from now on.",
    {
      creditNoteId: CreditNoteId,
      invoiceId: InvoiceId,
      reason: CreditNoteReason,
      netRials: Rials,
      vatRials: Rials,
      totalRials: Rials,
      recognized: flag("Whether its revenue had been recognised.").default(false),
      balanceRials: creditBalanceRials,
      issuedAt: at("Billing time of it."),
    },
  ],
  "revenue.recognized": [
    "The time that the invoice paid for is over: what was kept of it is revenue.",
    { invoiceId: InvoiceId, amountRials: Rials, recognizedAt: at("Billing time of it.") },
  ],
} as const satisfies EventTypes;
