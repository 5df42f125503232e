// Fills a database with copies of one customer and all that belongs to them, row by row as the application wrote it but for
// the ids: set-based, since a quarter of a million lives cannot be lived one by one. Texts that nobody will read, what events
// and invoices say, are left out, so that a year of so many fits on a disk.
import { copyFileSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

export interface Template {
  readonly customerId: string;
  readonly userId: string;
}

interface Wanted {
  readonly customers: number;
  /** When the copies fall due. */
  readonly dueAt: number;
}

/** The end of an id that tells its copies apart; before it, ids of one customer differ by their time and their chance. */
const ownLength = 7;

/**
 * Copies until there are `customers` of them. Readers of the log stand at its end, and the signed files reach as far.
 *
 * @param file A D1 database's own file; nobody else may have it open.
 */
export function fill(file: string, template: Template, wanted: Wanted): void {
  // On the defensive SQLite keeps its journal: a second copy of all that is written.
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: false, defensive: false });
  try {
    assertComplete(database, template);
    const triggers = texts(database, "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'");
    database.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000");
    database.exec("PRAGMA ignore_check_constraints = ON; BEGIN");
    for (const { name } of triggers) database.exec(`DROP TRIGGER "${name}"`);
    for (const table of tablesOf(wanted)) copy(database, table, { template, copies: wanted.customers - 1 });
    database.exec(`UPDATE reader_cursor SET position = (${lastPosition});
      UPDATE audit_export SET last_position = (${lastPosition}), next_position = 1 + (${lastPosition})
        WHERE name = (SELECT MAX(name) FROM audit_export)`);
    for (const { sql } of triggers) database.exec(sql);
    database.exec("COMMIT; PRAGMA journal_mode = WAL");
  } finally {
    database.close();
  }
}

const lastPosition = "SELECT MAX(position) FROM billing_event";

/** Puts a database in the place of another; what that one had not yet written into its file is gone. */
export function copyDatabase(from: string, to: string): void {
  const database = new DatabaseSync(from);
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
  for (const left of [`${to}-wal`, `${to}-shm`]) rmSync(left, { force: true });
  copyFileSync(from, to);
}

/** Whether a customer is in the database of a file. */
export function hasCustomer(file: string, customerId: string): boolean {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database.prepare("SELECT 1 FROM customer WHERE id = ?").get(customerId) !== undefined;
  } finally {
    database.close();
  }
}

/** Which rows belong to a customer, by the column that says so. */
interface Owned {
  readonly name: string;
  /** A condition on the rows of the template; `:customer` and `:user` stand for them. */
  readonly where: string;
  /** Columns that are not just ids, and what the copy `n` has there. */
  readonly columns?: Readonly<Record<string, string>>;
}

const byCustomer = "customer_id = :customer";
const bySubscription = "subscription_id IN (SELECT id FROM subscription WHERE customer_id = :customer)";
/** Only the last hash of a stream is read: what comes next is chained to it. */
const lastHash = "CASE WHEN seq = (SELECT MAX(seq) FROM template) THEN hash ELSE '' END";
const untold = {
  position: "NULL",
  data: "'{}'",
  evidence: "NULL",
  evidence_hash: "NULL",
  prev_hash: "''",
  hash: lastHash,
};

/** An event, or a subscription and its period: an id of thirty characters, and what follows it. */
const ofWhat = `substr("about", 1, 30 - ${ownLength}) || printf('%0${ownLength}d', n) || substr("about", 31)`;

function tablesOf({ dueAt }: Wanted): readonly Owned[] {
  return [
    {
      name: "user",
      where: "id = :user",
      columns: { email: "n || '.' || email", phone_number: "'09' || printf('%09d', n)" },
    },
    { name: "session", where: "user_id = :user" },
    { name: "customer", where: "id = :customer" },
    { name: "person", where: byCustomer },
    { name: "person_digest", where: byCustomer, columns: { digest: "substr(digest, 1, 57) || printf('%07d', n)" } },
    { name: "secret", where: byCustomer },
    { name: "payment_method", where: byCustomer },
    { name: "subscription", where: byCustomer },
    { name: "metric_subscription", where: byCustomer },
    { name: "invoice", where: byCustomer },
    {
      name: "invoice_number",
      where: "invoice_id IN (SELECT id FROM invoice WHERE customer_id = :customer)",
      columns: { number: "number + n * 100" },
    },
    // What an authority is told apart by is its end alone.
    {
      name: "payment",
      where: byCustomer,
      columns: { ref_id: "ref_id || '.' || n", authority: "authority || '.' || n" },
    },
    { name: "billing_event", where: "stream = :customer", columns: untold },
    { name: "ledger_entry", where: byCustomer },
    { name: "quota_balance", where: byCustomer },
    { name: "past_quota_period", where: bySubscription },
    { name: "notice", where: byCustomer, columns: { about: ofWhat } },
    { name: "claim", where: byCustomer, columns: { key: "key || n" } },
    { name: "webhook_event", where: byCustomer, columns: { body_hash: "body_hash || n" } },
    { name: "due", where: byCustomer, columns: { due_at: String(dueAt), claimed_until: "0" } },
  ];
}

/** Columns that hold an id of the customer's own. */
const ids = /^(id|.*_id|stream|token|authority)$/;
const shared = /^(product|price|partner)_id$/;

interface Copies {
  readonly template: Template;
  readonly copies: number;
}

function copy(database: DatabaseSync, { name, where, columns = {} }: Owned, { template, copies }: Copies): void {
  const names = columnsOf(database, name);
  const values = names.map(
    (column) => columns[column] ?? (ids.test(column) && !shared.test(column) ? owned(column) : `"${column}"`),
  );
  const list = names.map((column) => `"${column}"`).join(", ");
  // The first loop is over the copies: each customer's rows lie together, as if they had been written in one life.
  database.exec(
    `CREATE TEMP TABLE template AS SELECT * FROM "${name}" WHERE ${boundTo(template, where)};
     WITH RECURSIVE series(n) AS (SELECT 1 WHERE ${copies} > 0 UNION ALL SELECT n + 1 FROM series WHERE n < ${copies})
     INSERT INTO "${name}" (${list}) SELECT ${values.join(", ")} FROM series CROSS JOIN template;
     DROP TABLE template`,
  );
}

/** What a customer has in a table that is not copied would be missing from the measured lives. */
function assertComplete(database: DatabaseSync, template: Template): void {
  const copied = new Set(tablesOf({ customers: 1, dueAt: 0 }).map(({ name }) => name));
  const tables = texts(database, "SELECT name, sql FROM sqlite_schema WHERE type = 'table'");
  for (const { name } of tables.filter((table) => !copied.has(table.name))) {
    if (!columnsOf(database, name).includes("customer_id")) continue;
    const query = `SELECT COUNT(*) AS n FROM "${name}" WHERE ${boundTo(template, byCustomer)}`;
    if (Number(database.prepare(query).get()?.["n"]) > 0) throw new Error(`${name} is not copied`);
  }
}

function boundTo({ customerId, userId }: Template, where: string): string {
  return where.replaceAll(":customer", `'${customerId}'`).replaceAll(":user", `'${userId}'`);
}

/** The same id with an end of its own; nobody's id is nobody's. */
function owned(column: string): string {
  return `substr("${column}", 1, length("${column}") - ${ownLength}) || printf('%0${ownLength}d', n)`;
}

function columnsOf(database: DatabaseSync, table: string): readonly string[] {
  return texts(database, `SELECT name, name AS sql FROM pragma_table_info('${table}')`).map(({ name }) => name);
}

function texts(database: DatabaseSync, query: string): readonly { readonly name: string; readonly sql: string }[] {
  return database
    .prepare(query)
    .all()
    .map(({ name, sql }) => ({ name: String(name), sql: String(sql) }));
}
