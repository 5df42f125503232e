// Each day's result: the payments that settled on it by our books, held against what the gateway says. A page of them is
// counted in one batch that also moves the cursor, so that a crash, or two at once, count nothing twice.
import { and, asc, desc, eq, lt, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { CustomerId, PaymentId } from "../../contract/common/id.ts";
import type { Rials } from "../../contract/common/money.ts";
import type { PageQuery } from "../../contract/common/page.ts";
import type { TehranDate } from "../../contract/common/time.ts";
import { maxDifferences, type ReconciliationDifference } from "../../contract/reconciliation.ts";
import { dateOfDay, dayOfDate, tehranDay, type TehranDay } from "../billing/calendar.ts";
import { billingMs, minuteMs, wallMs, type WallMs } from "../billing/clock.ts";
import { event } from "../billing/event.ts";
import { subtractRials, sumRials, zeroRials } from "../billing/money.ts";
import { startOfDay, tehranDayOf } from "../billing/tehran.ts";
import { inBatch } from "./batch.ts";
import { mixedEvents, revenueEntries, spanOf, summedUp } from "./books.ts";
import { compiledBatch, compiledWrite, placeholdersOf } from "./compiled.ts";
import { readReconciliations } from "./rows.ts";
import { ledgerEntry, payment, reconciliation, reconciliationDifference } from "./schema.ts";
import { appendToStream } from "./stream.ts";
import type { TransactPorts } from "./transact.ts";
import { hintWrites } from "./webhook-event.ts";

/** A commit that began before midnight may still be on its way for so long. */
const settlesLateMs = 10 * minuteMs;

export type DayResult = typeof reconciliation.$inferSelect;

/** A payment whose money is here by our books. */
export interface Booked {
  readonly id: PaymentId;
  readonly customerId: CustomerId;
  readonly authority: string;
  readonly amountRials: Rials;
  readonly settledAt: WallMs;
  /** The gateway's fee as it was booked. */
  readonly feeRials: Rials;
}

/** What the gateway said of a payment; `verified` is that it has taken the money. */
export interface Compared {
  readonly payment: Booked;
  readonly gatewaySays: "verified" | ReconciliationDifference["gatewaySays"];
}

/** How far reconciliation has come, and since when there is anything to reconcile. */
interface Progress {
  readonly latest: DayResult | undefined;
  readonly firstEntryAt: WallMs | null | undefined;
}

/** The day after the latest, or that of the first entry there is; null before any came, and before the day is over. */
function nextDay({ latest, firstEntryAt }: Progress, now: WallMs): TehranDay | null {
  if (!latest && firstEntryAt == null) return null;
  const next = latest ? tehranDay(dayOfDate(latest.day) + 1) : tehranDayOf(billingMs(firstEntryAt ?? now));
  return isOver(next, now) ? next : null;
}

/** Whether the day after this one is over. */
export function isNextOver(day: TehranDate, now: WallMs): boolean {
  return isOver(tehranDay(dayOfDate(day) + 1), now);
}

function isOver(day: TehranDay, now: WallMs): boolean {
  return startOfDay(tehranDay(day + 1)) + settlesLateMs <= now;
}

/**
 * The day that is being reconciled, or the next one that is over, of which nothing is written yet. Null when there is none
 * to do.
 */
export async function openDay(db: D1Database, now: WallMs): Promise<DayResult | null> {
  return openDayIn(await findProgress(db), now);
}

/** The same of what `progressQueries` found. */
export function openDayIn([days, firsts]: ProgressRows, now: WallMs): DayResult | null {
  const [latest] = days;
  if (latest?.status === "running") return readReconciliations([latest])[0] ?? null;
  const next = nextDay({ latest, firstEntryAt: firsts[0]?.at }, now);
  return next === null ? null : asItBegins(dateOfDay(next), now);
}

type ProgressRows = readonly [days: readonly DayResult[], firsts: readonly { readonly at: WallMs }[]];

function asItBegins(day: TehranDate, startedAt: WallMs): DayResult {
  const none = { oursCount: 0, oursRials: zeroRials, gatewayCount: 0, gatewayRials: zeroRials, feesRials: zeroRials };
  const cursor = { cursorAt: wallMs(0), cursorId: "", stalledSince: null };
  return { day, status: "running", ...none, ...cursor, startedAt, finishedAt: null };
}

type Orm = ReturnType<typeof drizzle>;

/** The latest day, and when the first entry of the ledger was made: what is owed comes before what is paid. */
export const progressQueries = (orm: Orm) =>
  [
    orm.select().from(reconciliation).orderBy(desc(reconciliation.day)).limit(1),
    orm.select({ at: ledgerEntry.at }).from(ledgerEntry).orderBy(asc(ledgerEntry.at)).limit(1),
  ] as const;

const findProgress = compiledBatch(progressQueries);

/** Before whatever else is written of a day: the first of all writes begins it. */
const dayBegin = compiledWrite((orm) =>
  orm.insert(reconciliation).values(placeholdersOf(reconciliation)).onConflictDoNothing(),
);

const ofDay = (orm: Orm) =>
  orm
    .select()
    .from(reconciliation)
    .where(eq(reconciliation.day, sql.placeholder("day")));

/** Literal, as the partial index says it. */
const isOurs = sql`status IN ('succeeded', 'surplus', 'refunded') AND settled_at IS NOT NULL`;

/**
 * The next payments of a day, at most `limit`, in the order of their settling. Those that were given back by a reversal
 * of ours are neither here nor at the gateway.
 */
export async function nextBooked(db: D1Database, result: DayResult, limit: number): Promise<readonly Booked[]> {
  const day = dayOfDate(result.day);
  const [rows] = await booked(db, {
    cursorAt: Math.max(result.cursorAt, startOfDay(day)),
    cursorId: result.cursorId,
    end: startOfDay(tehranDay(day + 1)),
    limit,
  });
  return rows.map((row) => asBooked(row));
}

const booked = compiledBatch((orm) => {
  const fee = sql<number>`(SELECT COALESCE(SUM(entry.amount_rials), 0) FROM ledger_entry AS entry
    WHERE entry.payment_id = payment.id AND entry.account = 'gateway_fee')`;
  const isHere = sql`NOT EXISTS (SELECT 1 FROM refund
    WHERE refund.payment_id = payment.id AND refund.method = 'reverse' AND refund.status <> 'failed')`;
  const { id, customerId, authority, amountRials, settledAt } = payment;
  return [
    orm
      .select({ id, customerId, authority, amountRials, settledAt, feeRials: fee })
      .from(payment)
      .where(
        and(
          isOurs,
          sql`(settled_at, id) > (${sql.placeholder("cursorAt")}, ${sql.placeholder("cursorId")})`,
          sql`settled_at < ${sql.placeholder("end")}`,
          isHere,
        ),
      )
      .orderBy(asc(settledAt), asc(id))
      .limit(sql.placeholder("limit")),
  ] as const;
});

/** What is ours has an authority and a time of settling: the index says so. */
function asBooked(row: object): Booked {
  return row as Booked;
}

/** Counts what was asked about, in order, and moves the cursor behind it. Of two who counted the same, one counts. */
export async function countCompared(
  ports: Pick<TransactPorts, "db" | "random" | "sha256" | "wall">,
  result: DayResult,
  compared: readonly Compared[],
): Promise<void> {
  const last = compared.at(-1)?.payment;
  if (!last) return;
  const { db } = ports;
  const at = ports.wall();
  const verified = compared.filter(({ gatewaySays }) => gatewaySays === "verified");
  const different = compared.filter(({ gatewaySays }) => gatewaySays !== "verified");
  const hints = different.map(({ payment: { id, customerId, authority }, gatewaySays }) => ({
    subject: { id, customerId },
    raw: { authority, gatewaySays, day: result.day },
  }));
  await inBatch(db, [
    dayBegin(result),
    ...(await hintWrites(ports, "reconciliation", hints, at)),
    ...(different.length === 0 ? [] : [differenceWrite(db, result, different, at)]),
    drizzle(db)
      .update(reconciliation)
      .set({
        oursCount: result.oursCount + compared.length,
        oursRials: sumRials([result.oursRials, ...compared.map((each) => each.payment.amountRials)]),
        gatewayCount: result.gatewayCount + verified.length,
        gatewayRials: sumRials([result.gatewayRials, ...verified.map((each) => each.payment.amountRials)]),
        feesRials: sumRials([result.feesRials, ...compared.map((each) => each.payment.feeRials)]),
        cursorAt: last.settledAt,
        cursorId: last.id,
        stalledSince: null,
      })
      .where(isStill(result)),
  ]);
}

/** The gateway told nothing: since when is kept, so that one payment cannot hold up all days for ever. */
export async function noteStall(db: D1Database, result: DayResult, now: WallMs): Promise<void> {
  if (result.stalledSince !== null) return;
  const stalled = drizzle(db).update(reconciliation).set({ stalledSince: now }).where(isStill(result));
  await inBatch(db, [dayBegin(result), stalled]);
}

function isStill({ day, cursorAt, cursorId }: DayResult) {
  const { cursorAt: at, cursorId: id, status } = reconciliation;
  return and(eq(reconciliation.day, day), eq(at, cursorAt), eq(id, cursorId), eq(status, "running"));
}

/** Before the cursor moves, and only while it stands where these were read. */
function differenceWrite(db: D1Database, result: DayResult, different: readonly Compared[], at: WallMs) {
  const rows = different.map(({ payment: { id, amountRials }, gatewaySays }) => [id, gatewaySays, amountRials]);
  return drizzle(db)
    .insert(reconciliationDifference)
    .select(
      sql`SELECT ${result.day}, json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
        ${at} FROM json_each(${JSON.stringify(rows)}) WHERE EXISTS (SELECT 1 FROM reconciliation
          WHERE day = ${result.day} AND cursor_at = ${result.cursorAt} AND cursor_id = ${result.cursorId}
            AND status = 'running')`,
    );
}

/** Nothing is left of a day: its figures are final, an event of the system says them, and its books are summed up. */
export async function completeDay(ports: TransactPorts, begun: DayResult): Promise<void> {
  const { day } = begun;
  const span = spanOf(dayOfDate(day));
  await appendToStream(ports, { stream: "system", actor: "system" }, async (at) => {
    const [rows, recognized, mixed] = await findDayAndEntries(ports.db, { ...span });
    const row = readReconciliations(rows)[0] ?? begun;
    if (row.status !== "running") return null;
    const { oursCount, oursRials, gatewayCount, gatewayRials, feesRials } = row;
    const differenceRials = subtractRials(oursRials, gatewayRials);
    const figures = { day, oursCount, oursRials, gatewayCount, gatewayRials, feesRials, differenceRials };
    return {
      events: [event("reconciliation.completed", figures)],
      writes: [
        dayBegin(begun),
        dayEnd({ day, finishedAt: at }),
        ...(await summedUp(ports.db, span, { recognized, mixed })),
      ],
    };
  });
}

const findDayAndEntries = compiledBatch((orm) => [ofDay(orm), revenueEntries(orm), mixedEvents(orm)] as const);

const dayEnd = compiledWrite((orm) =>
  orm
    .update(reconciliation)
    .set({ status: "completed", finishedAt: sql`${sql.placeholder("finishedAt")}`, stalledSince: null })
    .where(eq(reconciliation.day, sql.placeholder("day"))),
);

/** Days that were reconciled or are, the newest first, one past the limit. */
export async function listReconciliations(db: D1Database, { limit, cursor }: Pick<PageQuery, "limit" | "cursor">) {
  const before = cursor === undefined ? undefined : lt(reconciliation.day, cursor);
  const query = drizzle(db).select().from(reconciliation).where(before);
  return readReconciliations(await query.orderBy(desc(reconciliation.day)).limit(limit + 1));
}

export async function findReconciliation(db: D1Database, day: TehranDate): Promise<DayResult | null> {
  const [rows] = await findDay(db, { day });
  return readReconciliations(rows)[0] ?? null;
}

const findDay = compiledBatch((orm) => [ofDay(orm)] as const);

/** The payments of a day on which the gateway and we do not agree. */
export async function listDifferences(db: D1Database, day: TehranDate) {
  const { paymentId } = reconciliationDifference;
  const query = drizzle(db).select().from(reconciliationDifference).where(eq(reconciliationDifference.day, day));
  return query.orderBy(asc(paymentId)).limit(maxDifferences);
}
