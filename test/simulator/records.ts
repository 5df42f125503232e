// What the simulator remembers, as schemas, so that the state file of an earlier run is checked when it is read.
// Money is integer Rials, instants are milliseconds since 1970.

import * as z from "zod";

export const statusSchema = z.enum(["NEW", "IN_BANK", "PAID", "VERIFIED", "REVERSED", "FAILED"]);

export const sessionSchema = z.strictObject({
  authority: z.string(),
  merchantId: z.string(),
  amountRials: z.int(),
  callbackUrl: z.string(),
  description: z.string().default(""),
  mobile: z.string().nullable(),
  orderId: z.string().nullable(),
  autoVerify: z.boolean().nullable(),
  wages: z.array(z.record(z.string(), z.unknown())).nullable(),
  /** As it was when the authority was asked for; what changes the tariff later does not change this. */
  feeRials: z.int().default(0),
  feePaidBy: z.enum(["Merchant", "Payer"]).default("Merchant"),
  status: statusSchema,
  endedBy: z.enum(["decline", "cancel", "window", "age"]).nullable(),
  declineCode: z.int().nullable(),
  createdAt: z.number(),
  paidAt: z.number().nullable(),
  refId: z.int().nullable(),
  entryIndexes: z.array(z.int()),
});

export const contractSchema = z.strictObject({
  paymanAuthority: z.string(),
  merchantId: z.string(),
  mobile: z.string(),
  expireAt: z.number(),
  maxDailyCount: z.int(),
  maxMonthlyCount: z.int(),
  maxAmountRials: z.int(),
  callbackUrl: z.string(),
  status: z.enum(["REQUESTED", "REFUSED", "SIGNED", "ACTIVE", "CANCELLED", "REVOKED"]),
  bankCode: z.string().nullable(),
  signature: z.string().nullable(),
  debits: z.array(z.strictObject({ at: z.number(), amountRials: z.int() })),
});

export const refundSchema = z.strictObject({
  id: z.string(),
  amountRials: z.int(),
  at: z.number(),
  method: z.string().nullable(),
  reason: z.string().nullable(),
});

export const entrySchema = z.strictObject({
  authority: z.string(),
  amountRials: z.int(),
  kind: z.enum(["debit", "payment"]),
  orderId: z.string().nullable(),
  at: z.number(),
  state: z.enum(["held", "captured", "returned", "reversed", "refunded"]),
  refId: z.int(),
  mobile: z.string().nullable(),
  /** What the gateway keeps of it; 0 when the payer pays the fee. */
  feeRials: z.int().default(0),
  /** When a verify, or the gateway by itself, made it the merchant's. */
  capturedAt: z.number().nullable().default(null),
  /** When all of it was back with the payer. */
  endedAt: z.number().nullable().default(null),
  /** What went back by refunds; the state is "refunded" only when that is all of it. */
  refunds: z.array(refundSchema).default([]),
});

export const callNames = [
  "payment/request",
  "payment/verify",
  "payment/inquiry",
  "payment/unVerified",
  "payment/reverse",
  "payment/feeCalculation",
  "payman/request",
  "payman/banksList",
  "payman/verify",
  "payman/checkout",
  "payman/cancelContract",
  "graphql/Session",
  "graphql/AddRefund",
] as const;

export const lateSchema = z.strictObject({
  at: z.number(),
  call: z.enum(callNames),
  body: z.record(z.string(), z.unknown()),
});

export const snapshotSchema = z.strictObject({
  version: z.literal(1),
  lastRefId: z.int(),
  lastRefundId: z.int().default(1_234_567_889),
  sessions: z.array(sessionSchema),
  contracts: z.array(contractSchema),
  ledger: z.array(entrySchema),
  late: z.array(lateSchema),
  contradicted: z.array(z.strictObject({ authority: z.string(), until: z.number() })).default([]),
  balances: z.record(z.string(), z.int()),
});

/** One authority: a payment request and what became of it. `status` is the truth, not what `inquiry` shows. */
export type Session = z.infer<typeof sessionSchema>;
/** One direct-debit agreement. Expiry is not a status: it follows from `expireAt` whenever the agreement is used. */
export type Contract = z.infer<typeof contractSchema>;
/** Money that left a payer's account once, and where it is now. */
export type StoredEntry = z.infer<typeof entrySchema>;
export type Refund = z.infer<typeof refundSchema>;
/** A call whose connection dropped and whose effect is still under way. */
export type LateEffect = z.infer<typeof lateSchema>;
export type CallName = (typeof callNames)[number];
export type Snapshot = z.infer<typeof snapshotSchema>;
