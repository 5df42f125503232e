// Whether a payment method can carry a debit: its ceiling, its counts, its end. Asked before any debit, so that the
// gateway never has to refuse what we could have known (an agreement signed below the price is a classic). And how much
// is debited unasked in a day, whatever the agreements allow.
//
// The bank's own daily cap (wire facts §5.2) is shown before signing and not heeded here: the payer chooses the bank on
// the way to the gateway's page, and neither the way back nor the signature says which one it was (§5.4, §5.5).
import type { CustomerId } from "../../contract/common/id.ts";
import type { Rials } from "../../contract/common/money.ts";
import { billingMs, instant, type BillingMs, type Now } from "./clock.ts";
import { dateOf, tehranDay, type TehranDay } from "./calendar.ts";
import { collectAt, hashOfId } from "./collection-window.ts";
import { reject, type Rejection } from "./rejection.ts";
import { all, type CustomerState, type Payment, type PaymentMethod } from "./state.ts";
import { startOfDay, tehranDayOf } from "./tehran.ts";

export type CarryRefusal = "payment_method_not_active" | "payment_method_cannot_carry";

/** From so many unexplained declines in a row on, the customer is asked before the next debit. */
export const askAfterDeclines = 2;

/**
 * The most that is debited unasked in one Tehran day from one customer, over all subscriptions: a guard against
 * ourselves (a runaway charge), and against a day on which everything falls due at once. The sum is what the gateway
 * takes in one payment (wire facts §2.1, −41). What would exceed it waits for the next day's window and is no failed
 * attempt: the customer has done nothing wrong, and access goes on as before. What a customer asks for is not counted.
 */
export const dailyCeiling = { debits: 5, rials: 1_000_000_000 } as const;

/**
 * Null when the payment method can be debited this amount now. Else `payment_method_not_active` (not signed,
 * cancelled, expired) or `payment_method_cannot_carry` (ceiling, or today's or this month's count), with the numbers.
 * Days and months are Tehran's; a month counts in both calendars, since the gateway does not say which (§13.3).
 */
export function cannotCarry(
  state: CustomerState,
  method: PaymentMethod,
  amountRials: Rials,
  now: Now,
): Rejection<CarryRefusal> | null {
  if (method.status !== "active") {
    return reject("payment_method_not_active", `${method.id} is ${method.status}.`);
  }
  if (method.expiresAt <= now.wall) {
    return reject("payment_method_not_active", `${method.id} ended at ${instant(method.expiresAt)}.`);
  }
  if (amountRials > method.maxAmountRials) {
    const ceiling = method.maxAmountRials.toLocaleString("en-US");
    const amount = amountRials.toLocaleString("en-US");
    return cannot(`${method.id} allows ${ceiling} IRR a debit; ${amount} IRR is needed.`);
  }
  if (amountRials > dailyCeiling.rials) {
    return cannot(`The gateway takes at most ${dailyCeiling.rials.toLocaleString("en-US")} IRR in one payment.`);
  }
  const sentAt = all(state.payments)
    .filter((payment) => payment.paymentMethodId === method.id)
    .flatMap((payment) => payment.sendBefore ?? []);
  const today = sentAt.filter((at) => sameDay(at, now.wall)).length;
  if (today >= method.maxDailyCount) return cannot(`${method.id} allows ${method.maxDailyCount} debits a day.`);
  const thisMonth = sentAt.filter((at) => sameMonth(at, now.wall)).length;
  if (thisMonth >= method.maxMonthlyCount) {
    return cannot(`${method.id} allows ${method.maxMonthlyCount} debits a month.`);
  }
  return null;
}

/** Why no debit is sent that the customer has not just asked for: what `cannotCarry` says, or too many declines. */
export type CollectRefusal = CarryRefusal | "payment_method_unconfirmed";

/** Null when this amount can be debited unasked; else the reason, as the failed attempt names it. */
export function cannotCollect(
  state: CustomerState,
  method: PaymentMethod,
  amountRials: Rials,
  now: Now,
): CollectRefusal | null {
  const refusal = cannotCarry(state, method, amountRials, now);
  if (refusal) return refusal.rejected;
  return isUnconfirmed(method) ? "payment_method_unconfirmed" : null;
}

/** Whether the customer is to say that it is good, or to sign a new one. */
export function isUnconfirmed({ status, unexplainedDeclines }: PaymentMethod): boolean {
  return status === "active" && unexplainedDeclines >= askAfterDeclines;
}

/** An automatic debit that is wanted: how much, of whom, from which payment method. */
export interface WantedDebit {
  readonly amountRials: Rials;
  readonly customerId: CustomerId;
  readonly method: PaymentMethod | undefined;
}

/**
 * When an automatic debit that is wanted at a moment may go: then, or in the window of the next day that has room for it,
 * under our ceiling and under the agreement's daily count. Example: the sixth of a day → tomorrow at the customer's
 * second.
 */
export function withinDailyCeiling(state: CustomerState, wanted: WantedDebit, at: BillingMs): BillingMs {
  const { amountRials, customerId, method } = wanted;
  const isFull = (day: TehranDay) => {
    const debits = all(state.payments).filter((payment) => dayDebitedUnasked(state, payment) === day);
    const taken = debits.reduce((sum, debit) => sum + debit.amountRials, 0);
    const isOver = debits.length >= dailyCeiling.debits || taken + amountRials > dailyCeiling.rials;
    return isOver || (method !== undefined && debitsOf(state, method, day) >= method.maxDailyCount);
  };
  const wantedDay = tehranDayOf(at);
  if (!isFull(wantedDay)) return at;
  // No more days can be full than there are payments.
  const days = all(state.payments).map((_, index) => tehranDay(wantedDay + index + 1));
  const day = days.find((each) => !isFull(each));
  // What no day has room for is not sent at all: `cannotCarry` refuses it.
  return day === undefined ? at : collectAt(startOfDay(day), hashOfId(customerId));
}

/** The day on which a debit that nobody asked for was sent, or will be; null for one that never was, and for the rest. */
function dayDebitedUnasked(state: CustomerState, payment: Payment): TehranDay | null {
  if (payment.kind !== "debit" || payment.onDemand) return null;
  const day = dayOnTheWall(payment);
  return day === null || isOnRealTime(state) ? day : tehranDayOf(payment.createdAt);
}

/** How many debits of an agreement a day has, as the bank counts them: none on a test clock, whose days are its own. */
function debitsOf(state: CustomerState, { id }: PaymentMethod, day: TehranDay): number {
  if (!isOnRealTime(state)) return 0;
  return all(state.payments).filter((payment) => payment.paymentMethodId === id && dayOnTheWall(payment) === day)
    .length;
}

function dayOnTheWall({ sendBefore, status, nextAskAt, begunAt }: Payment): TehranDay | null {
  if (sendBefore === null && status !== "created") return null;
  return tehranDayOf(billingMs(sendBefore ?? nextAskAt ?? begunAt));
}

function isOnRealTime({ customer }: CustomerState): boolean {
  return (customer?.clockNowAt ?? null) === null;
}

function cannot(detail: string): Rejection<CarryRefusal> {
  return reject("payment_method_cannot_carry", detail);
}

function sameDay(a: number, b: number): boolean {
  return tehranDayOf(billingMs(a)) === tehranDayOf(billingMs(b));
}

function sameMonth(a: number, b: number): boolean {
  return (["jalali", "gregorian"] as const).some((calendar) => monthOf(a, calendar) === monthOf(b, calendar));
}

function monthOf(at: number, calendar: "jalali" | "gregorian"): string {
  const { year, month } = dateOf(tehranDayOf(billingMs(at)), calendar);
  return `${year}-${month}`;
}
