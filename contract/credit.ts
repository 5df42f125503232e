// A customer's credit: money we hold for them that the next invoices take before anything is debited; and the credit
// notes that take back a part of an invoice.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { CreditNoteId, CustomerId, InvoiceId } from "./common/id.ts";
import { Rials, SignedRials } from "./common/money.ts";
import { PageQuery } from "./common/page.ts";
import { endpoint } from "./common/policy.ts";
import { createApiListSchema, createApiResponseSchema } from "./common/response.ts";
import { Instant } from "./common/time.ts";
import { Reason } from "./subscription/operate.ts";

export const CreditNoteReason = z.enum(["cancellation", "correction", "goodwill"]).meta({
  description: "Why: the subscription was cancelled at once, the invoice was wrong, or as a courtesy.",
  example: "correction",
});

export type CreditNoteReason = z.infer<typeof CreditNoteReason>;

export const CreditBalance = z
  .object({
    balanceRials: SignedRials.meta({
      description: "What the next invoices take first, in Rials; below zero: carried over to the next invoice.",
      example: 0,
    }),
  })
  .meta({ id: "CreditBalance", description: "A customer's credit: the sum of its entries in the ledger." });

export type CreditBalance = z.infer<typeof CreditBalance>;

export const CreditNote = z
  .object({
    id: CreditNoteId,
    invoiceId: InvoiceId,
    reason: CreditNoteReason,
    netRials: Rials.meta({ description: "The part without VAT, in Rials.", example: 900_000 }),
    vatRials: Rials.meta({ description: "The VAT in it, in Rials.", example: 90_000 }),
    totalRials: Rials.meta({ description: "What became credit, in Rials.", example: 990_000 }),
    issuedAt: Instant,
  })
  .meta({ id: "CreditNote", description: "Takes back a part of a paid invoice, as credit." });

export type CreditNote = z.infer<typeof CreditNote>;

const customerPath = z.object({ customerId: CustomerId });

export const credits = initContract().router({
  get: endpoint(
    { who: "customer", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/credit",
      responses: { 200: createApiResponseSchema(CreditBalance) },
      summary: "Get my credit",
      description: "The caller's credit; it pays invoices before anything is debited.",
    },
  ),
  listNotes: endpoint(
    { who: "customer", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/credit-notes",
      query: PageQuery,
      responses: { 200: createApiListSchema(CreditNote) },
      summary: "List my credit notes",
      description: "The caller's credit notes, newest first.",
    },
  ),
  listNotesOfCustomer: endpoint(
    { who: "operator", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/operator/customers/:customerId/credit-notes",
      pathParams: customerPath,
      query: PageQuery,
      responses: { 200: createApiListSchema(CreditNote) },
      summary: "List a customer's credit notes",
      description: "The credit notes of any customer, newest first.",
    },
  ),
  adjust: endpoint(
    {
      who: "operator",
      rate: "write",
      idempotency: "required",
      refuses: ["credit_insufficient", "credit_limit_reached", "busy"],
      events: ["credit.adjusted"],
    },
    {
      method: "POST",
      path: "/v1/operator/customers/:customerId/credit",
      pathParams: customerPath,
      body: z.strictObject({
        amountRials: SignedRials.refine((amount) => amount !== 0, { error: "Must not be 0." }).meta({
          description: "What to give, in Rials; below zero takes back.",
          example: 500_000,
        }),
        reason: Reason,
      }),
      responses: { 200: createApiResponseSchema(CreditBalance) },
      summary: "Give or take back credit",
      description:
        "An audited adjustment. 409 `credit_insufficient` when more is taken back than there is, `credit_limit_reached` " +
        "above a quadrillion Rials.",
    },
  ),
  issueNote: endpoint(
    {
      who: "operator",
      rate: "write",
      idempotency: "required",
      refuses: ["invoice_not_creditable", "busy"],
      events: ["credit_note.issued"],
    },
    {
      method: "POST",
      path: "/v1/operator/invoices/:invoiceId/credit-notes",
      pathParams: z.object({ invoiceId: InvoiceId }),
      body: z.strictObject({
        amountRials: Rials.min(1).meta({ description: "What to credit, VAT included, in Rials.", example: 990_000 }),
        kind: CreditNoteReason.exclude(["cancellation"]).meta({
          description: "Why, as a word that the customer sees.",
          example: "goodwill",
        }),
        reason: Reason,
      }),
      responses: { 201: createApiResponseSchema(CreditNote) },
      summary: "Credit a part of an invoice",
      description:
        "A credit note: this much of a paid invoice becomes the customer's credit, with its share of VAT. 409 " +
        "`invoice_not_creditable` when it is not paid, or more than is left of it after refunds and other notes.",
    },
  ),
});
