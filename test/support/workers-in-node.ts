// Stands for `cloudflare:workers` where the store's tests run in plain Node: the same `env`, whose database
// `fresh-sqlite.ts` opens anew for each test file.
import { openSqlite, sqliteD1 } from "./sqlite-d1.ts";

export const env = { DB: sqliteD1(openSqlite([])) };
