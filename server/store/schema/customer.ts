// A customer and what they have: persons and secrets apart from the log, agreements, subscriptions, messages.
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type {
  CustomerId,
  InvoiceId,
  PartnerId,
  PaymentMethodId,
  PersonId,
  PriceId,
  ProductId,
  QuotaGrantId,
  SecretId,
  SubscriptionId,
} from "../../../contract/common/id.ts";
import { CancellationStatus, PaymentMethodStatus } from "../../../contract/payment-method.ts";
import { QuotaSource, ReservationStatus } from "../../../contract/quota.ts";
import { BuyerKind } from "../../../contract/buyer.ts";
import type { SignedRials } from "../../../contract/common/money.ts";
import {
  CancelFeedback,
  CancelReason,
  PauseReason,
  SubscriptionStatus,
  type AddOn,
  type AutoTopUp,
  type Discount,
  type PendingChange,
  type SubscriptionMigration,
  type Terms,
} from "../../../contract/subscription.ts";
import { wallMs } from "../../billing/clock.ts";
import { signedRials } from "../../billing/money.ts";
import type { Sealed } from "../sealer.ts";
import { amount, billing, flag, oneOf, wall } from "./columns.ts";

export const customer = sqliteTable(
  "customer",
  {
    id: text("id").$type<CustomerId>().primaryKey(),
    partnerId: text("partner_id").$type<PartnerId>().notNull(),
    userId: text("user_id"),
    createdAt: wall("created_at").notNull(),
    clockNowAt: billing("clock_now_at"),
    clockTargetAt: billing("clock_target_at"),
    externalId: text("external_id"),
    buyerId: text("buyer_id").$type<PersonId>(),
    buyerKind: text("buyer_kind", { enum: oneOf(BuyerKind) }),
    creditRials: integer("credit_rials").$type<SignedRials>().notNull().default(signedRials(0)),
    erasedAt: wall("erased_at"),
  },
  (table) => [
    uniqueIndex("one_customer_per_external_id")
      .on(table.partnerId, table.externalId)
      .where(sql`external_id IS NOT NULL`),
    index("customer_partner_id").on(table.partnerId, table.id),
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

/** By what an operator finds a person whose name and number stand sealed. */
export const personDigest = sqliteTable(
  "person_digest",
  {
    kind: text("kind", { enum: ["mobile", "name"] }).notNull(),
    digest: text("digest").notNull(),
    customerId: text("customer_id").$type<CustomerId>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.digest, table.customerId] }),
    index("person_digest_customer_id").on(table.customerId),
  ],
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
    replacesId: text("replaces_id").$type<PaymentMethodId>(),
    unexplainedDeclines: integer("unexplained_declines").notNull().default(0),
    expiryTold: flag("expiry_told").notNull().default(false),
  },
  (table) => [
    index("payment_method_customer_id").on(table.customerId, table.id),
    index("payment_method_presumed")
      .on(table.id)
      .where(sql`cancellation = 'presumed'`),
  ],
);

export const subscription = sqliteTable(
  "subscription",
  {
    id: text("id").$type<SubscriptionId>().primaryKey(),
    customerId: text("customer_id").$type<CustomerId>().notNull(),
    productId: text("product_id").$type<ProductId>().notNull(),
    priceId: text("price_id").$type<PriceId>().notNull(),
    quantity: integer("quantity").notNull(),
    addOns: text("add_ons", { mode: "json" }).$type<readonly AddOn[]>().notNull(),
    paymentMethodId: text("payment_method_id").$type<PaymentMethodId>(),
    status: text("status", { enum: oneOf(SubscriptionStatus) }).notNull(),
    anchorDay: integer("anchor_day").notNull(),
    startsOn: billing("starts_on").notNull(),
    firstIndex: integer("first_index").notNull(),
    periodIndex: integer("period_index").notNull(),
    periodStartsAt: billing("period_starts_at").notNull(),
    periodEndsAt: billing("period_ends_at").notNull(),
    trialEndsAt: billing("trial_ends_at"),
    discount: text("discount", { mode: "json" }).$type<Discount>(),
    freePeriods: integer("free_periods").notNull(),
    latestInvoiceId: text("latest_invoice_id").$type<InvoiceId>(),
    pendingChange: text("pending_change", { mode: "json" }).$type<PendingChange>(),
    scheduledChange: text("scheduled_change", { mode: "json" }).$type<Terms>(),
    cancelAtPeriodEnd: flag("cancel_at_period_end").notNull(),
    cancelReason: text("cancel_reason", { enum: oneOf(CancelReason) }),
    cancelFeedback: text("cancel_feedback", { enum: oneOf(CancelFeedback) }),
    pauseAtPeriodEnd: flag("pause_at_period_end").notNull(),
    pauseReason: text("pause_reason", { enum: oneOf(PauseReason) }),
    pausedAt: billing("paused_at"),
    pausedDaysLeft: integer("paused_days_left").notNull(),
    resumesAt: billing("resumes_at"),
    createdAt: billing("created_at").notNull(),
    endedAt: billing("ended_at"),
    priceMigration: text("price_migration", { mode: "json" }).$type<SubscriptionMigration>(),
    autoTopUp: text("auto_top_up", { mode: "json" }).$type<AutoTopUp>(),
    topUpHeldUntil: billing("top_up_held_until"),
  },
  (table) => [
    index("subscription_running_at_price")
      .on(table.priceId, table.priceMigration)
      .where(sql`status IN ('incomplete', 'trialing', 'active', 'past_due', 'paused')`),
    uniqueIndex("one_running_subscription_per_product")
      .on(table.customerId, table.productId)
      .where(sql`status IN ('incomplete', 'trialing', 'active', 'past_due', 'paused')`),
    index("subscription_at_price")
      .on(table.priceId, table.id)
      .where(sql`status IN ('incomplete', 'trialing', 'active', 'past_due', 'paused')`),
    index("subscription_latest_invoice_id")
      .on(table.latestInvoiceId)
      .where(sql`latest_invoice_id IS NOT NULL`),
    index("subscription_customer_id").on(table.customerId, table.id),
    index("subscription_period_ends_at")
      .on(table.periodEndsAt)
      .where(sql`status IN ('trialing', 'active')`),
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
    overrun: integer("overrun").notNull().default(0),
    periodMessages: integer("period_messages").notNull().default(0),
    toldPercent: integer("told_percent").notNull().default(0),
    toldUsed: integer("told_used").notNull().default(0),
    toldReserved: integer("told_reserved").notNull().default(0),
    toldOverrun: integer("told_overrun").notNull().default(0),
    toldAt: wall("told_at").notNull().default(wallMs(0)),
  },
  (table) => [primaryKey({ columns: [table.customerId, table.productId] })],
);

export const quotaGrant = sqliteTable(
  "quota_grant",
  {
    id: text("id").$type<QuotaGrantId>().primaryKey(),
    customerId: text("customer_id").$type<CustomerId>().notNull(),
    productId: text("product_id").$type<ProductId>().notNull(),
    source: text("source", { enum: oneOf(QuotaSource) }).notNull(),
    priority: integer("priority").notNull(),
    messages: integer("messages").notNull(),
    counted: integer("counted").notNull(),
    expiresAt: billing("expires_at"),
    expired: flag("expired").notNull(),
    createdAt: billing("created_at").notNull(),
  },
  (table) => [index("quota_grant_customer_id").on(table.customerId, table.counted)],
);

/** Never holds a row: what is inserted is checked against the balance, and gone. */
export const quotaRead = sqliteTable(
  "quota_read",
  {
    customerId: text("customer_id").$type<CustomerId>().notNull(),
    productId: text("product_id").$type<ProductId>().notNull(),
    version: integer("version").notNull(),
  },
  (table) => [primaryKey({ columns: [table.customerId, table.productId] })],
);

export const quotaReservation = sqliteTable(
  "quota_reservation",
  {
    partnerId: text("partner_id").$type<PartnerId>().notNull(),
    id: text("id").notNull(),
    customerId: text("customer_id").$type<CustomerId>().notNull(),
    productId: text("product_id").$type<ProductId>().notNull(),
    subscriptionId: text("subscription_id").$type<SubscriptionId>().notNull(),
    periodIndex: integer("period_index").notNull(),
    messages: integer("messages").notNull(),
    status: text("status", { enum: oneOf(ReservationStatus) }).notNull(),
    usedMessages: integer("used_messages").notNull(),
    overrunMessages: integer("overrun_messages").notNull(),
    expiresAt: wall("expires_at").notNull(),
    createdAt: wall("created_at").notNull(),
    settledAt: wall("settled_at"),
  },
  (table) => [
    primaryKey({ columns: [table.partnerId, table.id] }),
    index("quota_reservation_of_customer")
      .on(table.customerId, table.expiresAt)
      .where(sql`status = 'reserved'`),
    index("quota_reservation_expiring")
      .on(table.expiresAt)
      .where(sql`status = 'reserved'`),
    index("quota_reservation_period").on(table.subscriptionId, table.periodIndex),
  ],
);

/** Periods that a balance has left, and until when messages of theirs were known to be used. */
export const pastQuotaPeriod = sqliteTable(
  "past_quota_period",
  {
    subscriptionId: text("subscription_id").$type<SubscriptionId>().notNull(),
    periodIndex: integer("period_index").notNull(),
    usedUntil: wall("used_until").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.subscriptionId, table.periodIndex] }),
    index("past_quota_period_used_until").on(table.usedUntil),
  ],
);
