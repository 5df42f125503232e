// Payment links: a public page that says what an invoice comes to and leads on to the gateway. Whoever has the link may
// pay; it tells nothing about the person who owes.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { checkoutEvents } from "./checkout.ts";
import { InvoiceId } from "./common/id.ts";
import { endpoint } from "./common/policy.ts";

const c = initContract();

const page = c.otherResponse({ contentType: "text/html; charset=utf-8", body: z.string() });
const pathParams = z.object({ invoiceId: InvoiceId });

export const paymentLinks = c.router({
  show: endpoint(
    { who: "public", rate: "public", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/pay/:invoiceId",
      pathParams,
      responses: { 200: page },
      summary: "Show what an invoice comes to",
      description:
        "A page in Persian, or in English when the browser prefers it: the amount, the product, and a button that leads " +
        "to the gateway; or that the invoice is paid, no longer owed, or being paid. No sign-in: the invoice's id, of " +
        "which 48 bits are random, is the secret of the link.",
    },
  ),
  open: endpoint(
    { who: "public", rate: "public", idempotency: "none", refuses: ["busy"], events: checkoutEvents },
    {
      method: "POST",
      path: "/v1/pay/:invoiceId",
      pathParams,
      contentType: "application/x-www-form-urlencoded",
      body: z.strictObject({}).optional(),
      responses: { 200: page, 303: page },
      summary: "Go to pay an invoice",
      description:
        "Opens a checkout of the invoice, or the one that is open, and sends the browser on to the gateway's page. 200 " +
        "with a page that says why when there is nothing to pay, another payment is under way, or the gateway does not " +
        "answer within 8 seconds. Safe to repeat; the effects are those of `POST /v1/checkouts`.",
    },
  ),
});
