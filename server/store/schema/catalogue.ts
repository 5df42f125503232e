// The catalogue.
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { PriceId, ProductId } from "../../../contract/common/id.ts";
import { Calendar, Interval } from "../../../contract/common/time.ts";
import { GrantOn, LatePaymentPolicy, TaxBehavior, UnpaidPolicy } from "../../../contract/product.ts";
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
  },
  (table) => [index("price_product_id").on(table.productId)],
);
