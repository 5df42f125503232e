// What is owed, paid and given back.
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type {
  CreditNoteId,
  CustomerId,
  InvoiceId,
  PaymentId,
  PaymentMethodId,
  PersonId,
  RefundId,
  SubscriptionId,
} from "../../../contract/common/id.ts";
import type { SignedRials } from "../../../contract/common/money.ts";
import { CreditNoteReason } from "../../../contract/credit.ts";
import {
  InvoiceReason,
  InvoiceStatus,
  plainTaxReport,
  type InvoiceLine,
  type TaxReport,
} from "../../../contract/invoice.ts";
import { PaymentKind, PaymentStatus } from "../../../contract/payment.ts";
import { RefundMethod, RefundSource, RefundStatus } from "../../../contract/refund.ts";
import { zeroRials } from "../../billing/money.ts";
import { amount, billing, flag, oneOf, wall } from "./columns.ts";

export const invoice = sqliteTable(
  "invoice",
  {
    id: text("id").$type<InvoiceId>().primaryKey(),
    customerId: text("customer_id").$type<CustomerId>().notNull(),
    subscriptionId: text("subscription_id").$type<SubscriptionId>(),
    periodIndex: integer("period_index"),
    reason: text("reason", { enum: oneOf(InvoiceReason) }).notNull(),
    status: text("status", { enum: oneOf(InvoiceStatus) }).notNull(),
    lines: text("lines", { mode: "json" }).$type<readonly InvoiceLine[]>().notNull(),
    subtotalRials: amount("subtotal_rials").notNull(),
    vatRials: amount("vat_rials").notNull(),
    totalRials: amount("total_rials").notNull(),
    creditAppliedRials: integer("credit_applied_rials").$type<SignedRials>().notNull(),
    creditNotesRials: amount("credit_notes_rials").notNull(),
    returnedRials: amount("returned_rials").notNull(),
    returnedNetRials: amount("returned_net_rials").notNull(),
    recognizedAt: billing("recognized_at"),
    dueAt: billing("due_at").notNull(),
    attemptCount: integer("attempt_count").notNull(),
    nextAttemptAt: billing("next_attempt_at"),
    finalizedAt: billing("finalized_at").notNull(),
    paidAt: billing("paid_at"),
    buyerId: text("buyer_id").$type<PersonId>(),
    taxReport: text("tax_report", { mode: "json" }).$type<TaxReport>().notNull().default(plainTaxReport),
  },
  (table) => [
    uniqueIndex("one_invoice_per_period")
      .on(table.subscriptionId, table.periodIndex)
      .where(sql`reason IN ('subscription_create', 'subscription_cycle')`),
    index("invoice_customer_id").on(table.customerId, table.id),
    index("invoice_finalized_at").on(table.finalizedAt, table.id),
    index("invoice_open")
      .on(table.dueAt)
      .where(sql`status = 'open'`),
    index("invoice_deferred")
      .on(table.customerId)
      .where(sql`status = 'paid' AND recognized_at IS NULL`),
  ],
);

export const invoiceNumber = sqliteTable(
  "invoice_number",
  {
    series: text("series").notNull(),
    number: integer("number").notNull(),
    invoiceId: text("invoice_id").$type<InvoiceId>().notNull().unique(),
  },
  (table) => [primaryKey({ columns: [table.series, table.number] })],
);

export const payment = sqliteTable(
  "payment",
  {
    id: text("id").$type<PaymentId>().primaryKey(),
    customerId: text("customer_id").$type<CustomerId>().notNull(),
    invoiceId: text("invoice_id").$type<InvoiceId>().notNull(),
    paymentMethodId: text("payment_method_id").$type<PaymentMethodId>(),
    kind: text("kind", { enum: oneOf(PaymentKind) }).notNull(),
    status: text("status", { enum: oneOf(PaymentStatus) }).notNull(),
    amountRials: amount("amount_rials").notNull(),
    authority: text("authority").unique(),
    sendBefore: wall("send_before"),
    settlesAfter: wall("settles_after"),
    answered: flag("answered").notNull(),
    tries: integer("tries").notNull(),
    askCount: integer("ask_count").notNull(),
    askedAt: wall("asked_at"),
    nextAskAt: wall("next_ask_at"),
    failedHeardAt: wall("failed_heard_at"),
    notPaidHeardAt: wall("not_paid_heard_at"),
    refId: text("ref_id").unique(),
    failureReason: text("failure_reason"),
    createdAt: billing("created_at").notNull(),
    begunAt: wall("begun_at").notNull(),
    settledAt: wall("settled_at"),
    onDemand: flag("on_demand").notNull().default(false),
    closesAt: wall("closes_at"),
    toldAt: wall("told_at"),
    watchUntil: wall("watch_until"),
    refundedRials: amount("refunded_rials").notNull().default(zeroRials),
  },
  (table) => [
    uniqueIndex("one_live_payment_per_invoice")
      .on(table.invoiceId)
      .where(sql`status IN ('created', 'submitted', 'open', 'verifying', 'unknown', 'needs_review', 'succeeded')`),
    index("payment_customer_id").on(table.customerId, table.id),
    index("payment_begun_at").on(table.customerId, table.begunAt),
    index("payment_exceptional")
      .on(table.status)
      .where(sql`status IN ('needs_review', 'surplus', 'reversed')`),
    index("payment_waiting")
      .on(table.customerId)
      .where(sql`status = 'created'`),
    index("payment_open_page")
      .on(table.id)
      .where(sql`status = 'open'`),
    index("payment_left_page")
      .on(table.watchUntil)
      .where(sql`kind = 'checkout' AND status IN ('closed', 'failed', 'lapsed')`),
    index("payment_settled_at")
      .on(table.settledAt, table.id)
      .where(sql`status IN ('succeeded', 'surplus', 'refunded') AND settled_at IS NOT NULL`),
  ],
);

export const refund = sqliteTable(
  "refund",
  {
    id: text("id").$type<RefundId>().primaryKey(),
    customerId: text("customer_id").$type<CustomerId>().notNull(),
    paymentId: text("payment_id").$type<PaymentId>().notNull(),
    invoiceId: text("invoice_id").$type<InvoiceId>().notNull(),
    source: text("source", { enum: oneOf(RefundSource) }).notNull(),
    method: text("method", { enum: oneOf(RefundMethod) }).notNull(),
    status: text("status", { enum: oneOf(RefundStatus) }).notNull(),
    amountRials: amount("amount_rials").notNull(),
    netRials: amount("net_rials").notNull(),
    vatRials: amount("vat_rials").notNull(),
    sendBefore: wall("send_before"),
    settlesAfter: wall("settles_after"),
    nextStepAt: wall("next_step_at"),
    failedHeardAt: wall("failed_heard_at"),
    reference: text("reference"),
    failureReason: text("failure_reason"),
    createdAt: wall("created_at").notNull(),
    settledAt: wall("settled_at"),
  },
  (table) => [
    index("refund_customer_id").on(table.customerId, table.id),
    index("refund_payment_id").on(table.paymentId),
    index("refund_reference")
      .on(table.reference)
      .where(sql`reference IS NOT NULL`),
    index("refund_waiting")
      .on(table.id)
      .where(sql`status IN ('pending', 'needs_review')`),
  ],
);

export const creditNote = sqliteTable(
  "credit_note",
  {
    id: text("id").$type<CreditNoteId>().primaryKey(),
    customerId: text("customer_id").$type<CustomerId>().notNull(),
    invoiceId: text("invoice_id").$type<InvoiceId>().notNull(),
    reason: text("reason", { enum: oneOf(CreditNoteReason) }).notNull(),
    netRials: amount("net_rials").notNull(),
    vatRials: amount("vat_rials").notNull(),
    totalRials: amount("total_rials").notNull(),
    issuedAt: billing("issued_at").notNull(),
  },
  (table) => [index("credit_note_customer_id").on(table.customerId, table.id)],
);
