// Documents that were made: which of them stands in R2 under which hash.
import { index, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { CustomerId, InvoiceId, PaymentId } from "../../../contract/common/id.ts";
import { Language } from "../../../contract/document.ts";
import { oneOf, wall } from "./columns.ts";

/** Texts in R2 that are to go, unless a document has named them by then. */
export const documentRemoval = sqliteTable(
  "document_removal",
  {
    hash: text("hash").primaryKey(),
    removeAt: wall("remove_at").notNull(),
  },
  (table) => [index("document_removal_remove_at").on(table.removeAt)],
);

export const document = sqliteTable(
  "document",
  {
    subjectId: text("subject_id").$type<InvoiceId | PaymentId>().notNull(),
    language: text("language", { enum: oneOf(Language) }).notNull(),
    edition: text("edition", { enum: ["issued", "void"] }).notNull(),
    customerId: text("customer_id").$type<CustomerId>().notNull(),
    hash: text("hash").notNull(),
    createdAt: wall("created_at").notNull(),
    /** Id of the key; null while nobody knows. */
    sealedUnder: text("sealed_under"),
  },
  (table) => [
    primaryKey({ columns: [table.subjectId, table.language, table.edition] }),
    index("document_customer_id").on(table.customerId),
    index("document_hash").on(table.hash),
  ],
);
