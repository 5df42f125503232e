// Rotations of the sealing keys: which have begun, and which have found nothing left.
import { sqliteTable, text } from "drizzle-orm/sqlite-core";
import { wall } from "./columns.ts";

export const keyRotation = sqliteTable("key_rotation", {
  keyId: text("key_id").primaryKey(),
  begunAt: wall("begun_at").notNull(),
  completedAt: wall("completed_at"),
});
