// The catalogue.
import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { CouponId, PriceId, PriceMigrationId, ProductId } from "../../../contract/common/id.ts";
import { Calendar, Interval } from "../../../contract/common/time.ts";
import { CouponDuration } from "../../../contract/coupon.ts";
import {
  CancelCredit,
  GraceAccess,
  GrantOn,
  LatePaymentPolicy,
  noTranslations,
  TaxBehavior,
  type TaxClass,
  type Translations,
  UnpaidPolicy,
  WhenUsedUp,
} from "../../../contract/product.ts";
import { PriceMigrationStatus } from "../../../contract/price-migration.ts";
import { amount, flag, oneOf, wall } from "./columns.ts";

export const product = sqliteTable("product", {
  id: text("id").$type<ProductId>().primaryKey(),
  name: text("name").notNull().unique(),
  description: text("description").notNull(),
  roundtableId: text("roundtable_id").unique(),
  messageQuota: integer("message_quota").notNull(),
  grantOn: text("grant_on", { enum: oneOf(GrantOn) }).notNull(),
  active: flag("active").notNull(),
  createdAt: wall("created_at").notNull(),
  addOn: flag("add_on").notNull().default(false),
  features: text("features", { mode: "json" }).$type<string[]>().notNull().default([]),
  translations: text("translations", { mode: "json" }).$type<Translations>().notNull().default(noTranslations),
  taxClass: text("tax_class", { mode: "json" }).$type<TaxClass>(),
  whenUsedUp: text("when_used_up", { enum: oneOf(WhenUsedUp) })
    .notNull()
    .default("stop"),
});

export const price = sqliteTable(
  "price",
  {
    id: text("id").$type<PriceId>().primaryKey(),
    productId: text("product_id").$type<ProductId>().notNull(),
    amountRials: amount("amount_rials").notNull(),
    interval: text("interval", { enum: oneOf(Interval) }),
    calendar: text("calendar", { enum: oneOf(Calendar) }).notNull(),
    taxBehavior: text("tax_behavior", { enum: oneOf(TaxBehavior) }).notNull(),
    unpaidPolicy: text("unpaid_policy", { enum: oneOf(UnpaidPolicy) }).notNull(),
    latePaymentPolicy: text("late_payment_policy", { enum: oneOf(LatePaymentPolicy) }).notNull(),
    active: flag("active").notNull(),
    createdAt: wall("created_at").notNull(),
    trialDays: integer("trial_days").notNull().default(0),
    trialNeedsPaymentMethod: flag("trial_needs_payment_method").notNull().default(true),
    retryDays: text("retry_days", { mode: "json" }).$type<number[]>().notNull().default([2, 5, 9, 14]),
    graceAccess: text("grace_access", { enum: oneOf(GraceAccess) })
      .notNull()
      .default("keep"),
    cancelCredit: text("cancel_credit", { enum: oneOf(CancelCredit) })
      .notNull()
      .default("none"),
    rolloverMessages: integer("rollover_messages").notNull().default(0),
    topUpMessages: integer("top_up_messages"),
    topUpDays: integer("top_up_days"),
    overageRials: amount("overage_rials"),
    overageMessages: integer("overage_messages"),
  },
  (table) => [index("price_product_id").on(table.productId)],
);

export const coupon = sqliteTable("coupon", {
  id: text("id").$type<CouponId>().primaryKey(),
  code: text("code").notNull().unique(),
  percentBasisPoints: integer("percent_basis_points"),
  amountRials: amount("amount_rials"),
  duration: text("duration", { enum: oneOf(CouponDuration) }).notNull(),
  durationPeriods: integer("duration_periods"),
  maxRedemptions: integer("max_redemptions"),
  productId: text("product_id").$type<ProductId>(),
  expiresAt: wall("expires_at"),
  active: flag("active").notNull(),
  createdAt: wall("created_at").notNull(),
});

export const priceMigration = sqliteTable(
  "price_migration",
  {
    id: text("id").$type<PriceMigrationId>().primaryKey(),
    fromPriceId: text("from_price_id").$type<PriceId>().notNull(),
    toPriceId: text("to_price_id").$type<PriceId>().notNull(),
    noticeDays: integer("notice_days").notNull(),
    status: text("status", { enum: oneOf(PriceMigrationStatus) }).notNull(),
    createdAt: wall("created_at").notNull(),
    confirmedAt: wall("confirmed_at"),
    canceledAt: wall("canceled_at"),
  },
  (table) => [
    uniqueIndex("one_confirmed_migration_per_price")
      .on(table.fromPriceId)
      .where(sql`status = 'confirmed'`),
  ],
);
