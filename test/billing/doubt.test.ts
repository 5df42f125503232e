import { describe, expect, it } from "vitest";
import { attemptDueAt } from "../../server/billing/collect.ts";
import { after, billingMs, hourMs, instant, minuteMs } from "../../server/billing/clock.ts";
import { endOfLost, isInDoubt, mayHaveBeenSent } from "../../server/billing/doubt.ts";
import { nextDueAt } from "../../server/billing/due-rules.ts";
import { signedRials } from "../../server/billing/money.ts";
import { decidePay } from "../../server/billing/pay.ts";
import { isRejection } from "../../server/billing/rejection.ts";
import type { Invoice } from "../../server/billing/state.ts";
import {
  aCustomer,
  anInvoice,
  aPaymentMethod,
  aPayment,
  aPendingPaymentMethod,
  aRenewal,
  aSlice,
  aSubscription,
  generousGateway,
  now,
  runDue,
  runUntil,
  typesOf,
  wall,
} from "../support/billing-builders.ts";

/** What fell due an hour before the epoch began, and is to be debited now. */
const owed = anInvoice({ dueAt: billingMs(wall - hourMs), nextAttemptAt: now.billing });
const subscriptions = [aSubscription({ latestInvoiceId: owed.id })];
const owing = (doubtUntil: typeof wall | null, invoice: Invoice = owed) =>
  aSlice({ subscriptions, invoices: [invoice], doubtUntil });

describe("after a restore, what fell due before the epoch began", () => {
  it("is in doubt; what falls due at its beginning or later is not", () => {
    const at = (ms: number) => isInDoubt({ doubtUntil: wall }, { dueAt: billingMs(wall + ms) });
    expect([at(-1), at(0), at(1)]).toEqual([true, false, false]);
    expect(isInDoubt({ doubtUntil: null }, owed)).toBe(false);
  });

  it("is not debited, whatever its next attempt; when the doubt is over it is", () => {
    expect(attemptDueAt(owing(wall), owed)).toBeNull();
    expect(runUntil(owing(wall), after(wall, 48 * hourMs), generousGateway()).calls).toEqual([]);
    expect(attemptDueAt(owing(null), owed)).toBe(now.billing);
    expect(runUntil(owing(null), after(wall, 48 * hourMs), generousGateway()).calls).toContain("debit");
  });

  it("is paid by credit that its customer is given", () => {
    const customer = aCustomer({ creditRials: signedRials(owed.totalRials) });
    const given = aSlice({ customer, subscriptions, invoices: [owed], doubtUntil: wall });
    const run = runDue(given, wall, {});
    expect(run.calls).toEqual([]);
    expect(run.slice.state.invoices[owed.id]?.status).toBe("paid");
  });

  it("is not debited on demand either", () => {
    const input = {
      subscriptionId: aSubscription().id,
      paymentId: aPayment().id,
      paymentMethodId: aPaymentMethod().id,
    };
    const refused = decidePay(owing(wall), input, now);
    expect(refused).toMatchObject({ rejected: "collecting_stopped", detail: expect.stringContaining("not sure yet") });
    expect(isRejection(decidePay(owing(null), input, now))).toBe(false);
  });

  it("makes a debit that had not been sent begin anew: it may have been sent since", () => {
    const invoice = { ...anInvoice(), dueAt: billingMs(wall - hourMs) };
    const slice = { ...aRenewal(aPayment()), doubtUntil: wall };
    const begun = { ...slice, state: { ...slice.state, invoices: { [invoice.id]: invoice } } };
    const run = runDue(begun, after(wall, minuteMs), generousGateway());
    expect(run.calls).toEqual([]);
    expect(run.slice.state.payments[aPayment().id]?.status).toBe("closed");
  });

  it("keeps one on demand waiting: nobody can say that it was not sent", () => {
    const payment = aPayment({ onDemand: true });
    const slice = aRenewal(payment);
    const invoices = { [payment.invoiceId]: { ...anInvoice(), dueAt: billingMs(wall - hourMs) } };
    const held = { ...slice, doubtUntil: wall, state: { ...slice.state, invoices } };
    const run = runUntil(held, after(wall, 5 * hourMs), generousGateway());
    expect(run.calls).toEqual([]);
    expect(run.slice.state.payments[payment.id]?.status).toBe("created");
  });
});

it("credit goes before a debit that was planned before the invoice was made", () => {
  const late = { ...owed, finalizedAt: billingMs(now.billing + minuteMs), nextAttemptAt: billingMs(wall - minuteMs) };
  const customer = aCustomer({ creditRials: signedRials(late.totalRials) });
  const slice = aSlice({ customer, subscriptions, invoices: [late] });
  expect(nextDueAt(slice)).toBe(late.finalizedAt);
  expect(runUntil(slice, after(wall, hourMs), generousGateway()).calls).toEqual([]);
});

it("a refund that was ordered before the epoch began may have been sent", () => {
  const at = (ms: number) => mayHaveBeenSent({ doubtUntil: wall }, { createdAt: after(wall, ms) });
  expect([at(-1), at(0)]).toEqual([true, false]);
  expect(mayHaveBeenSent({ doubtUntil: null }, { createdAt: after(wall, -1) })).toBe(false);
});

describe("an agreement whose signature was lost", () => {
  it("ends, and its end at the bank is presumed", () => {
    const { id: paymentMethodId } = aPaymentMethod();
    const evidence = { reason: "its signature was lost with the database" };
    expect(endOfLost(aPaymentMethod(), wall)).toMatchObject([
      { type: "payment_method.expired", data: { paymentMethodId }, evidence },
      { type: "payment_method.cancellation_ended", data: { paymentMethodId, cancellation: "presumed" }, evidence },
    ]);
  });

  it("is not waited for when it was not signed yet", () => {
    expect(endOfLost(aPendingPaymentMethod(), wall)).toMatchObject([
      { type: "payment_method.verification_failed", data: { askedAt: instant(wall), nextAskAt: null } },
    ]);
  });

  it.each(["cancelled_by_user", "expired", "verification_failed"] as const)(
    "stays as it is when it is %s",
    (status) => {
      expect(typesOf(endOfLost(aPaymentMethod({ status }), wall))).toEqual([]);
      expect(endOfLost(undefined, wall)).toEqual([]);
    },
  );
});
