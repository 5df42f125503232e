// The receipt of a payment that brought its money.
import type { CustomerId, PaymentId } from "../../contract/common/id.ts";
import type { Language } from "../../contract/document.ts";
import { reject, type Rejection } from "../billing/rejection.ts";
import type { Payment } from "../billing/state.ts";
import type { Deps } from "../deps.ts";
import { receiptPage, type ReceiptSheet } from "../page/receipt.tsx";
import { findBuyer } from "../store/buyer.ts";
import { documentOf } from "../store/documents.ts";
import { findInvoice, findOffer, findPayment } from "../store/read.ts";
import { textsIn } from "../text/languages.ts";
import { nameOf } from "./name.ts";
import { buyerParty, sellerParty } from "./party.ts";

export interface ReceiptWanted {
  readonly customerId: CustomerId;
  readonly paymentId: PaymentId;
  readonly language: Language;
}

/** The page; null when the customer has no such payment. Rejects `payment_not_settled` when it brought nothing. */
export async function receiptDocument(
  deps: Deps,
  { customerId, paymentId, language }: ReceiptWanted,
): Promise<{ readonly page: string } | Rejection<"payment_not_settled"> | null> {
  const payment = await findPayment(deps.db, customerId, paymentId);
  if (!payment) return null;
  // What was given back later was paid all the same.
  if (payment.status !== "succeeded" && payment.status !== "refunded") {
    return reject("payment_not_settled", `${paymentId} is ${payment.status}.`);
  }
  const name = { subjectId: paymentId, language, edition: "issued", customerId } as const;
  const page = await documentOf(deps, name, async () =>
    receiptPage(textsIn(language), await sheetOf(deps, payment, language)),
  );
  return { page };
}

async function sheetOf(deps: Deps, payment: Payment, language: Language): Promise<ReceiptSheet> {
  const { customerId, invoiceId } = payment;
  const invoice = await findInvoice(deps.db, customerId, invoiceId);
  const { number = null, buyerId = null, lines = [] } = invoice ?? {};
  if (number === null || payment.settledAt === null) throw new Error(`${payment.id} was paid for no invoice`);
  const offers = await Promise.all(lines.map(({ priceId }) => findOffer(deps.db, priceId)));
  return {
    invoiceNumber: number,
    paymentId: payment.id,
    paidAtMs: payment.settledAt,
    amountRials: payment.amountRials,
    method: payment.kind,
    reference: payment.refId,
    seller: sellerParty(deps.config.seller, language),
    buyer: buyerParty(buyerId && (await findBuyer(deps, buyerId))),
    names: offers.flatMap((offer) => (offer ? [nameOf(offer.product, language)] : [])),
  };
}
