// Documents: an invoice, and the receipt of a payment, as pages to read and to print on A4.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { InvoiceId, PaymentId } from "./common/id.ts";
import { endpoint } from "./common/policy.ts";

const c = initContract();

const page = c.otherResponse({ contentType: "text/html; charset=utf-8", body: z.string() });

export const Language = z.enum(["fa", "en"]).meta({ description: "Persian, or English.", example: "fa" });

export type Language = z.infer<typeof Language>;

const query = z.object({ language: Language.default("fa") });
const invoicePath = z.object({ invoiceId: InvoiceId });
const paymentPath = z.object({ paymentId: PaymentId });
const owner = { who: "customer", rate: "read", idempotency: "none", events: [] } as const;
const operator = { ...owner, who: "operator" } as const;

const invoicePage =
  "The invoice as it was finalised, as a page to print: made when it is first asked for, and the same ever after. One " +
  "that was voided has a page of its own that says so. No script; the address is of use only to whoever is signed in.";
const receiptPage =
  "What was paid, by whom, and the bank's reference, as a page to print: made when it is first asked for, and the same " +
  "ever after. 409 `payment_not_settled` unless the payment succeeded.";

export const documents = c.router({
  invoice: endpoint(owner, {
    method: "GET",
    path: "/v1/invoices/:invoiceId/document",
    pathParams: invoicePath,
    query,
    responses: { 200: page },
    summary: "Read my invoice as a document",
    description: invoicePage,
  }),
  receipt: endpoint(
    { ...owner, refuses: ["payment_not_settled"] },
    {
      method: "GET",
      path: "/v1/payments/:paymentId/receipt",
      pathParams: paymentPath,
      query,
      responses: { 200: page },
      summary: "Read the receipt of my payment",
      description: receiptPage,
    },
  ),
  invoiceOfCustomer: endpoint(operator, {
    method: "GET",
    path: "/v1/operator/invoices/:invoiceId/document",
    pathParams: invoicePath,
    query,
    responses: { 200: page },
    summary: "Read a customer's invoice as a document",
    description: invoicePage,
  }),
  receiptOfCustomer: endpoint(
    { ...operator, refuses: ["payment_not_settled"] },
    {
      method: "GET",
      path: "/v1/operator/payments/:paymentId/receipt",
      pathParams: paymentPath,
      query,
      responses: { 200: page },
      summary: "Read the receipt of a customer's payment",
      description: receiptPage,
    },
  ),
});
