// Events of refunds.
import { InvoiceId, PaymentId, RefundId } from "../common/id.ts";
import { Rials } from "../common/money.ts";
import { RefundMethod, RefundSource } from "../refund.ts";
import { at, atOrNull, creditBalanceRials, flag, intent, reference, word, type EventTypes } from "./fields.ts";

const refundOf = {
  refundId: RefundId,
  paymentId: PaymentId,
  invoiceId: InvoiceId,
  source: RefundSource,
  amountRials: Rials,
};
const netRials = Rials.meta({ description: "The part without VAT, in Rials; 0 from credit.", example: 2_990_000 });
const vatRials = Rials.meta({ description: "The VAT in it, in Rials; 0 from credit.", example: 299_000 });

export const refundEvents = {
  "refund.created": [
    "Money of a payment is to be given back; it is set aside from here on.",
    {
      ...refundOf,
      method: RefundMethod,
      netRials,
      vatRials,
      recognized: flag("Whether the revenue had been recognised.").default(false),
      creditBalanceRials,
      createdAt: at("Wall time of the order."),
      nextStepAt: atOrNull("When it is sent; null: an operator pays it out."),
    },
  ],
  "refund.submitted": [
    "The writer of this event, and nobody else, is about to ask the gateway to give the money back, once.",
    { ...refundOf, ...intent },
  ],
  "refund.asked": [
    "Whether the gateway gave the money back is not known yet.",
    {
      ...refundOf,
      nextStepAt: at("When it is asked again."),
      failedHeardAt: atOrNull("When it was first heard not to be back."),
    },
  ],
  "refund.succeeded": [
    "The money is given back.",
    {
      ...refundOf,
      method: RefundMethod,
      reference,
      settledAt: at("Wall time of knowing."),
    },
  ],
  "refund.failed": [
    "The money was not given back; what was set aside is free again.",
    {
      ...refundOf,
      netRials,
      vatRials,
      recognized: flag("Whether the revenue had been recognised.").default(false),
      creditBalanceRials,
      reason: word("Why, as a stable word.", "declined"),
      settledAt: at("Wall time of knowing."),
    },
  ],
  "refund.needs_review": [
    "Whether the money was given back cannot be asked; an operator decides.",
    { ...refundOf, reason: word("Why, as a stable word.", "unanswered") },
  ],
} as const satisfies EventTypes;
