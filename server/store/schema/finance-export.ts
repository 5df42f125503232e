// Exports of the books: how far each has come, and its files in the bucket.
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { FinanceExportId } from "../../../contract/common/id.ts";
import { ExportKind, ExportStatus } from "../../../contract/finance-export.ts";
import { oneOf, wall } from "./columns.ts";

export const financeExport = sqliteTable(
  "finance_export",
  {
    id: text("id").$type<FinanceExportId>().primaryKey(),
    fromDay: text("from_day").notNull(),
    toDay: text("to_day").notNull(),
    status: text("status", { enum: oneOf(ExportStatus) }).notNull(),
    /** Which file is made next: its kind and number, and the row after which it begins. */
    kind: text("kind", { enum: oneOf(ExportKind) }).notNull(),
    part: integer("part").notNull(),
    cursorAt: integer("cursor_at").notNull(),
    cursorId: text("cursor_id").notNull(),
    createdAt: wall("created_at").notNull(),
    finishedAt: wall("finished_at"),
  },
  (table) => [
    index("finance_export_running")
      .on(table.id)
      .where(sql`status = 'running'`),
  ],
);

export const financeExportFile = sqliteTable(
  "finance_export_file",
  {
    exportId: text("export_id").$type<FinanceExportId>().notNull(),
    name: text("name").notNull(),
    kind: text("kind", { enum: oneOf(ExportKind) }).notNull(),
    part: integer("part").notNull(),
    rowCount: integer("row_count").notNull(),
    sha256: text("sha256").notNull(),
  },
  (table) => [primaryKey({ columns: [table.exportId, table.name] })],
);
