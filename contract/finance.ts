// What bookkeepers ask: the trial balance, what is owed and for how long, revenue by day, VAT by season; and months that
// are closed. All of it is read from the ledger, whose entries are dated by the wall time of their commit.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { BillingEventId, CustomerId, InvoiceId, PaymentId, ProductId } from "./common/id.ts";
import { Rials, SignedRials } from "./common/money.ts";
import { PageQuery } from "./common/page.ts";
import { endpoint } from "./common/policy.ts";
import { createApiListSchema, createApiResponseSchema } from "./common/response.ts";
import { Instant, mostDaysAsked, spanOf, TehranDate } from "./common/time.ts";
import { Reason } from "./subscription/operate.ts";

export const JalaliMonth = z
  .string()
  .regex(/^1[34]\d\d-(0[1-9]|1[0-2])$/)
  .meta({ description: "A month of the Jalali calendar.", example: "1405-08" });

export const JalaliSeason = z
  .string()
  .regex(/^1[34]\d\d-[1-4]$/)
  .meta({ description: "A season of the Jalali year: 1 is spring, from 1 Farvardin on.", example: "1405-3" });

export type JalaliMonth = z.infer<typeof JalaliMonth>;
export type JalaliSeason = z.infer<typeof JalaliSeason>;

export const LedgerAccount = z
  .enum([
    "receivable",
    "deferred_revenue",
    "revenue",
    "vat_payable",
    "gateway_clearing",
    "gateway_fee",
    "customer_credit",
    "refunds_payable",
    "rounding",
    "bank",
    "adjustments",
  ])
  .meta({ description: "An account of the ledger.", example: "deferred_revenue" });

const sum = (description: string, example: number) => Rials.meta({ description, example });

const AccountBalance = z.object({
  account: LedgerAccount,
  debitRials: sum("All its debits, in Rials.", 3_289_000),
  creditRials: sum("All its credits, in Rials.", 0),
  balanceRials: SignedRials.meta({ description: "Debits less credits, in Rials.", example: 3_289_000 }),
});

export const TrialBalance = z
  .object({
    through: TehranDate.nullable().meta({
      description: "The last day it contains; null: up to now, with all that is committed.",
      example: "2026-11-21",
    }),
    accounts: z.array(AccountBalance).meta({ description: "Every account that has an entry.", example: [] }),
    debitRials: sum("The sum of all debits, in Rials.", 6_578_000),
    creditRials: sum("The sum of all credits, in Rials; equal to the debits, or something is wrong.", 6_578_000),
  })
  .meta({ id: "TrialBalance", description: "All accounts with what was booked on them." });

export const ReceivableAge = z.enum(["not_due", "to_30_days", "to_60_days", "to_90_days", "older"]).meta({
  description: "How long it has been due: not yet, for at most 30, 60 or 90 days, or longer.",
  example: "to_30_days",
});

export const Receivables = z
  .object({
    asOf: Instant,
    ages: z
      .array(
        z.object({
          age: ReceivableAge,
          count: z.int().min(0).meta({ description: "Open invoices.", example: 3 }),
          amountRials: sum("What is owed on them, in Rials.", 9_867_000),
        }),
      )
      .meta({ description: "Every age, the youngest first.", example: [] }),
    totalRials: sum("All that is owed, in Rials.", 9_867_000),
  })
  .meta({ id: "Receivables", description: "Open invoices by how long they have been due." });

export const RevenueDay = z
  .object({
    day: TehranDate,
    totalRials: SignedRials.meta({ description: "Revenue of the day, in Rials; below zero when more went back." }),
    products: z
      .array(z.object({ productId: ProductId, amountRials: SignedRials }))
      .meta({ description: "The same by product; adds up to the total.", example: [] }),
  })
  .meta({ id: "RevenueDay", description: "What was recognised as revenue on a day, without VAT." });

export const VatReport = z
  .object({
    season: JalaliSeason,
    startsOn: TehranDate,
    endsOn: TehranDate,
    through: TehranDate.nullable().meta({
      description:
        "The last day of the season that it contains; null: none yet. The season is whole when it is `endsOn`.",
      example: "2026-11-21",
    }),
    taxedRials: sum("Net sales with VAT, in Rials; of an invoice with exempt lines the others.", 29_900_000),
    vatRials: sum("VAT on them, in Rials.", 2_990_000),
    exemptRials: sum("Net sales without VAT, in Rials.", 0),
    returnedTaxedRials: sum("Net of what was voided, credited or given back with its VAT, in Rials.", 0),
    returnedVatRials: sum("VAT in that, in Rials.", 0),
    returnedExemptRials: sum("Net of what was voided, credited or given back without VAT, in Rials.", 0),
    payableRials: SignedRials.meta({ description: "`vatRials` less `returnedVatRials`.", example: 2_990_000 }),
  })
  .meta({ id: "VatReport", description: "Sales and VAT of a Jalali season." });

export const ClosedMonth = z
  .object({
    month: JalaliMonth,
    endsAt: Instant.meta({ description: "The first moment after it.", example: "2026-11-21T20:30:00.000Z" }),
    debitRials: sum("All debits of the ledger through its end, in Rials; the credits are as much.", 6_578_000),
    closedAt: Instant,
  })
  .meta({ id: "ClosedMonth", description: "A month of which no entry can be made any more." });

export const Booking = z
  .object({
    eventId: BillingEventId,
    type: z.string().meta({ description: "Type of the event that was booked.", example: "payment.succeeded" }),
    at: Instant,
    entries: z
      .array(
        z.object({
          account: LedgerAccount,
          amountRials: SignedRials.meta({
            description: "A debit, or below zero a credit, in Rials.",
            example: 3_289_000,
          }),
          invoiceId: InvoiceId.nullable(),
          paymentId: PaymentId.nullable(),
        }),
      )
      .meta({ description: "They add up to 0.", example: [] }),
  })
  .meta({ id: "Booking", description: "The entries that one event made in the ledger." });

export type Booking = z.infer<typeof Booking>;
export type LedgerAccount = z.infer<typeof LedgerAccount>;
export type ReceivableAge = z.infer<typeof ReceivableAge>;
export type AccountBalance = z.infer<typeof AccountBalance>;
export type TrialBalance = z.infer<typeof TrialBalance>;
export type Receivables = z.infer<typeof Receivables>;
export type RevenueDay = z.infer<typeof RevenueDay>;
export type VatReport = z.infer<typeof VatReport>;
export type ClosedMonth = z.infer<typeof ClosedMonth>;

const read = { who: "operator", rate: "read", idempotency: "none", events: [] } as const;
const perDay =
  "Figures of a day stand from when it was reconciled with the gateway, soon after its midnight in Tehran, and are " +
  "summed up then, once: the answer takes as long in ten years as now.";

export const finance = initContract().router({
  trialBalance: endpoint(
    { ...read, refuses: ["not_found"] },
    {
      method: "GET",
      path: "/v1/finance/trial-balance",
      query: z.object({
        through: TehranDate.optional().meta({
          description: "The last day to count; left out: up to now.",
          example: "2026-11-21",
        }),
      }),
      responses: { 200: createApiResponseSchema(TrialBalance) },
      summary: "Get the trial balance",
      description:
        `Every account with its debits and credits, through a day or up to now. ${perDay} ` +
        "404 `not_found` for a day that has not been summed up.",
    },
  ),
  receivables: endpoint(read, {
    method: "GET",
    path: "/v1/finance/receivables",
    responses: { 200: createApiResponseSchema(Receivables) },
    summary: "Get what is owed, by age",
    description:
      "Open invoices by how long they have been due, and what is owed on them once credit has been taken off. By each " +
      "customer's own clock.",
  }),
  revenue: endpoint(read, {
    method: "GET",
    path: "/v1/finance/revenue",
    query: PageQuery.extend({
      from: TehranDate.optional().meta({ description: "The first day.", example: "2026-10-23" }),
      to: TehranDate.optional().meta({
        description: `The last day: at most ${mostDaysAsked} days after \`from\`.`,
        example: "2026-11-21",
      }),
    }).check(spanOf("from", "to")),
    responses: { 200: createApiListSchema(RevenueDay) },
    summary: "List revenue by day and product",
    description:
      `Days with revenue, the newest first. ${perDay} An invoice's revenue goes to the products on its lines, by what ` +
      "each came to; what a change took back of another product lessens it.",
  }),
  vat: endpoint(read, {
    method: "GET",
    path: "/v1/finance/vat/:season",
    pathParams: z.object({ season: JalaliSeason }),
    responses: { 200: createApiResponseSchema(VatReport) },
    summary: "Get the VAT report of a season",
    description:
      `Sales and VAT by the day on which they were booked. ${perDay} What goes back counts on the day it does, also for ` +
      "an invoice of another season.",
  }),
  listBookingsOfCustomer: endpoint(read, {
    method: "GET",
    path: "/v1/operator/customers/:customerId/bookings",
    pathParams: z.object({ customerId: CustomerId }),
    query: PageQuery,
    responses: { 200: createApiListSchema(Booking) },
    summary: "List a customer's ledger entries",
    description: "What was booked for any customer, event by event, newest first.",
  }),
  listMonths: endpoint(read, {
    method: "GET",
    path: "/v1/finance/months",
    query: PageQuery,
    responses: { 200: createApiListSchema(ClosedMonth) },
    summary: "List closed months",
    description: "Months that were closed, the newest first.",
  }),
  closeMonth: endpoint(
    {
      who: "operator",
      rate: "write",
      idempotency: "optional",
      refuses: ["month_not_over", "month_out_of_order"],
      events: ["month.closed"],
    },
    {
      method: "POST",
      path: "/v1/finance/months/:month/close",
      pathParams: z.object({ month: JalaliMonth }),
      body: z.strictObject({ reason: Reason }),
      responses: {
        200: createApiResponseSchema(ClosedMonth),
        201: createApiResponseSchema(ClosedMonth),
      },
      summary: "Close a month",
      description:
        "From here on the database refuses every entry dated in the month, or before it. What is corrected later (a " +
        "void, a refund, a credit note) is booked on the day it happens, in a month that is open. Months are closed one " +
        "after the other (409 `month_out_of_order`), each once its last day has been summed up (409 `month_not_over`); a " +
        "month cannot be opened again. 201 when this closed it, 200 when it was closed before.",
    },
  ),
});
