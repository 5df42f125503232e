// The drill's stores in memory: SQLite behind D1's interface. A backup is the database's image.
import { env } from "cloudflare:workers";
import { openSqlite, sqliteD1 } from "../support/sqlite-d1.ts";
import { replaceable, type Stores } from "./drill.ts";

export function sqliteStores(migrations: readonly string[]): Stores {
  const lost = openSqlite(migrations);
  const db = replaceable(sqliteD1(lost));
  let image = lost.serialize();
  return {
    db: db.binding,
    documents: env.DOCUMENTS,
    backup: async () => void (image = lost.serialize()),
    restore: async () => {
      // Another database, since prepared statements do not outlive the image that they were prepared over.
      const restored = openSqlite([]);
      restored.deserialize(image);
      db.replace(sqliteD1(restored));
    },
  };
}
