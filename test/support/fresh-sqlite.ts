// Gives each test file a database of its own, as workerd does: files of one thread share what they import.
import { readMigrations } from "./migrations.ts";
import { openSqlite, sqliteD1 } from "./sqlite-d1.ts";
import { env } from "./workers-in-node.ts";

env.DB = sqliteD1(openSqlite(readMigrations()));
