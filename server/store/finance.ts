// What bookkeepers read: sums by day, what is open, and the months that are closed.
import { and, asc, desc, eq, gte, lt, lte, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { Rials } from "../../contract/common/money.ts";
import type { PageQuery } from "../../contract/common/page.ts";
import type { TehranDate } from "../../contract/common/time.ts";
import type { JalaliMonth, LedgerAccount } from "../../contract/finance.ts";
import { daysOfMonth, decideCloseMonth, endOfDays, type Days } from "../billing/books.ts";
import { dateOfDay, dayOfDate, tehranDay, type TehranDay } from "../billing/calendar.ts";
import { dayMs, type WallMs } from "../billing/clock.ts";
import { sumRials } from "../billing/money.ts";
import { isRejection, type Rejection } from "../billing/rejection.ts";
import { startOfDay } from "../billing/tehran.ts";
import { credits, debits, total } from "./books.ts";
import type { Actor } from "./commit.ts";
import { readClosedMonths, readLedgerSums, readOwed, readRevenueDays, readVatSums } from "./rows.ts";
import { closedMonth, ledgerDay, ledgerEntry, revenueDay, vatDay } from "./schema.ts";
import { appendToStream } from "./stream.ts";
import type { TransactPorts } from "./transact.ts";

/** All that was booked on one account. */
export interface AccountSums {
  readonly account: LedgerAccount;
  readonly debitRials: Rials;
  readonly creditRials: Rials;
}

/** The last day that has been summed up; null before the first. */
export async function summedThrough(db: D1Database): Promise<TehranDay | null> {
  const [row] = await drizzle(db).select({ day: vatDay.day }).from(vatDay).orderBy(desc(vatDay.day)).limit(1);
  return row ? dayOfDate(row.day) : null;
}

/** Debits and credits of each account through the end of a day; with `andSince`, and all entries since. */
export async function ledgerTotals(
  db: D1Database,
  { through, andSince }: { readonly through: TehranDay | null; readonly andSince: boolean },
): Promise<readonly AccountSums[]> {
  const orm = drizzle(db);
  const { account, debitRials, creditRials, day } = ledgerDay;
  const summed = orm
    .select({ account, debitRials: sql`SUM(${debitRials})`, creditRials: sql`SUM(${creditRials})` })
    .from(ledgerDay)
    .where(lte(day, through === null ? "" : dateOfDay(through)))
    .groupBy(account);
  const since = through === null ? 0 : startOfDay(tehranDay(through + 1));
  const live = orm
    .select({ account: ledgerEntry.account, debitRials: debits, creditRials: credits })
    .from(ledgerEntry)
    .where(andSince ? sql`at >= ${since}` : sql`FALSE`)
    .groupBy(ledgerEntry.account);
  const [before, after] = await orm.batch([summed, live]);
  const byAccount = Map.groupBy(readLedgerSums([...before, ...after]), (sums) => sums.account);
  return [...byAccount].map(([account, sums]) => ({
    account,
    debitRials: sumRials(sums.map((each) => each.debitRials)),
    creditRials: sumRials(sums.map((each) => each.creditRials)),
  }));
}

interface RevenueQuery extends Pick<PageQuery, "limit" | "cursor"> {
  readonly from?: TehranDate | undefined;
  readonly to?: TehranDate | undefined;
}

/** Revenue of each product on days with any, the newest day first: one day past the limit. */
export async function listRevenue(db: D1Database, { limit, cursor, from, to }: RevenueQuery) {
  const orm = drizzle(db);
  const { day } = revenueDay;
  const wanted = and(
    cursor === undefined ? undefined : lt(day, cursor),
    from === undefined ? undefined : gte(day, from),
    to === undefined ? undefined : lte(day, to),
  );
  const days = orm
    .selectDistinct({ day })
    .from(revenueDay)
    .where(wanted)
    .orderBy(desc(day))
    .limit(limit + 1);
  const rows = await orm
    .select()
    .from(revenueDay)
    .where(sql`${day} IN ${days}`)
    .orderBy(desc(day), asc(revenueDay.productId));
  return readRevenueDays(rows);
}

/** Sales and VAT of these days, as far as they have been summed up. */
export async function vatOf(db: D1Database, days: Days) {
  const rows = await drizzle(db)
    .select({
      through: sql`MAX(${vatDay.day})`,
      taxedRials: total(sql`${vatDay.taxedRials}`),
      vatRials: total(sql`${vatDay.vatRials}`),
      exemptRials: total(sql`${vatDay.exemptRials}`),
      returnedTaxedRials: total(sql`${vatDay.returnedTaxedRials}`),
      returnedVatRials: total(sql`${vatDay.returnedVatRials}`),
      returnedExemptRials: total(sql`${vatDay.returnedExemptRials}`),
    })
    .from(vatDay)
    .where(and(gte(vatDay.day, dateOfDay(days.first)), lte(vatDay.day, dateOfDay(days.last))));
  const [sums] = readVatSums(rows);
  if (!sums) throw new Error("A sum over no rows is a row");
  return sums;
}

/** Open invoices and what is owed on them, by how long they have been due on their customer's clock. */
export async function owedByAge(db: D1Database, now: WallMs) {
  const late = sql`COALESCE(customer.clock_now_at, ${now}) - invoice.due_at`;
  const days = (count: number) => sql.raw(String(count * dayMs));
  const rows = await drizzle(db).all<object>(sql`
    SELECT CASE WHEN late < 0 THEN 'not_due' WHEN late <= ${days(30)} THEN 'to_30_days'
        WHEN late <= ${days(60)} THEN 'to_60_days' WHEN late <= ${days(90)} THEN 'to_90_days' ELSE 'older' END AS age,
      COUNT(*) AS count, SUM(owed) AS amountRials
    FROM (SELECT ${late} AS late, invoice.total_rials - invoice.credit_applied_rials AS owed
      FROM invoice JOIN customer ON customer.id = invoice.customer_id WHERE invoice.status = 'open')
    GROUP BY age`);
  return readOwed(rows);
}

export async function findClosedMonth(db: D1Database, month: JalaliMonth) {
  return readClosedMonths(await drizzle(db).select().from(closedMonth).where(eq(closedMonth.month, month)))[0] ?? null;
}

/** Closed months, the newest first, one past the limit. */
export async function listClosedMonths(db: D1Database, { limit, cursor }: Pick<PageQuery, "limit" | "cursor">) {
  const before = cursor === undefined ? undefined : lt(closedMonth.month, cursor);
  const query = drizzle(db).select().from(closedMonth).where(before);
  return readClosedMonths(await query.orderBy(desc(closedMonth.month)).limit(limit + 1));
}

/** Closes a month, or says why not; one that was closed before stays as it is. */
export async function closeMonth(
  ports: TransactPorts,
  { month, reason }: { readonly month: JalaliMonth; readonly reason: string },
  actor: Actor,
): Promise<Rejection<"month_out_of_order" | "month_not_over"> | null> {
  const { db } = ports;
  const days = daysOfMonth(month);
  let refused: Rejection<"month_out_of_order" | "month_not_over"> | null = null;
  await appendToStream(ports, { stream: "books", actor }, async (at) => {
    if (await findClosedMonth(db, month)) return null;
    const [last] = await listClosedMonths(db, { limit: 0 });
    const totals = await ledgerTotals(db, { through: days.last, andSince: false });
    const debitRials = sumRials(totals.map((sums) => sums.debitRials));
    const soFar = { lastClosed: last?.month ?? null, summedThrough: await summedThrough(db) };
    const events = decideCloseMonth(soFar, { month, debitRials, reason });
    refused = isRejection(events) ? events : null;
    if (isRejection(events)) return null;
    const row = { month, endsAt: endOfDays(days), debitRials, closedAt: at };
    return { events, writes: [drizzle(db).insert(closedMonth).values(row)] };
  });
  return refused;
}
