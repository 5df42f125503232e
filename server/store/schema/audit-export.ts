// Nightly copies of the log: how far each file has come, and its segments in the bucket.
import { integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { flag, wall } from "./columns.ts";

export const auditExport = sqliteTable(
  "audit_export",
  {
    /** Its day and number: names in order are files in order. */
    name: text("name").primaryKey(),
    day: text("day").notNull(),
    file: integer("file").notNull(),
    endsDay: flag("ends_day").notNull(),
    /** Up to when days are whole in the files so far. */
    coveredUntil: wall("covered_until").notNull(),
    epoch: integer("epoch").notNull(),
    previousRoot: text("previous_root").notNull(),
    firstPosition: integer("first_position").notNull(),
    lastPosition: integer("last_position").notNull(),
    /** Where the next segment begins. */
    nextPosition: integer("next_position").notNull(),
    /** Null until it is signed. */
    root: text("root"),
    keyId: text("key_id"),
    createdAt: wall("created_at").notNull(),
    finishedAt: wall("finished_at"),
  },
  (table) => [uniqueIndex("one_audit_export_after_each").on(table.previousRoot)],
);

export const auditSegment = sqliteTable(
  "audit_segment",
  {
    exportName: text("export_name").notNull(),
    part: integer("part").notNull(),
    firstPosition: integer("first_position").notNull(),
    lastPosition: integer("last_position").notNull(),
    sha256: text("sha256").notNull(),
  },
  (table) => [primaryKey({ columns: [table.exportName, table.part] })],
);
