// Gives each test file an empty storage and a database of its own, as workerd does: files of one thread share what they
// import, and nothing that they write.
import { readMigrations } from "./migrations.ts";
import { openSqlite, sqliteD1 } from "./sqlite-d1.ts";
import { env } from "./workers-in-node.ts";

const database = openSqlite(readMigrations());
// The simulation's batches are parts of a transaction, so these are, too.
database.exec("BEGIN");
env.DB = sqliteD1(database);
const { objects } = await env.DOCUMENTS.list();
await env.DOCUMENTS.delete(objects.map(({ key }) => key));
