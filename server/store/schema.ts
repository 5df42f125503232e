// The tables of the log and of what is folded from it, as Drizzle sees them. The migrations are the truth; a test holds
// the two together, and every field of an entity to its column.
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, unique, uniqueIndex } from "drizzle-orm/sqlite-core";
import type {
  BillingEventId,
  CustomerId,
  InvoiceId,
  PartnerId,
  PaymentId,
  PaymentMethodId,
  PersonId,
  PriceId,
  ProductId,
  SecretId,
  SubscriptionId,
  WebhookEventId,
} from "../../contract/common/id.ts";
import type { Rials, SignedRials } from "../../contract/common/money.ts";
import { Calendar, Interval } from "../../contract/common/time.ts";
import { InvoiceReason, InvoiceStatus, type InvoiceLine } from "../../contract/invoice.ts";
import { CancellationStatus, PaymentMethodStatus } from "../../contract/payment-method.ts";
import { PaymentKind, PaymentStatus } from "../../contract/payment.ts";
import { GrantOn, TaxBehavior, UnpaidPolicy } from "../../contract/product.ts";
import { CancelReason, SubscriptionStatus } from "../../contract/subscription.ts";
import type { BillingMs, WallMs } from "../billing/clock.ts";
import { ledgerAccounts } from "../billing/ledger.ts";
import type { Sealed } from "./sealer.ts";

const wall = (name: string) => integer(name).$type<WallMs>();
const billing = (name: string) => integer(name).$type<BillingMs>();
const amount = (name: string) => integer(name).$type<Rials>();
const flag = (name: string) => integer(name, { mode: "boolean" });

/** An enum of the contract has at least one member; its type does not say so. */
function oneOf<T extends string>(schema: { readonly options: readonly T[] }): readonly [T, ...T[]] {
  return schema.options as readonly [T, ...T[]];
}

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
    index("billing_event_unknown")
      .on(table.position)
      .where(sql`type = 'payment.unknown'`),
  ],
);

export const systemState = sqliteTable("system_state", {
  id: integer("id").primaryKey(),
  epoch: integer("epoch").notNull(),
  collecting: flag("collecting").notNull(),
});

export const readerCursor = sqliteTable("reader_cursor", {
  reader: text("reader").primaryKey(),
  position: integer("position").notNull(),
});

export const product = sqliteTable("product", {
  id: text("id").$type<ProductId>().primaryKey(),
  name: text("name").notNull().unique(),
  description: text("description").notNull(),
  roundtableId: text("roundtable_id").unique(),
  messageQuota: integer("message_quota").notNull(),
  grantOn: text("grant_on", { enum: oneOf(GrantOn) }).notNull(),
  active: flag("active").notNull(),
  createdAt: wall("created_at").notNull(),
});

export const price = sqliteTable(
  "price",
  {
    id: text("id").$type<PriceId>().primaryKey(),
    productId: text("product_id").$type<ProductId>().notNull(),
    amountRials: amount("amount_rials").notNull(),
    interval: text("interval", { enum: oneOf(Interval) }).notNull(),
    calendar: text("calendar", { enum: oneOf(Calendar) }).notNull(),
    taxBehavior: text("tax_behavior", { enum: oneOf(TaxBehavior) }).notNull(),
    unpaidPolicy: text("unpaid_policy", { enum: oneOf(UnpaidPolicy) }).notNull(),
    active: flag("active").notNull(),
    createdAt: wall("created_at").notNull(),
  },
  (table) => [index("price_product_id").on(table.productId)],
);

export const customer = sqliteTable(
  "customer",
  {
    id: text("id").$type<CustomerId>().primaryKey(),
    partnerId: text("partner_id").$type<PartnerId>().notNull(),
    userId: text("user_id"),
    createdAt: wall("created_at").notNull(),
    clockNowAt: billing("clock_now_at"),
    clockTargetAt: billing("clock_target_at"),
  },
  (table) => [
    uniqueIndex("one_customer_per_user")
      .on(table.userId)
      .where(sql`user_id IS NOT NULL`),
  ],
);

export const person = sqliteTable(
  "person",
  {
    id: text("id").$type<PersonId>().primaryKey(),
    customerId: text("customer_id").$type<CustomerId>().notNull(),
    sealed: text("sealed").$type<Sealed>().notNull(),
    createdAt: wall("created_at").notNull(),
  },
  (table) => [index("person_customer_id").on(table.customerId)],
);

export const secret = sqliteTable(
  "secret",
  {
    id: text("id").$type<SecretId>().primaryKey(),
    customerId: text("customer_id").$type<CustomerId>().notNull(),
    sealed: text("sealed").$type<Sealed>().notNull(),
    createdAt: wall("created_at").notNull(),
  },
  (table) => [index("secret_customer_id").on(table.customerId)],
);

export const paymentMethod = sqliteTable(
  "payment_method",
  {
    id: text("id").$type<PaymentMethodId>().primaryKey(),
    customerId: text("customer_id").$type<CustomerId>().notNull(),
    status: text("status", { enum: oneOf(PaymentMethodStatus) }).notNull(),
    personId: text("person_id").$type<PersonId>().notNull(),
    maxAmountRials: amount("max_amount_rials").notNull(),
    maxDailyCount: integer("max_daily_count").notNull(),
    maxMonthlyCount: integer("max_monthly_count").notNull(),
    expiresAt: wall("expires_at").notNull(),
    createdAt: wall("created_at").notNull(),
    signBefore: wall("sign_before").notNull(),
    agreementId: text("agreement_id").$type<SecretId>().unique(),
    signatureId: text("signature_id").$type<SecretId>().unique(),
    askedAt: wall("asked_at"),
    nextAskAt: wall("next_ask_at"),
    activatedAt: wall("activated_at"),
    cancelledAt: wall("cancelled_at"),
    cancellation: text("cancellation", { enum: oneOf(CancellationStatus) }),
    cancelTries: integer("cancel_tries").notNull(),
    nextCancelAt: wall("next_cancel_at"),
  },
  (table) => [index("payment_method_customer_id").on(table.customerId, table.id)],
);

export const subscription = sqliteTable(
  "subscription",
  {
    id: text("id").$type<SubscriptionId>().primaryKey(),
    customerId: text("customer_id").$type<CustomerId>().notNull(),
    productId: text("product_id").$type<ProductId>().notNull(),
    priceId: text("price_id").$type<PriceId>().notNull(),
    paymentMethodId: text("payment_method_id").$type<PaymentMethodId>(),
    status: text("status", { enum: oneOf(SubscriptionStatus) }).notNull(),
    anchorDay: integer("anchor_day").notNull(),
    startsOn: billing("starts_on").notNull(),
    periodIndex: integer("period_index").notNull(),
    periodStartsAt: billing("period_starts_at").notNull(),
    periodEndsAt: billing("period_ends_at").notNull(),
    latestInvoiceId: text("latest_invoice_id").$type<InvoiceId>(),
    cancelAtPeriodEnd: flag("cancel_at_period_end").notNull(),
    cancelReason: text("cancel_reason", { enum: oneOf(CancelReason) }),
    createdAt: billing("created_at").notNull(),
    endedAt: billing("ended_at"),
  },
  (table) => [
    uniqueIndex("one_running_subscription_per_product")
      .on(table.customerId, table.productId)
      .where(sql`status IN ('incomplete', 'active', 'past_due', 'paused')`),
    index("subscription_customer_id").on(table.customerId, table.id),
  ],
);

export const invoice = sqliteTable(
  "invoice",
  {
    id: text("id").$type<InvoiceId>().primaryKey(),
    customerId: text("customer_id").$type<CustomerId>().notNull(),
    subscriptionId: text("subscription_id").$type<SubscriptionId>().notNull(),
    periodIndex: integer("period_index").notNull(),
    reason: text("reason", { enum: oneOf(InvoiceReason) }).notNull(),
    status: text("status", { enum: oneOf(InvoiceStatus) }).notNull(),
    lines: text("lines", { mode: "json" }).$type<readonly InvoiceLine[]>().notNull(),
    subtotalRials: amount("subtotal_rials").notNull(),
    vatRials: amount("vat_rials").notNull(),
    totalRials: amount("total_rials").notNull(),
    dueAt: billing("due_at").notNull(),
    attemptCount: integer("attempt_count").notNull(),
    nextAttemptAt: billing("next_attempt_at"),
    finalizedAt: billing("finalized_at").notNull(),
    paidAt: billing("paid_at"),
  },
  (table) => [
    uniqueIndex("one_invoice_per_period").on(table.subscriptionId, table.periodIndex),
    index("invoice_customer_id").on(table.customerId, table.id),
  ],
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
  },
  (table) => [
    uniqueIndex("one_live_payment_per_invoice")
      .on(table.invoiceId)
      .where(sql`status IN ('created', 'submitted', 'open', 'verifying', 'unknown', 'needs_review', 'succeeded')`),
    index("payment_customer_id").on(table.customerId, table.id),
    index("payment_begun_at").on(table.customerId, table.begunAt),
    index("payment_waiting")
      .on(table.customerId)
      .where(sql`status = 'created'`),
  ],
);

export const quotaBalance = sqliteTable(
  "quota_balance",
  {
    customerId: text("customer_id").$type<CustomerId>().notNull(),
    productId: text("product_id").$type<ProductId>().notNull(),
    subscriptionId: text("subscription_id").$type<SubscriptionId>().notNull(),
    periodIndex: integer("period_index").notNull(),
    granted: integer("granted").notNull(),
    used: integer("used").notNull(),
    reserved: integer("reserved").notNull(),
    version: integer("version").notNull(),
    validUntil: billing("valid_until").notNull(),
  },
  (table) => [primaryKey({ columns: [table.customerId, table.productId] })],
);

export const ledgerEntry = sqliteTable(
  "ledger_entry",
  {
    eventId: text("event_id").$type<BillingEventId>().notNull(),
    line: integer("line").notNull(),
    customerId: text("customer_id").$type<CustomerId>().notNull(),
    account: text("account", { enum: ledgerAccounts }).notNull(),
    amountRials: integer("amount_rials").$type<SignedRials>().notNull(),
    invoiceId: text("invoice_id").$type<InvoiceId>().notNull(),
    paymentId: text("payment_id").$type<PaymentId>(),
    at: wall("at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.eventId, table.line] }),
    index("ledger_entry_customer_id").on(table.customerId, table.account),
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
  ],
);

export const webhookEvent = sqliteTable(
  "webhook_event",
  {
    id: text("id").$type<WebhookEventId>().primaryKey(),
    source: text("source", { enum: ["return", "notice"] }).notNull(),
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
