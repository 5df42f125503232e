import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import { askAfterDeclines } from "../../server/billing/carry.ts";
import { after, wallMs, type WallMs } from "../../server/billing/clock.ts";
import { decideConfirmPaymentMethod } from "../../server/billing/decline.ts";
import type { NewEvent } from "../../server/billing/event.ts";
import { firstAttemptAt } from "../../server/billing/dunning.ts";
import { failed, purposeOf, succeeded } from "../../server/billing/settle.ts";
import { all, type Payment, type PaymentMethod, type Slice } from "../../server/billing/state.ts";
import {
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
  now,
  runUntil,
  says,
  seededIds,
  settled,
  told,
  typesOf,
  wall,
  type Answers,
} from "../support/billing-builders.ts";

const paymentMethodId = aPaymentMethod().id;
const renewal = (method: Partial<PaymentMethod> = {}, payment: Partial<Payment> = {}): Slice =>
  aRenewal(aSubmittedPayment(payment), { paymentMethods: [aPaymentMethod(method)] });
const declinesIn = (slice: Slice) => slice.state.paymentMethods[paymentMethodId]?.unexplainedDeclines;
const fails = (slice: Slice, reason: string) =>
  failed(purposeOf(slice, aSubmittedPayment().id), "failed", reason, now, {});
const succeeds = (slice: Slice) => {
  const verification = { refId: "1", repeated: false, cardPanMasked: null, merchantFeeRials: 0 };
  return succeeded(purposeOf(slice, aSubmittedPayment().id), verification, { now, ids: seededIds() }, {});
};
const countsIn = (events: readonly NewEvent[]) =>
  events.flatMap((it) => (it.type === "payment_method.declined" ? [it.data.unexplainedDeclines] : []));

describe("declines in a row for a reason that the bank did not say", () => {
  it.each(["declined", "not_taken", "lapsed"])("are counted: %s, beside the payment's end", (reason) => {
    const events = fails(renewal({ unexplainedDeclines: 1 }), reason);
    expect(typesOf(events).slice(0, 2)).toEqual(["payment.failed", "payment_method.declined"]);
    expect(countsIn(events)).toEqual([2]);
  });

  it.each(["insufficient_funds", "limit_reached", "not_sent", "payment_method_not_active", "reviewed"])(
    "leave out what the bank explained, and what never reached it: %s",
    (reason) => {
      expect(countsIn(fails(renewal({ unexplainedDeclines: 1 }), reason))).toEqual([]);
    },
  );

  it("begin anew with a success, of which is told only when there is something to forget", () => {
    expect(countsIn(succeeds(renewal({ unexplainedDeclines: 3 })))).toEqual([0]);
    expect(countsIn(succeeds(renewal()))).toEqual([]);
  });

  it("are not counted for an agreement that is over, nor for a page", () => {
    expect(countsIn(fails(renewal({ status: "cancelled_by_user" }), "declined"))).toEqual([]);
    expect(countsIn(fails(renewal({}, { kind: "checkout", paymentMethodId: null }), "declined"))).toEqual([]);
  });

  it("are what the events say, whatever comes after what", () => {
    const ends = fc.constantFrom("declined", "not_taken", "insufficient_funds", "not_sent", "success", "confirmed");
    fc.assert(
      fc.property(fc.array(ends, { maxLength: 12 }), (sequence) => {
        let slice = renewal();
        let expected = 0;
        for (const end of sequence) {
          const events: readonly NewEvent[] =
            end === "success"
              ? succeeds(slice)
              : end === "confirmed"
                ? eventsOf(decideConfirmPaymentMethod(slice, paymentMethodId))
                : fails(slice, end);
          const about = events.filter(({ type }) => type.startsWith("payment_method."));
          slice = afterEvents(slice, about);
          if (end === "declined" || end === "not_taken") expected += 1;
          if (end === "success" || (end === "confirmed" && expected >= askAfterDeclines)) expected = 0;
          expect(declinesIn(slice)).toBe(expected);
        }
      }),
    );
  });
});

describe("confirming a payment method", () => {
  it("that was declined twice in a row lets debits go on", () => {
    const slice = aSlice({ paymentMethods: [aPaymentMethod({ unexplainedDeclines: 2 })] });
    const events = eventsOf(decideConfirmPaymentMethod(slice, paymentMethodId));
    expect(typesOf(events)).toEqual(["payment_method.confirmed"]);
    expect(declinesIn(afterEvents(slice, events))).toBe(0);
  });

  it("that nobody asked about changes nothing", () => {
    for (const unexplainedDeclines of [0, 1]) {
      const slice = aSlice({ paymentMethods: [aPaymentMethod({ unexplainedDeclines })] });
      expect(decideConfirmPaymentMethod(slice, paymentMethodId)).toEqual([]);
    }
  });

  it("payment_method_not_active: for one that is over; not_found: for none", () => {
    const over = aSlice({ paymentMethods: [aPaymentMethod({ status: "expired", unexplainedDeclines: 2 })] });
    expect(decideConfirmPaymentMethod(over, paymentMethodId)).toMatchObject({
      rejected: "payment_method_not_active",
      detail: `${paymentMethodId} is expired.`,
    });
    expect(decideConfirmPaymentMethod(aSlice(), "pm_none")).toMatchObject({
      rejected: "not_found",
      detail: "There is no payment method pm_none.",
    });
  });
});

describe("a renewal that the bank declines without a word", () => {
  const silent: Answers = { ...generousGateway(), debit: () => declined(-99), inquire: () => says("FAILED") };
  const due = (): Slice => {
    const open = anInvoice();
    const invoice = { ...open, nextAttemptAt: firstAttemptAt(open.dueAt, open.customerId) };
    return aSlice({ subscriptions: [aSubscription({ latestInvoiceId: invoice.id })], invoices: [invoice] });
  };
  const reasonsIn = (run: ReturnType<typeof runUntil>) =>
    told(run, "invoice.attempt_failed").map(({ event }) => event.data.reason);
  const dayOf = (at: WallMs) => Math.floor((at - anInvoice().dueAt) / days(1));

  it("is debited twice; then the customer is asked, and a link is sent on each day that is left", () => {
    const run = runUntil(due(), after(wall, days(20)), silent);
    expect(told(run, "payment.created").map(({ at }) => dayOf(at))).toEqual([0, 2]);
    expect(told(run, "payment_method.declined").map(({ event }) => event.data.unexplainedDeclines)).toEqual([1, 2]);
    expect(reasonsIn(run)).toEqual(["declined", "declined", ...Array(3).fill("payment_method_unconfirmed")]);
    expect(told(run, "invoice.payment_link_due").map(({ at }) => dayOf(at))).toEqual([5, 9]);
    expect(all(run.slice.state.subscriptions)[0]).toMatchObject({ status: "canceled", cancelReason: "unpaid" });
  });

  it("is debited again once the customer confirms, and recovers", () => {
    const asked = runUntil(due(), after(wall, days(4)), silent).slice;
    const confirmed = afterEvents(asked, eventsOf(decideConfirmPaymentMethod(asked, paymentMethodId)));
    const debited = new Set<string>();
    const good: Answers = {
      ...generousGateway(),
      debit: ({ authority }) => {
        debited.add(authority);
        return settled({ referenceId: null });
      },
      requestPayment: () => settled({ authority: "A".repeat(36) }),
      inquire: ({ authority }) => says(debited.has(authority) ? "PAID" : "FAILED"),
    };
    const run = runUntil(confirmed, after(wall, days(20)), good, seededIds(9_000));
    expect(told(run, "subscription.recovered").map(({ at }) => dayOf(at))).toEqual([5]);
    expect(reasonsIn(run)).toEqual([]);
  });

  it("is asked about at the last moment too: what waits to be sent when the second decline is heard is not sent", () => {
    const waiting = aRenewal(aPayment(), {
      paymentMethods: [aPaymentMethod({ unexplainedDeclines: 2 })],
    });
    const run = runUntil(waiting, wallMs(wall), generousGateway());
    expect(run.calls).toEqual([]);
    expect(reasonsIn(run)).toEqual(["payment_method_unconfirmed"]);
    expect(told(run, "invoice.payment_link_due")).toHaveLength(1);
  });
});
