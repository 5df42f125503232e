// Test clocks: a customer's billing time that moves by hand, one due date at a time, so that nothing is skipped.
import { dayMs, instant, type BillingMs, type Now } from "./clock.ts";
import { newCustomer, type NewCustomer } from "./customer.ts";
import { event, type NewEvent } from "./event.ts";
import { reject, type Rejection } from "./rejection.ts";
import { all, maySettle, type CustomerState, type Slice } from "./state.ts";

const furthestMs = 20 * 366 * dayMs;

/** Whether a customer's test clock has not arrived yet. */
export function isAdvancing({ customer }: CustomerState): boolean {
  if (!customer || customer.clockNowAt === null || customer.clockTargetAt === null) return false;
  return customer.clockNowAt < customer.clockTargetAt;
}

/** Whether the clock may move now. It never outruns the gateway: it waits while a payment is under way. */
export function mayAdvance(state: CustomerState): boolean {
  return isAdvancing(state) && !all(state.payments).some(maySettle);
}

/** Sends the clock to a target. Rejects `test_clock_backwards` and `test_clock_advancing`. */
export function decideSetTarget(
  slice: Slice,
  { customer, targetAt }: { readonly customer: NewCustomer; readonly targetAt: BillingMs },
  now: Now,
): readonly NewEvent[] | Rejection<"test_clock_backwards" | "test_clock_advancing"> {
  if (isAdvancing(slice.state)) {
    if (slice.state.customer?.clockTargetAt === targetAt) return [];
    return reject("test_clock_advancing", `The clock stands at ${instant(now.billing)} and has not arrived yet.`);
  }
  if (targetAt < now.billing || targetAt > now.billing + furthestMs) {
    return reject("test_clock_backwards", `The clock stands at ${instant(now.billing)}; go at most 20 years ahead.`);
  }
  const target = event("test_clock.target_set", { nowAt: instant(now.billing), targetAt: instant(targetAt) });
  return [...newCustomer(slice.state, customer), target];
}

/** Moves the clock to the next thing that falls due, or to its target when nothing does before. */
export function decideAdvance(state: CustomerState, nextDueAt: BillingMs | null): readonly NewEvent[] {
  const targetAt = state.customer?.clockTargetAt;
  if (targetAt === null || targetAt === undefined) throw new Error("There is no test clock to advance");
  const nowAt = nextDueAt === null ? targetAt : Math.min(nextDueAt, targetAt);
  return [event("test_clock.advanced", { nowAt: instant(nowAt as BillingMs) })];
}
