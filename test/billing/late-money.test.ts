import { describe, expect, it } from "vitest";
import { after, dayMs, hourMs, instant, minuteMs, secondMs, type WallMs } from "../../server/billing/clock.ts";
import { nextDueAt } from "../../server/billing/due-rules.ts";
import { event } from "../../server/billing/event.ts";
import { signedRials } from "../../server/billing/money.ts";
import {
  all,
  type Invoice,
  type Offer,
  type Payment,
  type Slice,
  type Subscription,
} from "../../server/billing/state.ts";
import { firstWatchAskAt, watchAskAt, watchMs, watchUntil } from "../../server/billing/watch.ts";
import {
  aCustomer,
  afterEvents,
  aHint,
  anInvoice,
  anOffer,
  aPayment,
  aSlice,
  aSubscription,
  authority,
  declined,
  now,
  runUntil,
  says,
  told,
  typesOf,
  unknown,
  verified,
  wall,
} from "../support/billing-builders.ts";
import { calling, committed, heard, onConflict, stepAt } from "../support/steps.ts";

const late = "pay_00000000000000000000000001";
/** A debit that failed now, and is watched. */
const aLeftPayment = (over: Partial<Payment> = {}) =>
  aPayment({
    status: "failed",
    authority,
    settlesAfter: wall,
    sendBefore: wall,
    nextAskAt: firstWatchAskAt(wall),
    watchUntil: watchUntil(wall),
    failureReason: "declined",
    settledAt: wall,
    ...over,
  });
const another = (over: Partial<Payment> = {}) =>
  aPayment({ id: "pay_00000000000000000000000002", nextAskAt: after(wall, dayMs), ...over });
const owed = (payments: readonly Payment[], invoice: Partial<Invoice> = {}, subscription: Partial<Subscription> = {}) =>
  aSlice({
    payments,
    invoices: [anInvoice(invoice)],
    subscriptions: [aSubscription({ latestInvoiceId: anInvoice().id, ...subscription })],
  });
const at = firstWatchAskAt(wall);
const found = (slice: Slice, when: WallMs = at) => committed(heard(stepAt(slice, when), "inquire", says("PAID"), when));
const statuses = (slice: Slice) => all(slice.state.payments).map(({ status }) => status);

describe("a payment that left", () => {
  it("failed or lapsed is watched for seven days; one that never had an authority is not", () => {
    const unknownOne = aPayment({ status: "unknown", authority, settlesAfter: wall, sendBefore: wall });
    const of = { paymentId: late, invoiceId: anInvoice().id, settledAt: instant(wall) } as const;
    for (const ended of [event("payment.failed", { ...of, reason: "declined" }), event("payment.lapsed", of)]) {
      const [left] = all(afterEvents(owed([unknownOne]), [ended]).state.payments);
      expect(left).toMatchObject({ nextAskAt: after(wall, 5 * minuteMs), watchUntil: after(wall, watchMs) });
    }
    const unsent = afterEvents(owed([aPayment()]), [event("payment.failed", { ...of, reason: "not_sent" })]);
    expect(all(unsent.state.payments)[0]).toMatchObject({ nextAskAt: null, watchUntil: null });
  });

  it("is asked about eight times in its week, and then only after a hint", () => {
    const run = runUntil(owed([aLeftPayment()], { status: "void" }), after(wall, 30 * dayMs), {
      inquire: () => says("FAILED"),
    });
    const minutes = told(run, "payment.asked").map((it) => (it.at - wall) / minuteMs);
    expect(minutes).toEqual([5, 20, 90, 360, 1_440, 2_880, 5_760, 10_080]);
    expect(all(run.slice.state.payments)[0]).toMatchObject({ status: "failed", nextAskAt: null });
  });

  it("is asked about every hour while the gateway does not answer, the last time included", () => {
    const until = after(wall, watchMs + 5 * hourMs);
    const run = runUntil(owed([aLeftPayment({ nextAskAt: watchUntil(wall) })], { status: "void" }), until, {
      inquire: (_input, when) => (when < until - 30 * minuteMs ? unknown() : says("FAILED")),
    });
    const asked = told(run, "payment.asked").map((it) => it.at);
    expect(new Set(asked.slice(1).map((it, index) => it - (asked[index] ?? 0)))).toEqual(new Set([hourMs]));
    expect(told(run, "payment.asked").at(-1)?.event.data.told).toBe(true);
  });

  it("is watched for another week when somebody says, after the watch, that money came", () => {
    const hintedAt = after(wall, 20 * dayMs);
    const over = aLeftPayment({ nextAskAt: null, askedAt: after(wall, watchMs) });
    const slice = { ...owed([over]), hints: { [late]: aHint({ at: hintedAt }) } };
    expect(nextDueAt(slice)).toBe(hintedAt);
    const [again] = committed(stepAt(slice, hintedAt));
    expect(again).toMatchObject({
      type: "payment.watched",
      data: { watchUntil: instant(after(hintedAt, watchMs)), nextAskAt: instant(hintedAt) },
    });
  });

  it("a watch asks at the next of its times, and at none when it is over", () => {
    const until = watchUntil(wall);
    expect(watchAskAt(until, wall)).toBe(after(wall, 5 * minuteMs));
    expect(watchAskAt(until, after(wall, 5 * minuteMs))).toBe(after(wall, 20 * minuteMs));
    expect(watchAskAt(until, after(until, -1))).toBe(until);
    expect(watchAskAt(until, until)).toBeNull();
  });
});

describe("money found for a payment that left", () => {
  it.each(["PAID", "VERIFIED"] as const)("is taken when nothing else has paid, after an intent: %s", (status) => {
    const slice = owed([aLeftPayment()]);
    const events = committed(heard(stepAt(slice, at), "inquire", says(status), at));
    expect(typesOf(events)).toEqual(["payment.verifying"]);
    const verifying = afterEvents(slice, events, at);
    const step = stepAt(verifying, at, new Set([late]));
    const end = committed(heard(step, "capture", verified({ repeated: true }), at));
    expect(typesOf(end)).toEqual(["payment.succeeded", "invoice.paid", "quota.granted"]);
  });

  it.each(["created", "open"] as const)(
    "closes another that cannot have taken money yet, in the same commit: %s",
    (status) => {
      const open = { status, kind: "checkout", authority: "A2", closesAt: after(wall, dayMs) } as const;
      const other = status === "open" ? another(open) : another();
      const slice = owed([aLeftPayment(), other]);
      const events = found(slice);
      expect(typesOf(events)).toEqual(["payment.closed", "payment.verifying"]);
      expect(statuses(afterEvents(slice, events, at))).toEqual(["verifying", "closed"]);
    },
  );

  it.each(["submitted", "unknown", "verifying", "needs_review"] as const)(
    "waits for the end of another that is undecided: %s",
    (status) => {
      const undecided = another({ status, authority: "A2", sendBefore: wall, settlesAfter: after(wall, dayMs) });
      const nextAskAt = status === "needs_review" ? null : undecided.nextAskAt;
      const [asked] = found(owed([aLeftPayment(), { ...undecided, nextAskAt }]));
      if (asked?.type !== "payment.asked") throw new Error("It does not wait");
      expect(Date.parse(asked.data.nextAskAt ?? "")).toBeGreaterThan(at);
      if (nextAskAt !== null) expect(Date.parse(asked.data.nextAskAt ?? "")).toBeGreaterThan(nextAskAt);
    },
  );

  it("is surplus when another has paid, or the invoice is paid in any other way", () => {
    const paid = another({ status: "succeeded", authority: "A2", settledAt: wall, nextAskAt: null });
    expect(typesOf(found(owed([aLeftPayment(), paid], { status: "paid", paidAt: now.billing })))).toEqual([
      "payment.surplus",
    ]);
    expect(typesOf(found(owed([aLeftPayment()], { status: "paid", paidAt: now.billing })))).toEqual([
      "payment.surplus",
    ]);
    expect(typesOf(found(owed([aLeftPayment(), paid])))).toEqual(["payment.surplus"]);
  });
});

describe("money for what had been given up", () => {
  const policy = (latePaymentPolicy: Offer["price"]["latePaymentPolicy"]) => anOffer({ price: { latePaymentPolicy } });
  const captured = (offer: Offer, invoice: Partial<Invoice>, subscription: Partial<Subscription>) => {
    const slice = { ...owed([aLeftPayment()], invoice, subscription), offers: { [offer.price.id]: offer } };
    const verifying = afterEvents(slice, found(slice), at);
    const events = committed(heard(stepAt(verifying, at, new Set([late])), "capture", verified(), at));
    return { events, state: afterEvents(verifying, events, at).state };
  };
  const ended = { status: "canceled", cancelReason: "unpaid", endedAt: now.billing } as const;

  it("becomes credit by default, and the subscription stays ended", () => {
    const { events, state } = captured(policy("credit"), { status: "uncollectible" }, ended);
    expect(typesOf(events)).toEqual(["payment.succeeded", "credit.granted"]);
    expect(state.customer?.creditRials).toBe(3_289_000);
    expect(all(state.subscriptions)[0]?.status).toBe("canceled");
  });

  it("is ordered to be given back, out of that credit, when the price says so", () => {
    const { events, state } = captured(policy("refund"), { status: "void" }, ended);
    expect(typesOf(events)).toEqual(["payment.succeeded", "credit.granted", "refund.created"]);
    expect(state.customer?.creditRials).toBe(0);
    expect(all(state.refunds)).toMatchObject([
      { method: "manual", status: "pending", source: "credit", amountRials: 3_289_000 },
    ]);
  });

  it("brings the subscription back while its period lasts, when the price says so", () => {
    for (const before of [ended, { status: "paused" }, { ...ended, status: "incomplete_expired" }] as const) {
      const { events, state } = captured(policy("reactivate"), { status: "uncollectible" }, before);
      expect(typesOf(events)).toEqual([
        "payment.succeeded",
        "invoice.reinstated",
        "invoice.paid",
        "subscription.reactivated",
        "quota.granted",
      ]);
      expect(all(state.subscriptions)[0]).toMatchObject({ status: "active", endedAt: null, cancelReason: null });
      expect(all(state.invoices)[0]?.status).toBe("paid");
    }
  });

  it("is credit after all when that period is over, or another subscription runs in its place", () => {
    const over = captured(policy("reactivate"), { status: "uncollectible" }, { ...ended, periodIndex: 3 });
    expect(typesOf(over.events)).toContain("credit.granted");
    const past = captured(policy("reactivate"), { status: "uncollectible" }, { ...ended, periodEndsAt: now.billing });
    expect(typesOf(past.events)).toContain("credit.granted");
  });
});

describe("surplus", () => {
  const paid = another({ status: "succeeded", authority: "A2", settledAt: wall, nextAskAt: null });
  const slice = (over: Partial<Payment> = {}) =>
    aSlice({
      customer: aCustomer({ creditRials: signedRials(1_000) }),
      payments: [
        aPayment({
          status: "surplus",
          authority,
          nextAskAt: firstWatchAskAt(wall),
          watchUntil: watchUntil(wall),
          ...over,
        }),
        paid,
      ],
      invoices: [anInvoice({ status: "paid", paidAt: now.billing })],
      subscriptions: [aSubscription()],
    });

  it("that is unverified goes back by itself, believed when heard again an hour later", () => {
    const run = runUntil(slice(), after(wall, 9 * dayMs), {
      inquire: (_input, when) => says(when < wall + hourMs ? "PAID" : "FAILED"),
    });
    expect(run.calls).not.toContain("verifyPayment");
    expect(told(run, "payment.returned").map((it) => (it.at - wall) / minuteMs)).toEqual([150]);
    expect(all(run.slice.state.payments)[0]).toMatchObject({ status: "reversed", nextAskAt: null });
  });

  it("that is still there after seven days, or was verified already, becomes credit once", () => {
    const kept = runUntil(slice(), after(wall, 9 * dayMs), {
      inquire: () => says("PAID"),
      verifyPayment: () => verified(),
    });
    expect(told(kept, "payment.credited").map((it) => it.at)).toEqual([watchUntil(wall)]);
    const taken = runUntil(slice(), after(wall, 9 * dayMs), {
      inquire: () => says("VERIFIED"),
      verifyPayment: () => verified({ repeated: true }),
    });
    expect(told(taken, "payment.credited").map((it) => it.at)).toEqual([firstWatchAskAt(wall)]);
    for (const run of [kept, taken]) {
      expect(told(run, "credit.granted")).toMatchObject([
        { event: { data: { balanceRials: 3_290_000, reason: "surplus" } } },
      ]);
      expect(run.slice.state.customer?.creditRials).toBe(3_290_000);
      expect(nextDueAt({ ...run.slice, hints: { [late]: aHint({ at: after(wall, 20 * dayMs) }) } })).toBe(
        nextDueAt(run.slice),
      );
    }
  });

  it("that is verified is taken ten seconds after it was found, as soon as it may be asked again", () => {
    const paidInvoice = owed([aLeftPayment(), paid], { status: "paid", paidAt: now.billing });
    for (const [status, next] of [
      ["VERIFIED", after(at, 10 * secondMs)],
      ["PAID", firstWatchAskAt(at)],
    ] as const) {
      const [surplus] = committed(heard(stepAt(paidInvoice, at), "inquire", says(status), at));
      expect(surplus).toMatchObject({ type: "payment.surplus", data: { nextAskAt: instant(next) } });
    }
  });

  it("that the gateway will not let us take is asked about daily for a month, and then an operator sees it", () => {
    const run = runUntil(slice(), after(wall, 60 * dayMs), {
      inquire: () => says("PAID"),
      verifyPayment: () => declined(-51),
    });
    expect(told(run, "payment.credited")).toEqual([]);
    expect(told(run, "payment.asked").at(-1)?.at).toBe(after(wall, 37 * dayMs));
    expect(all(run.slice.state.payments)[0]).toMatchObject({ status: "surplus", nextAskAt: null, settledAt: null });
  });

  it("with a reference that another payment has waits for an operator", () => {
    const step = heard(stepAt(slice(), at), "inquire", says("VERIFIED"), at);
    const taken = heard(step, "verifyPayment", verified(), at);
    expect(onConflict(taken)).toMatchObject([{ type: "payment.asked", data: { nextAskAt: null } }]);
  });

  it("that became credit is final: a hint asks nothing", () => {
    const credited = slice({ nextAskAt: null, settledAt: wall, refId: "1" });
    const hinted = { ...credited, hints: { [late]: aHint({ at: after(wall, secondMs) }) } };
    expect(stepAt(hinted, after(wall, minuteMs)).kind).toBe("wait");
  });

  it("is taken with our own amount", () => {
    const step = heard(stepAt(slice(), at), "inquire", says("VERIFIED"), at);
    expect(calling(step, "verifyPayment").input).toEqual({ authority, amountRials: 3_289_000 });
  });
});
