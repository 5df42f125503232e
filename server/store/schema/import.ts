// What came from existing systems: which of our resources each of their records became.
import { index, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { CustomerId, PartnerId, PriceId, ProductId } from "../../../contract/common/id.ts";
import { ImportKind } from "../../../contract/import.ts";
import { oneOf, wall } from "./columns.ts";

export const imported = sqliteTable(
  "imported",
  {
    partnerId: text("partner_id").$type<PartnerId>().notNull(),
    kind: text("kind", { enum: oneOf(ImportKind) }).notNull(),
    externalId: text("external_id").notNull(),
    resourceId: text("resource_id").$type<ProductId | PriceId | CustomerId>().notNull(),
    /** A keyed hash of the record, which may hold a person. */
    fingerprint: text("fingerprint").notNull(),
    importedAt: wall("imported_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.partnerId, table.kind, table.externalId] }),
    index("imported_resource_id").on(table.resourceId),
  ],
);
