// The books by day: summed up once, in the commit that ends the day's reconciliation, and never changed. Whoever asks
// later reads a few rows a day, however many entries there were.
import { and, eq, sql, type SQL } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { ProductId } from "../../contract/common/id.ts";
import type { SignedRials } from "../../contract/common/money.ts";
import type { TehranDate } from "../../contract/common/time.ts";
import { exemptPart, revenueByProduct, type ProductShare } from "../billing/books.ts";
import { dateOfDay, tehranDay, type TehranDay } from "../billing/calendar.ts";
import type { BillingMs } from "../billing/clock.ts";
import { negated, rials, signedRials, sumRials, sumSigned } from "../billing/money.ts";
import { startOfDay } from "../billing/tehran.ts";
import { compiledWrite, type Write } from "./compiled.ts";
import { readInvoiceLines } from "./rows.ts";
import { invoice, ledgerDay, ledgerEntry, price, revenueDay, vatDay } from "./schema.ts";

const isWithin = sql`at >= ${sql.placeholder("from")} AND at < ${sql.placeholder("to")}`;

/** A day and its bounds. */
type Span = { readonly day: TehranDate; readonly from: BillingMs; readonly to: BillingMs };

export function spanOf(day: TehranDay): Span {
  return { day: dateOfDay(day), from: startOfDay(day), to: startOfDay(tehranDay(day + 1)) };
}

/** What sums up a day that is over, from what was recognised and what was mixed in it; once, whoever comes again. */
export async function summedUp(
  db: D1Database,
  span: Span,
  entries: { readonly recognized: RevenueEntries; readonly mixed: MixedEvents },
): Promise<readonly Write[]> {
  const revenue = await revenueOf(db, entries.recognized);
  const rows = [...revenue].map(([productId, amountRials]) => ({ day: span.day, productId, amountRials }));
  return [
    ledgerSums(span),
    vatSums({ ...span, ...exemptIn(entries.mixed) }),
    ...rows
      .filter(({ amountRials }) => amountRials !== 0)
      .map((row) => drizzle(db).insert(revenueDay).values(row).onConflictDoNothing()),
  ];
}

export const debits = sql`SUM(MAX(amount_rials, 0))`;
export const credits = sql`SUM(MAX(-amount_rials, 0))`;

const ledgerSums = compiledWrite((orm) =>
  orm
    .insert(ledgerDay)
    .select(
      sql`SELECT ${sql.placeholder("day")}, account, ${debits}, ${credits} FROM ledger_entry WHERE ${isWithin} GROUP BY account`,
    )
    .onConflictDoNothing(),
);

/**
 * By event: what has VAT in it is taxed, but for what was exempt on an invoice of both kinds; above zero it is a sale and
 * below zero a return.
 */
const vatSums = compiledWrite((orm) =>
  orm
    .insert(vatDay)
    .select(
      sql`SELECT ${sql.placeholder("day")}, ${total(sql`IIF(vat > 0, net, 0)`)} - ${integer("sold")}, ${total(sql`MAX(vat, 0)`)},
      ${total(sql`IIF(vat = 0, MAX(net, 0), 0)`)} + ${integer("sold")}, ${total(sql`IIF(vat < 0, -net, 0)`)} - ${integer("returned")},
      ${total(sql`MAX(-vat, 0)`)}, ${total(sql`IIF(vat = 0, MAX(-net, 0), 0)`)} + ${integer("returned")}
    FROM (SELECT -SUM(IIF(account IN ('deferred_revenue', 'revenue'), amount_rials, 0)) AS net,
        -SUM(IIF(account = 'vat_payable', amount_rials, 0)) AS vat
      FROM ledger_entry WHERE ${isWithin} GROUP BY event_id) WHERE TRUE`,
    )
    .onConflictDoNothing(),
);

/** D1 binds every number as REAL. */
function integer(name: string): SQL {
  return sql`CAST(${sql.placeholder(name)} AS INTEGER)`;
}

/** What was exempt beside VAT, sold and returned. */
function exemptIn(events: MixedEvents) {
  const parts = events.map(({ lines, net, vat }) => {
    const moved = { netRials: rials(Math.abs(net)), vatRials: rials(Math.abs(vat)) };
    return { isSale: vat > 0, exemptRials: exemptPart(moved, readInvoiceLines(lines)) };
  });
  const sum = (isSale: boolean) =>
    sumRials(parts.filter((part) => part.isSale === isSale).map(({ exemptRials }) => exemptRials));
  return { sold: sum(true), returned: sum(false) };
}

type Orm = ReturnType<typeof drizzle>;
type MixedEvents = Awaited<ReturnType<typeof mixedEvents>>;

/** Events about invoices with taxed lines and exempt ones: few, and only those are read. */
export function mixedEvents(orm: Orm) {
  const net = sql<number>`-SUM(IIF(account IN ('deferred_revenue', 'revenue'), amount_rials, 0))`;
  const vat = sql<number>`-SUM(IIF(account = 'vat_payable', amount_rials, 0))`;
  const hasLine = (rate: SQL) => sql`EXISTS (SELECT 1 FROM json_each(${invoice.lines})
    WHERE json_extract(value, '$.netRials') > 0 AND json_extract(value, '$.vatRateBasisPoints') ${rate})`;
  return (
    orm
      .select({ lines: invoice.lines, net, vat })
      .from(ledgerEntry)
      .innerJoin(invoice, eq(invoice.id, ledgerEntry.invoiceId))
      .where(and(isWithin, hasLine(sql`= 0`), hasLine(sql`> 0`)))
      // Unary: else the index of events would be walked from end to end, to have them in order.
      .groupBy(sql`+${ledgerEntry.eventId}`)
      .having(sql`${vat} <> 0`)
  );
}

export function total(of: SQL): SQL {
  return sql`COALESCE(SUM(${of}), 0)`;
}

/** A day's revenue by product. */
async function revenueOf(db: D1Database, entries: RevenueEntries) {
  const byProduct = new Map<ProductId, SignedRials>();
  if (entries.length === 0) return byProduct;
  const productOf = await productsOf(db, entries);
  for (const { lines, amountRials } of entries) {
    const shares = readInvoiceLines(lines).flatMap(({ priceId, netRials }): readonly ProductShare[] => {
      const productId = productOf.get(priceId);
      return productId === undefined ? [] : [{ productId, netRials }];
    });
    for (const [productId, part] of revenueByProduct(negated(signedRials(amountRials)), shares)) {
      byProduct.set(productId, sumSigned([byProduct.get(productId) ?? signedRials(0), part]));
    }
  }
  return byProduct;
}

type RevenueEntries = Awaited<ReturnType<typeof revenueEntries>>;

/** What a day recognises of each invoice. */
export function revenueEntries(orm: Orm) {
  return orm
    .select({ lines: invoice.lines, amountRials: sql<number>`SUM(${ledgerEntry.amountRials})` })
    .from(ledgerEntry)
    .innerJoin(invoice, eq(invoice.id, ledgerEntry.invoiceId))
    .where(and(isWithin, sql`account = 'revenue'`))
    .groupBy(ledgerEntry.invoiceId);
}

async function productsOf(db: D1Database, entries: readonly { readonly lines: unknown }[]) {
  const priceIds = new Set(entries.flatMap(({ lines }) => readInvoiceLines(lines).map(({ priceId }) => priceId)));
  const { id, productId } = price;
  const named = sql`${id} IN (SELECT value FROM json_each(${JSON.stringify([...priceIds])}))`;
  const rows = await drizzle(db).select({ id, productId }).from(price).where(named);
  return new Map(rows.map((row) => [row.id, row.productId]));
}
