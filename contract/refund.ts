// Refunds: money of a payment that is given back, wholly or in part. Ordered by operators only.
import * as z from "zod";

export const RefundMethod = z.enum(["reverse", "refund", "manual"]).meta({
  description:
    "`reverse`: the gateway takes the whole payment back, within 30 minutes of it. `refund`: the gateway pays out. " +
    "`manual`: an operator pays out and records the reference. Which are on is configuration.",
  example: "manual",
});

export type RefundMethod = z.infer<typeof RefundMethod>;

export const RefundSource = z.enum(["invoice", "credit"]).meta({
  description: "What it takes the money from: what an invoice was paid with, or the customer's credit.",
  example: "invoice",
});

export type RefundSource = z.infer<typeof RefundSource>;

export const RefundStatus = z.enum(["pending", "submitted", "succeeded", "failed", "needs_review"]).meta({
  description:
    "`pending` until it is sent or an operator has paid it out; `submitted` while the gateway is at it; then " +
    "`succeeded` or `failed`. `needs_review` waits for an operator, since sending it again might give back twice.",
  example: "succeeded",
});

export type RefundStatus = z.infer<typeof RefundStatus>;
