// Events of payments: the written state machine that keeps money from being taken twice.
import * as z from "zod";
import { PaymentMethodId } from "../common/id.ts";
import { Rials } from "../common/money.ts";
import { PaymentKind } from "../payment.ts";
import { at, atOrNull, count, feeRials, flag, intent, paymentOf, reference, word, type EventTypes } from "./fields.ts";

const heard = {
  failedHeardAt: atOrNull("When FAILED was first heard after `settlesAfter`; null before."),
  notPaidHeardAt: atOrNull("When a refusal to verify was first taken down; null before."),
  askCount: count("How often the gateway has been asked since the money call.", 2),
  askedAt: at("When it was asked; a hint after that is news."),
  nextAskAt: atOrNull("When it is asked again; null: only after a hint."),
};
const watched = {
  watchUntil: at("Until when the gateway is asked whether money came after all."),
  nextAskAt: at("When it is asked next."),
};

export const paymentEvents = {
  "payment.created": [
    "An attempt to take money for an invoice begins.",
    {
      ...paymentOf,
      kind: PaymentKind,
      paymentMethodId: PaymentMethodId.nullable(),
      amountRials: Rials,
      onDemand: flag("Whether somebody waits for it; else it keeps to the hours of collecting."),
      createdAt: at("Billing time of the beginning."),
    },
  ],
  "payment.deferred": [
    "The gateway gave no authority; asking for another one costs nothing.",
    { ...paymentOf, tries: count("Requests so far.", 1), nextAskAt: at("When it is asked again.") },
  ],
  "payment.submitted": [
    "The writer of this event, and nobody else, is about to make the money call, once.",
    {
      ...paymentOf,
      authority: word("The gateway's id of the attempt.", "A00000000000000000000000000000abCd12"),
      ...intent,
    },
  ],
  "payment.opened": [
    "The gateway has a page on which the payer can pay.",
    {
      ...paymentOf,
      authority: word("The gateway's id of the attempt.", "A00000000000000000000000000000abCd12"),
      closesAt: at("Wall time of its close."),
      nextAskAt: at("When the gateway is asked unprompted."),
    },
  ],
  "payment.verifying": [
    "The gateway says that it was paid; the writer of this event, and nobody else, is about to take the money, once.",
    { ...paymentOf, ...intent },
  ],
  "payment.closed": [
    "The page is over, or made room for another way of paying. Money that comes after all is still looked for.",
    {
      ...paymentOf,
      reason: z
        .enum(["expired", "superseded"])
        .meta({ description: "Its time was over, or another way came first.", example: "expired" }),
      closedAt: at("Wall time of the close."),
    },
  ],
  "payment.watched": ["Somebody says that money came after all: it is looked for again.", { ...paymentOf, ...watched }],
  "payment.surplus": [
    "Money was found for what another payment had settled. It goes back by itself, or becomes credit.",
    { ...paymentOf, ...watched },
  ],
  "payment.returned": [
    "Surplus money went back to the payer by itself.",
    { ...paymentOf, returnedAt: at("Wall time of knowing.") },
  ],
  "payment.credited": [
    "Surplus money was taken; it becomes the customer's credit.",
    {
      ...paymentOf,
      amountRials: Rials,
      refId: reference,
      feeRials,
      settledAt: at("Wall time of knowing."),
    },
  ],
  "payment.reversed": [
    "The bank took the money of a payment back.",
    { ...paymentOf, amountRials: Rials, reversedAt: at("Wall time of knowing.") },
  ],
  "payment.review_ended": [
    "An operator wants the gateway asked once more.",
    { ...paymentOf, nextAskAt: at("When it is asked.") },
  ],
  "payment.unknown": [
    "The gateway has not told what became of the money call; it is asked until it does.",
    {
      ...paymentOf,
      answered: flag("Whether the money call itself came back with a refusal that could be read."),
      ...heard,
    },
  ],
  "payment.asked": [
    "The gateway was asked and what it said does not decide.",
    { ...paymentOf, ...heard, told: flag("Whether its answer could be read.") },
  ],
  "payment.succeeded": [
    "The money is here, verified with our own amount.",
    {
      ...paymentOf,
      amountRials: Rials,
      refId: reference,
      feeRials,
      settledAt: at("Wall time of knowing."),
    },
  ],
  "payment.failed": [
    "No money was taken.",
    { ...paymentOf, reason: word("Why, as a stable word.", "declined"), settledAt: at("Wall time of knowing.") },
  ],
  "payment.lapsed": [
    "A day later the gateway still says that nothing was paid.",
    { ...paymentOf, settledAt: at("Wall time of giving up.") },
  ],
  "payment.needs_review": [
    "The gateway contradicts itself; an operator decides.",
    { ...paymentOf, reason: word("The contradiction, as a stable word.", "amount_differs") },
  ],
} as const satisfies EventTypes;
