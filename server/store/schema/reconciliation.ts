// What is held against the gateway: each day's result, and the lines of its payouts.
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { PaymentId, PayoutId } from "../../../contract/common/id.ts";
import type { SignedRials } from "../../../contract/common/money.ts";
import { PayoutLineResult, PayoutLineType } from "../../../contract/payout.ts";
import { GatewaySays, ReconciliationStatus } from "../../../contract/reconciliation.ts";
import { amount, oneOf, wall } from "./columns.ts";

const signedAmount = (name: string) => integer(name).$type<SignedRials>();

export const reconciliation = sqliteTable("reconciliation", {
  day: text("day").primaryKey(),
  status: text("status", { enum: oneOf(ReconciliationStatus) }).notNull(),
  oursCount: integer("ours_count").notNull(),
  oursRials: amount("ours_rials").notNull(),
  gatewayCount: integer("gateway_count").notNull(),
  gatewayRials: amount("gateway_rials").notNull(),
  feesRials: amount("fees_rials").notNull(),
  cursorAt: wall("cursor_at").notNull(),
  cursorId: text("cursor_id").notNull(),
  stalledSince: wall("stalled_since"),
  startedAt: wall("started_at").notNull(),
  finishedAt: wall("finished_at"),
});

export const reconciliationDifference = sqliteTable(
  "reconciliation_difference",
  {
    day: text("day").notNull(),
    paymentId: text("payment_id").$type<PaymentId>().notNull(),
    gatewaySays: text("gateway_says", { enum: oneOf(GatewaySays) }).notNull(),
    amountRials: amount("amount_rials").notNull(),
    foundAt: wall("found_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.paymentId] })],
);

export const payout = sqliteTable("payout", {
  id: text("id").$type<PayoutId>().primaryKey(),
  lineCount: integer("line_count").notNull(),
  matchedCount: integer("matched_count").notNull(),
  differenceCount: integer("difference_count").notNull(),
  alreadyImportedCount: integer("already_imported_count").notNull(),
  paidOutRials: signedAmount("paid_out_rials").notNull(),
  feeDifferenceRials: signedAmount("fee_difference_rials").notNull(),
  importedAt: wall("imported_at").notNull(),
});

export const payoutLine = sqliteTable(
  "payout_line",
  {
    type: text("type", { enum: oneOf(PayoutLineType) }).notNull(),
    refId: text("ref_id").notNull(),
    amountRials: amount("amount_rials").notNull(),
    settledAt: wall("settled_at").notNull(),
    authority: text("authority").notNull(),
    feeRials: amount("fee_rials").notNull(),
    line: integer("line").notNull(),
    result: text("result", { enum: oneOf(PayoutLineResult) }).notNull(),
    paymentId: text("payment_id").$type<PaymentId>(),
    feeDifferenceRials: signedAmount("fee_difference_rials").notNull(),
    payoutId: text("payout_id").$type<PayoutId>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.type, table.refId, table.amountRials, table.settledAt] }),
    index("payout_line_payout_id").on(table.payoutId, table.line),
    index("payout_line_payment_id")
      .on(table.paymentId)
      .where(sql`payment_id IS NOT NULL`),
  ],
);
