// Whether a payment method can carry a debit: its ceiling, its counts, its end. Asked before any debit, so that the
// gateway never has to refuse what we could have known (an agreement signed below the price is a classic).
import type { Rials } from "../../contract/common/money.ts";
import { billingMs, instant, type Now } from "./clock.ts";
import { dateOf } from "./calendar.ts";
import { reject, type Rejection } from "./rejection.ts";
import { all, type CustomerState, type PaymentMethod } from "./state.ts";
import { tehranDayOf } from "./tehran.ts";

export type CarryRefusal = "payment_method_not_active" | "payment_method_cannot_carry";

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
