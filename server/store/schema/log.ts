// The log and what stands beside it: the books, facts across customers, who is due, hints.
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, unique, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { BillingEventType } from "../../../contract/billing-event.ts";
import type { BillingEventId, CustomerId, InvoiceId, PaymentId, WebhookEventId } from "../../../contract/common/id.ts";
import type { SignedRials } from "../../../contract/common/money.ts";
import { LedgerAccount } from "../../../contract/finance.ts";
import { WebhookEventSource } from "../../../contract/webhook.ts";
import { flag, oneOf, wall } from "./columns.ts";

export const billingEvent = sqliteTable(
  "billing_event",
  {
    position: integer("position").primaryKey({ autoIncrement: true }),
    id: text("id").$type<BillingEventId>().notNull().unique(),
    stream: text("stream").notNull(),
    seq: integer("seq").notNull(),
    epoch: integer("epoch").notNull(),
    type: text("type").notNull(),
    version: integer("version").notNull(),
    at: wall("at").notNull(),
    actor: text("actor").notNull(),
    /** Canonical JSON, as it was hashed. */
    data: text("data").notNull(),
    evidence: text("evidence"),
    evidenceHash: text("evidence_hash"),
    prevHash: text("prev_hash").notNull(),
    hash: text("hash").notNull(),
  },
  (table) => [
    unique("billing_event_stream_seq").on(table.stream, table.seq),
    index("billing_event_gateway_outcome")
      .on(table.position)
      .where(sql`type IN ('payment.succeeded', 'payment.failed', 'payment.unknown')`),
    index("billing_event_submission")
      .on(table.position)
      .where(sql`type = 'payment.submitted'`),
    index("billing_event_payment_link")
      .on(table.position)
      .where(sql`type = 'invoice.payment_link_due'`),
    index("billing_event_unknown")
      .on(table.position)
      .where(sql`type = 'payment.unknown'`),
  ],
);

/** Through which the log has been archived, each time, and in which segment of which signed file that stands. */
export const eventCheckpoint = sqliteTable(
  "event_checkpoint",
  {
    position: integer("position").primaryKey(),
    exportName: text("export_name").notNull(),
    part: integer("part").notNull(),
    sha256: text("sha256").notNull(),
    root: text("root").notNull(),
    events: integer("events").notNull(),
    eventId: text("event_id").$type<BillingEventId>().notNull().unique(),
    at: wall("at").notNull(),
  },
  (table) => [unique("event_checkpoint_segment").on(table.exportName, table.part)],
);

/** The last event of each stream that has left the log. */
export const archivedStream = sqliteTable("archived_stream", {
  stream: text("stream").primaryKey(),
  seq: integer("seq").notNull(),
  hash: text("hash").notNull(),
  position: integer("position").notNull(),
  at: wall("at").notNull(),
});

export const archivedAcknowledgement = sqliteTable(
  "archived_acknowledgement",
  {
    stream: text("stream").notNull(),
    exceptionId: text("exception_id").notNull(),
  },
  (table) => [primaryKey({ columns: [table.stream, table.exceptionId] })],
);

export const systemState = sqliteTable("system_state", {
  id: integer("id").primaryKey(),
  epoch: integer("epoch").notNull(),
  collecting: flag("collecting").notNull(),
  /** Where this epoch begins: no event of an earlier one has this place or a later one. */
  firstPosition: integer("first_position").notNull().default(1),
  /** Nothing but recalled events is written. */
  recalling: flag("recalling").notNull().default(false),
  /** What fell due before it may have been paid without our knowing. */
  doubtUntil: wall("doubt_until"),
});

export const readerCursor = sqliteTable("reader_cursor", {
  reader: text("reader").primaryKey(),
  position: integer("position").notNull(),
});

/** In a database beside home: which it is, and how far it has copied what home has for all. */
export const copiedFromHome = sqliteTable("copied_from_home", {
  id: integer("id").primaryKey(),
  place: integer("place").notNull(),
  position: integer("position").notNull(),
});

export const ledgerEntry = sqliteTable(
  "ledger_entry",
  {
    eventId: text("event_id").$type<BillingEventId>().notNull(),
    line: integer("line").notNull(),
    customerId: text("customer_id").$type<CustomerId>(),
    account: text("account", { enum: oneOf(LedgerAccount) }).notNull(),
    amountRials: integer("amount_rials").$type<SignedRials>().notNull(),
    invoiceId: text("invoice_id").$type<InvoiceId>(),
    paymentId: text("payment_id").$type<PaymentId>(),
    at: wall("at").notNull(),
    eventType: text("event_type").$type<BillingEventType>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.eventId, table.line] }),
    index("ledger_entry_at").on(table.at),
    index("ledger_entry_customer_id").on(table.customerId, table.account),
    index("ledger_entry_payment_id")
      .on(table.paymentId, table.account)
      .where(sql`payment_id IS NOT NULL`),
  ],
);

export const claim = sqliteTable(
  "claim",
  {
    kind: text("kind").notNull(),
    key: text("key").notNull(),
    customerId: text("customer_id").$type<CustomerId>().notNull(),
    expiresAt: wall("expires_at").notNull(),
    confirmed: flag("confirmed").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.key] }),
    index("claim_expires_at")
      .on(table.expiresAt)
      .where(sql`confirmed = 0`),
  ],
);

export const due = sqliteTable(
  "due",
  {
    customerId: text("customer_id").$type<CustomerId>().primaryKey(),
    dueAt: wall("due_at"),
    rulesVersion: integer("rules_version").notNull(),
    claimedUntil: wall("claimed_until").notNull(),
    attempts: integer("attempts").notNull(),
    lastError: text("last_error"),
  },
  (table) => [
    index("due_due_at")
      .on(table.dueAt, table.customerId)
      .where(sql`due_at IS NOT NULL`),
    index("due_rules_version").on(table.rulesVersion),
    index("due_stuck")
      .on(table.customerId)
      .where(sql`attempts >= 8`),
  ],
);

export const webhookEvent = sqliteTable(
  "webhook_event",
  {
    id: text("id").$type<WebhookEventId>().primaryKey(),
    source: text("source", { enum: oneOf(WebhookEventSource) }).notNull(),
    subjectId: text("subject_id"),
    customerId: text("customer_id").$type<CustomerId>(),
    nok: flag("nok").notNull(),
    body: text("body").notNull(),
    bodyHash: text("body_hash").notNull(),
    minute: integer("minute").notNull(),
    receivedAt: wall("received_at").notNull(),
  },
  (table) => [
    uniqueIndex("one_webhook_event_per_minute").on(table.bodyHash, table.minute),
    index("webhook_event_received_at").on(table.receivedAt),
    index("webhook_event_customer_id")
      .on(table.customerId, table.receivedAt)
      .where(sql`customer_id IS NOT NULL`),
  ],
);
