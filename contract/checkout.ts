// Checkouts: one-off payments on a page of the gateway, of what is owed or of a one-time price.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import type { BillingEventType } from "./billing-event.ts";
import { InvoiceId, PaymentId, PriceId } from "./common/id.ts";
import { Currency, Rials } from "./common/money.ts";
import { endpoint } from "./common/policy.ts";
import { createApiResponseSchema } from "./common/response.ts";
import { Instant } from "./common/time.ts";
import { PaymentStatus } from "./payment.ts";

export const Checkout = z
  .object({
    id: PaymentId,
    status: PaymentStatus.meta({
      description:
        "`created` until the gateway has a page; `open` while it can be paid; `verifying` while the money is taken; " +
        "`succeeded`; `closed` after 30 minutes, `failed` when the gateway gave no page. A closed one may still become " +
        "`succeeded`, when its money came late, or `surplus`, when the invoice had been paid in another way.",
      example: "open",
    }),
    invoiceId: InvoiceId,
    amountRials: Rials,
    currency: Currency,
    url: z.string().nullable().meta({
      description:
        "The gateway's page: send the payer there. Null before the gateway has answered and when it is over.",
      example: "https://payment.zarinpal.com/pg/StartPay/A00000000000000000000000000000abCd12",
    }),
    expiresAt: Instant.nullable().meta({
      description: "When the page is closed, 30 minutes after it was opened; null before and after.",
      example: "2026-11-22T13:00:00.000Z",
    }),
    createdAt: Instant,
    settledAt: Instant.nullable().meta({
      description: "When it was known to have succeeded or failed; null before.",
      example: null,
    }),
    refId: z.string().nullable().meta({
      description: "The bank's reference of the money, to quote to the bank.",
      example: null,
    }),
    failureReason: z.string().nullable().meta({
      description: "Why it did not succeed, as a stable word; else null.",
      example: null,
    }),
  })
  .meta({ id: "Checkout", description: "A one-off payment on a page of the gateway." });

export type Checkout = z.infer<typeof Checkout>;

export const PaymentProcessing = z
  .object({
    paymentId: PaymentId,
    pollUrl: z.string().meta({
      description: "Ask here for what became of it.",
      example: "/v1/checkouts/pay_01kaqzv3m5e0a8r6b1x2n4y7tq",
    }),
    status: z.literal("processing").meta({ description: "The gateway has not answered yet.", example: "processing" }),
  })
  .meta({ id: "PaymentProcessing", description: "A payment whose answer takes longer than 8 seconds." });

/** What a payment on a page may cause, now or when the payer has paid. */
export const checkoutEvents = [
  "payment.created",
  "payment.opened",
  "payment.verifying",
  "payment.succeeded",
  "payment.closed",
  "payment.surplus",
  "payment.failed",
  "invoice.paid",
] as const satisfies readonly BillingEventType[];

const Order = z
  .strictObject({
    invoiceId: InvoiceId.optional().meta({
      description: "An open invoice of the caller. Either this or `priceId`.",
      example: "inv_01kaqzv3m5e0a8r6b1x2n4y7tq",
    }),
    priceId: PriceId.optional().meta({
      description: "A one-time price, which is bought by it. Either this or `invoiceId`.",
      example: "price_01kaqzv3m5e0a8r6b1x2n4y7tq",
    }),
  })
  .check(({ value, issues }) => {
    const { invoiceId, priceId } = value;
    if ((invoiceId === undefined) !== (priceId === undefined)) return;
    const message = "Name an invoice or a one-time price, one of the two.";
    const path = invoiceId === undefined ? "invoiceId" : "priceId";
    issues.push({ code: "custom", input: value, path: [path], message });
  });

export const checkouts = initContract().router({
  create: endpoint(
    {
      who: "customer",
      rate: "money",
      idempotency: "required",
      refuses: [
        "not_found",
        "price_recurring",
        "invoice_not_open",
        "payment_in_progress",
        "price_not_for_sale",
        "busy",
      ],
      events: [...checkoutEvents, "customer.created", "invoice.finalized", "invoice.voided", "credit.granted"],
    },
    {
      method: "POST",
      path: "/v1/checkouts",
      body: Order,
      responses: {
        200: createApiResponseSchema(Checkout),
        201: createApiResponseSchema(Checkout),
        202: createApiResponseSchema(PaymentProcessing),
      },
      summary: "Pay on a page",
      description:
        "Opens a page of the gateway for an open invoice, or for a one-time price, whose invoice is made by it. 201 with " +
        "the page; 200 with the same page while one of the invoice is open; 202 when the gateway needs longer than 8 " +
        "seconds. A page can be paid for 30 minutes and then closes by itself. While it is open the invoice is not " +
        "debited; a debit that was planned and not sent makes room. 409 `payment_in_progress` while a debit is under way.\n\n" +
        "Money is taken once per invoice, by our own verification after the payer came back. It makes the invoice " +
        "`paid`, and a subscription that was `incomplete` or `past_due` `active` again. When nobody pays, a purchase's " +
        "invoice becomes `void`, and any other stays as it was. What is paid on two pages is taken once; the other goes " +
        "back to the payer by itself, or becomes the customer's credit. Money that comes after a page has closed is " +
        "taken when the invoice is still open; when it was given up, the price's `latePaymentPolicy` says whether it is " +
        "credit, a refund, or brings the subscription back.",
    },
  ),
  get: endpoint(
    { who: "customer", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/checkouts/:paymentId",
      pathParams: z.object({
        paymentId: PaymentId.meta({
          description: "Id of the checkout, which is that of its payment.",
          example: "pay_01kaqzv3m5e0a8r6b1x2n4y7tq",
        }),
      }),
      responses: { 200: createApiResponseSchema(Checkout) },
      summary: "Get a checkout",
      description: "One checkout of the caller. A debit is found among the payments and not here.",
    },
  ),
});
