// What the reader of the log that measures the business keeps.
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { CustomerId, InvoiceId, PartnerId, ProductId, SubscriptionId } from "../../../contract/common/id.ts";
import { figures, type ofAll } from "../../billing/figures.ts";
import { amount, flag } from "./columns.ts";

export const metricDay = sqliteTable(
  "metric_day",
  {
    productId: text("product_id").$type<ProductId | typeof ofAll>().notNull(),
    partnerId: text("partner_id").$type<PartnerId | typeof ofAll>().notNull(),
    figure: text("figure", { enum: figures }).notNull(),
    day: text("day").notNull(),
    part: text("part").notNull(),
    count: integer("count").notNull(),
    amountRials: amount("amount_rials").notNull(),
  },
  (table) => [primaryKey({ columns: [table.productId, table.partnerId, table.figure, table.day, table.part] })],
);

export const metricSubscription = sqliteTable(
  "metric_subscription",
  {
    id: text("id").$type<SubscriptionId>().notNull(),
    productId: text("product_id").$type<ProductId>().notNull(),
    customerId: text("customer_id").$type<CustomerId>().notNull(),
    monthlyRials: amount("monthly_rials").notNull(),
    isCounted: flag("is_counted").notNull(),
    hasCounted: flag("has_counted").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.id, table.productId] }),
    index("metric_subscription_customer_id").on(table.customerId),
  ],
);

export const metricInvoice = sqliteTable(
  "metric_invoice",
  {
    id: text("id").$type<InvoiceId>().notNull(),
    productId: text("product_id").$type<ProductId>().notNull(),
    failedOn: text("failed_on").notNull(),
    amountRials: amount("amount_rials").notNull(),
    end: text("end", { enum: ["open", "recovered", "given_up"] }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.id, table.productId] })],
);
