import { describe, expect, it } from "vitest";
import type { Outcome } from "../../server/billing/outcome.ts";
import {
  after,
  billingMs,
  dayMs,
  hourMs,
  instant,
  minuteMs,
  secondMs,
  wallMs,
  wallOf,
  type WallMs,
} from "../../server/billing/clock.ts";
import { firstAttemptAt } from "../../server/billing/dunning.ts";
import { startOfDayOf } from "../../server/billing/tehran.ts";
import { isInWindow } from "../../server/billing/collection-window.ts";
import { nextDueAt, nextStep } from "../../server/billing/due-rules.ts";
import type { NewEvent } from "../../server/billing/event.ts";
import { rials } from "../../server/billing/money.ts";
import { askOffsetsMs, nextAskAt } from "../../server/billing/payment-inquiry.ts";
import { paymentDueAt, paymentStep } from "../../server/billing/payment-step.ts";
import { all, nowOf, type Payment, type Slice } from "../../server/billing/state.ts";
import type { Call, CallName, Calls, Step } from "../../server/billing/step.ts";
import {
  aCustomer,
  aFirstPayment,
  afterEvents,
  aHint,
  anInvoice,
  anOffer,
  aPayment,
  aPaymentMethod,
  aRenewal,
  aSlice,
  aSubmittedPayment,
  aSubscription,
  authority,
  days,
  declined,
  generousGateway,
  hours,
  now,
  ownSecondMs,
  runDue,
  runUntil,
  says,
  seededIds,
  settled,
  typesOf,
  unknown,
  verified,
  wall,
  type Run,
  type SliceParts,
} from "../support/billing-builders.ts";

const settlesAfter = wallMs(wall + 80 * secondMs);
const none: ReadonlySet<Payment["id"]> = new Set();
const paymentOf = (slice: Slice): Payment => {
  const [payment] = all(slice.state.payments);
  if (!payment) throw new Error("There is no payment");
  return payment;
};
const stepOf = (slice: Slice, at: WallMs = wall, own = none): Step =>
  paymentStep(slice, paymentOf(slice), { now: nowOf(slice.state, at), ids: seededIds(), own, answers: new Map() });
const mine = (slice: Slice, at: WallMs = wall) => stepOf(slice, at, new Set([paymentOf(slice).id]));

function calling<N extends CallName>(step: Step, name: N): Extract<Call, { name: N }> {
  if (step.kind !== "call" || step.name !== name) throw new Error(`Not a call of ${name}: ${JSON.stringify(step)}`);
  return step as Extract<Call, { name: N }>;
}
function committed(step: Step): readonly NewEvent[] {
  if (step.kind !== "commit") throw new Error(`Not a commit: ${JSON.stringify(step)}`);
  return step.events;
}
const requested = (slice: Slice, outcome: Outcome<Calls["requestPayment"]["value"]>, at: WallMs = wall) =>
  calling(stepOf(slice, at), "requestPayment").onOutcome(outcome, at);
const inquired = (slice: Slice, outcome: Outcome<Calls["inquire"]["value"]>, at: WallMs) =>
  calling(stepOf(slice, at), "inquire").onOutcome(outcome, at);
const verifiedAs = (step: Step, outcome: Outcome<Calls["verifyPayment"]["value"]>, at: WallMs) =>
  calling(step, "verifyPayment").onOutcome(outcome, at);
const later = (ms: number): WallMs => after(settlesAfter, ms);

describe("an attempt to collect", () => {
  const invoices = [anInvoice({ nextAttemptAt: now.billing })];
  const owing = (parts: SliceParts = {}) => aSlice({ subscriptions: [aSubscription()], invoices, ...parts });
  const attempt = (slice: Slice) => nextStep(slice, { now, ids: seededIds(), own: none, answers: new Map() });
  const asked = (slice: Slice) => calling(attempt(slice), "requestPayment");

  it("asks for an authority first: the payment begins and says who calls in one commit", () => {
    const call = asked(owing());
    const events = committed(call.onOutcome(settled({ authority }), wall));
    expect(typesOf(events)).toEqual(["payment.created", "payment.submitted"]);
    expect(events.map(({ data }) => data)).toMatchObject([{ paymentId: call.input.paymentId }, { authority }]);
  });

  it("that came by no authority leaves a payment that asks again", () => {
    for (const outcome of [unknown(), declined(-11)]) {
      const events = committed(asked(owing()).onOutcome(outcome, wall));
      expect(typesOf(events)).toEqual(["payment.created", "payment.deferred"]);
    }
  });

  it("does the same with an authority that another payment has", () => {
    const step = asked(owing()).onOutcome(settled({ authority }), wall);
    const instead = step.kind === "commit" && step.onConflict?.();
    expect(instead && typesOf(committed(instead))).toEqual(["payment.created", "payment.deferred"]);
  });

  it.each([
    ["collecting is stopped", { collecting: false }],
    ["the breaker is open", { breakerUntil: after(wall, minuteMs) }],
  ])("only begins the payment while %s", (_, parts) => {
    expect(typesOf(committed(attempt(owing(parts))))).toEqual(["payment.created"]);
  });
});

describe("a payment that was created", () => {
  const slice = aRenewal(aPayment());

  it("first asks for an authority over its own amount: no money moves", () => {
    expect(calling(stepOf(slice), "requestPayment").input).toEqual({
      paymentId: paymentOf(slice).id,
      customerId: slice.customerId,
      amountRials: 3_289_000,
    });
  });

  it("is submitted before the money call: sent until +20 s, believed failed only after +80 s", () => {
    const [submitted] = committed(requested(slice, settled({ authority })));
    expect(submitted).toMatchObject({
      type: "payment.submitted",
      data: { authority, sendBefore: instant(after(wall, 20 * secondMs)), settlesAfter: instant(settlesAfter) },
    });
  });

  it("is asked again after 15 s, 30 s, … up to 15 min when the gateway gave no authority", () => {
    const waits = [0, 1, 2, 9].map((tries) => {
      const [deferred] = committed(requested(aRenewal(aPayment({ tries })), unknown()));
      expect(deferred).toMatchObject({ type: "payment.deferred", data: { tries: tries + 1 } });
      const next = paymentOf(afterEvents(slice, deferred ? [deferred] : [])).nextAskAt ?? wall;
      return (next - wall) / secondMs;
    });
    expect(waits).toEqual([15, 30, 60, 900]);
  });

  it.each([
    ["tells nothing", unknown()],
    ["refuses, which says nothing about the payer", declined(-11)],
  ])(
    "of a renewal is asked for without end when the gateway %s: every 15 min, after 100 tries every 6 h",
    (_, outcome) => {
      const waits = [9, 10, 98, 99, 100, 2_000].map((tries) => {
        const waiting = aRenewal(aPayment({ tries }));
        const events = committed(requested(waiting, outcome));
        expect(events).toMatchObject([{ type: "payment.deferred", data: { tries: tries + 1 } }]);
        return ((paymentOf(afterEvents(waiting, events)).nextAskAt ?? wall) - wall) / minuteMs;
      });
      expect(waits).toEqual([15, 15, 15, 15, 360, 360]);
    },
  );

  it("of a renewal is never given up for its age", () => {
    const yearLater = after(wall, days(365));
    expect(stepOf(slice, yearLater)).toMatchObject({ kind: "call", name: "requestPayment" });
    expect(typesOf(committed(requested(slice, declined(-11), yearLater)))).toEqual(["payment.deferred"]);
  });

  const night = wallOf("2026-11-22T22:30:00.000Z");
  const opensAt = wallOf("2026-11-23T05:00:00.000Z");

  it("of a renewal that comes at night waits for its customer's own second of the next window, which is no try", () => {
    const waiting = aRenewal(aPayment({ tries: 3, nextAskAt: night }));
    const events = committed(stepOf(waiting, night));
    const ownSecond = after(opensAt, ownSecondMs);
    expect(events).toMatchObject([{ type: "payment.deferred", data: { tries: 3, nextAskAt: instant(ownSecond) } }]);
    const deferred = afterEvents(waiting, events, night);
    expect(paymentDueAt(deferred, paymentOf(deferred))).toBe(ownSecond);
    expect(stepOf(deferred, ownSecond)).toMatchObject({ kind: "call", name: "requestPayment" });
  });

  it("of renewals that come in one night are spread over the next window", () => {
    const dueAts = ["a", "b", "c", "d"].map((id) => {
      const [deferred] = committed(stepOf(aRenewal(aPayment({ customerId: `cus_${id}` })), night));
      if (deferred?.type !== "payment.deferred") throw new Error("It does not wait");
      return wallOf(deferred.data.nextAskAt);
    });
    expect(new Set(dueAts).size).toBe(4);
    for (const dueAt of dueAts) expect(isInWindow(billingMs(dueAt))).toBe(true);
    expect(Math.max(...dueAts)).toBeLessThan(after(opensAt, hours(14)));
  });

  it("at night goes at once when somebody waits for it, or on a test clock", () => {
    const first = aFirstPayment(aPayment({ begunAt: night, nextAskAt: night }));
    expect(stepOf(first, night)).toMatchObject({ kind: "call", name: "requestPayment" });
    const clockNowAt = billingMs(night);
    const customer = aCustomer({ clockNowAt, clockTargetAt: clockNowAt });
    expect(stepOf(aRenewal(aPayment(), { customer }), night)).toMatchObject({ kind: "call", name: "requestPayment" });
  });

  it("takes another authority when the gateway gave one that we have seen before", () => {
    const step = requested(slice, settled({ authority }));
    if (step.kind !== "commit" || !step.onConflict) throw new Error("A conflict is not provided for");
    expect(typesOf(committed(step.onConflict()))).toEqual(["payment.deferred"]);
  });

  it.each([
    ["was cancelled meanwhile", aPaymentMethod({ status: "cancelled_by_user" }), "payment_method_not_active"],
    ["expired meanwhile", aPaymentMethod({ expiresAt: wall }), "payment_method_not_active"],
    ["cannot carry it", aPaymentMethod({ maxAmountRials: rials(1) }), "payment_method_cannot_carry"],
  ])("is not sent when the payment method %s", (_title, method, reason) => {
    const [failed] = committed(stepOf(aRenewal(aPayment(), { paymentMethods: [method] })));
    expect(failed).toMatchObject({ type: "payment.failed", data: { reason } });
  });

  it("is sent by a payment method that was declined in a row when its customer asks for it, and else is not", () => {
    const paymentMethods = [aPaymentMethod({ unexplainedDeclines: 2 })];
    const step = (onDemand: boolean) => stepOf(aRenewal(aPayment({ onDemand }), { paymentMethods }));
    expect(step(true)).toMatchObject({ kind: "call", name: "requestPayment" });
    expect(committed(step(false))[0]).toMatchObject({ data: { reason: "payment_method_unconfirmed" } });
  });

  it("of a renewal waits for a day that has room for it: in Rials, and by its payment method's count", () => {
    const sent = aPayment({ id: "pay_2", invoiceId: "inv_2", status: "succeeded", sendBefore: wall, nextAskAt: null });
    const waits = (over: Partial<Payment>, maxDailyCount: number) => {
      const payments = [aPayment(), { ...sent, ...over }];
      return stepOf(aRenewal(aPayment(), { payments, paymentMethods: [aPaymentMethod({ maxDailyCount })] }));
    };
    const tomorrow = firstAttemptAt(after(startOfDayOf(now.billing), dayMs), aPayment().customerId);
    const deferred = [{ type: "payment.deferred", data: { nextAskAt: instant(tomorrow) } }];
    expect(committed(waits({ amountRials: rials(1_000_000_000) }, 2))).toMatchObject(deferred);
    expect(committed(waits({ onDemand: true }, 1))).toMatchObject(deferred);
    expect(waits({ onDemand: true }, 2)).toMatchObject({ kind: "call", name: "requestPayment" });
  });

  it("of what belongs to no subscription is nobody's to overtake", () => {
    const invoices = [anInvoice({ subscriptionId: null, periodIndex: null, reason: "purchase" })];
    const slice = aRenewal(aPayment(), { subscriptions: [], invoices });
    expect(runDue(slice, wall, generousGateway()).calls).toContain("debit");
  });

  it("waits while collecting is stopped, however long", () => {
    const stopped = aRenewal(aPayment(), { collecting: false });
    expect(paymentDueAt(stopped, paymentOf(stopped))).toBeNull();
  });

  it("waits until the breaker closes, and not longer", () => {
    const breakerUntil = after(wall, 5 * minuteMs);
    const open = aRenewal(aPayment(), { breakerUntil });
    expect(paymentDueAt(open, paymentOf(open))).toBe(breakerUntil);
    const closed = aRenewal(aPayment(), { breakerUntil: after(wall, -1) });
    expect(paymentDueAt(closed, paymentOf(closed))).toBe(wall);
  });
});

describe("a first payment that cannot be sent", () => {
  const over = ["payment.failed", "invoice.voided", "subscription.incomplete_expired"];
  const givesUpAt = after(wall, hourMs);
  /** What is told within two hours: at which second, what, and why. */
  const storyOf = (run: Run) =>
    run.told.map(({ event, at }) => [
      (at - wall) / secondMs,
      event.type,
      ...(event.type === "payment.failed" ? [event.data.reason] : []),
    ]);
  const expired = [
    [3_600, "payment.failed", "not_sent"],
    [3_600, "invoice.voided"],
    [3_600, "subscription.incomplete_expired"],
  ];

  it.each([
    ["tells nothing", unknown()],
    ["refuses", declined(-11)],
  ])("is asked for as any other while the gateway %s, and over an hour after it began: not_sent", (_, outcome) => {
    const run = runUntil(aFirstPayment(aPayment()), after(wall, days(30)), { requestPayment: () => outcome });
    const asked = [0, 15, 45, 105, 225, 465, 945, 1_845, 2_745];
    expect(storyOf(run)).toEqual([...asked.map((seconds) => [seconds, "payment.deferred"]), ...expired]);
    expect(run.calls).toEqual(asked.map(() => "requestPayment"));
  });

  it("is not over for the number of its tries", () => {
    const [deferred] = committed(requested(aFirstPayment(aPayment({ tries: 50 })), declined(-11)));
    expect(deferred).toMatchObject({ type: "payment.deferred", data: { tries: 51 } });
  });

  it("is sent to the last millisecond of its hour, and not at its end", () => {
    const first = aFirstPayment(aPayment({ tries: 9 }));
    const requesting = requested(first, settled({ authority }), after(givesUpAt, -1));
    expect(typesOf(committed(requesting))).toEqual(["payment.submitted"]);
    const events = committed(stepOf(first, givesUpAt));
    expect(typesOf(events)).toEqual(over);
    expect(events[0]?.data).toMatchObject({ reason: "not_sent", settledAt: instant(givesUpAt) });
  });

  it("is due at the end of its hour when the next request would come after it", () => {
    const waiting = (nextAskAt: WallMs) => aFirstPayment(aPayment({ nextAskAt }));
    const [before, behind] = [waiting(after(givesUpAt, -1)), waiting(after(givesUpAt, 1))];
    expect(paymentDueAt(before, paymentOf(before))).toBe(after(givesUpAt, -1));
    expect(paymentDueAt(behind, paymentOf(behind))).toBe(givesUpAt);
  });

  it("is over in an hour while collecting is stopped, unasked, and stays so when it is resumed", () => {
    const stopped = aFirstPayment(aPayment(), { collecting: false });
    expect(nextDueAt(stopped)).toBe(givesUpAt);
    const run = runUntil(stopped, after(wall, days(30)), generousGateway());
    expect(storyOf(run)).toEqual(expired);
    expect(run.calls).toEqual([]);
    const resumed = runUntil({ ...run.slice, collecting: true }, after(wall, days(30)), generousGateway());
    expect(resumed.told).toEqual([]);
  });

  it("is sent when collecting is resumed within its hour", () => {
    const stopped = aFirstPayment(aPayment(), { collecting: false });
    const resumed = runDue({ ...stopped, collecting: true }, after(givesUpAt, -1), generousGateway());
    expect(typesOf(resumed.told.map((it) => it.event))).toContain("subscription.activated");
  });

  it("is over in an hour while the breaker is open, and waits for one that closes before", () => {
    const open = aFirstPayment(aPayment(), { breakerUntil: after(wall, hours(2)) });
    const run = runUntil(open, after(wall, days(30)), generousGateway());
    expect(storyOf(run)).toEqual(expired);
    expect(run.calls).toEqual([]);
    const breakerUntil = after(givesUpAt, -1);
    const closing = aFirstPayment(aPayment(), { breakerUntil });
    expect(paymentDueAt(closing, paymentOf(closing))).toBe(breakerUntil);
  });

  it("is not over in an hour once it was submitted: money may have moved", () => {
    const sent = aFirstPayment(aSubmittedPayment());
    expect(stepOf(sent, givesUpAt)).toMatchObject({ kind: "call", name: "inquire" });
  });
});

describe("a payment that was submitted", () => {
  const slice = aRenewal(aSubmittedPayment());

  it("is debited only by whoever wrote `submitted`; everybody else asks", () => {
    expect(mine(slice)).toMatchObject({ kind: "call", name: "debit" });
    expect(stepOf(slice)).toMatchObject({ kind: "call", name: "inquire" });
  });

  it("is debited with its authority and signature, before its deadline", () => {
    expect(calling(mine(slice), "debit").input).toEqual({
      paymentId: paymentOf(slice).id,
      authority,
      signatureId: aPaymentMethod().signatureId,
      sendBefore: after(wall, 20 * secondMs),
    });
  });

  it("is asked about whatever the money call answered", () => {
    for (const outcome of [settled({ referenceId: null }), declined(-99), unknown(), unknown("not_sent")]) {
      expect(calling(mine(slice), "debit").onOutcome(outcome, wall)).toMatchObject({ name: "inquire" });
    }
  });

  it("is not asked about by others before a failure could be believed", () => {
    expect(paymentDueAt(slice, paymentOf(slice))).toBe(settlesAfter);
  });

  it("goes on while collecting is stopped and the breaker is open: only new debits wait", () => {
    const stopped = { ...slice, collecting: false, breakerUntil: after(wall, hourMs) };
    expect(paymentDueAt(stopped, paymentOf(stopped))).toBe(settlesAfter);
  });
});

describe("FAILED", () => {
  const slice = aRenewal(aSubmittedPayment());
  const toldBy = (outcome: Outcome<Calls["debit"]["value"]>) => {
    const asking = calling(mine(slice), "debit").onOutcome(outcome, wall);
    return committed(calling(asking, "inquire").onOutcome(says("FAILED"), after(wall, secondMs)));
  };

  it("is believed at once after a refusal that the money call itself came back with", () => {
    expect(toldBy(declined(-99))[0]).toMatchObject({ type: "payment.failed", data: { reason: "declined" } });
  });

  it.each([
    ["timed out", unknown("timeout")],
    ["broke on the server", unknown("server_error")],
    ["was unreadable", unknown("unreadable")],
    ["was asked to wait", unknown("backoff")],
    ["was never sent", unknown("not_sent")],
    ["succeeded", settled({ referenceId: null })],
  ])("is not believed before its time when the money call %s", (_title, outcome) => {
    expect(toldBy(outcome)).toMatchObject([
      { type: "payment.unknown", data: { answered: false, failedHeardAt: null, askCount: 1 } },
    ]);
  });

  it("heard after that time is remembered, and believed when heard again an hour later", () => {
    const first = committed(inquired(slice, says("FAILED"), later(5 * secondMs)));
    expect(first).toMatchObject([{ data: { failedHeardAt: instant(later(5 * secondMs)) } }]);
    const heard = afterEvents(slice, first, later(5 * secondMs));
    const soon = committed(inquired(heard, says("FAILED"), later(hourMs)));
    expect(soon).toMatchObject([{ type: "payment.asked" }]);
    const again = committed(inquired(heard, says("FAILED"), later(hourMs + 5 * secondMs)));
    expect(again[0]).toMatchObject({ type: "payment.failed", data: { reason: "not_taken" } });
  });

  it("after a refusal that was remembered is believed whoever hears it", () => {
    const answered = aRenewal(aSubmittedPayment({ status: "unknown", answered: true }));
    const [failed] = committed(inquired(answered, says("FAILED"), later(0)));
    expect(failed).toMatchObject({ type: "payment.failed", data: { reason: "declined" } });
  });

  it("counts for REVERSED too: what was given back was not taken", () => {
    const heard = aRenewal(aSubmittedPayment({ status: "unknown", failedHeardAt: later(0) }));
    expect(typesOf(committed(inquired(heard, says("REVERSED"), later(hourMs))))).toContain("payment.failed");
  });
});

describe("PAID and VERIFIED", () => {
  const slice = aRenewal(aSubmittedPayment());
  const ready = () => inquired(slice, says("PAID"), later(0));

  it("are believed at any time, and verified with our own amount", () => {
    for (const status of ["PAID", "VERIFIED"] as const) {
      const step = inquired(slice, says(status), after(wall, secondMs));
      expect(calling(step, "verifyPayment").input).toEqual({ authority, amountRials: 3_289_000 });
    }
  });

  it("once verified are money, with the gateway's reference and fee, and pay the invoice", () => {
    const events = committed(verifiedAs(ready(), verified({ merchantFeeRials: 2_500 }), later(secondMs)));
    expect(typesOf(events)).toEqual(["payment.succeeded", "invoice.paid", "quota.granted"]);
    expect(events[0]?.data).toEqual({
      paymentId: paymentOf(slice).id,
      invoiceId: paymentOf(slice).invoiceId,
      amountRials: 3_289_000,
      refId: "40123456",
      feeRials: 2_500,
      settledAt: instant(later(secondMs)),
    });
  });

  it("verified before (101) are the same success", () => {
    const events = committed(verifiedAs(ready(), verified({ repeated: true, refId: null }), later(0)));
    expect(typesOf(events)).toContain("payment.succeeded");
  });

  it("activate a first payment's subscription and grant its messages", () => {
    const first = aFirstPayment(aSubmittedPayment());
    const events = committed(verifiedAs(inquired(first, says("PAID"), later(0)), verified(), later(0)));
    expect(typesOf(events)).toEqual(["payment.succeeded", "invoice.paid", "subscription.activated", "quota.granted"]);
  });

  it("let what was past due recover", () => {
    const late = aRenewal(aSubmittedPayment(), { subscription: aSubscription({ status: "past_due" }) });
    const events = committed(verifiedAs(inquired(late, says("PAID"), later(0)), verified(), later(0)));
    expect(typesOf(events)).toContain("subscription.recovered");
  });

  it("grant a renewal's messages when its product grants on payment", () => {
    const offers = [anOffer({ product: { grantOn: "payment" } })];
    const renewal = aRenewal(aSubmittedPayment(), { offers });
    const events = committed(verifiedAs(inquired(renewal, says("PAID"), later(0)), verified(), later(0)));
    expect(typesOf(events)).toEqual(["payment.succeeded", "invoice.paid", "quota.granted"]);
  });

  it("stay open when the answer to the verification was lost", () => {
    expect(committed(verifiedAs(ready(), unknown(), later(secondMs)))).toMatchObject([
      { type: "payment.unknown", data: { nextAskAt: instant(later(5 * secondMs)) } },
    ]);
  });

  it.each([
    [-50, "amount_differs"],
    [-53, "other_merchant"],
  ])("that verify refuses with %i contradict us and wait for an operator: %s", (code, reason) => {
    expect(committed(verifiedAs(ready(), declined(code), later(0)))).toMatchObject([
      { type: "payment.needs_review", data: { reason } },
    ]);
  });

  it("with a reference seen before wait for an operator", () => {
    const step = verifiedAs(ready(), verified(), later(0));
    if (step.kind !== "commit" || !step.onConflict) throw new Error("A conflict is not provided for");
    expect(committed(step.onConflict())).toMatchObject([
      { type: "payment.needs_review", data: { reason: "reference_seen_before" } },
    ]);
  });

  it("of an invoice that was given up are booked all the same, as credit", () => {
    const { state, ...rest } = slice;
    const [invoice] = all(state.invoices);
    if (!invoice) throw new Error("There is no invoice");
    const voided = {
      ...rest,
      state: { ...state, invoices: { [invoice.id]: { ...invoice, status: "void" as const } } },
    };
    const events = committed(verifiedAs(inquired(voided, says("PAID"), later(0)), verified(), later(0)));
    expect(typesOf(events)).toEqual(["payment.succeeded", "credit.granted"]);
  });
});

describe("a gateway that does not tell", () => {
  const slice = aRenewal(aSubmittedPayment());

  it("is asked at 5, 15, 40, 90 s, 3, 5, 8 and 12 min from `settlesAfter`, then every hour", () => {
    const asked: number[] = [];
    let at = nextAskAt(paymentOf(slice), wall);
    for (let count = 0; count < 10; count++) {
      asked.push(at - settlesAfter);
      at = nextAskAt(paymentOf(slice), at);
    }
    expect(asked).toEqual([...askOffsetsMs, 12 * minuteMs + hourMs, 12 * minuteMs + 2 * hourMs]);
  });

  it.each([
    ["IN_BANK", says("IN_BANK")],
    ["that it knows no such authority", declined(-54)],
    ["nothing", unknown()],
  ])("and says %s stays unknown for an hour, then is asked to verify", (_title, outcome) => {
    expect(typesOf(committed(inquired(slice, outcome, later(hourMs - 1))))).toEqual(["payment.unknown"]);
    expect(inquired(slice, outcome, later(hourMs))).toMatchObject({ kind: "call", name: "verifyPayment" });
  });

  it.each([-9, -10, -15, -19])(
    "and refuses to verify with %i, which is about our terminal: it is never given up",
    (code) => {
      const late = later(48 * hourMs);
      const heard = { notPaidHeardAt: later(hourMs) };
      const waiting = aRenewal({ ...paymentOf(slice), ...heard });
      const events = committed(verifiedAs(inquired(waiting, unknown(), late), declined(code), late));
      expect(typesOf(events)).toEqual(["payment.unknown"]);
    },
  );

  it("and calls itself paid, yet refuses to verify for a day: an operator decides, since that is a contradiction", () => {
    const late = later(48 * hourMs);
    const waiting = aRenewal({ ...paymentOf(slice), notPaidHeardAt: later(hourMs) });
    const events = committed(verifiedAs(inquired(waiting, says("PAID"), late), declined(-51), late));
    expect(events).toMatchObject([{ type: "payment.needs_review", data: { reason: "paid_but_not_verifiable" } }]);
  });

  it("may turn out to have taken the money, an hour later", () => {
    const events = committed(verifiedAs(inquired(slice, unknown(), later(hourMs)), verified(), later(hourMs)));
    expect(typesOf(events)).toContain("payment.succeeded");
  });

  it.each([-51, -54, -55, -70])("and refuses to verify with %i, at an hour and at a day: it lapsed", (code) => {
    const first = committed(verifiedAs(inquired(slice, says("IN_BANK"), later(hourMs)), declined(code), later(hourMs)));
    expect(first).toMatchObject([{ type: "payment.unknown", data: { notPaidHeardAt: instant(later(hourMs)) } }]);
    const heard = afterEvents(slice, first, later(hourMs));
    const early = later(days(1) - 1);
    const soon = committed(verifiedAs(inquired(heard, says("IN_BANK"), early), declined(code), early));
    expect(typesOf(soon)).toEqual(["payment.asked"]);
    const late = later(days(1));
    const events = committed(verifiedAs(inquired(heard, says("IN_BANK"), late), declined(code), late));
    expect(typesOf(events)).toEqual([
      "payment.lapsed",
      "payment_method.declined",
      "invoice.attempt_failed",
      "subscription.past_due",
    ]);
  });

  it("lapses on the second refusal, never on the first, even after a day of silence", () => {
    const late = later(hours(30));
    const events = committed(verifiedAs(inquired(slice, unknown(), late), declined(-51), late));
    expect(typesOf(events)).toEqual(["payment.unknown"]);
  });
});

describe("a hint about a payment", () => {
  const payment = aSubmittedPayment();
  const hinted = (over: Partial<Payment>, ms: number) => {
    const slice = aRenewal({ ...payment, ...over }, { hints: { [payment.id]: aHint({ at: after(wall, ms) }) } });
    return paymentDueAt(slice, paymentOf(slice));
  };

  it("brings the next inquiry forward", () => {
    expect(hinted({ status: "unknown" }, 30 * secondMs)).toBe(after(wall, 30 * secondMs));
  });

  it("never brings two inquiries closer than 10 s", () => {
    expect(hinted({ status: "unknown" }, secondMs)).toBe(after(wall, 10 * secondMs));
    const asked = { status: "unknown", askedAt: after(wall, 30 * secondMs) } as const;
    expect(hinted(asked, 31 * secondMs)).toBe(after(wall, 40 * secondMs));
  });

  it("asked about just before a planned inquiry puts that one off, to 10 s after it", () => {
    const askedAt = after(settlesAfter, -2 * secondMs);
    expect(hinted({ status: "unknown", askedAt }, 30 * secondMs)).toBe(after(askedAt, 10 * secondMs));
  });

  it("never delays one", () => {
    expect(hinted({ status: "unknown" }, 100 * secondMs)).toBe(settlesAfter);
  });

  it("does not disturb whoever wrote `submitted` and may still be at work", () => {
    expect(hinted({ status: "submitted" }, 30 * secondMs)).toBe(settlesAfter);
  });

  it("that was heard before the last inquiry is spent", () => {
    expect(hinted({ status: "unknown", askedAt: after(wall, minuteMs) }, 30 * secondMs)).toBe(settlesAfter);
  });

  it("that comes while the gateway is being asked is news, 10 s after it was asked", () => {
    const [asked, heard] = [after(settlesAfter, hourMs / 2), after(settlesAfter, hourMs / 2 + 8 * secondMs)];
    const slice = aRenewal({ ...payment, status: "unknown" });
    const step = calling(stepOf(slice, asked), "inquire").onOutcome(says("IN_BANK"), heard);
    const hints = { [payment.id]: aHint({ at: after(asked, 2 * secondMs) }) };
    const told = { ...afterEvents(slice, committed(step), heard), hints };
    expect(paymentDueAt(told, paymentOf(told))).toBe(after(asked, 10 * secondMs));
  });

  it.each(["needs_review", "reversed"] as const)("moves nothing that is %s", (status) => {
    expect(hinted({ status, nextAskAt: null }, 30 * secondMs)).toBeNull();
  });

  it("does not let a debit start while collecting is stopped", () => {
    const created = aPayment();
    const slice = aRenewal(created, { hints: { [created.id]: aHint() }, collecting: false });
    expect(paymentDueAt(slice, paymentOf(slice))).toBeNull();
  });
});
