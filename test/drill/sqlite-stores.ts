// The drill's stores in memory: SQLite behind D1's interface. A backup is the database's image.
import { env } from "cloudflare:workers";
import { openSqlite, sqliteD1 } from "../support/sqlite-d1.ts";
import { replaceable, type Stores } from "./drill.ts";

export function sqliteStores(migrations: readonly string[]): Stores {
  const database = openSqlite(migrations);
  const db = replaceable(sqliteD1(database));
  let image = database.serialize();
  return {
    db: db.binding,
    documents: env.DOCUMENTS,
    backup: async () => void (image = database.serialize()),
    restore: async () => {
      database.deserialize(image);
      db.replace(sqliteD1(database));
    },
  };
}
