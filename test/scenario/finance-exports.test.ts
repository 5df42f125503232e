// The books of a period as files: what they hold adds up to what the reports say, however many pages there were.
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { ExportFile, FinanceExport } from "../../contract/finance-export.ts";
import type { TrialBalance, VatReport } from "../../contract/finance.ts";
import { makeNextFile } from "../../server/store/finance-export.ts";
import { exportRows } from "../../server/store/finance-rows.ts";
import { aPrice } from "../support/catalogue.ts";
import { d1Around } from "../support/d1-around.ts";
import { anOperator, type Operator } from "../support/operator.ts";
import { aSubscriber } from "../support/subscriber.ts";
import { aWorld, publicUrl } from "../support/world.ts";

const dayMs = 86_400_000;
const world = aWorld({ startsAt: "2026-11-19T08:00:00Z" });
const period = { from: "2026-11-19", to: "2026-11-20" };

type Exported = FinanceExport & { readonly files: readonly ExportFile[] };

async function fileOf(operator: Operator, exportId: string, name: string) {
  const headers = { authorization: `Bearer ${operator.token}` };
  return world.fetch(new Request(`${publicUrl}/v1/finance/exports/${exportId}/files/${name}`, { headers }));
}

/** The rows of a file by their columns. */
async function rowsOf(operator: Operator, exportId: string, name: string) {
  const response = await fileOf(operator, exportId, name);
  const text = await response.text();
  const [header = "", ...lines] = text.trimEnd().split("\r\n");
  const columns = header.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((cell, at) => [columns[at] ?? "", cell])));
}

const total = (rows: readonly Record<string, string>[], column: string) =>
  rows.reduce((sum, row) => sum + Number(row[column]), 0);

it("an export holds the period's ledger, invoices, payments and VAT, each once", { timeout: 120_000 }, async () => {
  const operator = await anOperator(world);
  const order = (body: object) => operator.call<Exported>("POST", "/v1/finance/exports", body, crypto.randomUUID());
  const read = (id: string) => operator.call<Exported>("GET", `/v1/finance/exports/${id}`);
  const price = await aPrice(world);
  for (let count = 0; count < 3; count++) {
    const somebody = await aSubscriber(world);
    await somebody.subscribe(price, await somebody.sign());
  }
  expect((await order(period)).body).toMatchObject({
    code: "validation_failed",
    errors: [{ pointer: "/body/to", detail: "No day has been summed up." }],
  });
  for (let days = 0; days < 3; days++) await world.live(dayMs, dayMs);
  // After the period: not in it.
  const late = await aSubscriber(world);
  await late.subscribe(price, await late.sign());

  const { body: ordered, status } = await order(period);
  const { id } = ordered.data;
  expect([status, ordered.data.status]).toEqual([201, "running"]);
  // A run dies after it has put a file away, and before it says so: the next makes the same one.
  const deps = world.invocation();
  const killed = async <T>(queries: readonly unknown[], effect: () => Promise<T>) => {
    if (queries.length > 1) throw new Error("killed");
    return effect();
  };
  const dying = { ...deps, db: d1Around(deps.db, { around: killed }) };
  await expect(makeNextFile(dying)).rejects.toThrow("killed");
  await world.tick();
  const { data } = (await read(id)).body;
  expect(data).toMatchObject({ ...period, status: "completed" });
  expect(data.files.map(({ name, rowCount }) => [name, rowCount])).toEqual([
    ["ledger-001.csv", 21],
    ["invoices-001.csv", 3],
    ["payments-001.csv", 3],
    ["vat-001.csv", 2],
  ]);

  const ledger = await rowsOf(operator, id, "ledger-001.csv");
  const through = await operator.call<TrialBalance>("GET", "/v1/finance/trial-balance?through=2026-11-20");
  expect(total(ledger, "amount_rials")).toBe(0);
  const debits = ledger.filter((row) => Number(row["amount_rials"]) > 0);
  expect(total(debits, "amount_rials")).toBe(through.body.data.debitRials);
  const invoices = await rowsOf(operator, id, "invoices-001.csv");
  expect(invoices.map((row) => row["number"])).toEqual(["S-1405-000001", "S-1405-000002", "S-1405-000003"]);
  const vat = await operator.call<VatReport>("GET", "/v1/finance/vat/1405-3");
  expect(total(await rowsOf(operator, id, "vat-001.csv"), "vat_rials")).toBe(vat.body.data.vatRials);
  expect(total(invoices, "taxed_net_rials")).toBe(vat.body.data.taxedRials);
  expect(total(await rowsOf(operator, id, "payments-001.csv"), "amount_rials")).toBe(3 * 3_289_000);

  // Each stands in the bucket under the hash of its bytes.
  const [first] = data.files;
  const response = await fileOf(operator, id, "ledger-001.csv");
  expect(response.headers.get("content-type")).toContain("text/csv");
  expect(response.headers.get("content-disposition")).toBe('attachment; filename="ledger-001.csv"');
  const bytes = await response.arrayBuffer();
  expect([...new Uint8Array(bytes).slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  expect(Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("")).toBe(first?.sha256);
  expect(await env.DOCUMENTS.head(`exports/${first?.sha256}`)).not.toBeNull();
  expect((await fileOf(operator, id, "ledger-002.csv")).status).toBe(404);
  expect((await operator.call<FinanceExport[]>("GET", "/v1/finance/exports")).body.data.map((row) => row.id)).toEqual([
    id,
  ]);
});

it("pages of any size hold the same rows, each once and in order", async () => {
  const span = { fromDay: "2026-11-19", toDay: "2026-11-22", from: 0, to: Date.parse("2030-01-01T00:00:00Z") };
  for (const kind of ["ledger", "invoices", "payments", "vat"] as const) {
    const pages = async (limit: number) => {
      const rows: (readonly unknown[])[] = [];
      for (let after = { at: 0, id: "" }; ;) {
        const page = await exportRows(env.DB, { kind, span, after, limit });
        rows.push(...page.rows);
        if (!page.next) return rows;
        after = page.next;
      }
    };
    const whole = await pages(1_000);
    expect(whole.length).toBeGreaterThan(1);
    for (const limit of [1, 2, 7]) expect(await pages(limit), `${kind} by ${limit}`).toEqual(whole);
  }
});
