// What must hold in every state the database can be in, as questions to the database itself: each answers with the rows
// that break it. They share no code with the rules, so that both cannot be wrong in the same way. Checked after every
// simulated history, at the end of the demo, and live: there of some customers at a time, since most read all that there is
// of them.
import { booksInvariants } from "./invariant/books.ts";
import { creditInvariants } from "./invariant/credit-and-refunds.ts";
import { orderInvariants } from "./invariant/in-order.ts";
import { owners, type Invariant } from "./invariant/invariant.ts";
import { logInvariants } from "./invariant/log.ts";
import { metricsInvariants } from "./invariant/metrics.ts";
import { moneyCallInvariants } from "./invariant/money-calls.ts";
import { quotaInvariants } from "./invariant/quota.ts";
import { scheduleInvariants } from "./invariant/schedule.ts";
import { subscriptionInvariants } from "./invariant/subscriptions.ts";

export type { Invariant };

/** Every invariant there is; names never change their meaning. */
export const invariants: readonly Invariant[] = [
  ...booksInvariants,
  ...moneyCallInvariants,
  ...orderInvariants,
  ...creditInvariants,
  ...subscriptionInvariants,
  ...quotaInvariants,
  ...scheduleInvariants,
  ...logInvariants,
  ...metricsInvariants,
];

/** The most rows that one invariant shows. */
export const mostOffenders = 20;

/** An invariant with the rows that break it; it holds when there are none. */
export interface CheckedInvariant {
  readonly name: string;
  readonly sentence: string;
  /** Ids and numbers, at most 20 rows; never a person. */
  readonly offenders: readonly Offender[];
}

export type Offender = Readonly<Record<string, string | number | null>>;

/** How many customers are asked about in one batch: some seconds of D1's thirty, each with years behind them. */
export const customersAtATime = 500;

/** Comes after every id. */
const afterAll = "\u{10FFFF}";

/** Of whom a batch asks: those after a customer, up to another. */
interface Part {
  readonly after: string;
  /** Null for as many as are asked at a time. */
  readonly upTo: string | null;
}

/** Asks all invariants of everybody in one batch, so of one state: for tests, whose databases are small. */
export async function checkInvariants(db: D1Database): Promise<readonly CheckedInvariant[]> {
  const { checked } = await checkPart(db, { after: "", upTo: afterAll });
  return checked;
}

/** Asks of the customers after this one, the first of them without one; null for the next when all were asked. */
export async function checkSomeInvariants(
  db: D1Database,
  after: string | undefined,
): Promise<{ readonly checked: readonly CheckedInvariant[]; readonly next: string | null }> {
  return checkPart(db, { after: after ?? "", upTo: null });
}

/** In one batch, so of one state. What is asked of all is asked with the first. */
async function checkPart(db: D1Database, { after, upTo }: Part) {
  const asked = invariants.filter(({ isOfAll }) => after === "" || !isOfAll);
  const bind = (sql: string) => db.prepare(sql).bind(after, upTo);
  const end = bind(`SELECT ${upToWhom} AS "next"`);
  const [found, ...answers] = await db.batch<Offender>([end, ...asked.map((invariant) => bind(queryOf(invariant)))]);
  const next = found?.results[0]?.["next"];
  return {
    checked: asked.map(({ name, sentence }, index) => ({ name, sentence, offenders: answers[index]?.results ?? [] })),
    next: typeof next === "string" && next !== afterAll ? next : null,
  };
}

/** The last of the customers after `?1` who are asked about, `?2` unless there is none. */
const upToWhom = `COALESCE(?2, (SELECT id FROM main.customer WHERE id > ?1 ORDER BY id LIMIT 1 OFFSET ${customersAtATime - 1}),
  '${afterAll}')`;

/** What is nobody's is asked with the first. */
const isAsked = (column: string) => `(${column} > ?1 AND ${column} <= (SELECT id FROM last))`;

/** Its text, over the rows of the customers who are asked about: names of tables stand for these alone. */
export function queryOf({ sql, isOfAll }: Invariant): string {
  const named = Object.entries(owners).filter(([table]) => !isOfAll && new RegExp(`\\b${table}\\b`).test(sql));
  const tables = named.map(([table, column]) => {
    const isNobodys = table === "ledger_entry" ? ` OR (${column} IS NULL AND ?1 = '')` : "";
    return `${table} AS NOT MATERIALIZED (SELECT * FROM main.${table} WHERE ${isAsked(column)}${isNobodys})`;
  });
  return `WITH ${["last AS MATERIALIZED (SELECT " + upToWhom + " AS id)", ...tables].join(", ")}
    SELECT * FROM (${sql}) LIMIT ${mostOffenders}`;
}
