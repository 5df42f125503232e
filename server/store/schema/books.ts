// The books by day, and the months that are closed.
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { ProductId } from "../../../contract/common/id.ts";
import type { SignedRials } from "../../../contract/common/money.ts";
import { LedgerAccount } from "../../../contract/finance.ts";
import { amount, billing, oneOf, wall } from "./columns.ts";

export const ledgerDay = sqliteTable(
  "ledger_day",
  {
    day: text("day").notNull(),
    account: text("account", { enum: oneOf(LedgerAccount) }).notNull(),
    debitRials: amount("debit_rials").notNull(),
    creditRials: amount("credit_rials").notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.account] })],
);

export const revenueDay = sqliteTable(
  "revenue_day",
  {
    day: text("day").notNull(),
    productId: text("product_id").$type<ProductId>().notNull(),
    amountRials: integer("amount_rials").$type<SignedRials>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.productId] })],
);

export const vatDay = sqliteTable("vat_day", {
  day: text("day").primaryKey(),
  taxedRials: amount("taxed_rials").notNull(),
  vatRials: amount("vat_rials").notNull(),
  exemptRials: amount("exempt_rials").notNull(),
  returnedTaxedRials: amount("returned_taxed_rials").notNull(),
  returnedVatRials: amount("returned_vat_rials").notNull(),
  returnedExemptRials: amount("returned_exempt_rials").notNull(),
});

export const closedMonth = sqliteTable("closed_month", {
  month: text("month").primaryKey(),
  endsAt: billing("ends_at").notNull().unique(),
  debitRials: amount("debit_rials").notNull(),
  closedAt: wall("closed_at").notNull(),
});
