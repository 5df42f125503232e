// Invoices: what is owed for a period, line by line, and why.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { InvoiceId, PriceId, SubscriptionId } from "./common/id.ts";
import { Currency, Rials, SignedRials } from "./common/money.ts";
import { PageQuery } from "./common/page.ts";
import { endpoint } from "./common/policy.ts";
import { createApiListSchema, createApiResponseSchema } from "./common/response.ts";
import { Instant } from "./common/time.ts";

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
  })
  .meta({ id: "Invoice", description: "What a customer owes for a period." });

export type Invoice = z.infer<typeof Invoice>;

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
      pathParams: z.object({ invoiceId: InvoiceId }),
      responses: { 200: createApiResponseSchema(Invoice) },
      summary: "Get an invoice",
      description: "One invoice of the caller.",
    },
  ),
});
