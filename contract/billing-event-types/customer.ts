// Events of a customer as a whole: its beginning, its clock and its credit.
import * as z from "zod";
import { BuyerKind } from "../buyer.ts";
import { CustomerId, InvoiceId, PartnerId, PartnerKeyId, PaymentId, PersonId } from "../common/id.ts";
import { Rials, SignedRials } from "../common/money.ts";
import { NoticeChannel, NoticeKindName, noticeKinds } from "../notification.ts";
import { at, creditBalanceRials, word, type EventTypes } from "./fields.ts";

export const customerEvents = {
  "customer.created": [
    "A customer exists from here on.",
    {
      customerId: CustomerId,
      partnerId: PartnerId,
      userId: z.string().max(64).nullable().meta({ description: "The user behind it, if any.", example: "q1w2e3r4" }),
      externalId: z.string().max(80).nullable().default(null).meta({
        description: "The partner's own id of it, if any.",
        example: "rt-user-42",
      }),
    },
  ],
  "customer.buyer_changed": [
    "Invoices from now on are made out to the buyer whose details were stored under this reference.",
    { buyerId: PersonId, kind: BuyerKind },
  ],
  "customer.signed_in": [
    "Somebody signed in as the customer by a partner's link; this user is behind it from here on.",
    {
      userId: z.string().max(64).meta({ description: "The user that the link signs in.", example: "q1w2e3r4" }),
      partnerKeyId: PartnerKeyId.meta({ description: "The key that made the link." }),
    },
  ],
  "customer.erased": [
    "The person asked to be forgotten: what was known of them is deleted, here and with whoever was told of them. The " +
      "customer stays, with nobody behind it, and so do its invoices and the books.",
    { erasedAt: at("When, on the wall clock.") },
  ],
  "customer.notifications_chosen": [
    "The customer wants to be told of these things by these channels, or no longer; what is not named stays.",
    {
      choices: z
        .array(z.object({ kind: NoticeKindName, channel: NoticeChannel, enabled: z.boolean() }))
        .max(2 * noticeKinds.length)
        .meta({
          description: "Kind, channel, and whether it is wanted.",
          example: [{ kind: "quota_alert", channel: "sms", enabled: true }],
        }),
    },
  ],
  "customer.resumed": [
    "An operator wants the customer looked at now, or the gateway asked about a payment that had ended.",
    { about: PaymentId.nullable().meta({ description: "The payment to ask about; null: whatever is due." }) },
  ],
  "exception.acknowledged": [
    "An operator has seen an exception that needs no decision.",
    { exceptionId: word("What it is about.", "pay_01kaqzv3m5e0a8r6b1x2n4y7tq") },
  ],
  "test_clock.target_set": [
    "The customer's billing time was stopped and sent to a target.",
    { nowAt: at("Billing time now."), targetAt: at("Where it goes.") },
  ],
  "test_clock.advanced": ["The customer's billing time moved.", { nowAt: at("Billing time now.") }],
  "credit.granted": [
    "The customer has credit for money we hold and no invoice claims.",
    {
      paymentId: PaymentId,
      invoiceId: InvoiceId,
      amountRials: Rials,
      balanceRials: creditBalanceRials,
      reason: z.enum(["surplus", "late_payment"]).meta({
        description: "Paid twice, or paid for what had been given up.",
        example: "surplus",
      }),
    },
  ],
  "credit.adjusted": [
    "An operator gave credit, or took credit back that had been given.",
    {
      amountRials: SignedRials,
      balanceRials: creditBalanceRials,
      adjustedAt: at("Billing time of it."),
    },
  ],
} as const satisfies EventTypes;
