// What must hold in every state the database can be in, as questions to the database itself: each answers with the rows
// that break it. They share no code with the rules, so that both cannot be wrong in the same way. Checked after every
// simulated history, at the end of the demo, and live.
import { booksInvariants } from "./invariant/books.ts";
import { creditInvariants } from "./invariant/credit-and-refunds.ts";
import { orderInvariants } from "./invariant/in-order.ts";
import type { Invariant } from "./invariant/invariant.ts";
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

/** Asks all invariants in one batch, so of one state. Most read whole tables: for operators and tests, not for requests. */
export async function checkInvariants(db: D1Database): Promise<readonly CheckedInvariant[]> {
  const queries = invariants.map(({ sql }) => db.prepare(`SELECT * FROM (${sql}) LIMIT ${mostOffenders}`));
  const answers = await db.batch<Offender>(queries);
  return invariants.map(({ name, sentence }, index) => ({ name, sentence, offenders: answers[index]?.results ?? [] }));
}
