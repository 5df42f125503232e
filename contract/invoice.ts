// Invoices: what is owed for a period, line by line, and why.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { CustomerId, InvoiceId, PriceId, SubscriptionId } from "./common/id.ts";
import { Currency, Rials, SignedRials } from "./common/money.ts";
import { PageQuery } from "./common/page.ts";
import { endpoint } from "./common/policy.ts";
import { createApiListSchema, createApiResponseSchema } from "./common/response.ts";
import { Instant } from "./common/time.ts";
import { Reason } from "./subscription/operate.ts";

export const InvoiceStatus = z.enum(["open", "paid", "void", "uncollectible"]).meta({
  description: "`open` until it is `paid`; `void` when nothing came of it; `uncollectible` when collecting gave up.",
  example: "paid",
});

export type InvoiceStatus = z.infer<typeof InvoiceStatus>;

export const InvoiceReason = z
  .enum(["subscription_create", "subscription_cycle", "subscription_change", "purchase"])
  .meta({
    description: "What it is for: the first period, a renewal, a change within a period, or a one-time price.",
    example: "subscription_cycle",
  });

export type InvoiceReason = z.infer<typeof InvoiceReason>;

const zeroRials = Rials.parse(0);

export const InvoiceLine = z
  .object({
    priceId: PriceId,
    quantity: z.int().min(1).default(1).meta({ description: "How many of it.", example: 1 }),
    startsAt: Instant,
    endsAt: Instant,
    discountRials: Rials.default(zeroRials).meta({
      description: "Taken off by a coupon, before VAT, in Rials.",
      example: 0,
    }),
    netRials: Rials.meta({ description: "Amount without VAT, in Rials.", example: 2_990_000 }),
    vatRateBasisPoints: z.int().min(0).max(10_000).meta({
      description: "VAT rate when the line was made, in hundredths of a percent.",
      example: 1_000,
    }),
    vatRials: Rials.meta({ description: "VAT, in Rials.", example: 299_000 }),
    totalRials: Rials.meta({ description: "Amount with VAT, in Rials.", example: 3_289_000 }),
    explain: z.string().meta({
      description: "How the amount came about.",
      example: "One month (jalali) at 2,990,000 IRR; VAT 10% on top, half up.",
    }),
  })
  .meta({ id: "InvoiceLine", description: "One line of an invoice." });

export type InvoiceLine = z.infer<typeof InvoiceLine>;

/** The codes are the tax office's own (Moadian); its `taxid` is for whoever reports, and is not made here. */
export const TaxReport = z
  .object({
    type: z.union([z.literal(1), z.literal(2)]).meta({
      description: "`inty`: 1 with the buyer's details, 2 without.",
      example: 1,
    }),
    pattern: z.literal(1).meta({ description: "`inp`, the pattern: 1, a sale.", example: 1 }),
    subject: z.literal(1).meta({ description: "`ins`, the subject: 1, an original invoice.", example: 1 }),
    settlement: z.literal(1).meta({ description: "`setm`, how it is settled: 1, in cash.", example: 1 }),
    buyerType: z
      .union([z.literal(1), z.literal(2)])
      .nullable()
      .meta({
        description: "`tob`: 1 a natural person, 2 a legal one; null without the buyer's details.",
        example: 1,
      }),
  })
  .meta({ id: "TaxReport", description: "What an e-invoice of the tax office says about the invoice as a whole." });

export type TaxReport = z.infer<typeof TaxReport>;

/** Of an invoice that is made out to nobody in particular. */
export const plainTaxReport: TaxReport = { type: 2, pattern: 1, subject: 1, settlement: 1, buyerType: null };

export const Invoice = z
  .object({
    id: InvoiceId,
    number: z.string().nullable().meta({
      description: "Gapless number: series, Jalali year and a count.",
      example: "S-1405-000042",
    }),
    status: InvoiceStatus,
    reason: InvoiceReason,
    subscriptionId: SubscriptionId.nullable(),
    periodIndex: z.int().min(0).nullable().meta({
      description: "Index of the period it is for; null for a purchase.",
      example: 1,
    }),
    currency: Currency,
    lines: z.array(InvoiceLine).meta({ description: "What is owed and why.", example: [] }),
    subtotalRials: Rials.meta({ description: "Sum of the lines without VAT, in Rials.", example: 2_990_000 }),
    vatRials: Rials.meta({ description: "Sum of VAT, in Rials.", example: 299_000 }),
    totalRials: Rials.meta({ description: "Sum of the lines with VAT, in Rials.", example: 3_289_000 }),
    creditAppliedRials: SignedRials.meta({
      description:
        "Paid from the customer's credit, in Rials. Below zero: carried over from earlier. A total below the gateway's " +
        "minimum is carried to the next invoice in the same way.",
      example: 0,
    }),
    dueRials: Rials.meta({
      description: "The total less the credit that was used: what is paid by a payment, in Rials.",
      example: 3_289_000,
    }),
    creditNotesRials: Rials.meta({ description: "Credited later by credit notes, in Rials.", example: 0 }),
    dueAt: Instant,
    attemptCount: z.int().min(0).meta({ description: "Debits that have failed so far.", example: 0 }),
    nextAttemptAt: Instant.nullable().meta({
      description: "When it will be debited next; null when no debit is planned.",
      example: null,
    }),
    finalizedAt: Instant,
    paidAt: Instant.nullable().meta({ description: "When it was paid; else null.", example: null }),
    taxReport: TaxReport,
  })
  .meta({ id: "Invoice", description: "What a customer owes for a period." });

export type Invoice = z.infer<typeof Invoice>;

const invoicePath = z.object({ invoiceId: InvoiceId });

export const invoices = initContract().router({
  list: endpoint(
    { who: "customer", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/invoices",
      query: PageQuery,
      responses: { 200: createApiListSchema(Invoice) },
      summary: "List my invoices",
      description: "The caller's invoices, newest first.",
    },
  ),
  get: endpoint(
    { who: "customer", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/invoices/:invoiceId",
      pathParams: invoicePath,
      responses: { 200: createApiResponseSchema(Invoice) },
      summary: "Get an invoice",
      description: "One invoice of the caller.",
    },
  ),
  listOfCustomer: endpoint(
    { who: "operator", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/operator/customers/:customerId/invoices",
      pathParams: z.object({ customerId: CustomerId }),
      query: PageQuery,
      responses: { 200: createApiListSchema(Invoice) },
      summary: "List a customer's invoices",
      description: "The invoices of any customer, newest first.",
    },
  ),
  void: endpoint(
    {
      who: "operator",
      rate: "money",
      idempotency: "optional",
      refuses: ["invoice_not_open", "payment_in_progress", "busy"],
      events: [
        "invoice.voided",
        "credit.applied",
        "subscription.change_failed",
        "subscription.incomplete_expired",
        "subscription.recovered",
        "quota.granted",
        "quota.changed",
      ],
    },
    {
      method: "POST",
      path: "/v1/operator/invoices/:invoiceId/void",
      pathParams: invoicePath,
      body: z.strictObject({ reason: Reason }),
      responses: { 200: createApiResponseSchema(Invoice) },
      summary: "Void an invoice",
      description:
        "Nothing is owed on it any more; it keeps its number. What would begin with its payment does not; a period that " +
        "has begun goes on as if it were paid. 409 `invoice_not_open` unless it is open, and `payment_in_progress` while " +
        "a payment of it is under way. Safe to repeat.",
    },
  ),
  markUncollectible: endpoint(
    {
      who: "operator",
      rate: "money",
      idempotency: "optional",
      refuses: ["invoice_not_open", "payment_in_progress", "busy"],
      events: [
        "invoice.marked_uncollectible",
        "credit.applied",
        "subscription.change_failed",
        "subscription.incomplete_expired",
        "subscription.canceled",
        "subscription.paused",
        "quota.granted",
      ],
    },
    {
      method: "POST",
      path: "/v1/operator/invoices/:invoiceId/mark-uncollectible",
      pathParams: invoicePath,
      body: z.strictObject({ reason: Reason }),
      responses: { 200: createApiResponseSchema(Invoice) },
      summary: "Give up collecting an invoice",
      description:
        "No attempt to collect it follows. A subscription whose current period it is for ends or pauses, as its price's " +
        "`unpaidPolicy` says; what would begin with its payment does not. 409 `invoice_not_open` and " +
        "`payment_in_progress` as for voiding. Safe to repeat.",
    },
  ),
});
