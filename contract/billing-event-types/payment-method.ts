// Events of payment methods.
import * as z from "zod";
import { PaymentMethodId, PersonId, SecretId } from "../common/id.ts";
import { Rials } from "../common/money.ts";
import { at, atOrNull, count, type EventTypes } from "./fields.ts";

const askedUnprompted = atOrNull("When the gateway is asked again unprompted; null: only after a hint.");

export const paymentMethodEvents = {
  "payment_method.created": [
    "A direct-debit agreement is about to be opened for signing.",
    {
      paymentMethodId: PaymentMethodId,
      personId: PersonId,
      maxAmountRials: Rials,
      maxDailyCount: count("The most debits in a day.", 2),
      maxMonthlyCount: count("The most debits in a month.", 10),
      expiresAt: at("End of the agreement."),
      signBefore: at("Until when a signature is looked for."),
      replacesId: PaymentMethodId.nullable().default(null).meta({
        description: "The payment method that it takes the place of when it is active.",
        example: null,
      }),
    },
  ],
  "payment_method.expiring": [
    "The agreement ends in 30 days: the customer is to sign a new one.",
    { paymentMethodId: PaymentMethodId, expiresAt: at("End of the agreement.") },
  ],
  "payment_method.declined": [
    "A debit was declined for a reason that the bank did not say, or one succeeded and the count begins anew.",
    {
      paymentMethodId: PaymentMethodId,
      unexplainedDeclines: count("In a row; from two on the customer is to confirm it, or to sign a new one.", 1),
    },
  ],
  "payment_method.confirmed": [
    "The customer says that the payment method is good: debits are sent again.",
    { paymentMethodId: PaymentMethodId },
  ],
  "payment_method.signing_opened": [
    "The gateway opened the agreement; the payer can sign it at a bank.",
    { paymentMethodId: PaymentMethodId, agreementId: SecretId, nextAskAt: at("When the gateway is asked unprompted.") },
  ],
  "payment_method.asked": [
    "The gateway was asked for the signature and had none yet.",
    {
      paymentMethodId: PaymentMethodId,
      askedAt: at("When it was asked; a hint after that is news."),
      nextAskAt: askedUnprompted,
    },
  ],
  "payment_method.activated": [
    "The agreement is signed: debits are possible.",
    { paymentMethodId: PaymentMethodId, signatureId: SecretId, activatedAt: at("When the signature was found.") },
  ],
  "payment_method.verification_failed": [
    "No signature was found. One found within `signBefore` still counts.",
    {
      paymentMethodId: PaymentMethodId,
      reason: z.enum(["refused", "not_signed", "not_opened"]).meta({
        description: "Refused by the payer, as it seems; never signed; or never opened at the gateway.",
        example: "refused",
      }),
      askedAt: at("When it was asked; a hint after that is news."),
      nextAskAt: askedUnprompted,
    },
  ],
  "payment_method.expired": ["The agreement has ended.", { paymentMethodId: PaymentMethodId }],
  "payment_method.cancelled": [
    "The customer cancelled the agreement: no new debit starts.",
    {
      paymentMethodId: PaymentMethodId,
      cancelledAt: at("When."),
      nextAskAt: askedUnprompted,
      nextCancelAt: atOrNull("When the bank is told; null when nothing is signed."),
    },
  ],
  "payment_method.signature_found": [
    "A cancelled agreement turned out to be signed; it is now ended at the bank.",
    { paymentMethodId: PaymentMethodId, signatureId: SecretId, nextCancelAt: at("When the bank is told.") },
  ],
  "payment_method.cancellation_asked": [
    "The gateway was told to end the agreement and did not confirm.",
    {
      paymentMethodId: PaymentMethodId,
      cancelTries: count("Calls so far.", 2),
      nextCancelAt: at("When it is told again."),
    },
  ],
  "payment_method.cancellation_ended": [
    "The agreement is over at the bank, or taken to be.",
    {
      paymentMethodId: PaymentMethodId,
      cancellation: z.enum(["confirmed", "presumed"]).meta({
        description: "Whether the gateway has confirmed it, or it is presumed since the gateway does not tell.",
        example: "confirmed",
      }),
    },
  ],
} as const satisfies EventTypes;
