import { describe, expect, it } from "vitest";
import { after, hourMs, instant, minuteMs, secondMs, type WallMs } from "../../server/billing/clock.ts";
import { nextDueAt } from "../../server/billing/due-rules.ts";
import { event } from "../../server/billing/event.ts";
import { rials, signedRials } from "../../server/billing/money.ts";
import { decideRefund, refundSucceeded, reverseWithinMs, type RefundInput } from "../../server/billing/refund.ts";
import { all, type Invoice, type Payment, type Refund, type Slice } from "../../server/billing/state.ts";
import { grantAdded, topUpGrantId } from "../../server/billing/quota-grant.ts";
import {
  aCustomer,
  afterEvents,
  anInvoice,
  aPayment,
  aRenewal,
  aSlice,
  authority,
  customerId,
  declined,
  eventsOf,
  now,
  runUntil,
  says,
  settled,
  told,
  typesOf,
  unknown,
  wall,
} from "../support/billing-builders.ts";
import { calling, committed, heard, stepAt } from "../support/steps.ts";

const paid = (over: Partial<Payment> = {}) =>
  aPayment({ status: "succeeded", authority, refId: "40123456", settledAt: wall, nextAskAt: null, ...over });
const surplus = (over: Partial<Payment> = {}) => paid({ status: "surplus", ...over });
/** A renewal of 2,990,000 and 299,000 VAT, and what paid it. */
const withPayment = (payment: Payment, invoice: Partial<Invoice> = {}, credit = 0): Slice =>
  aRenewal(payment, {
    customer: aCustomer({ creditRials: signedRials(credit) }),
    invoices: [anInvoice({ status: "paid", paidAt: now.billing, ...invoice })],
  });
const order = { refundId: "ref_1", paymentId: paid().id, method: "manual", reason: "asked for" } as const;
const decided = (slice: Slice, over: Partial<RefundInput> = {}, at: WallMs = wall) =>
  decideRefund(slice, { amountRials: null, ...order, ...over }, { ...now, wall: at });
const ordered = (slice: Slice, over: Partial<RefundInput> = {}) => afterEvents(slice, eventsOf(decided(slice, over)));
const onlyPayment = (slice: Slice) => all(slice.state.payments)[0];
const onlyRefund = (slice: Slice) => all(slice.state.refunds)[0];

describe("ordering a refund", () => {
  it("of all that was paid takes the invoice's net and VAT, and sets the whole payment aside", () => {
    const slice = withPayment(paid(), {}, 700);
    expect(eventsOf(decided(slice))).toMatchObject([
      {
        type: "refund.created",
        data: {
          refundId: "ref_1",
          paymentId: paid().id,
          invoiceId: anInvoice().id,
          source: "invoice",
          method: "manual",
          amountRials: 3_289_000,
          netRials: 2_990_000,
          vatRials: 299_000,
          creditBalanceRials: 700,
          createdAt: instant(wall),
          nextStepAt: null,
        },
        evidence: { reason: "asked for" },
      },
    ]);
    expect(onlyPayment(ordered(slice))).toMatchObject({ status: "succeeded", refundedRials: 3_289_000 });
    expect(ordered(slice).state.customer?.creditRials).toBe(700);
  });

  it("in parts gives each its share of the VAT, and all together exactly what the invoice has", () => {
    let slice = withPayment(paid());
    for (const [n, amount] of [1, 1_000_004, 5, null].entries()) {
      const amountRials = amount === null ? null : rials(amount);
      slice = ordered(slice, { refundId: `ref_${n}`, amountRials });
    }
    const refunds = all(slice.state.refunds);
    expect(refunds.map((it) => [it.amountRials, it.netRials, it.vatRials])).toEqual([
      [1, 1, 0],
      [1_000_004, 909_094, 90_910],
      [5, 5, 0],
      [2_288_990, 2_080_900, 208_090],
    ]);
    expect(onlyPayment(slice)?.refundedRials).toBe(3_289_000);
  });

  it("of surplus that became credit comes out of that credit, without VAT", () => {
    const slice = withPayment(surplus(), {}, 4_000_000);
    expect(eventsOf(decided(slice))).toMatchObject([
      {
        data: {
          source: "credit",
          amountRials: 3_289_000,
          netRials: 0,
          vatRials: 0,
          creditBalanceRials: 711_000,
        },
      },
    ]);
    expect(ordered(slice).state.customer?.creditRials).toBe(711_000);
  });

  it("of money that came too late for its invoice comes out of credit, too", () => {
    for (const status of ["void", "uncollectible"] as const) {
      const slice = withPayment(paid(), { status }, 3_289_000);
      expect(eventsOf(decided(slice))).toMatchObject([{ data: { source: "credit", creditBalanceRials: 0 } }]);
    }
  });

  it("of credit is at most the credit that is left, though the payment was more", () => {
    const slice = withPayment(surplus(), {}, 1_000);
    expect(eventsOf(decided(slice))).toMatchObject([{ data: { amountRials: 1_000, creditBalanceRials: 0 } }]);
    expect(decided(slice, { amountRials: rials(1_001) })).toMatchObject({
      rejected: "refund_exceeds_payment",
      detail: `1,000 IRR of ${paid().id} can be given back.`,
    });
  });

  it("of credit is nothing for who owes what was carried over", () => {
    expect(decided(withPayment(surplus(), {}, -5_000))).toMatchObject({
      rejected: "refund_exceeds_payment",
      detail: `0 IRR of ${paid().id} can be given back.`,
    });
  });

  it("refund_exceeds_payment: more than is left of the payment, and nothing", () => {
    const slice = withPayment(paid({ refundedRials: rials(3_000_000) }));
    expect(eventsOf(decided(slice))).toMatchObject([{ data: { amountRials: 289_000 } }]);
    expect(eventsOf(decided(slice, { amountRials: rials(289_000) }))).toHaveLength(1);
    expect(decided(slice, { amountRials: rials(289_001) })).toMatchObject({
      rejected: "refund_exceeds_payment",
      detail: `289,000 IRR of ${paid().id} can be given back.`,
    });
    expect(decided(slice, { amountRials: rials(0) })).toMatchObject({ rejected: "refund_exceeds_payment" });
    const gone = withPayment(paid({ refundedRials: rials(3_289_000) }));
    expect(decided(gone)).toMatchObject({ rejected: "refund_exceeds_payment" });
  });

  it.each(["created", "submitted", "unknown", "failed", "lapsed", "closed", "reversed", "refunded"] as const)(
    "payment_not_refundable: one that is %s",
    (status) => {
      expect(decided(withPayment(paid({ status })))).toMatchObject({
        rejected: "payment_not_refundable",
        detail: `${paid().id} is ${status}.`,
      });
    },
  );

  it("payment_not_refundable: surplus that is not ours yet", () => {
    expect(decided(withPayment(surplus({ settledAt: null }), {}, 5_000_000))).toMatchObject({
      rejected: "payment_not_refundable",
    });
  });

  it("not_found: a payment that is not this customer's, or stands without its invoice or customer", () => {
    const slice = withPayment(paid());
    const refusal = { rejected: "not_found", detail: `There is no payment ${paid().id}.` };
    expect(decided({ ...slice, state: { ...slice.state, payments: {} } })).toMatchObject(refusal);
    expect(decided({ ...slice, state: { ...slice.state, invoices: {} } })).toMatchObject(refusal);
    expect(decided({ ...slice, state: { ...slice.state, customer: null } })).toMatchObject(refusal);
  });
});

describe("ordering a reversal", () => {
  const reverse = (payment: Payment, at: WallMs = wall, over: Partial<RefundInput> = {}) =>
    decided(withPayment(payment, {}, 5_000_000), { method: "reverse", ...over }, at);

  it("is possible within 29 minutes of the payment; a minute of the gateway's 30 is left for the way", () => {
    expect(reverseWithinMs).toBe(1_740_000);
    const last = eventsOf(reverse(paid(), after(wall, reverseWithinMs - 1)));
    expect(last).toMatchObject([{ data: { nextStepAt: instant(after(wall, reverseWithinMs - 1)) } }]);
    expect(reverse(paid(), after(wall, reverseWithinMs))).toMatchObject({
      rejected: "refund_method_unavailable",
      detail: `${paid().id} can be reversed only as a whole and within 29 minutes.`,
    });
  });

  it("is of the whole payment only", () => {
    const unavailable = { rejected: "refund_method_unavailable" };
    expect(reverse(paid(), wall, { amountRials: rials(3_288_999) })).toMatchObject(unavailable);
    expect(reverse(paid({ refundedRials: rials(1) }))).toMatchObject(unavailable);
    expect(reverse(paid({ refundedRials: rials(1) }), wall, { amountRials: rials(3_288_999) })).toMatchObject(
      unavailable,
    );
    expect(reverse(paid({ settledAt: null }))).toMatchObject(unavailable);
  });
});

describe("ordering a refund by the gateway", () => {
  const byGateway = (amount: number, payment: Payment = paid()) =>
    decided(withPayment(payment), { method: "refund", amountRials: rials(amount) });

  it("is possible from 20,000 Rials on, and due at once", () => {
    expect(eventsOf(byGateway(20_000))).toMatchObject([{ data: { method: "refund", nextStepAt: instant(wall) } }]);
    expect(byGateway(19_999)).toMatchObject({
      rejected: "refund_method_unavailable",
      detail: "The gateway pays out 20,000 IRR or more.",
    });
    const byHand = decided(withPayment(paid()), { amountRials: rials(19_999) });
    expect(eventsOf(byHand)).toHaveLength(1);
  });

  it("needs the bank's reference; paying out by hand does not", () => {
    expect(byGateway(20_000, paid({ refId: null }))).toMatchObject({
      rejected: "refund_method_unavailable",
      detail: `${paid().id} has no reference that the gateway could find it by.`,
    });
    expect(eventsOf(decided(withPayment(paid({ refId: null }))))).toHaveLength(1);
  });
});

describe("a refund that the gateway makes", () => {
  const settlesAfter = after(wall, 80 * secondMs);
  const own = new Set(["ref_1" as const]);
  const pending = (method: Refund["method"], amountRials: Refund["amountRials"] | null = null) =>
    ordered(withPayment(paid()), { method, amountRials });
  const submitted = (method: Refund["method"], amountRials: Refund["amountRials"] | null = null) => {
    const slice = pending(method, amountRials);
    return afterEvents(slice, committed(stepAt(slice)));
  };

  it("is preceded by a commit that says who makes it, until when", () => {
    expect(committed(stepAt(pending("refund")))).toMatchObject([
      {
        type: "refund.submitted",
        data: {
          refundId: "ref_1",
          paymentId: paid().id,
          invoiceId: anInvoice().id,
          source: "invoice",
          amountRials: 3_289_000,
          sendBefore: instant(after(wall, 20 * secondMs)),
          settlesAfter: instant(settlesAfter),
        },
      },
    ]);
  });

  it("is made by whoever wrote the intent and nobody else", () => {
    const sendBefore = after(wall, 20 * secondMs);
    expect(calling(stepAt(submitted("refund"), wall, own), "refundPayment").input).toEqual({
      refundId: "ref_1",
      paymentId: paid().id,
      refId: "40123456",
      amountRials: 3_289_000,
      sendBefore,
    });
    expect(calling(stepAt(submitted("reverse"), wall, own), "reversePayment").input).toEqual({
      refundId: "ref_1",
      authority,
      sendBefore,
    });
    for (const method of ["refund", "reverse"] as const) {
      expect(stepAt(submitted(method), after(wall, secondMs))).toEqual({ kind: "wait", until: settlesAfter });
      const others = new Set(["ref_2" as const]);
      expect(stepAt(submitted(method), after(wall, secondMs), others).kind).toBe("wait");
    }
  });

  it("succeeds with the gateway's reference; a payment given back whole is refunded, one in part is not", () => {
    const whole = heard(stepAt(submitted("refund"), wall, own), "refundPayment", settled({ refundId: "77" }), wall);
    expect(committed(whole)).toMatchObject([
      {
        type: "refund.succeeded",
        data: { refundId: "ref_1", method: "refund", reference: "77", settledAt: instant(wall) },
        evidence: expect.anything(),
      },
    ]);
    const back = afterEvents(submitted("refund"), committed(whole));
    expect(onlyPayment(back)?.status).toBe("refunded");
    expect(onlyRefund(back)).toMatchObject({ status: "succeeded", reference: "77", nextStepAt: null, settledAt: wall });
    const slice = submitted("refund", rials(20_000));
    const part = heard(stepAt(slice, wall, own), "refundPayment", settled({ refundId: "78" }), wall);
    expect(onlyPayment(afterEvents(slice, committed(part)))).toMatchObject({
      status: "succeeded",
      refundedRials: 20_000,
    });
  });

  it("takes back the messages of a purchase with the last part of it, and not before", () => {
    const grant = { grantId: topUpGrantId(anInvoice().id), productId: "prod_1", source: "top_up" } as const;
    const added = grantAdded({ ...grant, priority: 60, messages: 100, expiresAt: null }, now);
    const made = (slice: Slice) =>
      typesOf(committed(heard(stepAt(slice, wall, own), "refundPayment", settled({ refundId: "77" }), wall)));
    expect(made(afterEvents(submitted("refund"), [added]))).toEqual(["refund.succeeded", "quota.grant_revoked"]);
    expect(made(afterEvents(submitted("refund", rials(20_000)), [added]))).toEqual(["refund.succeeded"]);
  });

  describe("of a purchase whose payment is given back whole", () => {
    const grant = { grantId: topUpGrantId(anInvoice().id), productId: "prod_1", source: "top_up" } as const;
    const added = grantAdded({ ...grant, priority: 60, messages: 100, expiresAt: null }, now);
    const ends = (others: readonly Partial<Refund>[], over: Partial<Refund> = {}, payments?: readonly Payment[]) => {
      const refund = { ...aRefund, ...over };
      const refunds = [refund, ...others.map((other) => ({ ...aRefund, id: "ref_2" as const, ...other }))];
      const slice = afterEvents(
        aSlice({ payments: payments ?? [paid({ refundedRials: rials(3_289_000) })], refunds }),
        [added],
      );
      return typesOf(refundSucceeded(slice, refund, { reference: null, at: wall, evidence: {} }));
    };
    const last = ["refund.succeeded", "quota.grant_revoked"];

    it.each(["succeeded", "failed"] as const)("is the last when the other one has %s", (status) => {
      expect(ends([{ status }])).toEqual(last);
    });

    it.each(["pending", "submitted", "needs_review"] as const)("is not the last while another is %s", (status) => {
      expect(ends([{ status }])).toEqual(["refund.succeeded"]);
      expect(ends([{ status, paymentId: "pay_other" }])).toEqual(last);
    });

    it("takes no messages back when it comes out of credit, or its payment was not loaded", () => {
      expect(ends([], { source: "credit" })).toEqual(["refund.succeeded"]);
      expect(ends([], {}, [])).toEqual(["refund.succeeded"]);
    });
  });

  it("reversed has no reference of its own", () => {
    const step = heard(stepAt(submitted("reverse"), wall, own), "reversePayment", settled({}), wall);
    expect(committed(step)).toMatchObject([{ type: "refund.succeeded", data: { method: "reverse", reference: null } }]);
  });

  it.each([
    ["declined", declined(-60)],
    ["not_sent", unknown("not_sent")],
  ])("that was %s fails, and what was set aside is there again", (reason, outcome) => {
    const step = heard(stepAt(submitted("refund"), wall, own), "refundPayment", outcome, wall);
    expect(committed(step)).toMatchObject([
      {
        type: "refund.failed",
        data: { reason, netRials: 2_990_000, vatRials: 299_000, creditBalanceRials: 0, settledAt: instant(wall) },
        evidence: expect.anything(),
      },
    ]);
    const slice = afterEvents(submitted("refund"), committed(step));
    expect(onlyPayment(slice)).toMatchObject({ status: "succeeded", refundedRials: 0 });
    expect(onlyRefund(slice)).toMatchObject({ status: "failed", failureReason: reason, settledAt: wall });
    expect(nextDueAt(slice)).toBe(nextDueAt(withPayment(paid())));
  });

  it("is not sent for a payment that its bank took back meanwhile; one that is on its way goes on", () => {
    const data = { paymentId: paid().id, invoiceId: anInvoice().id, amountRials: paid().amountRials };
    const gone = event("payment.reversed", { ...data, reversedAt: instant(wall) });
    const step = stepAt(afterEvents(pending("refund"), [gone]));
    expect(committed(step)).toMatchObject([{ type: "refund.failed", data: { reason: "payment_reversed" } }]);
    const sent = afterEvents(submitted("refund"), [gone]);
    expect(calling(stepAt(sent, wall, own), "refundPayment").input).toMatchObject({ refundId: "ref_1" });
    const given = heard(stepAt(sent, wall, own), "refundPayment", settled({ refundId: "77" }), wall);
    expect(onlyPayment(afterEvents(sent, committed(given)))).toMatchObject({
      status: "reversed",
      refundedRials: paid().amountRials,
    });
  });

  it.each([
    ["is revenue already", { recognizedAt: now.billing }, true],
    ["is not yet", {}, false],
  ])("that fails says whether the invoice %s, as the ledger needs to know", (_title, invoice, recognized) => {
    const slice = ordered(withPayment(paid(), invoice), { method: "refund" });
    const intent = afterEvents(slice, committed(stepAt(slice)));
    const failing = (given: Slice) => committed(heard(stepAt(given, wall, own), "refundPayment", declined(-60), wall));
    expect(failing(intent)).toMatchObject([{ type: "refund.failed", data: { recognized } }]);
    const without = { ...intent, state: { ...intent.state, invoices: {} } };
    expect(failing(without)).toMatchObject([{ type: "refund.failed", data: { recognized: false } }]);
  });

  it("out of credit that fails gives the credit back", () => {
    const credit = withPayment(surplus(), {}, 4_000_000);
    const slice = ordered(credit, { method: "refund" });
    const intent = afterEvents(slice, committed(stepAt(slice)));
    const step = heard(stepAt(intent, wall, own), "refundPayment", declined(-60), wall);
    expect(committed(step)).toMatchObject([{ data: { source: "credit", creditBalanceRials: 4_000_000 } }]);
    expect(afterEvents(intent, committed(step)).state.customer?.creditRials).toBe(4_000_000);
  });

  it("whose answer was lost is never made again: a payout waits for an operator, a reversal is asked about", () => {
    const run = runUntil(pending("refund"), after(wall, hourMs), { refundPayment: () => unknown("timeout") });
    expect(run.calls).toEqual(["refundPayment"]);
    expect(told(run, "refund.asked")).toMatchObject([
      { at: wall, event: { data: { nextStepAt: instant(settlesAfter) } } },
    ]);
    expect(told(run, "refund.needs_review")).toMatchObject([
      { at: settlesAfter, event: { data: { refundId: "ref_1", reason: "unanswered" } } },
    ]);
    expect(onlyRefund(run.slice)).toMatchObject({ status: "needs_review", nextStepAt: null });
    const asking = runUntil(pending("reverse"), after(wall, hourMs), {
      reversePayment: () => unknown("timeout"),
      inquire: () => says("REVERSED"),
    });
    expect(asking.calls).toEqual(["reversePayment", "inquire"]);
  });

  it("and that nobody heard of since its intent is treated the same", () => {
    expect(committed(stepAt(submitted("refund"), settlesAfter))).toMatchObject([{ type: "refund.needs_review" }]);
    expect(calling(stepAt(submitted("reverse"), settlesAfter), "inquire").input).toEqual({ authority });
  });

  it.each(["REVERSED", "FAILED"] as const)("by reversal is done when the gateway says %s", (status) => {
    const step = heard(stepAt(submitted("reverse"), settlesAfter), "inquire", says(status), settlesAfter);
    expect(committed(step)).toMatchObject([
      { type: "refund.succeeded", data: { reference: null, settledAt: instant(settlesAfter) } },
    ]);
  });

  it("by reversal did not happen only when the gateway says so again an hour later", () => {
    const slice = submitted("reverse");
    const hears = (given: Slice, at: WallMs) => committed(heard(stepAt(given, at), "inquire", says("VERIFIED"), at));
    const once = hears(slice, settlesAfter);
    const again = after(settlesAfter, hourMs);
    const asked = { failedHeardAt: instant(settlesAfter), nextStepAt: instant(again) };
    expect(once).toMatchObject([{ type: "refund.asked", data: asked }]);
    const then = afterEvents(slice, once, settlesAfter);
    expect(nextDueAt(then)).toBe(again);
    expect(hears(then, again)).toMatchObject([{ type: "refund.failed", data: { reason: "not_reversed" } }]);
    const early = calling(stepAt(then, again), "inquire").onOutcome(says("VERIFIED"), after(again, -1));
    expect(committed(early)).toMatchObject([{ type: "refund.asked", data: asked }]);
  });

  it("by reversal is asked about every four minutes while the gateway does not answer", () => {
    const step = heard(stepAt(submitted("reverse"), settlesAfter), "inquire", unknown(), settlesAfter);
    expect(committed(step)).toMatchObject([
      { data: { failedHeardAt: null, nextStepAt: instant(after(settlesAfter, 4 * minuteMs)) } },
    ]);
  });

  it("that was loaded without what it needs is a fault", () => {
    const slice = submitted("refund");
    const lacking = (over: Partial<Payment>, from: Slice = slice): Slice => ({
      ...from,
      state: { ...from.state, payments: { [paid().id]: { ...paid(), ...over } } },
    });
    const lost = { ...slice, state: { ...slice.state, payments: {} } };
    expect(() => stepAt(lost, settlesAfter)).toThrow("ref_1 was loaded without its payment");
    expect(() => stepAt(lacking({ refId: null }), wall, own)).toThrow(`${paid().id} has no reference to refund it by`);
    expect(() => stepAt(lacking({ authority: null }), wall, own)).toThrow("ref_1 was submitted without an intent");
    const reversal = submitted("reverse");
    expect(() => stepAt(lacking({ authority: null }, reversal), settlesAfter)).toThrow(
      "ref_1 has no authority to ask about",
    );
    const refund: Refund = { ...(onlyRefund(slice) ?? aRefund), sendBefore: null };
    const unsent = { ...slice, state: { ...slice.state, refunds: { ref_1: refund } } };
    expect(() => stepAt(unsent, wall, own)).toThrow("ref_1 was submitted without an intent");
  });
});

describe("a refund that an operator pays out", () => {
  it("is never due by itself", () => {
    const slice = ordered(withPayment(paid()));
    expect(nextDueAt(slice)).toBe(nextDueAt(withPayment(paid())));
  });
});

const aRefund: Refund = {
  id: "ref_1",
  customerId,
  paymentId: paid().id,
  invoiceId: anInvoice().id,
  source: "invoice",
  method: "refund",
  status: "submitted",
  amountRials: rials(3_289_000),
  netRials: rials(2_990_000),
  vatRials: rials(299_000),
  sendBefore: null,
  settlesAfter: null,
  nextStepAt: null,
  failedHeardAt: null,
  reference: null,
  failureReason: null,
  createdAt: wall,
  settledAt: null,
};
