import { describe, expect, it } from "vitest";
import { after, hourMs } from "../../server/billing/clock.ts";
import { onDemandWithinMs } from "../../server/billing/payment-step.ts";
import { decidePay } from "../../server/billing/pay.ts";
import { all, type Payment, type Slice } from "../../server/billing/state.ts";
import {
  afterEvents,
  anInvoice,
  aPayment,
  aPaymentMethod,
  aRenewal,
  aSlice,
  aSubmittedPayment,
  aSubscription,
  authority,
  declined,
  eventsOf,
  now,
  runUntil,
  says,
  settled,
  told,
  unknown,
  wall,
} from "../support/billing-builders.ts";

const subscriptionId = aSubscription().id;
const methodId = aPaymentMethod().id;
const owing = (over: Partial<Parameters<typeof aSlice>[0]> = {}) =>
  aSlice({
    subscriptions: [aSubscription({ status: "past_due", latestInvoiceId: anInvoice().id })],
    invoices: [anInvoice({ attemptCount: 2, nextAttemptAt: after(now.billing, 72 * hourMs) })],
    ...over,
  });
const paying = (slice: Slice, paymentMethodId: typeof methodId | null = methodId) =>
  decidePay(slice, { subscriptionId, paymentId: "pay_new", paymentMethodId }, now);

describe("paying what is overdue", () => {
  it("begins a debit of the payment method that is named, for which somebody waits", () => {
    expect(eventsOf(paying(owing()))).toMatchObject([
      {
        type: "payment.created",
        data: { kind: "debit", paymentMethodId: methodId, amountRials: 3_289_000, onDemand: true },
      },
    ]);
  });

  it("begins a page when none is", () => {
    expect(eventsOf(paying(owing(), null))).toMatchObject([{ type: "payment.created", data: { kind: "checkout" } }]);
  });

  it("goes at any hour, and is given up after an hour", () => {
    const night = after(wall, 14 * hourMs);
    const slice = afterEvents(owing(), eventsOf(paying(owing())), night);
    const run = runUntil(slice, after(night, 3 * hourMs), { requestPayment: () => unknown() });
    expect(run.calls).toContain("requestPayment");
    expect(told(run, "payment.failed").map(({ at }) => at)).toEqual([after(night, onDemandWithinMs)]);
  });

  it("that is declined uses up none of our own attempts", () => {
    const slice = afterEvents(owing(), eventsOf(paying(owing())));
    const run = runUntil(slice, after(wall, hourMs), {
      requestPayment: () => settled({ authority }),
      debit: () => declined(-99),
      inquire: () => says("FAILED"),
    });
    expect(told(run, "payment.failed")).toHaveLength(1);
    expect(all(run.slice.state.invoices)[0]).toMatchObject({ attemptCount: 2, status: "open" });
  });

  it.each<Partial<Payment>>([
    { status: "created" },
    { status: "submitted" },
    { status: "unknown" },
    { status: "verifying" },
    { status: "needs_review" },
    { status: "open", kind: "checkout" },
    { status: "closed", kind: "checkout", toldAt: null },
  ])("by debit is refused while another payment may still take money: $status", (over) => {
    const slice = aRenewal(aSubmittedPayment(over));
    const { id, status, invoiceId, kind } = { ...aSubmittedPayment(), ...over };
    const mayBePaid = kind === "checkout" && status === "open";
    const wait = mayBePaid ? "its page can be paid" : "the bank has not told its end";
    expect(paying(slice)).toMatchObject({
      rejected: "payment_in_progress",
      detail: `${id} of ${invoiceId} is ${status}; ${wait}.`,
    });
  });

  it("by debit goes though another invoice is being paid", () => {
    expect(eventsOf(paying(aRenewal(aSubmittedPayment({ invoiceId: "inv_other" }))))).toHaveLength(1);
  });

  it("pays what is owed for this subscription, not for another", () => {
    const other = anInvoice({ id: "inv_0", subscriptionId: "sub_other" });
    expect(eventsOf(paying(owing({ invoices: [other, anInvoice()] })))).toMatchObject([
      { data: { invoiceId: anInvoice().id } },
    ]);
    expect(paying(owing({ invoices: [other] }))).toMatchObject({ rejected: "nothing_due" });
  });

  it.each([
    [owing({ invoices: [] }), methodId, `Nothing is owed for ${subscriptionId}.`],
    [owing({ subscriptions: [] }), methodId, `There is no subscription ${subscriptionId}.`],
    [owing(), "pm_other" as const, "There is no payment method pm_other."],
    [owing({ collecting: false }), methodId, "No debits are sent for the moment; pay on a page instead."],
  ])("a refusal says what is in the way: %#", (slice, paymentMethodId, detail) => {
    expect(decidePay(slice, { subscriptionId, paymentId: "pay_new", paymentMethodId }, now)).toMatchObject({ detail });
  });

  it("by debit goes once a closed page was heard of", () => {
    const slice = aRenewal(aSubmittedPayment({ status: "closed", kind: "checkout", toldAt: wall, nextAskAt: null }));
    expect(eventsOf(paying(slice))).toHaveLength(1);
  });

  it.each([
    ["nothing_due", owing({ invoices: [] }), methodId],
    ["nothing_due", owing({ invoices: [anInvoice({ status: "paid", paidAt: now.billing })] }), methodId],
    ["not_found", owing({ subscriptions: [] }), methodId],
    ["not_found", owing(), "pm_other" as const],
    ["collecting_stopped", owing({ collecting: false }), methodId],
    ["payment_method_not_active", owing({ paymentMethods: [aPaymentMethod({ status: "expired" })] }), methodId],
    [
      "payment_method_cannot_carry",
      owing({ payments: sentToday(), paymentMethods: [aPaymentMethod({ maxDailyCount: 1 })] }),
      methodId,
    ],
  ] as const)("is refused: %s", (rejected, slice, paymentMethodId) => {
    expect(decidePay(slice, { subscriptionId, paymentId: "pay_new", paymentMethodId }, now)).toMatchObject({
      rejected,
    });
  });

  it("on a page needs no collecting", () => {
    expect(eventsOf(paying(owing({ collecting: false }), null))).toHaveLength(1);
  });
});

function sentToday(): readonly Payment[] {
  return [aPayment({ status: "failed", authority, sendBefore: wall, settlesAfter: wall, nextAskAt: null })];
}
