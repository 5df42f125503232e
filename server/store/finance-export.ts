// Exports: ordered by operators, made by a job a file at a time, kept in the bucket by the hash of their text.
import { and, asc, desc, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { FinanceExportId } from "../../contract/common/id.ts";
import type { PageQuery } from "../../contract/common/page.ts";
import { ExportKind } from "../../contract/finance-export.ts";
import { dayOfDate, tehranDay } from "../billing/calendar.ts";
import type { WallMs } from "../billing/clock.ts";
import { csvOf } from "../billing/csv.ts";
import { startOfDay } from "../billing/tehran.ts";
import type { DocumentBucket } from "./documents.ts";
import { exportRows, type RowCursor } from "./finance-rows.ts";
import { financeExport, financeExportFile } from "./schema.ts";

export type StoredExport = typeof financeExport.$inferSelect;

export interface ExportPorts {
  readonly db: D1Database;
  readonly documents: DocumentBucket;
  readonly sha256: (text: string) => Promise<string>;
  readonly wall: () => WallMs;
}

/** So many rows are one file: some hundred kilobytes. */
const rowsPerFile = 2_000;
const beginning: RowCursor = { at: 0, id: "" };

/** Orders an export, unless it is there. */
export async function orderExport(
  db: D1Database,
  order: Pick<StoredExport, "id" | "fromDay" | "toDay" | "createdAt">,
): Promise<void> {
  const begin = { kind: "ledger" as const, part: 1, cursorAt: beginning.at, cursorId: beginning.id };
  const row = { ...order, ...begin, status: "running" as const, finishedAt: null };
  await drizzle(db).insert(financeExport).values(row).onConflictDoNothing();
}

export async function findExport(db: D1Database, id: FinanceExportId): Promise<StoredExport | null> {
  return (await drizzle(db).select().from(financeExport).where(eq(financeExport.id, id)))[0] ?? null;
}

/** Exports, the newest first, one past the limit. */
export async function listExports(
  db: D1Database,
  { limit, cursor }: Pick<PageQuery, "limit" | "cursor">,
): Promise<readonly StoredExport[]> {
  const before = cursor === undefined ? undefined : sql`${financeExport.id} < ${cursor}`;
  const query = drizzle(db).select().from(financeExport).where(before);
  return query.orderBy(desc(financeExport.id)).limit(limit + 1);
}

/** Whether an export waits for its next file. */
export const hasRunningExport = sql<number>`EXISTS (SELECT 1 FROM finance_export WHERE status = 'running')`;

/** The files of an export that are there, by kind and number. */
export async function filesOf(db: D1Database, exportId: FinanceExportId) {
  const { kind, part } = financeExportFile;
  const inOrder = sql`CASE ${kind} WHEN 'ledger' THEN 1 WHEN 'invoices' THEN 2 WHEN 'payments' THEN 3 ELSE 4 END`;
  const query = drizzle(db).select().from(financeExportFile).where(eq(financeExportFile.exportId, exportId));
  return query.orderBy(inOrder, asc(part));
}

/** The text of a file; null when the export has none of this name. */
export async function readExportFile(
  { db, documents }: Pick<ExportPorts, "db" | "documents">,
  { exportId, name }: { readonly exportId: FinanceExportId; readonly name: string },
): Promise<string | null> {
  const isIt = and(eq(financeExportFile.exportId, exportId), eq(financeExportFile.name, name));
  const [file] = await drizzle(db).select().from(financeExportFile).where(isIt);
  if (!file) return null;
  const text = await documents.get(keyOf(file.sha256));
  if (text === null) throw new Error(`${name} of ${exportId} is not in its bucket`);
  return text;
}

/** Makes the next file of the oldest export that runs; false when none does. */
export async function makeNextFile(ports: ExportPorts): Promise<boolean> {
  const { db, documents, sha256 } = ports;
  const running = eq(financeExport.status, "running");
  const [now] = await drizzle(db).select().from(financeExport).where(running).orderBy(asc(financeExport.id)).limit(1);
  if (!now) return false;
  const { kind, fromDay, toDay } = now;
  const from = startOfDay(dayOfDate(fromDay));
  const to = startOfDay(tehranDay(dayOfDate(toDay) + 1));
  const after = { at: now.cursorAt, id: now.cursorId };
  const page = await exportRows(db, { kind, span: { fromDay, toDay, from, to }, after, limit: rowsPerFile });
  const text = csvOf(page.header, page.rows);
  const hash = await sha256(text);
  // The file first: a row that names none would be worse than a file that nobody names.
  await documents.put(keyOf(hash), text);
  await noteFile(ports, now, { rowCount: page.rows.length, sha256: hash, next: page.next });
  return true;
}

interface Made {
  readonly rowCount: number;
  readonly sha256: string;
  readonly next: RowCursor | null;
}

/** Notes a file and moves on: within the kind, to the next one, or to the end. Of two that made it the first moves. */
async function noteFile({ db, wall }: ExportPorts, made: StoredExport, { next, ...file }: Made): Promise<void> {
  const { id: exportId, kind, part } = made;
  const name = `${kind}-${String(part).padStart(3, "0")}.csv`;
  const nextKind = next ? kind : ExportKind.options[ExportKind.options.indexOf(kind) + 1];
  const cursor = next ?? beginning;
  const moved =
    nextKind === undefined
      ? { status: "completed" as const, finishedAt: wall() }
      : { kind: nextKind, part: next ? part + 1 : 1, cursorAt: cursor.at, cursorId: cursor.id };
  const isThere = and(
    eq(financeExport.id, exportId),
    eq(financeExport.status, "running"),
    eq(financeExport.kind, kind),
    eq(financeExport.part, part),
  );
  const orm = drizzle(db);
  await orm.batch([
    orm
      .insert(financeExportFile)
      .values({ exportId, name, kind, part, ...file })
      .onConflictDoNothing(),
    orm.update(financeExport).set(moved).where(isThere),
  ]);
}

function keyOf(hash: string): string {
  return `exports/${hash}`;
}
