// The reader of the log that measures the business: what a page of events adds to the days' figures is written in the
// batch that moves its cursor, and only if the cursor stands where the page was read. So each event counts once, whoever
// dies in between and however many run at a time.
import { sql, type SQL } from "drizzle-orm";
import { CustomerId, type InvoiceId, type PriceId, type ProductId } from "../../contract/common/id.ts";
import type { Rials } from "../../contract/common/money.ts";
import { measureAll } from "../billing/measure-all.ts";
import { measuredTypes, type Constants, type Measured, type ToMeasure } from "../billing/metrics.ts";
import { minuteMs, type WallMs } from "../billing/clock.ts";
import { inBatch } from "./batch.ts";
import { bodyOf, type StoredEvent } from "./chain.ts";
import { compiledBatch, compiledWrite } from "./compiled.ts";
import { readerStep, readLog } from "./reader.ts";
import { customer, invoice, metricDay, metricInvoice, metricSubscription, payment, price } from "./schema.ts";

export const metricsReader = "metrics";

const pageSize = 500;
/** Far below D1's 1,000 statements: a page is thirteen. */
const maxPages = 20;

/** Whoever asks has the rest counted in; by itself the reader goes by the hour, and does not let much pile up. */
const mostUncounted = 500;
/** Off the full and the half hour, when periods begin and everybody else is busy. */
const minuteOfTen = 7;
const minutesOfHour = 60;

/** How much of the log may be unread without anybody being woken: nothing once an hour; null when it is no matter. */
export function uncountedUntil(now: WallMs): number | null {
  const minute = Math.floor(now / minuteMs) % minutesOfHour;
  if (minute % 10 !== minuteOfTen) return null;
  return minute === minuteOfTen ? 0 : mostUncounted;
}

/** Whether more of the log is to be counted than may wait; not even asked in nine minutes of ten. */
export const isMuchUncounted = sql<number>`CASE WHEN ${sql.placeholder("uncountedUntil")} IS NOT NULL
  THEN COALESCE((SELECT MAX(position) FROM billing_event), 0)
    > COALESCE((SELECT position FROM reader_cursor WHERE reader = ${metricsReader}), 0) + ${sql.placeholder("uncountedUntil")}
  ELSE 0 END`;

/** Counts what is in the log and was not counted yet. False when there is more of it than one run takes. */
export async function countUncounted({ db }: { readonly db: D1Database }): Promise<boolean> {
  for (let pages = 0; pages < maxPages; pages++) {
    const { cursor, events } = await readLog(db, metricsReader, { types: measuredTypes, limit: pageSize });
    const last = events.at(-1);
    if (!last) return true;
    const found = events.flatMap(toMeasure);
    const { measured, constants } = await loadKnown(db, found);
    const { tallies, subscriptions, invoices } = measureAll(found, measured, constants);
    const at = { reader: metricsReader, from: cursor };
    await inBatch(db, [
      addTallies({ ...at, rows: JSON.stringify(tallies) }),
      keepSubscriptions({ ...at, rows: JSON.stringify(subscriptions) }),
      keepInvoices({ ...at, rows: JSON.stringify(invoices) }),
      readerStep({ ...at, to: last.position }),
    ]);
    if (events.length < pageSize) return true;
  }
  return false;
}

function toMeasure(row: StoredEvent): readonly ToMeasure[] {
  const customerId = CustomerId.safeParse(row.stream);
  if (!customerId.success) return [];
  return [{ event: bodyOf(row), customerId: customerId.data, at: row.at, bank: bankIn(row.evidence) }];
}

/** What a restored event said of the bank is lost with its evidence. */
function bankIn(evidence: string | null): string | null {
  const { bank } = evidence === null ? {} : asRecord(JSON.parse(evidence));
  return typeof bank === "string" ? bank : null;
}

/** Safe: evidence is an object wherever there is any. */
function asRecord(evidence: unknown): Readonly<Record<string, unknown>> {
  return evidence as Readonly<Record<string, unknown>>;
}

interface Known {
  readonly measured: Measured;
  readonly constants: Constants;
}

/** What is remembered of those that events are about, and what never changes of them. */
async function loadKnown(db: D1Database, found: readonly ToMeasure[]): Promise<Known> {
  const [subscriptions, atRisk, payments, invoices, shares, prices, customers] = await known(db, {
    customerIds: listOf(found.map(({ customerId }) => customerId)),
    paymentIds: listOf(found.flatMap(({ event: { data } }) => ("paymentId" in data ? [data.paymentId] : []))),
    invoiceIds: listOf(found.flatMap(({ event: { data } }) => ("invoiceId" in data ? [data.invoiceId] : []))),
    priceIds: listOf(found.flatMap(priceIdsIn)),
  });
  const sharesOf = Map.groupBy(shares, ({ invoiceId }) => invoiceId);
  return {
    measured: {
      subscriptions: Map.groupBy(subscriptions, ({ customerId }) => customerId),
      invoices: Map.groupBy(atRisk, ({ id }) => id),
    },
    constants: {
      payments: byId(payments),
      invoices: byId(invoices.map((each) => ({ ...each, shares: sharesOf.get(each.id) ?? [] }))),
      prices: byId(prices),
      partners: new Map(customers.map(({ id, partnerId }) => [id, partnerId])),
    },
  };
}

function priceIdsIn({ event }: ToMeasure): readonly PriceId[] {
  if (event.type !== "subscription.created" && event.type !== "subscription.changed") return [];
  const { priceId, addOns } = event.type === "subscription.created" ? event.data : event.data.terms;
  return [priceId, ...addOns.map((addOn) => addOn.priceId)];
}

function listOf(ids: readonly string[]): string {
  return JSON.stringify([...new Set(ids)]);
}

function byId<Id, T extends { readonly id: Id }>(rows: readonly T[]): ReadonlyMap<Id, T> {
  return new Map(rows.map((row) => [row.id, row]));
}

const known = compiledBatch((orm) => {
  const isIn = (name: string) => sql`IN (SELECT value FROM json_each(${sql.placeholder(name)}))`;
  return [
    orm
      .select()
      .from(metricSubscription)
      .where(sql`customer_id ${isIn("customerIds")}`),
    orm
      .select()
      .from(metricInvoice)
      .where(sql`id ${isIn("invoiceIds")}`),
    orm
      .select({ id: payment.id, kind: payment.kind, amountRials: payment.amountRials })
      .from(payment)
      .where(sql`id ${isIn("paymentIds")}`),
    orm
      .select({ id: invoice.id, totalRials: invoice.totalRials })
      .from(invoice)
      .where(sql`id ${isIn("invoiceIds")}`),
    // A line's place, since of lines that came to nothing all is the first one's.
    orm
      .select({
        invoiceId: sql<InvoiceId>`i.id`,
        productId: sql<ProductId>`price.product_id`,
        netRials: sql<Rials>`json_extract(l.value, '$.netRials')`,
      })
      .from(
        sql`json_each(${sql.placeholder("invoiceIds")}) AS asked CROSS JOIN invoice AS i ON i.id = asked.value
          CROSS JOIN json_each(i.lines) AS l CROSS JOIN price ON price.id = json_extract(l.value, '$.priceId')`,
      )
      .orderBy(sql`i.id, l.key`),
    orm
      .select({
        id: price.id,
        productId: price.productId,
        amountRials: price.amountRials,
        interval: price.interval,
        taxBehavior: price.taxBehavior,
      })
      .from(price)
      .where(sql`id ${isIn("priceIds")}`),
    orm
      .select({ id: customer.id, partnerId: customer.partnerId })
      .from(customer)
      .where(sql`id ${isIn("customerIds")}`),
  ] as const;
});

/** Of each row in `rows` these fields, while the reader stands where it read them. */
function rowsWhileThere(...fields: readonly string[]): SQL {
  const columns = fields.map((field) => sql.raw(`json_extract(value, '$.${field}')`));
  return sql`SELECT ${sql.join(columns, sql`, `)} FROM json_each(${sql.placeholder("rows")})
    WHERE (SELECT position FROM reader_cursor WHERE reader = ${sql.placeholder("reader")}) = ${sql.placeholder("from")}`;
}

const addTallies = compiledWrite((orm) =>
  orm
    .insert(metricDay)
    .select(rowsWhileThere("productId", "partnerId", "figure", "day", "part", "count", "amountRials"))
    .onConflictDoUpdate({
      target: [metricDay.productId, metricDay.partnerId, metricDay.figure, metricDay.day, metricDay.part],
      set: {
        count: sql`${metricDay.count} + excluded.count`,
        amountRials: sql`${metricDay.amountRials} + excluded.amount_rials`,
      },
    }),
);

const keepSubscriptions = compiledWrite((orm) =>
  orm
    .insert(metricSubscription)
    .select(rowsWhileThere("id", "productId", "customerId", "monthlyRials", "isCounted", "hasCounted"))
    .onConflictDoUpdate({
      target: [metricSubscription.id, metricSubscription.productId],
      set: {
        monthlyRials: sql`excluded.monthly_rials`,
        isCounted: sql`excluded.is_counted`,
        hasCounted: sql`excluded.has_counted`,
      },
    }),
);

const keepInvoices = compiledWrite((orm) =>
  orm
    .insert(metricInvoice)
    .select(rowsWhileThere("id", "productId", "failedOn", "amountRials", "end"))
    .onConflictDoUpdate({ target: [metricInvoice.id, metricInvoice.productId], set: { end: sql`excluded.end` } }),
);
