// The rows of an export, a page at a time: each kind by an index of its own, from the row after which the page begins.
import { sql, type SQL } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import * as z from "zod";
import type { ExportKind } from "../../contract/finance-export.ts";
import type { Cell } from "../billing/csv.ts";

/** The row after which a page begins; the first begins after nothing. */
export interface RowCursor {
  readonly at: number;
  readonly id: string;
}

export interface RowSpan {
  readonly fromDay: string;
  readonly toDay: string;
  /** The first moment of the period, and the first after it. */
  readonly from: number;
  readonly to: number;
}

export interface RowPage {
  readonly header: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** The last row; null when no more follow. */
  readonly next: RowCursor | null;
}

const instantOf = (column: string) => sql.raw(`strftime('%Y-%m-%dT%H:%M:%SZ', ${column} / 1000, 'unixepoch')`);
const netOf = (rate: string) =>
  sql.raw(`(SELECT COALESCE(SUM(json_extract(l.value, '$.netRials')), 0) FROM json_each(i.lines) l
    WHERE json_extract(l.value, '$.vatRateBasisPoints') ${rate})`);

interface Source {
  readonly columns: Readonly<Record<string, SQL>>;
  readonly from: SQL;
  /** What the rows are in order of: a time in milliseconds, then an id. */
  readonly at: SQL;
  readonly id: SQL;
  readonly isWithin: (span: RowSpan) => SQL;
}

const within = (at: SQL) => (span: RowSpan) => sql`${at} >= ${span.from} AND ${at} < ${span.to}`;
const raw = (text: string) => sql.raw(text);

const sources: Readonly<Record<ExportKind, Source>> = {
  ledger: {
    columns: {
      booked_at: instantOf("e.at"),
      event_id: raw("e.event_id"),
      event_type: raw("e.event_type"),
      line: raw("e.line"),
      account: raw("e.account"),
      amount_rials: raw("e.amount_rials"),
      customer_id: raw("e.customer_id"),
      invoice_id: raw("e.invoice_id"),
      payment_id: raw("e.payment_id"),
    },
    from: raw("ledger_entry e"),
    at: raw("e.at"),
    id: raw("(e.event_id || printf('.%03d', e.line))"),
    isWithin: within(raw("e.at")),
  },
  invoices: {
    columns: {
      number: raw("n.series || '-' || printf('%06d', n.number)"),
      invoice_id: raw("i.id"),
      customer_id: raw("i.customer_id"),
      external_id: raw("c.external_id"),
      reason: raw("i.reason"),
      status: raw("i.status"),
      finalized_at: instantOf("i.finalized_at"),
      due_at: instantOf("i.due_at"),
      paid_at: instantOf("i.paid_at"),
      taxed_net_rials: netOf("> 0"),
      exempt_net_rials: netOf("= 0"),
      vat_rials: raw("i.vat_rials"),
      total_rials: raw("i.total_rials"),
      credit_applied_rials: raw("i.credit_applied_rials"),
      returned_rials: raw("i.returned_rials"),
    },
    from: raw(`invoice i JOIN customer c ON c.id = i.customer_id
      LEFT JOIN invoice_number n ON n.invoice_id = i.id`),
    at: raw("i.finalized_at"),
    id: raw("i.id"),
    isWithin: within(raw("i.finalized_at")),
  },
  payments: {
    columns: {
      payment_id: raw("p.id"),
      invoice_id: raw("p.invoice_id"),
      customer_id: raw("p.customer_id"),
      kind: raw("p.kind"),
      status: raw("p.status"),
      amount_rials: raw("p.amount_rials"),
      refunded_rials: raw("p.refunded_rials"),
      reference: raw("p.ref_id"),
      settled_at: instantOf("p.settled_at"),
    },
    from: raw("payment p"),
    at: raw("p.settled_at"),
    id: raw("p.id"),
    isWithin: (span) =>
      sql`p.status IN ('succeeded', 'surplus', 'refunded') AND p.settled_at IS NOT NULL
        AND p.settled_at >= ${span.from} AND p.settled_at < ${span.to}`,
  },
  vat: {
    columns: {
      day: raw("v.day"),
      taxed_rials: raw("v.taxed_rials"),
      vat_rials: raw("v.vat_rials"),
      exempt_rials: raw("v.exempt_rials"),
      returned_taxed_rials: raw("v.returned_taxed_rials"),
      returned_vat_rials: raw("v.returned_vat_rials"),
      returned_exempt_rials: raw("v.returned_exempt_rials"),
    },
    from: raw("vat_day v"),
    at: raw("CAST(unixepoch(v.day) AS INTEGER)"),
    id: raw("v.day"),
    isWithin: (span) => sql`v.day >= ${span.fromDay} AND v.day <= ${span.toDay}`,
  },
};

const Cells = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));

/** Rows of a kind after a cursor, in order, at most `limit`. */
export async function exportRows(
  db: D1Database,
  {
    kind,
    span,
    after,
    limit,
  }: { readonly kind: ExportKind; readonly span: RowSpan; readonly after: RowCursor; readonly limit: number },
): Promise<RowPage> {
  const { columns, from, at, id, isWithin } = sources[kind];
  const header = Object.keys(columns);
  const selected = sql.join(
    Object.entries(columns).map(([name, column]) => sql`${column} AS ${raw(name)}`),
    raw(", "),
  );
  const found = await drizzle(db)
    .all<object>(sql`SELECT ${selected}, ${at} AS cursor_at, ${id} AS cursor_id FROM ${from}
    WHERE ${isWithin(span)} AND ${at} >= ${after.at} AND (${at} > ${after.at} OR ${id} > ${after.id})
    ORDER BY ${at}, ${id} LIMIT ${limit}`);
  const rows = found.map((row) => Cells.parse(row));
  const last = rows.length < limit ? undefined : rows.at(-1);
  return {
    header,
    rows: rows.map((row) => header.map((name) => row[name] ?? null)),
    next: last ? { at: Number(last["cursor_at"]), id: String(last["cursor_id"]) } : null,
  };
}
