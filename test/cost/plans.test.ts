// No statement of the server reads a table that grows from end to end: what an operation costs does not depend on how many
// customers there are. By SQLite's own plans of the statements as they are sent.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { bundled } from "../../scripts/simulate/bundle.ts";
import { invariants, queryOf } from "../../server/store/invariants.ts";
import { readMigrations } from "../support/migrations.ts";
import { openSqlite } from "../support/sqlite-d1.ts";
import { statementsNeverMade, type Range } from "./never-made.ts";
import { scansOf, statementsOfTriggers, tablesOf, type Scan } from "./plans.ts";
import type { Statement } from "./statements.ts";

/** Tables that do not grow with the customers and their years, and why. */
const few: Readonly<Record<string, string>> = {
  system_state: "has one row",
  reader_cursor: "has a row for each reader",
  product: "is the catalogue",
  price: "is the catalogue",
  coupon: "is the catalogue",
  price_migration: "is the catalogue",
  partner: "has a row for each organisation",
  partner_key: "has a row for each key of an organisation",
  webhook_endpoint: "has a row for each address of an organisation",
  webhook_dispatch: "has a row for each address of an organisation",
  second_factor: "has a row for each operator",
  reconciliation: "has a row for each day",
  reconciliation_difference: "has a row for each payment on which the gateway and we do not agree",
  revenue_day: "has a row for each day and product",
  vat_day: "has a row for each day",
  closed_month: "has a row for each month",
  event_checkpoint: "has a row for each part of a day's file",
  audit_export: "has a row for each day, or a few",
  finance_export: "has a row for each file that an operator ordered",
  payout: "has a row for each file that an operator brought",
};

/** Indexes of what waits: a row leaves them when it has been dealt with. */
const ofWhatWaits = [
  "payment_waiting",
  "payment_open_page",
  "payment_method_presumed",
  "due_stuck",
  "refund_waiting",
  "invoice_open",
  "webhook_delivery_in_order",
];

/** Walks that end after a few rows: the text says in which order, and how many. */
const shortWalks: readonly { readonly of: Scan; readonly by: RegExp }[] = [
  {
    of: { table: "billing_event", index: null },
    by: /from "?billing_event"?\s+order by (?:"billing_event"\.)?"?position"?(?: asc| desc)? limit/i,
  },
  { of: { table: "billing_event", index: "billing_event_gateway_outcome" }, by: /position"? desc limit (?:5|\?)/i },
  { of: { table: "billing_event", index: "billing_event_submission" }, by: /position"? desc limit (?:1|\?)/i },
  { of: { table: "billing_event", index: "billing_event_unknown" }, by: /position"? desc limit 1/i },
  {
    of: { table: "ledger_entry", index: "ledger_entry_at" },
    by: /^select "at" AS "at" from "ledger_entry" order by .* limit 1$/,
  },
  { of: { table: "ledger_entry", index: null }, by: /from "ledger_entry" where FALSE/ },
  {
    of: { table: "refund", index: "sqlite_autoindex_refund_1" },
    by: /from "refund" order by "refund"\."id" desc limit \?$/,
  },
];

/** Questions that are about every row, and who asks them when. */
const aboutAll: readonly { readonly because: string; readonly texts: (text: string) => boolean }[] = [
  {
    because: "An operator, or a drill, checks that every state is possible",
    texts: (text) => invariants.some((invariant) => text === queryOf(invariant)),
  },
  {
    because: "While keys are rotated: which texts still stand under an old one",
    texts: (text) => /AS keyId, COUNT\(/.test(text),
  },
];

/** Made on days that no story here has, and why none of them reads much. */
const seldomMade: Readonly<Record<string, string>> = {
  'server/store/commit-rows.ts: return [orm.delete(claim).where(and(eq(claim.kind, "coupon"), eq(claim.key, `${couponId}:${customerId}`)))];':
    "By its primary key: a coupon that nothing was paid with",
  "server/store/commit.ts: const query = drizzle(db).select({ id }).from(billingEvent).where(and(eq(streamColumn, stream), eq(seqColumn, seq)));":
    "By a unique key: whose the event is that came first",
  "server/store/recall.ts: const [log] = await drizzle(db).select({ last: sql`COALESCE(MAX(${billingEvent.position}), 0)` }).from(billingEvent).where(sql`${billingEvent.position} < ${firstPosition}`);":
    "The last below a primary key: while a restored log is recalled",
  "server/store/partner-keys.ts: await drizzle(db).update(partnerKey).set({ hash: hash }).where(and(eq(partnerKey.id, id), isNull(partnerKey.lastUsedAt)));":
    "By its primary key: a request for a key that died before its answer",
};

interface Sent {
  readonly statements: readonly Statement[];
  readonly ranges: readonly Range[];
}

const migrations = readMigrations();
const database = openSqlite(migrations);
const bundle = await bundled("test/cost/statements.ts");
const code = readFileSync(bundle.file, "utf8");
const { statements, ranges } = await sent().finally(() => bundle.remove());

function sent(): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const workerData = { bundle: bundle.file, migrations };
    const file = join(import.meta.dirname, "statements-thread.ts");
    const thread = new Worker(file, { workerData, execArgv: ["--no-warnings"] });
    thread.once("message", resolve);
    thread.once("error", reject);
  });
}

it("every statement of the store was sent", () => {
  expect(statements.length).toBeGreaterThan(300);
  const never = statementsNeverMade(code, ranges);
  expect(never.toSorted()).toEqual(Object.keys(seldomMade).toSorted());
});

it("none reads a table that grows from end to end", () => {
  expect(scansIn(database, statements)).toEqual([]);
});

it("no trigger does", () => {
  expect(scansIn(database, statementsOfTriggers(database))).toEqual([]);
});

it("what is said of tables that do not grow is said of tables that are there", () => {
  expect(Object.keys(few).filter((table) => !tablesOf(database).includes(table))).toEqual([]);
});

it("an index that is not there is missed", () => {
  const without = openSqlite([...migrations, "DROP INDEX document_hash; DROP INDEX subscription_latest_invoice_id"]);
  expect(scansIn(without, statements).join("\n")).toMatch(/^document: [^]*^subscription: insert into "invoice"/m);
});

function scansIn(at: typeof database, all: readonly Statement[]): readonly string[] {
  return all
    .filter(({ text }) => !aboutAll.some(({ texts }) => texts(text)))
    .flatMap((statement) =>
      scansOf(at, statement)
        .filter((scan) => !isAllowed(scan, statement.text))
        .map(
          ({ table, index }) => `${index === null ? table : `${table} by ${index}`}: ${statement.text.slice(0, 500)}`,
        ),
    )
    .toSorted();
}

function isAllowed({ table, index }: Scan, text: string): boolean {
  if (table in few || (index !== null && ofWhatWaits.includes(index))) return true;
  return shortWalks.some(
    ({ of, by }) => of.table === table && of.index === index && by.test(text.replace(/\s+/g, " ")),
  );
}
