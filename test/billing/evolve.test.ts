import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import { billingEventTypes, type EventBody } from "../../contract/billing-event.ts";
import { billingMs, wallMs, type WallMs } from "../../server/billing/clock.ts";
import { decideCancelSubscription } from "../../server/billing/cancel-subscription.ts";
import { event, type NewEvent } from "../../server/billing/event.ts";
import { evolve, evolveAll } from "../../server/billing/evolve.ts";
import { ledgerEntriesOf } from "../../server/billing/ledger.ts";
import { rials, signedRials, sumSigned } from "../../server/billing/money.ts";
import { decideCreatePaymentMethod, decideSigningOpened } from "../../server/billing/payment-method.ts";
import { isRejection, type Rejection } from "../../server/billing/rejection.ts";
import { emptyState, nowOf, type CustomerState, type Slice } from "../../server/billing/state.ts";
import { decideSubscribe } from "../../server/billing/subscribe.ts";
import {
  aCancelInput,
  aCustomer,
  anInvoice,
  aPayment,
  aPaymentMethod,
  aSlice,
  aSubscribeInput,
  aSubscription,
  afterEvents,
  customerId,
  days,
  declined,
  generousGateway,
  newCustomer,
  now,
  runUntil,
  says,
  seededIds,
  unknown,
  wall,
  type Answers,
} from "../support/billing-builders.ts";
import { runs } from "../support/runs.ts";

interface Written {
  readonly event: NewEvent;
  readonly at: WallMs;
}

/** A customer's whole life from nothing: sign, subscribe, renew, be declined or not, cancel. */
function lifeOf(answers: Answers, cancelsAfterDays: number): { slice: Slice; log: readonly Written[] } {
  const ids = seededIds();
  const log: Written[] = [];
  let slice: Slice = { ...aSlice({ customer: null, paymentMethods: [] }), state: emptyState };
  const write = (decision: readonly NewEvent[] | Rejection, at: WallMs) => {
    if (isRejection(decision)) return;
    log.push(...decision.map((it) => ({ event: it, at })));
    slice = afterEvents(slice, decision, at);
  };
  const live = (until: WallMs) => {
    const run = runUntil(slice, until, answers, ids);
    log.push(...run.told);
    slice = run.slice;
  };
  const clocks = (at: WallMs) => nowOf(slice.state, at);
  const paymentMethodId = aPaymentMethod().id;
  const limits = { maxAmountRials: rials(9_000_000), maxDailyCount: 5, maxMonthlyCount: 50 };
  const personId = aPaymentMethod().personId;
  const method = { customer: newCustomer, paymentMethodId, personId, replacesId: null, ...limits };
  write(decideCreatePaymentMethod(slice, { ...method, expiresAt: wallMs(wall + days(200)) }, now), wall);
  write(decideSigningOpened(slice, { paymentMethodId, agreementId: "sec_1" }, now), wall);
  live(wallMs(wall + days(1)));
  const at = wallMs(wall + days(1));
  const subscriptionId = aSubscription().id;
  write(decideSubscribe(slice, aSubscribeInput({ pricedAt: billingMs(at) }), clocks(at)), at);
  live(wallMs(at + days(cancelsAfterDays)));
  const cancelAt = wallMs(at + days(cancelsAfterDays));
  write(decideCancelSubscription(slice, aCancelInput({ subscriptionId }), clocks(cancelAt), ids), cancelAt);
  live(wallMs(cancelAt + days(250)));
  return { slice, log };
}

/** A gateway whose mood changes from day to day. */
const moody = fc
  .array(fc.constantFrom("pays", "declines", "is silent"), { minLength: 1, maxLength: 12 })
  .map((moods) => {
    const moodAt = (at: WallMs) => moods[Math.floor((at - wall) / days(9)) % moods.length];
    const answers: Answers = {
      ...generousGateway(),
      debit: (_input, at) => (moodAt(at) === "declines" ? declined(-99) : unknown()),
      inquire: (_input, at) => {
        if (moodAt(at) === "is silent") return unknown();
        return says(moodAt(at) === "pays" ? "PAID" : "FAILED");
      },
    };
    return answers;
  });

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) frozen(part);
  }
  return value;
}

/** A gateway that is silent for days is asked every four minutes: thousands of steps a life. */
const slowly = { timeout: 60_000 };

describe("evolve", () => {
  it(
    "over the log of a life gives the state that the rules decided on: one by one, or in one go per commit",
    slowly,
    () => {
      fc.assert(
        fc.property(moody, fc.nat(120), (answers, cancelsAfterDays) => {
          const { slice, log } = lifeOf(answers, cancelsAfterDays);
          const replayed = log.reduce<CustomerState>(
            (state, it) => evolve(state, it.event, { customerId, at: it.at }),
            emptyState,
          );
          expect(replayed).toEqual(slice.state);
        }),
        { numRuns: runs(20) },
      );
    },
  );

  it("is deterministic and changes nothing it was given", slowly, () => {
    fc.assert(
      fc.property(moody, (answers) => {
        let state: CustomerState = frozen(emptyState);
        for (const { event: each, at } of lifeOf(answers, 60).log) {
          const occurrence = frozen({ customerId, at });
          const next = evolve(state, frozen(each), occurrence);
          expect(evolve(state, each, occurrence)).toEqual(next);
          state = frozen(next);
        }
      }),
      { numRuns: runs(8) },
    );
  });

  it("shares what an event does not touch, so that a commit writes only what changed", () => {
    const { state } = aSlice({ subscriptions: [aSubscription()], invoices: [anInvoice()] });
    const next = evolve(state, event("invoice.paid", { invoiceId: anInvoice().id, paidAt: at }), occurrence);
    expect(next.subscriptions).toBe(state.subscriptions);
    expect(next.paymentMethods).toBe(state.paymentMethods);
    expect(next.invoices).not.toBe(state.invoices);
  });

  it("keeps what the end of a payment said, and asks no more", () => {
    const { state } = aSlice({ payments: [aPayment()] });
    const of = { paymentId: aPayment().id, invoiceId: anInvoice().id };
    const money = { amountRials: rials(3_289_000), refId: "40123456", feeRials: rials(2_500) };
    const ends = [
      [event("payment.succeeded", { ...of, ...money, settledAt: at }), "succeeded", null],
      [event("payment.failed", { ...of, reason: "declined", settledAt: at }), "failed", "declined"],
      [event("payment.lapsed", { ...of, settledAt: at }), "lapsed", "lapsed"],
    ] as const;
    for (const [end, status, failureReason] of ends) {
      const payment = evolve(state, end, occurrence).payments[of.paymentId];
      expect(payment).toMatchObject({ status, failureReason, settledAt: wall, nextAskAt: null });
      expect(payment?.refId).toBe(status === "succeeded" ? "40123456" : null);
    }
  });

  it("leaves a customer alone when the catalogue or the switch changes", () => {
    const { state } = aSlice();
    expect(evolve(state, event("collecting.changed", { collecting: false }), occurrence)).toBe(state);
  });

  it("of an event about something that was not loaded is a fault, never a silent change", () => {
    const subscriptionId = aSubscription().id;
    const events = [
      event("subscription.activated", { subscriptionId }),
      event("invoice.paid", { invoiceId: anInvoice().id, paidAt: at }),
      event("payment.lapsed", { paymentId: aPayment().id, invoiceId: anInvoice().id, settledAt: at }),
      event("payment_method.expired", { paymentMethodId: "pm_other" }),
    ];
    for (const each of events) expect(() => evolve(aSlice().state, each, occurrence)).toThrow("was loaded");
    expect(() => evolve(emptyState, event("test_clock.advanced", { nowAt: at }), occurrence)).toThrow("was loaded");
  });

  it("of something that exists already is a fault", () => {
    const { log } = lifeOf(generousGateway(), 1);
    const created = log.map((it) => it.event).find((it) => it.type === "subscription.created");
    if (!created) throw new Error("Nothing was created");
    const { state } = aSlice({ subscriptions: [aSubscription()] });
    expect(() => evolve(state, created, occurrence)).toThrow("exists already");
  });

  it("of several events is that of one after the other", () => {
    const { log } = lifeOf(generousGateway(), 1);
    const events = log.map((it) => it.event);
    const one = events.reduce((state, each) => evolve(state, each, occurrence), emptyState);
    expect(evolveAll(emptyState, events, occurrence)).toEqual(one);
  });
});

describe("the log of a life", () => {
  const declining: Answers = {
    ...generousGateway(),
    debit: (_input, when) => (when > wall + days(20) ? declined(-99) : unknown()),
    inquire: (_input, when) => says(when > wall + days(20) ? "FAILED" : "PAID"),
  };
  const lives = () => [generousGateway(), declining].map((answers) => lifeOf(answers, 95));

  it("is made of declared events, each of which holds its own resource and at most 2 KB", () => {
    for (const { event: each } of lives().flatMap((life) => life.log)) {
      expect(billingEventTypes).toContain(each.type);
      expect(JSON.stringify(each.data).length).toBeLessThanOrEqual(2_048);
    }
  });

  it("keeps the books: every event's entries sum to zero, and at its end nobody owes anything", () => {
    for (const { log } of lives()) {
      const entries = log.flatMap((it) => ledgerEntriesOf(it.event));
      expect(sumSigned(entries.map((it) => it.amountRials))).toBe(0);
      const owed = entries.filter((it) => it.account === "receivable");
      expect(sumSigned(owed.map((it) => it.amountRials))).toBe(0);
    }
  });

  it("takes 3,289,000 Rials for each period that was paid, no more and no less", () => {
    const [paying] = lives();
    const taken = paying?.log.flatMap(({ event: each }) => {
      return each.type === "payment.succeeded" ? [each.data.amountRials] : [];
    });
    expect(taken).toEqual([3_289_000, 3_289_000, 3_289_000, 3_289_000]);
  });
});

describe("what is about no customer", () => {
  const { state } = aSlice({ subscriptions: [aSubscription()] });

  it.each([
    "product.created",
    "product.detailed",
    "product.features_described",
    "product.archived",
    "price.created",
    "price.archived",
    "price_migration.planned",
    "price_migration.confirmed",
    "price_migration.canceled",
    "coupon.created",
    "coupon.archived",
    "collecting.changed",
    "epoch.started",
    "epoch.recalled",
    "epoch.settled",
    "log.archived",
    "exception.acknowledged",
    "reconciliation.completed",
    "payout.imported",
    "month.closed",
    "key_rotation.begun",
    "key_rotation.completed",
    "operator.second_factor_enrolled",
    "operator.second_factor_disabled",
    "operator.second_factor_reset",
    "operator.backup_code_used",
    "webhook_endpoint.created",
    "partner.created",
    "partner_key.created",
  ] as const)("changes nothing of one: %s", (type) => {
    expect(evolve(state, bareEvent(type), { customerId, at: wall })).toBe(state);
  });

  /** What such an event says is not looked at, so it need not say anything. */
  function bareEvent(type: EventBody["type"]): EventBody {
    return { type, version: 1, data: {} } as unknown as EventBody;
  }
});

it("somebody who signed in by a link is the customer's user from then on", () => {
  const signedIn = event("customer.signed_in", { userId: "user-2", partnerKeyId: "key_1" });
  const { state } = afterEvents(aSlice(), [signedIn]);
  expect(state.customer).toEqual(aCustomer({ userId: "user-2" }));
});

it("an event about a customer who was not loaded is a fault", () => {
  const credit = { paymentId: "pay_1", invoiceId: "inv_1", amountRials: rials(1), reason: "surplus" } as const;
  const granted = event("credit.granted", { ...credit, balanceRials: signedRials(1) });
  expect(() => evolve(emptyState, granted, { customerId, at: wall })).toThrow("The customer");
});

const at = "2026-11-22T08:00:00.000Z";
const occurrence = { customerId, at: wall };

describe("the clocks", () => {
  it("are the wall for both, until a test clock stops the customer's", () => {
    expect(nowOf(emptyState, wall)).toEqual({ wall, billing: billingMs(wall) });
  });
});
