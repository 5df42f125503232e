import { describe, expect, it } from "vitest";
import {
  after,
  billingMs,
  dayMs,
  hourMs,
  instant,
  minuteMs,
  secondMs,
  wallMs,
  type WallMs,
} from "../../server/billing/clock.ts";
import { nextDueAt } from "../../server/billing/due-rules.ts";
import type { NewEvent } from "../../server/billing/event.ts";
import { rials } from "../../server/billing/money.ts";
import type { Outcome } from "../../server/billing/outcome.ts";
import {
  cancelStep,
  decideCancelPaymentMethod,
  decideCreatePaymentMethod,
  decideExpiry,
  decideSigningOpened,
  expiryDueAt,
  longestMs,
  shortestMs,
  signatureDueAt,
  signatureStep,
} from "../../server/billing/payment-method.ts";
import { all, nowOf, type Hint, type PaymentMethod, type Slice } from "../../server/billing/state.ts";
import type { Step } from "../../server/billing/step.ts";
import {
  afterEvents,
  aHint,
  aPaymentMethod,
  aPendingPaymentMethod,
  aSlice,
  declined,
  eventsOf,
  generousGateway,
  newCustomer,
  now,
  runDue,
  runUntil,
  seededIds,
  settled,
  told,
  typesOf,
  unknown,
  wall,
} from "../support/billing-builders.ts";

const pending = aPendingPaymentMethod();
const signature: Outcome<{ signature: string }> = settled({ signature: "eyJpdiI6" });
const sliceOf = (method: PaymentMethod, hint?: Hint): Slice =>
  aSlice({ paymentMethods: [method], ...(hint && { hints: { [method.id]: hint } }) });
const methodOf = (slice: Slice): PaymentMethod => {
  const [method] = all(slice.state.paymentMethods);
  if (!method) throw new Error("There is no payment method");
  return method;
};
const later = (ms: number): WallMs => after(wall, ms);
function committed(step: Step): readonly NewEvent[] {
  if (step.kind !== "commit") throw new Error(`Not a commit: ${JSON.stringify(step)}`);
  return step.events;
}
const asked = (slice: Slice, outcome: Outcome<{ signature: string }>, at: WallMs): Step => {
  const means = { now: nowOf(slice.state, at), ids: seededIds(), own: new Set<never>(), answers: new Map() };
  const step = signatureStep(slice, methodOf(slice), means);
  if (step.kind !== "call" || step.name !== "verifyAgreement") throw new Error("Not asked for a signature");
  return step.onOutcome(outcome, at);
};

describe("creating a payment method", () => {
  const input = {
    customer: newCustomer,
    paymentMethodId: pending.id,
    personId: pending.personId,
    maxAmountRials: rials(5_000_000),
    maxDailyCount: 2,
    maxMonthlyCount: 10,
    expiresAt: wallMs(wall + 90 * dayMs),
    replacesId: null,
  };

  it("writes the row before the gateway is asked: nothing is signed, a signature counts for 24 hours", () => {
    const slice = aSlice({ customer: null, paymentMethods: [] });
    const events = eventsOf(decideCreatePaymentMethod(slice, input, now));
    expect(typesOf(events)).toEqual(["customer.created", "payment_method.created"]);
    expect(methodOf(afterEvents(slice, events))).toMatchObject({
      status: "pending_signature",
      agreementId: null,
      signatureId: null,
      signBefore: later(dayMs),
      expiresAt: input.expiresAt,
    });
  });

  it("payment_method_limit_reached: while five wait to be signed, and not while four do", () => {
    const waiting = (count: number) =>
      aSlice({ paymentMethods: Array.from({ length: count }, (_, n) => aPendingPaymentMethod({ id: `pm_${n}` })) });
    expect(decideCreatePaymentMethod(waiting(5), input, now)).toMatchObject({
      rejected: "payment_method_limit_reached",
      detail: "5 payment methods wait to be signed; sign one.",
    });
    expect(typesOf(eventsOf(decideCreatePaymentMethod(waiting(4), input, now)))).toEqual(["payment_method.created"]);
  });

  it("is not stopped by methods that wait for nobody", () => {
    const paymentMethods = Array.from({ length: 9 }, (_, n) => aPaymentMethod({ id: `pm_${n}` }));
    const decision = decideCreatePaymentMethod(aSlice({ paymentMethods }), input, now);
    expect(typesOf(eventsOf(decision))).toEqual(["payment_method.created"]);
  });

  it("for at least 31 days, since the gateway wants 30 in a zone it does not name, and at most 3 years", () => {
    expect([shortestMs, longestMs]).toEqual([2_678_400_000, 94_867_200_000]);
  });

  it("that the gateway never opened is given up after a day", () => {
    const unopened = aPendingPaymentMethod({ agreementId: null, nextAskAt: null });
    const slice = sliceOf(unopened);
    expect(signatureDueAt(slice, unopened)).toBe(unopened.signBefore);
    const means = { now, ids: seededIds(), own: new Set<never>(), answers: new Map() };
    expect(committed(signatureStep(slice, unopened, means))).toMatchObject([
      { type: "payment_method.verification_failed", data: { reason: "not_opened" } },
    ]);
  });
});

describe("an agreement that the gateway opened", () => {
  const unopened = aPendingPaymentMethod({ agreementId: null, nextAskAt: null });
  const opened = { paymentMethodId: unopened.id, agreementId: "sec_9" } as const;

  it("is first asked about after 15 minutes", () => {
    const events = decideSigningOpened(sliceOf(unopened), opened, now);
    expect(methodOf(afterEvents(sliceOf(unopened), events))).toMatchObject({
      agreementId: "sec_9",
      nextAskAt: later(15 * minuteMs),
    });
  });

  it.each([
    ["was opened already", pending],
    ["was cancelled meanwhile", { ...unopened, status: "cancelled_by_user" as const }],
    ["failed meanwhile", { ...unopened, status: "verification_failed" as const }],
  ])("is left alone when it %s", (_title, method) => {
    expect(decideSigningOpened(sliceOf(method), opened, now)).toEqual([]);
  });

  it("of nobody attaches to nobody", () => {
    expect(decideSigningOpened(aSlice({ paymentMethods: [] }), opened, now)).toEqual([]);
  });

  it("is asked about after 15 min, 1 h, 6 h and a day, and then counts as not signed", () => {
    const run = runUntil(sliceOf(pending), later(7 * dayMs), { verifyAgreement: () => declined(-51) });
    expect(told(run, "payment_method.asked").map((it) => it.at - wall)).toEqual([15 * minuteMs, hourMs, 6 * hourMs]);
    expect(told(run, "payment_method.verification_failed")).toMatchObject([
      { at: later(dayMs), event: { data: { reason: "not_signed" } } },
    ]);
    expect(run.calls).toHaveLength(4);
  });

  it("is asked about each minute while a payer waits and the gateway does not answer, and never given up unasked", () => {
    const returned = sliceOf(pending, aHint({ at: later(15 * minuteMs) }));
    const run = runUntil(returned, later(20 * minuteMs), { verifyAgreement: () => unknown() });
    expect(run.calls).toHaveLength(6);
    const left = runUntil(returned, later(2 * hourMs), { verifyAgreement: () => unknown() });
    expect(left.calls).toHaveLength(15 + 7);
    const lost = runUntil(sliceOf(pending), later(2 * hourMs), { verifyAgreement: () => unknown() });
    expect(lost.calls).toHaveLength(8);
    const silent = runUntil(sliceOf(pending), later(3 * dayMs), { verifyAgreement: () => unknown() });
    expect(methodOf(silent.slice).status).toBe("pending_signature");
    expect(
      told(silent, "payment_method.asked")
        .slice(-2)
        .map((it) => it.at - wall),
    ).toEqual([71 * hourMs, 72 * hourMs]);
  });
});

it("a payer waits for a quarter of an hour, and not a millisecond longer", () => {
  const answered = (ms: number) => committed(asked(sliceOf(pending, aHint({ at: wall })), unknown(), later(ms)));
  const nextAsk = (ms: number) => answered(ms)[0]?.data;
  expect(nextAsk(15 * minuteMs - 1)).toMatchObject({ nextAskAt: instant(later(16 * minuteMs - 1)) });
  expect(nextAsk(15 * minuteMs)).toMatchObject({ nextAskAt: instant(later(30 * minuteMs)) });
});

describe("a signature", () => {
  it("makes the payment method active and is kept sealed: only its name is in the event", () => {
    const step = asked(sliceOf(pending), signature, later(minuteMs));
    const events = committed(step);
    expect(typesOf(events)).toEqual(["payment_method.activated"]);
    expect(step).toMatchObject({ secrets: [{ id: expect.stringMatching(/^sec_/), text: "eyJpdiI6" }] });
    expect(JSON.stringify(events)).not.toContain("eyJpdiI6");
    expect(methodOf(afterEvents(sliceOf(pending), events))).toMatchObject({ status: "active", nextAskAt: null });
  });

  it("is asked for by the name of the sealed agreement", () => {
    const means = { now, ids: seededIds(), own: new Set<never>(), answers: new Map() };
    expect(signatureStep(sliceOf(pending), pending, means)).toMatchObject({
      name: "verifyAgreement",
      input: { agreementId: pending.agreementId },
    });
  });

  it("found after a failed verification still counts", () => {
    const failed = { ...pending, status: "verification_failed" as const, nextAskAt: null };
    expect(typesOf(committed(asked(sliceOf(failed), signature, later(hourMs))))).toEqual(["payment_method.activated"]);
  });

  it("found after the customer cancelled is kept only to be ended at the bank", () => {
    const cancelled = { ...pending, status: "cancelled_by_user" as const, nextAskAt: null };
    const slice = sliceOf(cancelled);
    const events = committed(asked(slice, signature, later(hourMs)));
    expect(methodOf(afterEvents(slice, events, later(hourMs)))).toMatchObject({
      status: "cancelled_by_user",
      cancellation: "requested",
      nextCancelAt: later(hourMs),
    });
  });

  it("is not looked for once it was found", () => {
    const active = aPaymentMethod();
    expect(signatureDueAt(sliceOf(active, aHint({ at: later(hourMs) })), active)).toBeNull();
  });
});

describe("a hint about a signature", () => {
  it("is a reason to ask at once, 10 s after the last time at the earliest", () => {
    expect(signatureDueAt(sliceOf(pending, aHint()), pending)).toBe(wall);
    const recently = { ...pending, askedAt: wall };
    expect(signatureDueAt(sliceOf(recently, aHint({ at: later(secondMs) })), recently)).toBe(later(10 * secondMs));
  });

  it("puts off nothing that was planned before it", () => {
    const planned = { ...pending, nextAskAt: wall };
    expect(signatureDueAt(sliceOf(planned, aHint({ at: later(minuteMs) })), planned)).toBe(wall);
  });

  it("of a refusal fails the verification only when the gateway, asked, has no signature either", () => {
    const nok = sliceOf(pending, aHint({ nok: true }));
    expect(committed(asked(nok, declined(-51), wall))).toMatchObject([
      { type: "payment_method.verification_failed", data: { reason: "refused" } },
    ]);
    expect(typesOf(committed(asked(nok, signature, wall)))).toEqual(["payment_method.activated"]);
    expect(typesOf(committed(asked(nok, unknown(), wall)))).toEqual(["payment_method.asked"]);
  });

  it("of success without a signature changes nothing but the time of the next question", () => {
    const ok = sliceOf(pending, aHint({ nok: false }));
    expect(committed(asked(ok, declined(-51), later(secondMs)))).toMatchObject([
      { type: "payment_method.asked", data: { nextAskAt: instant(later(15 * minuteMs)) } },
    ]);
  });

  it("that comes while the gateway is being asked is news, 10 s after it was asked", () => {
    const slice = sliceOf({ ...pending, nextAskAt: wall });
    const heardAt = later(5 * secondMs);
    const step = signatureStep(slice, methodOf(slice), {
      now,
      ids: seededIds(),
      own: new Set<never>(),
      answers: new Map(),
    });
    if (step.kind !== "call" || step.name !== "verifyAgreement") throw new Error("Not asked for a signature");
    const heard = afterEvents(slice, committed(step.onOutcome(declined(-51), heardAt)), heardAt);
    const hinted = sliceOf(methodOf(heard), aHint({ at: later(2 * secondMs) }));
    expect(signatureDueAt(hinted, methodOf(hinted))).toBe(later(10 * secondMs));
  });

  it("after 24 hours is too late", () => {
    const failed = { ...pending, status: "verification_failed" as const, nextAskAt: null };
    expect(signatureDueAt(sliceOf(failed, aHint({ at: later(dayMs) })), failed)).toBe(later(dayMs));
    expect(signatureDueAt(sliceOf(failed, aHint({ at: later(dayMs + 1) })), failed)).toBeNull();
  });
});

describe("an agreement that could still be signed when it was given up", () => {
  const cancelled = () =>
    afterEvents(sliceOf(pending), eventsOf(decideCancelPaymentMethod(sliceOf(pending), pending.id, now)));
  const refused = () => {
    const nok = sliceOf(pending, aHint({ nok: true }));
    return afterEvents(nok, committed(asked(nok, declined(-51), wall)));
  };

  it.each([
    ["cancelled by the customer", cancelled, "cancelled_by_user"],
    ["refused at the bank, as it seemed", refused, "verification_failed"],
  ])("(%s) is asked about once more, at the end of its 24 hours", (_title, given, status) => {
    const slice = given();
    expect(nextDueAt(slice)).toBe(pending.signBefore);
    const run = runUntil(slice, later(30 * dayMs), { verifyAgreement: () => declined(-51) });
    expect(run.calls).toEqual(["verifyAgreement"]);
    expect(methodOf(run.slice)).toMatchObject({ status, signatureId: null, nextAskAt: null });
    expect(nextDueAt(run.slice)).toBeNull();
  });

  it.each([
    ["cancelled", cancelled],
    ["seemingly refused", refused],
  ])("(%s) keeps its last question when a hint before it finds nothing signed", (_title, given) => {
    const slice = given();
    for (const nok of [true, false]) {
      const hinted = { ...slice, hints: { [pending.id]: aHint({ at: later(minuteMs), nok }) } };
      const heard = runDue(hinted, later(minuteMs), { verifyAgreement: () => declined(-51) });
      expect(heard.told).toMatchObject([
        { event: { type: "payment_method.asked", data: { nextAskAt: instant(pending.signBefore) } } },
      ]);
      expect(nextDueAt(heard.slice)).toBe(pending.signBefore);
      const run = runUntil(heard.slice, later(30 * dayMs), generousGateway(), seededIds(5_000));
      expect(run.calls[0]).toBe("verifyAgreement");
      expect(methodOf(run.slice).signatureId).not.toBeNull();
    }
  });

  it.each([
    ["cancelled", cancelled],
    ["seemingly refused", refused],
  ])("(%s) is asked about each hour for a day more while its last question is not answered", (_title, given) => {
    const slice = given();
    const run = runUntil(slice, later(30 * dayMs), { verifyAgreement: () => unknown() });
    const hourly = Array.from({ length: 25 }, (_, count) => pending.signBefore + count * hourMs);
    expect(run.told.map((it) => [it.event.type, it.at])).toEqual(hourly.map((at) => ["payment_method.asked", at]));
    expect(methodOf(run.slice)).toMatchObject({ signatureId: null, nextAskAt: null });
    expect(nextDueAt(run.slice)).toBeNull();
  });

  it("is asked no more once a repeated last question is answered, whatever the answer", () => {
    const answeredThird = (outcome: Outcome<{ signature: string }>) => {
      let asking = 0;
      const verifyAgreement = () => (++asking < 3 ? unknown() : outcome);
      return runUntil(cancelled(), later(30 * dayMs), { ...generousGateway(), verifyAgreement });
    };
    const three = ["verifyAgreement", "verifyAgreement", "verifyAgreement"];
    expect(answeredThird(declined(-51)).calls).toEqual(three);
    const found = answeredThird(signature);
    expect(found.calls).toEqual([...three, "cancelAgreement"]);
    expect(methodOf(found.slice)).toMatchObject({ status: "cancelled_by_user", cancellation: "confirmed" });
  });

  it("and was signed without our hearing: what the customer cancelled is ended at the bank", () => {
    const run = runUntil(cancelled(), later(30 * dayMs), generousGateway());
    expect(run.calls).toEqual(["verifyAgreement", "cancelAgreement"]);
    expect(methodOf(run.slice)).toMatchObject({ status: "cancelled_by_user", cancellation: "confirmed" });
  });

  it("and was signed without our hearing: what the bank seemed to refuse is active", () => {
    const run = runUntil(refused(), later(30 * dayMs), generousGateway());
    expect(methodOf(run.slice)).toMatchObject({ status: "active", activatedAt: pending.signBefore });
  });

  it("is not asked about when there was nothing to sign", () => {
    const unopened = sliceOf(aPendingPaymentMethod({ agreementId: null, nextAskAt: null }));
    const given = afterEvents(unopened, eventsOf(decideCancelPaymentMethod(unopened, pending.id, now)));
    expect(methodOf(given).nextAskAt).toBeNull();
    expect(nextDueAt(given)).toBeNull();
  });

  it("is not asked about when its 24 hours are over", () => {
    const late = { wall: pending.signBefore, billing: billingMs(pending.signBefore) };
    const given = afterEvents(
      sliceOf(pending),
      eventsOf(decideCancelPaymentMethod(sliceOf(pending), pending.id, late)),
    );
    expect(nextDueAt(given)).toBeNull();
  });
});

describe("cancelling a payment method", () => {
  it("forbids new debits with the first commit, and tells the bank after it", () => {
    const slice = aSlice();
    const events = eventsOf(decideCancelPaymentMethod(slice, methodOf(slice).id, now));
    expect(methodOf(afterEvents(slice, events))).toMatchObject({
      status: "cancelled_by_user",
      cancelledAt: wall,
      cancellation: "requested",
      nextCancelAt: wall,
    });
  });

  it("asks no more for a signature that is there", () => {
    const signed = aPaymentMethod({ signBefore: later(hourMs) });
    const events = eventsOf(decideCancelPaymentMethod(sliceOf(signed), signed.id, now));
    expect(events).toMatchObject([{ data: { nextAskAt: null } }]);
  });

  it("of one that nobody signed has nothing to tell the bank", () => {
    const events = eventsOf(decideCancelPaymentMethod(sliceOf(pending), pending.id, now));
    expect(methodOf(afterEvents(sliceOf(pending), events))).toMatchObject({ cancellation: null, nextCancelAt: null });
  });

  it("a second time changes nothing", () => {
    const cancelled = sliceOf(aPaymentMethod({ status: "cancelled_by_user" }));
    expect(decideCancelPaymentMethod(cancelled, methodOf(cancelled).id, now)).toEqual([]);
  });

  it("not_found: one that is not this customer's", () => {
    expect(decideCancelPaymentMethod(aSlice(), "pm_other", now)).toMatchObject({
      rejected: "not_found",
      detail: "There is no payment method pm_other.",
    });
  });

  const cancelling = aPaymentMethod({ status: "cancelled_by_user", cancellation: "requested", nextCancelAt: wall });
  const ended = (method: PaymentMethod, outcome: Outcome<Readonly<Record<never, never>>>) => {
    const step = cancelStep(method);
    if (step.kind !== "call" || step.name !== "cancelAgreement") throw new Error("The bank is not told");
    return committed(step.onOutcome(outcome, wall));
  };

  it("tells the bank by the name of the sealed signature; without one there is nothing to tell", () => {
    expect(cancelStep(cancelling)).toMatchObject({ input: { signatureId: cancelling.signatureId } });
    expect(() => cancelStep(pending)).toThrow(`${pending.id} has no signature to cancel`);
  });

  it("is confirmed when the gateway says so", () => {
    expect(ended(cancelling, settled({}))).toMatchObject([{ data: { cancellation: "confirmed" } }]);
  });

  it("is repeated after 10 s, 20 s, … up to an hour while the gateway does not confirm", () => {
    const waits = [0, 1, 8, 9, 29].map((cancelTries) => {
      const events = ended({ ...cancelling, cancelTries }, unknown());
      expect(events).toMatchObject([{ type: "payment_method.cancellation_asked" }]);
      const slice = sliceOf(cancelling);
      return ((methodOf(afterEvents(slice, events)).nextCancelAt ?? 0) - wall) / secondMs;
    });
    expect(waits).toEqual([10, 20, 2_560, 3_600, 3_600]);
  });

  it("is presumed when a repeat is refused, since the one before it may have worked", () => {
    expect(ended(cancelling, declined(-80))).toMatchObject([{ type: "payment_method.cancellation_asked" }]);
    expect(ended({ ...cancelling, cancelTries: 1 }, declined(-80))).toMatchObject([
      { data: { cancellation: "presumed" } },
    ]);
  });

  it("comes to an end even when the gateway never answers", () => {
    const run = runUntil(sliceOf(cancelling), later(10 * dayMs), { cancelAgreement: () => unknown() });
    expect(methodOf(run.slice)).toMatchObject({ cancellation: "presumed", nextCancelAt: null });
    expect(run.calls).toHaveLength(31);
  });
});

describe("the end of an agreement", () => {
  it("is at its own time, for one that is active only", () => {
    const active = aPaymentMethod();
    expect(expiryDueAt(active)).toBe(active.expiresAt);
    expect(expiryDueAt(pending)).toBeNull();
    expect(typesOf(decideExpiry(active))).toEqual(["payment_method.expired"]);
    expect(methodOf(afterEvents(sliceOf(active), decideExpiry(active))).status).toBe("expired");
  });
});
