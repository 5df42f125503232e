import { describe, expect, it } from "vitest";
import type { Hearing } from "../../server/billing/ask.ts";
import { after, dayMs, hourMs, instant, minuteMs, secondMs, type WallMs } from "../../server/billing/clock.ts";
import { nextStep } from "../../server/billing/due-rules.ts";
import { nowOf, type Payment, type Slice } from "../../server/billing/state.ts";
import type { Means } from "../../server/billing/step.ts";
import {
  anInvoice,
  aPayment,
  aRenewal,
  aSubmittedPayment,
  declined,
  now,
  says,
  seededIds,
  unknown,
  wall,
} from "../support/billing-builders.ts";
import { calling, committed, heard, stepAt } from "../support/steps.ts";

const later = (ms: number): WallMs => after(wall, ms);
const settlesAfter = later(80 * secondMs);
const hears = (slice: Slice, outcome: Hearing["outcome"], at: WallMs) =>
  committed(heard(stepAt(slice, at), "inquire", outcome, at));

describe("a capture of which nothing was heard", () => {
  const verifying = (over: Partial<Payment> = {}): Slice =>
    aRenewal(aSubmittedPayment({ kind: "checkout", status: "verifying", ...over }));
  const at = later(2 * dayMs);

  it("remembers when it was first called unpaid, and only by an answer that tells something", () => {
    expect(hears(verifying(), says("IN_BANK"), at)).toMatchObject([{ data: { notPaidHeardAt: instant(at) } }]);
    expect(hears(verifying(), declined(-54), at)).toMatchObject([{ data: { notPaidHeardAt: instant(at) } }]);
    expect(hears(verifying(), declined(-12), at)).toMatchObject([{ data: { notPaidHeardAt: null } }]);
    expect(hears(verifying(), unknown(), at)).toMatchObject([{ data: { notPaidHeardAt: null } }]);
  });

  it("lapses when it is called so a day later, and not a millisecond before", () => {
    const since = (ms: number) => hears(verifying({ notPaidHeardAt: after(at, -ms) }), says("IN_BANK"), at);
    expect(since(dayMs - 1)).toMatchObject([
      { type: "payment.asked", data: { notPaidHeardAt: instant(after(at, 1 - dayMs)) } },
    ]);
    expect(since(dayMs)).toMatchObject([
      { type: "payment.lapsed" },
      { type: "payment_method.declined", data: { unexplainedDeclines: 1 } },
      { type: "invoice.attempt_failed", data: { reason: "lapsed" } },
      { type: "subscription.past_due" },
    ]);
  });

  it("is not ours after one FAILED, though an earlier debit's refusal could be read", () => {
    const events = hears(verifying({ answered: true }), says("FAILED"), settlesAfter);
    expect(events).toMatchObject([{ type: "payment.asked", data: { failedHeardAt: instant(settlesAfter) } }]);
  });

  it("stays one when the same invocation has an answer of a debit", () => {
    const slice = verifying();
    const answers: Means["answers"] = new Map([[aPayment().id, declined(-99)]]);
    const means = { now: nowOf(slice.state, settlesAfter), ids: seededIds(), own: new Set<never>(), answers };
    const step = calling(nextStep(slice, means), "inquire").onOutcome(says("IN_BANK"), settlesAfter);
    expect(committed(step)).toMatchObject([{ type: "payment.asked" }]);
  });
});

describe("a debit that the gateway calls paid and will not let us verify", () => {
  const paid = (over: Partial<Payment>, at: WallMs, outcome: ReturnType<typeof declined>) => {
    const slice = aRenewal(aSubmittedPayment({ status: "unknown", nextAskAt: at, ...over }));
    const verify = heard(stepAt(slice, at), "inquire", says("PAID"), at);
    return committed(heard(verify, "verifyPayment", outcome, at));
  };

  it("is not called unpaid before an hour has passed", () => {
    const soon = after(settlesAfter, hourMs - 1);
    expect(paid({}, soon, declined(-51))).toMatchObject([{ type: "payment.asked", data: { notPaidHeardAt: null } }]);
    const then = after(settlesAfter, hourMs);
    expect(paid({}, then, declined(-51))).toMatchObject([{ data: { notPaidHeardAt: instant(then) } }]);
  });

  it("is asked about again in four minutes when the verification was not answered, and not called unpaid", () => {
    const at = after(settlesAfter, 2 * hourMs);
    expect(paid({}, at, unknown())).toMatchObject([
      { type: "payment.asked", data: { notPaidHeardAt: null, nextAskAt: instant(after(at, 4 * minuteMs)) } },
    ]);
  });
});

describe("a debit that the gateway calls unpaid to the end", () => {
  it("lapses with that as its reason", () => {
    const at = after(settlesAfter, dayMs);
    const slice = aRenewal(aSubmittedPayment({ status: "unknown", notPaidHeardAt: later(hourMs) }));
    const verify = heard(stepAt(slice, at), "inquire", says("IN_BANK"), at);
    expect(committed(heard(verify, "verifyPayment", declined(-51), at))).toMatchObject([
      { type: "payment.lapsed" },
      { type: "payment_method.declined", data: { unexplainedDeclines: 1 } },
      { type: "invoice.attempt_failed", data: { reason: "lapsed" } },
      { type: "subscription.past_due" },
    ]);
  });

  it("is never believed to have failed when nobody knows from when on that is worth hearing", () => {
    const slice = aRenewal(aSubmittedPayment({ status: "unknown", settlesAfter: null }));
    expect(hears(slice, says("FAILED"), later(dayMs))).toMatchObject([{ data: { failedHeardAt: null } }]);
  });
});

describe("a refusal that was heard after the debit was called unknown", () => {
  it("is written down: FAILED will be believed at once", () => {
    const slice = aRenewal(aSubmittedPayment({ status: "unknown" }));
    const answers: Means["answers"] = new Map([[aPayment().id, declined(-99)]]);
    const step = nextStep(slice, { now, ids: seededIds(), own: new Set(), answers });
    expect(committed(calling(step, "inquire").onOutcome(says("IN_BANK"), wall))).toMatchObject([
      { type: "payment.unknown", data: { answered: true } },
    ]);
  });
});

describe("a closed page that keeps debits waiting", () => {
  const closed = (over: Partial<Payment> = {}) =>
    aRenewal(
      aSubmittedPayment({ kind: "checkout", status: "closed", nextAskAt: wall, watchUntil: later(7 * dayMs), ...over }),
    );
  const nextAsk = (slice: Slice, outcome: Hearing["outcome"]) => hears(slice, outcome, wall)[0]?.data;

  it("is asked about every four minutes until the gateway tells something, and then as any late payment", () => {
    expect(nextAsk(closed(), unknown())).toMatchObject({ nextAskAt: instant(later(4 * minuteMs)) });
    expect(nextAsk(closed(), says("IN_BANK"))).toMatchObject({ nextAskAt: instant(later(5 * minuteMs)) });
    expect(nextAsk(closed({ toldAt: wall }), unknown())).toMatchObject({ nextAskAt: instant(later(5 * minuteMs)) });
    expect(nextAsk(closed({ status: "failed" }), unknown())).toMatchObject({
      nextAskAt: instant(later(5 * minuteMs)),
    });
  });
});

describe("surplus", () => {
  const surplus = (over: Partial<Payment> = {}): Slice =>
    aRenewal(aSubmittedPayment({ status: "surplus", nextAskAt: wall, watchUntil: later(7 * dayMs), ...over }), {
      invoices: [anInvoice({ status: "paid", paidAt: now.billing })],
    });
  const over = later(7 * dayMs);

  it("is taken after its week only if it is called paid", () => {
    expect(calling(heard(stepAt(surplus(), over), "inquire", says("PAID"), over), "verifyPayment")).toBeDefined();
    expect(hears(surplus(), says("IN_BANK"), over)).toMatchObject([{ type: "payment.asked" }]);
    expect(hears(surplus({ watchUntil: null }), says("PAID"), over)).toMatchObject([{ type: "payment.asked" }]);
  });

  it("that nobody watches is not asked about again, answered or not", () => {
    expect(hears(surplus({ watchUntil: null }), unknown(), over)).toMatchObject([{ data: { nextAskAt: null } }]);
  });

  it("that was heard to be back is heard again an hour after the first time, not sooner", () => {
    const first = later(-30 * minuteMs);
    const again = after(first, hourMs);
    expect(hears(surplus({ failedHeardAt: first }), says("FAILED"), wall)).toMatchObject([
      { type: "payment.asked", data: { failedHeardAt: instant(first), nextAskAt: instant(again) } },
    ]);
    expect(hears(surplus({ failedHeardAt: first }), says("FAILED"), again)).toMatchObject([
      { type: "payment.returned" },
    ]);
  });
});
