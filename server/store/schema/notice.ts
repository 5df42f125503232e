// Notices to people, and what of them is wanted.
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { CustomerId } from "../../../contract/common/id.ts";
import { NoticeChannel, NoticeStatus, type Notice, type NoticeKind } from "../../../contract/notification.ts";
import { flag, oneOf, wall } from "./columns.ts";

export const notice = sqliteTable(
  "notice",
  {
    about: text("about").notNull(),
    kind: text("kind").$type<NoticeKind>().notNull(),
    channel: text("channel", { enum: oneOf(NoticeChannel) }).notNull(),
    customerId: text("customer_id").$type<CustomerId>().notNull(),
    data: text("data", { mode: "json" }).$type<Notice["data"]>().notNull(),
    status: text("status", { enum: oneOf(NoticeStatus) }).notNull(),
    attempts: integer("attempts").notNull(),
    nextAt: wall("next_at"),
    createdAt: wall("created_at").notNull(),
    endedAt: wall("ended_at"),
  },
  (table) => [
    primaryKey({ columns: [table.about, table.kind, table.channel] }),
    index("notice_next")
      .on(table.nextAt)
      .where(sql`next_at IS NOT NULL`),
    index("notice_customer_id").on(table.customerId, table.createdAt),
  ],
);

export const notificationPreference = sqliteTable(
  "notification_preference",
  {
    customerId: text("customer_id").$type<CustomerId>().notNull(),
    kind: text("kind").$type<NoticeKind>().notNull(),
    channel: text("channel", { enum: oneOf(NoticeChannel) }).notNull(),
    enabled: flag("enabled").notNull(),
  },
  (table) => [primaryKey({ columns: [table.customerId, table.kind, table.channel] })],
);
