// What the data of several types of event is made of.
import * as z from "zod";
import { InvoiceId, PaymentId } from "../common/id.ts";
import { Rials, SignedRials } from "../common/money.ts";
import { Instant } from "../common/time.ts";

/** Types of events: each with a sentence on what it says and the data it carries. */
export type EventTypes = Record<string, readonly [string, z.ZodRawShape]>;

export const count = (description: string, example: number) => z.int().min(0).meta({ description, example });
export const word = (description: string, example: string) => z.string().max(200).meta({ description, example });
export const at = (description: string) => Instant.meta({ description, example: "2026-11-22T12:30:00.000Z" });
/** An instant that may not come; `description` says what null means. */
export const atOrNull = (description: string) => Instant.nullable().meta({ description, example: null });
export const flag = (description: string) => z.boolean().meta({ description, example: true });

export const paymentOf = { paymentId: PaymentId, invoiceId: InvoiceId };

/** Of a call that may move money: who writes it makes the call, once, in this time. */
export const intent = {
  sendBefore: at("Wall time after which the call is not made."),
  settlesAfter: at("Wall time before which a failure is not believed."),
};

export const reference = z
  .string()
  .max(64)
  .nullable()
  .meta({ description: "The bank's reference.", example: "40123456" });
export const feeRials = Rials.meta({ description: "The gateway's fee that we pay, in Rials.", example: 2_500 });
export const creditBalanceRials = SignedRials.meta({
  description: "The customer's credit after it, in Rials; below zero: carried to the next invoice.",
  example: 3_289_000,
});
export const owed = {
  subtotalRials: Rials,
  vatRials: Rials,
  totalRials: Rials,
  recognizedRials: Rials.default(Rials.parse(0)).meta({
    description: "The part of the subtotal that had been recognised as revenue, in Rials.",
    example: 0,
  }),
};
