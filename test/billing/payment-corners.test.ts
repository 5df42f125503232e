import { describe, expect, it } from "vitest";
import { isTold, type Hearing } from "../../server/billing/ask.ts";
import { after, dayMs, hourMs, instant, minuteMs, secondMs, type WallMs } from "../../server/billing/clock.ts";
import { nextStep } from "../../server/billing/due-rules.ts";
import { paymentDueAt } from "../../server/billing/payment-step.ts";
import { nowOf, type Payment, type Slice } from "../../server/billing/state.ts";
import type { Means } from "../../server/billing/step.ts";
import {
  aFirstPayment,
  aHint,
  aPayment,
  aPaymentMethod,
  aRenewal,
  aSubmittedPayment,
  authority,
  declined,
  now,
  says,
  seededIds,
  typesOf,
  unknown,
  wall,
} from "../support/billing-builders.ts";
import { calling, committed, heard, stepAt } from "../support/steps.ts";

const later = (ms: number): WallMs => after(wall, ms);
const paymentId = aPayment().id;
const own: Means["own"] = new Set([paymentId]);
const dueAt = (payment: Payment, hintAt?: WallMs) =>
  paymentDueAt(
    { ...aRenewal(payment), hints: hintAt === undefined ? {} : { [paymentId]: aHint({ at: hintAt }) } },
    payment,
  );

describe("an answer tells something about a payment", () => {
  const tells = (outcome: Hearing["outcome"]) => isTold({ outcome });

  it("when it could be read", () => {
    expect(tells(says("IN_BANK"))).toBe(true);
    expect([-1, -8, -20, -51, -54, 5].map((code) => tells(declined(code)))).toEqual(Array(6).fill(true));
  });

  it("and not when there was none, or when it is about our terminal: −9 to −19", () => {
    expect(tells(unknown())).toBe(false);
    expect([-9, -12, -19].map((code) => tells(declined(code)))).toEqual([false, false, false]);
  });

  it("and the log says which it was, for a closed page that keeps debits waiting", () => {
    const closed = aRenewal(aSubmittedPayment({ status: "closed", kind: "checkout", nextAskAt: wall }));
    const told = (outcome: Hearing["outcome"]) => committed(heard(stepAt(closed), "inquire", outcome, wall))[0]?.data;
    expect(told(declined(-51))).toMatchObject({ told: true });
    expect(told(declined(-12))).toMatchObject({ told: false });
    expect(told(unknown())).toMatchObject({ told: false });
  });
});

describe("a gateway that does not answer", () => {
  const asked = (at: WallMs) => {
    const slice = aRenewal(aSubmittedPayment({ kind: "checkout", status: "verifying", nextAskAt: at }));
    return committed(heard(stepAt(slice, at), "inquire", unknown(), at))[0]?.data;
  };

  it("is asked again in four minutes, though the next question was planned an hour later", () => {
    const at = later(2 * hourMs);
    expect(asked(at)).toMatchObject({ nextAskAt: instant(after(at, 4 * minuteMs)) });
  });

  it("is asked again as planned, when that is sooner", () => {
    const at = later(80 * secondMs);
    expect(asked(at)).toMatchObject({ nextAskAt: instant(after(at, 5 * secondMs)) });
  });
});

describe("the evidence of a question", () => {
  it("is what the money call itself answered, if this very invocation made it", () => {
    const step = heard(stepAt(aRenewal(aSubmittedPayment()), wall, own), "debit", declined(-99), wall);
    const [event] = committed(heard(step, "inquire", says("IN_BANK"), wall));
    expect(event).toMatchObject({ type: "payment.unknown", evidence: { code: -99 } });
  });

  it("is else what the question was answered with", () => {
    const slice = aRenewal(aSubmittedPayment({ status: "unknown" }));
    const [event] = committed(heard(stepAt(slice, later(80 * secondMs)), "inquire", declined(-54), wall));
    expect(event).toMatchObject({ evidence: { code: -54 } });
  });
});

describe("taking the money of a page", () => {
  const settlesAfter = later(80 * secondMs);
  const verifying = (over: Partial<Payment> = {}): Slice =>
    aRenewal(aSubmittedPayment({ kind: "checkout", status: "verifying", settlesAfter, ...over }));
  const captured = (slice: Slice, outcome: ReturnType<typeof declined>, at: WallMs = wall) =>
    committed(heard(stepAt(slice, at, own), "capture", outcome, at));

  it("that is not answered is asked about when the call cannot have an effect any more", () => {
    expect(captured(verifying(), unknown())).toMatchObject([
      { type: "payment.asked", data: { nextAskAt: instant(settlesAfter), notPaidHeardAt: null } },
    ]);
  });

  it("that is refused is tried again in an hour, and its first refusal is remembered", () => {
    expect(captured(verifying(), declined(-51))).toMatchObject([
      {
        type: "payment.asked",
        data: { nextAskAt: instant(later(hourMs)), notPaidHeardAt: instant(wall), askedAt: instant(wall) },
      },
    ]);
    const again = captured(verifying({ notPaidHeardAt: later(-hourMs) }), declined(-51));
    expect(again).toMatchObject([{ data: { notPaidHeardAt: instant(later(-hourMs)) } }]);
  });

  it("that is refused for 24 hours is an operator's to look at, and not a millisecond before", () => {
    const refusedSince = (ms: number) => captured(verifying({ notPaidHeardAt: later(-ms) }), declined(-51));
    expect(typesOf(refusedSince(24 * hourMs - 1))).toEqual(["payment.asked"]);
    expect(refusedSince(24 * hourMs)).toMatchObject([
      { type: "payment.needs_review", data: { reason: "paid_but_not_verifiable" } },
    ]);
  });

  it("that our terminal may not do is tried again in five minutes, for as long as it takes", () => {
    const slice = verifying({ notPaidHeardAt: later(-48 * hourMs) });
    expect(captured(slice, declined(-12))).toMatchObject([
      { type: "payment.asked", data: { nextAskAt: instant(later(5 * minuteMs)) } },
    ]);
    expect(captured(verifying(), declined(-12))).toMatchObject([{ data: { notPaidHeardAt: null } }]);
  });

  it.each<Partial<Payment>>([{ authority: null }, { sendBefore: null }])("without %o is a fault", (lacking) => {
    expect(() => stepAt(verifying(lacking), wall, own)).toThrow(`${paymentId} is verified without an intent`);
  });
});

describe("a debit whose means were not loaded", () => {
  it.each<[string, Slice]>([
    ["its payment method", aRenewal(aSubmittedPayment(), { paymentMethods: [] })],
    ["a payment method's name", aRenewal(aSubmittedPayment({ paymentMethodId: null }))],
    ["a signature", aRenewal(aSubmittedPayment(), { paymentMethods: [aPaymentMethod({ signatureId: null })] })],
    ["an authority", aRenewal(aSubmittedPayment({ authority: null }))],
    ["a time to send before", aRenewal(aSubmittedPayment({ sendBefore: null }))],
  ])("is a fault, and no money moves: without %s", (_title, slice) => {
    expect(() => stepAt(slice, wall, own)).toThrow(`${paymentId} was submitted without what its money call needs`);
  });

  it("and that was not begun at the gateway fails instead", () => {
    const asked = { onDemand: true };
    const slices = [
      aRenewal(aPayment(), { paymentMethods: [] }),
      aRenewal(aPayment({ ...asked, paymentMethodId: null })),
    ];
    for (const slice of slices) {
      expect(committed(stepAt(slice))[0]).toMatchObject({
        type: "payment.failed",
        data: { reason: "payment_method_not_active" },
      });
    }
  });

  it("cannot be asked about without an authority", () => {
    const slice = aRenewal(aSubmittedPayment({ status: "unknown", authority: null }));
    expect(() => stepAt(slice, later(hourMs))).toThrow(`${paymentId} has no authority to ask about`);
  });
});

describe("when a payment wants its next step", () => {
  it("never, when it waits for nothing", () => {
    expect(dueAt(aPayment({ nextAskAt: null }))).toBeNull();
    expect(dueAt(aSubmittedPayment({ status: "verifying", nextAskAt: null }))).toBeNull();
    for (const status of ["needs_review", "reversed"] as const) {
      expect(dueAt(aSubmittedPayment({ status }), later(minuteMs))).toBeNull();
    }
  });

  it("never because of what somebody says about one that the gateway never knew", () => {
    expect(dueAt(aPayment({ status: "failed", nextAskAt: null }), later(minuteMs))).toBeNull();
  });

  it("at its close, when a page is asked about later or not at all", () => {
    const open = aPayment({ kind: "checkout", status: "open", authority, closesAt: later(minuteMs) });
    expect(dueAt({ ...open, nextAskAt: null })).toBe(later(minuteMs));
    expect(dueAt({ ...open, nextAskAt: later(hourMs) })).toBe(later(minuteMs));
    expect(dueAt({ ...open, nextAskAt: later(secondMs) })).toBe(later(secondMs));
  });

  it("when somebody says something about surplus that is not ours yet", () => {
    const surplus = aSubmittedPayment({ status: "surplus", askedAt: wall, nextAskAt: later(hourMs) });
    expect(dueAt(surplus, later(minuteMs))).toBe(later(minuteMs));
    expect(dueAt({ ...surplus, nextAskAt: null }, later(minuteMs))).toBeNull();
  });

  it("not because of what was said by the time it was asked about", () => {
    const asked = aSubmittedPayment({ status: "unknown", askedAt: later(minuteMs), nextAskAt: later(hourMs) });
    expect(dueAt(asked, later(minuteMs))).toBe(later(hourMs));
    expect(dueAt(asked, later(minuteMs + 1))).toBe(later(minuteMs + 10 * secondMs));
  });
});

describe("a refusal that this very invocation heard", () => {
  it("is enough to believe FAILED, though what it wrote was lost", () => {
    const slice = aFirstPayment(aSubmittedPayment());
    const answers: Means["answers"] = new Map([[paymentId, declined(-99)]]);
    const step = nextStep(slice, { now: nowOf(slice.state, now.wall), ids: seededIds(), own: new Set(), answers });
    const [event] = committed(calling(step, "inquire").onOutcome(says("FAILED"), wall));
    expect(event).toMatchObject({ type: "payment.failed", data: { reason: "declined" }, evidence: { code: -99 } });
  });
});

describe("a page that closed", () => {
  const closed = (over: Partial<Payment> = {}) =>
    aSubmittedPayment({ kind: "checkout", status: "closed", nextAskAt: wall, watchUntil: later(7 * dayMs), ...over });
  const hearing = (slice: Slice, outcome: Hearing["outcome"] = says("IN_BANK")) =>
    typesOf(committed(heard(stepAt(slice), "inquire", outcome, wall)));
  const another = (over: Partial<Payment>) => aPayment({ id: "pay_2", nextAskAt: later(hourMs), ...over });

  it("ends what it was to begin once the gateway was heard", () => {
    const ended = ["payment.asked", "invoice.voided", "subscription.incomplete_expired"];
    expect(hearing(aFirstPayment(closed()))).toEqual(ended);
    const elsewhere = another({ invoiceId: "inv_other" });
    expect(hearing(aFirstPayment(closed(), { payments: [closed(), elsewhere] }))).toEqual(ended);
    const dead = another({ status: "failed" });
    expect(hearing(aFirstPayment(closed(), { payments: [closed(), dead] }))).toEqual(ended);
  });

  it.each<[string, Slice, Hearing["outcome"]]>([
    ["while another payment may pay", aFirstPayment(closed(), { payments: [closed(), another({})] }), says("IN_BANK")],
    ["while the gateway does not answer", aFirstPayment(closed()), unknown()],
    ["while our terminal is refused", aFirstPayment(closed()), declined(-12)],
    ["when it was a renewal's", aRenewal(closed()), says("IN_BANK")],
    ["when it was no page", aFirstPayment(closed({ kind: "debit", status: "failed" })), says("IN_BANK")],
  ])("ends nothing %s", (_title, slice, outcome) => {
    expect(hearing(slice, outcome)).toEqual(["payment.asked"]);
  });

  it("says why it closed", () => {
    const open = aPayment({ kind: "checkout", status: "open", authority, closesAt: wall });
    expect(committed(stepAt(aRenewal(open)))).toMatchObject([{ type: "payment.closed", data: { reason: "expired" } }]);
    const late = aRenewal(closed(), { payments: [closed(), another({ status: "open", kind: "checkout" })] });
    expect(committed(heard(stepAt(late), "inquire", says("PAID"), wall))).toMatchObject([
      { type: "payment.closed", data: { paymentId: "pay_2", reason: "superseded" } },
      { type: "payment.verifying" },
    ]);
  });
});

describe("an open page without a time to close", () => {
  it("is asked about, and not again by itself", () => {
    const open = aPayment({ kind: "checkout", status: "open", authority, closesAt: null });
    const events = committed(heard(stepAt(aRenewal(open)), "inquire", says("IN_BANK"), wall));
    expect(events).toMatchObject([{ type: "payment.asked", data: { nextAskAt: null } }]);
  });
});

describe("money that is found late", () => {
  const late = aSubmittedPayment({ status: "failed", nextAskAt: wall, watchUntil: later(7 * dayMs) });
  const found = (other: Payment) =>
    committed(heard(stepAt(aRenewal(late, { payments: [late, other] })), "inquire", says("PAID"), wall));

  it("is taken whatever became of another invoice", () => {
    const paid = aPayment({ id: "pay_2", invoiceId: "inv_other", status: "succeeded", nextAskAt: null });
    expect(typesOf(found(paid))).toEqual(["payment.verifying"]);
  });

  it("waits six hours for an operator who has another payment to decide", () => {
    const parked = aPayment({ id: "pay_2", status: "needs_review", nextAskAt: null });
    expect(found(parked)).toMatchObject([{ type: "payment.asked", data: { nextAskAt: instant(later(6 * hourMs)) } }]);
  });
});
