import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import { after, billingMs, dayMs, hourMs, secondMs, wallMs, type BillingMs } from "../../server/billing/clock.ts";
import { nextDueAt } from "../../server/billing/due-rules.ts";
import { expiryToldMs } from "../../server/billing/payment-method.ts";
import { all, nowOf, type Slice } from "../../server/billing/state.ts";
import { decideAdvance, decideSetTarget, isAdvancing, mayAdvance } from "../../server/billing/test-clock.ts";
import {
  aCustomer,
  afterEvents,
  anInvoice,
  aPayment,
  aPaymentMethod,
  aRenewal,
  aSlice,
  aSubmittedPayment,
  aSubscription,
  days,
  declined,
  eventsOf,
  generousGateway,
  newCustomer,
  now,
  runDue,
  says,
  seededIds,
  told,
  typesOf,
  unknown,
  wall,
} from "../support/billing-builders.ts";
import { runs } from "../support/runs.ts";

const sent = (slice: Slice, targetAt: BillingMs): Slice =>
  afterEvents(slice, eventsOf(decideSetTarget(slice, { customer: newCustomer, targetAt }, nowOf(slice.state, wall))));
const to = (ms: number): BillingMs => billingMs(wall + ms);
const paid = (): Slice => aSlice({ subscriptions: [aSubscription()] });

describe("sending a test clock to a target", () => {
  it("stops the customer's time where it is; from then on only the clock moves it", () => {
    const slice = sent(aSlice(), to(days(40)));
    expect(slice.state.customer).toMatchObject({ clockNowAt: now.billing, clockTargetAt: to(days(40)) });
    expect(nowOf(slice.state, wallMs(wall + days(7)))).toEqual({ wall: wall + days(7), billing: now.billing });
  });

  it("creates the customer first, when there is none", () => {
    const events = decideSetTarget(aSlice({ customer: null }), { customer: newCustomer, targetAt: to(1) }, now);
    expect(typesOf(eventsOf(events))).toEqual(["customer.created", "test_clock.target_set"]);
  });

  it("test_clock_backwards: a target in its past, or more than 20 years ahead", () => {
    const target = (ms: number) => decideSetTarget(aSlice(), { customer: newCustomer, targetAt: to(ms) }, now);
    expect(target(-1)).toMatchObject({
      rejected: "test_clock_backwards",
      detail: "The clock stands at 2026-11-22T08:00:00.000Z; go at most 20 years ahead.",
    });
    expect(target(20 * 366 * dayMs + 1)).toMatchObject({ rejected: "test_clock_backwards" });
    expect(typesOf(eventsOf(target(20 * 366 * dayMs)))).toEqual(["test_clock.target_set"]);
    expect(typesOf(eventsOf(target(0)))).toEqual(["test_clock.target_set"]);
  });

  it("test_clock_advancing: another target while it is on its way; the same one changes nothing", () => {
    const slice = sent(aSlice(), to(days(40)));
    const again = (ms: number) => decideSetTarget(slice, { customer: newCustomer, targetAt: to(ms) }, now);
    expect(again(days(41))).toMatchObject({
      rejected: "test_clock_advancing",
      detail: "The clock stands at 2026-11-22T08:00:00.000Z and has not arrived yet.",
    });
    expect(again(days(40))).toEqual([]);
  });

  it("goes on from where it stands once it has arrived", () => {
    const arrived = runDue(sent(aSlice(), to(days(40))), wall, generousGateway()).slice;
    expect(isAdvancing(arrived.state)).toBe(false);
    const further = runDue(sent(arrived, to(days(50))), wall, generousGateway()).slice;
    expect(further.state.customer?.clockNowAt).toBe(to(days(50)));
  });
});

describe("a test clock on its way", () => {
  it("stops at each thing that falls due and arrives at its target exactly", () => {
    const run = runDue(sent(paid(), to(days(40))), wall, generousGateway());
    const stops = told(run, "test_clock.advanced").map((it) => Date.parse(it.event.data.nowAt));
    expect(stops[0]).toBe(aSubscription().periodEndsAt);
    expect(stops.at(-1)).toBe(to(days(40)));
    expect(stops).toHaveLength(3);
  });

  it("never skips a due date: what falls due is done at that very moment of the customer's time", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 * 24 }), { minLength: 1, maxLength: 4 }), (hoursAhead) => {
        const ids = seededIds();
        let slice = paid();
        let target = wall as number;
        for (const hours of hoursAhead) {
          target += hours * hourMs;
          const run = runDue(sent(slice, billingMs(target)), wall, generousGateway(), ids);
          for (const it of told(run, "subscription.renewed")) {
            expect(it.billing).toBe(Date.parse(it.event.data.startsAt));
          }
          const planned = new Map(told(run, "invoice.finalized").map((it) => [it.event.data.invoiceId, it.event.data]));
          for (const it of told(run, "payment.created")) {
            const invoice = planned.get(it.event.data.invoiceId);
            if (invoice) expect(it.billing).toBe(Date.parse(invoice.nextAttemptAt ?? ""));
          }
          slice = run.slice;
          expect(slice.state.customer?.clockNowAt).toBe(target);
          expect(all(slice.state.subscriptions)[0]?.periodEndsAt).toBeGreaterThan(target);
          expect(nextDueAt(slice)).toBe(after(aPaymentMethod().expiresAt, -expiryToldMs));
        }
      }),
      { numRuns: runs(60) },
    );
  });

  it.each(["created", "submitted", "unknown"] as const)("waits while a payment is %s", (status) => {
    const customer = aCustomer({ clockNowAt: now.billing, clockTargetAt: to(days(40)) });
    const slice = aRenewal(aSubmittedPayment({ status }), { customer });
    expect(mayAdvance(slice.state)).toBe(false);
  });

  it.each(["succeeded", "failed", "lapsed", "needs_review"] as const)("moves on once it is %s", (status) => {
    const customer = aCustomer({ clockNowAt: now.billing, clockTargetAt: to(days(40)) });
    const slice = aRenewal(aPayment({ status, nextAskAt: null }), { customer });
    expect(mayAdvance(slice.state)).toBe(true);
  });

  it("waits in real time for a gateway that does not tell, and then goes on by itself", () => {
    const silent = { ...generousGateway(), inquire: () => unknown() };
    const stuck = runDue(sent(paid(), to(days(40))), wall, silent);
    expect(isAdvancing(stuck.slice.state)).toBe(true);
    const dueAt = nextDueAt(stuck.slice);
    expect(dueAt).toBeGreaterThan(wall + 80 * secondMs);
    const freed = runDue(stuck.slice, wallMs(dueAt ?? 0), generousGateway(), seededIds(5_000));
    expect(freed.slice.state.customer?.clockNowAt).toBe(to(days(40)));
  });

  it("walks through a whole dunning, retry by retry, without waiting for real days", () => {
    const refusing = { ...generousGateway(), debit: () => declined(-99), inquire: () => says("FAILED") };
    const run = runDue(sent(paid(), to(days(60))), wall, refusing);
    expect(told(run, "invoice.attempt_failed")).toHaveLength(5);
    expect(all(run.slice.state.subscriptions)[0]).toMatchObject({ status: "canceled", cancelReason: "unpaid" });
  });
});

describe("moving a clock", () => {
  const customer = aCustomer({ clockNowAt: now.billing, clockTargetAt: to(days(40)) });
  const { state } = aSlice({ customer, invoices: [anInvoice()] });

  it("goes to what falls due, or to its target when nothing does before", () => {
    const movedTo = (dueAt: BillingMs | null) => decideAdvance(state, dueAt)[0]?.data;
    expect(movedTo(to(days(3)))).toEqual({ nowAt: new Date(to(days(3))).toISOString() });
    expect(movedTo(to(days(41)))).toEqual({ nowAt: new Date(to(days(40))).toISOString() });
    expect(movedTo(null)).toEqual({ nowAt: new Date(to(days(40))).toISOString() });
  });

  it("that does not exist is a fault", () => {
    expect(() => decideAdvance(aSlice().state, null)).toThrow("There is no test clock");
    expect(() => decideAdvance(aSlice({ customer: null }).state, null)).toThrow("There is no test clock");
  });

  it("is nothing that happens on real time", () => {
    expect(isAdvancing(aSlice().state)).toBe(false);
    expect(isAdvancing(aSlice({ customer: null }).state)).toBe(false);
    expect(isAdvancing(aSlice({ customer: aCustomer({ clockTargetAt: to(1) }) }).state)).toBe(false);
  });
});
