// The button of a payment link: opens the checkout of an invoice, or finds the one that is open, and sends the browser on.
import { contract } from "../../contract/index.ts";
import type { InvoiceId } from "../../contract/common/id.ts";
import { decideCheckout, livePaymentOf } from "../billing/checkout.ts";
import { isRejection } from "../billing/rejection.ts";
import { presentCheckout, onceAnswered } from "../http/checkout.ts";
import type { RequestContext } from "../http/context.ts";
import { publicly, refused } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { noticePage } from "../page/notice.tsx";
import { findPayable, type Payable } from "../store/payable.ts";
import { transact } from "../store/transact.ts";
import { textsOf } from "../text/languages.ts";
import { noticeOf } from "./notice.ts";

export const openPaymentLink = publicly.route(contract.paymentLinks.open, async ({ params }, context) => {
  const { deps, request, responseHeaders } = context;
  const { invoiceId } = params;
  const payable = await findPayable(deps.db, invoiceId);
  if (!payable) return refusal(context, "not_found");
  const payment = await begin(context, invoiceId, payable);
  if (payment !== null && isRejection(payment)) return refused(context, payment);
  const begun = payment && (await onceAnswered(deps, payment));
  const url = begun && presentCheckout(deps, begun).url;
  const texts = textsOf(request.headers);
  if (!url) {
    const now = (await findPayable(deps.db, invoiceId)) ?? payable;
    const notice =
      begun?.status === "created" ? texts.payPage.unanswered : (noticeOf(texts, now) ?? texts.payPage.busy);
    return { status: 200, body: noticePage(texts, notice) };
  }
  responseHeaders.set("location", url);
  return { status: 303, body: noticePage(texts, { title: texts.payPage.title, text: texts.payPage.onward }) };
});

/** The checkout that is begun or open; null when the invoice cannot be paid on a page now. */
async function begin({ deps }: Pick<RequestContext, "deps">, invoiceId: InvoiceId, { customerId }: Payable) {
  const slice = await transact(deps, {
    customerId,
    // Whoever has the link may pay, and is nobody we know.
    actor: "system",
    decide: (current, now, ids) => decideCheckout(current, { invoiceId, paymentId: ids.next("pay") }, now),
  });
  if (!isRejection(slice)) return livePaymentOf(slice, invoiceId) ?? null;
  return slice.rejected === "busy" ? { ...slice, rejected: slice.rejected } : null;
}
