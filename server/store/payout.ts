// Imports of the gateway's payout file: the lines, each once, and the one event whose ledger entries they are.
import { and, asc, desc, eq, lt, ne, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { PayoutId } from "../../contract/common/id.ts";
import type { SignedRials } from "../../contract/common/money.ts";
import type { PageQuery } from "../../contract/common/page.ts";
import type { WallMs } from "../billing/clock.ts";
import { event } from "../billing/event.ts";
import { differenceOf, sumSigned } from "../billing/money.ts";
import {
  doubtedBy,
  judgeFile,
  payoutTotals,
  type JudgedLine,
  type KeptLine,
  type PaidPayment,
  type PayoutLine,
} from "../billing/payout.ts";
import type { Actor, Write } from "./commit.ts";
import { ledgerTotals, summedThrough } from "./finance.ts";
import { readPayouts } from "./rows.ts";
import { payment, payout, payoutLine, refund } from "./schema.ts";
import { appendToStream } from "./stream.ts";
import type { TransactPorts } from "./transact.ts";
import { hintWrites } from "./webhook-event.ts";

export interface NewPayout {
  readonly id: PayoutId;
  readonly lines: readonly PayoutLine[];
  /** SHA-256 of the file. */
  readonly fileHash: string;
  readonly reason: string;
}

/** Imports a file. All of its matching is decided on one state of the stream of payouts, so no line is booked twice. */
export async function importPayout(ports: TransactPorts, input: NewPayout, actor: Actor): Promise<void> {
  const { id: payoutId, lines, fileHash, reason } = input;
  await appendToStream(ports, { stream: "payouts", actor }, async (at) => {
    const payments = await paymentsOf(ports.db, lines);
    const file = judgeFile(lines, payments, await keptLines(ports.db, lines, payments));
    const totals = payoutTotals(file);
    return {
      events: [event("payout.imported", { payoutId, ...totals, fileHash }, { reason })],
      writes: [
        drizzle(ports.db).insert(payout).values({
          id: payoutId,
          lineCount: totals.lines,
          matchedCount: totals.matched,
          differenceCount: totals.differences,
          alreadyImportedCount: totals.alreadyImported,
          paidOutRials: totals.paidOutRials,
          feeDifferenceRials: totals.feeDifferenceRials,
          importedAt: at,
        }),
        ...lineWrites(ports.db, payoutId, file.lines),
        ...(await questions(ports, { lines: [...file.lines, ...file.stillDiffering], payments }, at)),
      ],
    };
  });
}

/** Those of these lines that name a payment of this database. */
export async function linesOf(db: D1Database, lines: readonly PayoutLine[]): Promise<readonly PayoutLine[]> {
  const payments = await paymentsOf(db, lines);
  const [references, authorities] = [
    new Set(payments.map(({ refId }) => refId)),
    new Set(payments.map(({ authority }) => authority)),
  ];
  return lines.filter(({ refId, authority }) => references.has(refId) || authorities.has(authority));
}

/** The payments that a file names, by reference or by authority, with what was booked of each. */
async function paymentsOf(db: D1Database, lines: readonly PayoutLine[]): Promise<readonly PaidPayment[]> {
  const orm = drizzle(db);
  const { id, customerId, status, authority, refId } = payment;
  const booked = sql<number | null>`(SELECT MAX(entry.amount_rials) FROM ledger_entry AS entry
    WHERE entry.payment_id = payment.id AND entry.account = 'gateway_clearing')`;
  const fee = sql<number>`(SELECT COALESCE(SUM(entry.amount_rials), 0) FROM ledger_entry AS entry
    WHERE entry.payment_id = payment.id AND entry.account = 'gateway_fee')`;
  const rows = await orm
    .select({ id, customerId, status, authority, refId, bookedRials: booked, feeRials: fee })
    .from(payment).where(sql`${refId} IN ${listed(lines.map((line) => line.refId))}
      OR ${authority} IN ${listed(lines.map((line) => line.authority))}`);
  const { paymentId, method, amountRials } = refund;
  const refunds = await orm
    .select({ paymentId, method, status: refund.status, amountRials })
    .from(refund)
    .where(sql`${paymentId} IN ${listed(rows.map((row) => row.id))}`);
  return rows.map((row) => asPaid({ ...row, refunds: refunds.filter((each) => each.paymentId === row.id) }));
}

/** Sums of the ledger are Rials; the query's type says only `number`. */
function asPaid(row: object): PaidPayment {
  return row as PaidPayment;
}

/** What earlier imports kept of these lines, and of other lines about their payments. */
async function keptLines(
  db: D1Database,
  lines: readonly PayoutLine[],
  payments: readonly PaidPayment[],
): Promise<readonly KeptLine[]> {
  const { type, refId, amountRials, settledAt, result, paymentId } = payoutLine;
  return drizzle(db).select({ type, refId, amountRials, settledAt, result, paymentId }).from(payoutLine)
    .where(sql`(${type} IN ('payment', 'refund', 'reversal') AND ${refId} IN ${listed(lines.map((line) => line.refId))})
      OR ${paymentId} IN ${listed(payments.map((each) => each.id))}`);
}

function listed(values: readonly string[]) {
  return sql`(SELECT value FROM json_each(${JSON.stringify([...new Set(values)])}))`;
}

/** One statement for all lines. A line that was kept and was not booked takes its new result. */
function lineWrites(db: D1Database, payoutId: PayoutId, lines: readonly JudgedLine[]): readonly Write[] {
  if (lines.length === 0) return [];
  const rows = lines.map(({ payment: about, ...line }) => ({ ...line, paymentId: about?.id ?? null }));
  const field = (name: string) => sql.raw(`json_extract(value, '$.${name}')`);
  const values = sql`SELECT ${field("type")}, ${field("refId")}, ${field("amountRials")}, ${field("settledAt")},
    ${field("authority")}, ${field("feeRials")}, ${field("line")}, ${field("result")}, ${field("paymentId")},
    ${field("feeDifferenceRials")}, ${payoutId} FROM json_each(${JSON.stringify(rows)}) WHERE true`;
  const { type, refId, amountRials, settledAt } = payoutLine;
  const set = Object.fromEntries(
    (["authority", "feeRials", "line", "result", "paymentId", "feeDifferenceRials", "payoutId"] as const).map((key) => [
      key,
      sql.raw(`excluded."${payoutLine[key].name}"`),
    ]),
  );
  const target = [type, refId, amountRials, settledAt];
  return [drizzle(db).insert(payoutLine).select(values).onConflictDoUpdate({ target, set })];
}

/** Lines that say of a payment something else than we know make us ask the gateway about it. */
function questions(
  ports: TransactPorts,
  { lines, payments }: { readonly lines: readonly JudgedLine[]; readonly payments: readonly PaidPayment[] },
  at: WallMs,
): Promise<readonly Write[]> {
  const hints = lines.flatMap((line) => {
    const { result, type, refId, amountRials } = line;
    return doubtedBy(line, payments).map((subject) => ({ subject, raw: { type, refId, amountRials, result } }));
  });
  return hintWrites(ports, "payout", hints, at);
}

export async function findPayout(db: D1Database, id: PayoutId) {
  return readPayouts(await drizzle(db).select().from(payout).where(eq(payout.id, id)))[0] ?? null;
}

/** Imports, the newest first, one past the limit. */
export async function listPayouts(db: D1Database, { limit, cursor }: Pick<PageQuery, "limit" | "cursor">) {
  const before = cursor === undefined ? undefined : lt(payout.id, cursor as PayoutId);
  const query = drizzle(db).select().from(payout).where(before);
  return readPayouts(await query.orderBy(desc(payout.id)).limit(limit + 1));
}

/** The lines of an import that were booked with another fee, or not at all. */
export async function listPayoutDifferences(db: D1Database, id: PayoutId) {
  const { line, type, result, refId, authority, amountRials, paymentId } = payoutLine;
  return drizzle(db)
    .select({ line, type, result, refId, authority, amountRials, paymentId })
    .from(payoutLine)
    .where(and(eq(payoutLine.payoutId, id), ne(result, "matched")))
    .orderBy(asc(line));
}

/** What the gateway still owes us by our books. */
export async function clearingBalance(db: D1Database): Promise<SignedRials> {
  const totals = await ledgerTotals(db, { through: await summedThrough(db), andSince: true });
  const clearing = totals.filter(({ account }) => account === "gateway_clearing");
  return sumSigned(clearing.map(({ debitRials, creditRials }) => differenceOf(debitRials, creditRials)));
}
