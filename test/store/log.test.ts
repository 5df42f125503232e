// The log, the ledger and the invoice numbers are append-only by the database itself, whoever asks.
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { aLongStory } from "./long-story.ts";

const appendOnly = ["billing_event", "ledger_entry", "invoice_number"] as const;

beforeAll(async () => void (await aLongStory()));

async function dump(): Promise<string> {
  const tables = await Promise.all(
    appendOnly.map(async (table) => (await env.DB.prepare(`SELECT * FROM ${table} ORDER BY rowid`).all()).results),
  );
  return JSON.stringify(tables);
}

const eventColumns = "type, version, at, actor, data, evidence, evidence_hash, prev_hash, hash";
const aboutEvent = (row: string) => `SELECT ${row} FROM billing_event WHERE position = 7`;

const attempts: readonly [what: string, sql: string][] = [
  ...appendOnly.flatMap((table): [string, string][] => [
    [`an update of every ${table}`, `UPDATE ${table} SET rowid = rowid`],
    [`a delete of every ${table}`, `DELETE FROM ${table}`],
    [`a replacement of every ${table} by itself`, `INSERT OR REPLACE INTO ${table} SELECT * FROM ${table}`],
    [`an update that replaces in ${table}`, `UPDATE OR REPLACE ${table} SET rowid = rowid + 1`],
  ]),
  ["an update of one actor", "UPDATE billing_event SET actor = 'system' WHERE position = 7"],
  [
    "a replacement of an event at its position",
    `REPLACE INTO billing_event (position, id, stream, seq, epoch, ${eventColumns})
     ${aboutEvent(`position, 'evt_new', 'elsewhere', 1, epoch, ${eventColumns}`)}`,
  ],
  [
    "a replacement of an event by its id",
    `REPLACE INTO billing_event (id, stream, seq, epoch, ${eventColumns})
     ${aboutEvent(`id, 'elsewhere', 1, epoch, ${eventColumns}`)}`,
  ],
  [
    "a replacement of an event by its place in the stream",
    `REPLACE INTO billing_event (id, stream, seq, epoch, ${eventColumns})
     ${aboutEvent(`'evt_new', stream, seq, epoch, ${eventColumns}`)}`,
  ],
  [
    "an upsert of an event",
    `INSERT INTO billing_event (id, stream, seq, epoch, ${eventColumns})
     ${aboutEvent(`id, stream, seq, epoch, ${eventColumns}`)}
     ON CONFLICT (id) DO UPDATE SET actor = 'system'`,
  ],
  [
    "a replacement of a ledger entry by its event and line",
    `REPLACE INTO ledger_entry SELECT event_id, line, customer_id, account, 1, invoice_id, payment_id, at, event_type
     FROM ledger_entry LIMIT 1`,
  ],
  [
    "a replacement of an invoice number by its invoice",
    "REPLACE INTO invoice_number SELECT series, 900, invoice_id FROM invoice_number LIMIT 1",
  ],
  [
    "a replacement of an invoice number by its number",
    "REPLACE INTO invoice_number SELECT series, number, 'inv_new' FROM invoice_number LIMIT 1",
  ],
];

describe("the database refuses, and nothing changes by", () => {
  it.each(attempts)("%s", async (_what, sql) => {
    const before = await dump();
    expect(before.length).toBeGreaterThan(10_000);
    await expect(env.DB.prepare(sql).run()).rejects.toThrow(/append-only|UNIQUE constraint failed/);
    expect(await dump()).toBe(before);
  });
});

describe("while collecting is stopped, the database", () => {
  const insert = (type: string) =>
    env.DB.prepare(
      `INSERT INTO billing_event (id, stream, seq, epoch, ${eventColumns})
       SELECT 'evt_' || hex(randomblob(9)), 'x' || hex(randomblob(9)), 1, epoch, '${type}', version, at, actor, data,
         evidence, evidence_hash, prev_hash, hash FROM billing_event WHERE position = 7`,
    ).run();

  it("refuses payment.submitted, and takes every other event", async () => {
    await env.DB.exec("UPDATE system_state SET collecting = 0");
    await expect(insert("payment.submitted")).rejects.toThrow("collecting is stopped");
    expect((await insert("payment.unknown")).meta.changes).toBeGreaterThan(0);
    await env.DB.exec("UPDATE system_state SET collecting = 1");
    expect((await insert("payment.submitted")).meta.changes).toBeGreaterThan(0);
  });
});
