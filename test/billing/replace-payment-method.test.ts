import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import { after, dayMs, instant, wallMs, type WallMs } from "../../server/billing/clock.ts";
import { nextDueAt } from "../../server/billing/due-rules.ts";
import { rials } from "../../server/billing/money.ts";
import {
  decideCreatePaymentMethod,
  decideExpiring,
  expiringDueAt,
  expiryToldMs,
} from "../../server/billing/payment-method.ts";
import { replacement } from "../../server/billing/replace-payment-method.ts";
import { all, type PaymentMethod, type Slice, type Subscription } from "../../server/billing/state.ts";
import {
  afterEvents,
  anOffer,
  aPaymentMethod,
  aPendingPaymentMethod,
  aSlice,
  aSubscription,
  days,
  declined,
  eventsOf,
  generousGateway,
  newCustomer,
  now,
  runDue,
  runUntil,
  told,
  typesOf,
  wall,
} from "../support/billing-builders.ts";

const old = aPaymentMethod({ id: "pm_old" });
const successor = aPendingPaymentMethod({ id: "pm_new", replacesId: old.id, nextAskAt: wall });
/** One period costs 3,289,000 Rials with VAT. */
const subscription = aSubscription({ paymentMethodId: old.id });
const sliceOf = (parts: Parameters<typeof aSlice>[0] = {}): Slice =>
  aSlice({ paymentMethods: [old, successor], subscriptions: [subscription], ...parts });
const signed = (slice: Slice) => runDue(slice, wall, generousGateway());
const methodOf = (slice: Slice, id: PaymentMethod["id"]) => slice.state.paymentMethods[id];
const paidBy = (slice: Slice) => all(slice.state.subscriptions).map(({ paymentMethodId }) => paymentMethodId);

describe("opening a payment method in another's place", () => {
  const input = {
    customer: newCustomer,
    paymentMethodId: successor.id,
    personId: successor.personId,
    maxAmountRials: rials(5_000_000),
    maxDailyCount: 2,
    maxMonthlyCount: 10,
    expiresAt: wallMs(wall + 90 * dayMs),
    replacesId: old.id,
  };
  const opened = (
    before: Partial<PaymentMethod>,
    over: Partial<typeof input> = {},
    more: Partial<Subscription> = {},
  ) => {
    const paymentMethods = [{ ...old, ...before }];
    const slice = sliceOf({ paymentMethods, subscriptions: [{ ...subscription, ...more }] });
    return decideCreatePaymentMethod(slice, { ...input, ...over }, now);
  };

  it.each(["active", "expired"] as const)("that is %s says so, and changes nothing else yet", (status) => {
    const events = eventsOf(opened({ status }));
    expect(events).toMatchObject([{ type: "payment_method.created", data: { replacesId: old.id } }]);
    expect(paidBy(afterEvents(sliceOf({ paymentMethods: [old] }), events))).toEqual([old.id]);
  });

  it.each(["pending_signature", "verification_failed", "cancelled_by_user"] as const)(
    "payment_method_not_active: that is %s",
    (status) => {
      expect(opened({ status })).toMatchObject({
        rejected: "payment_method_not_active",
        detail: `pm_old is ${status}; open one that replaces none.`,
      });
    },
  );

  it("not_found: that is nobody's, or somebody else's", () => {
    expect(opened({}, { replacesId: "pm_else" })).toMatchObject({
      rejected: "not_found",
      detail: "There is no payment method pm_else.",
    });
  });

  it("payment_method_cannot_carry: with a ceiling below what the other one pays, before anybody signs", () => {
    expect(opened({}, { maxAmountRials: rials(3_289_000) })).not.toHaveProperty("rejected");
    expect(opened({}, { maxAmountRials: rials(3_288_999) })).toMatchObject({
      rejected: "payment_method_cannot_carry",
      detail: `${subscription.id} needs 3,289,000 IRR a debit; the ceiling is 3,288,999 IRR.`,
    });
  });

  it("payment_method_cannot_carry: what the other one carries to the Rial", () => {
    const refused = opened({ maxAmountRials: rials(3_289_000) }, { maxAmountRials: rials(3_288_999) });
    expect(refused).toMatchObject({ rejected: "payment_method_cannot_carry" });
  });

  it("with any ceiling, when the other one could not pay either, or nothing runs that it pays", () => {
    const low = { maxAmountRials: rials(100_000) };
    expect(opened({ maxAmountRials: rials(200_000) }, low)).not.toHaveProperty("rejected");
    expect(opened({}, low, { status: "canceled" })).not.toHaveProperty("rejected");
    expect(opened({}, low, { paymentMethodId: null })).not.toHaveProperty("rejected");
  });
});

describe("a payment method that is signed in another's place", () => {
  it("pays all that the other one paid, which is cancelled in the same commit and then at the bank", () => {
    const run = signed(sliceOf());
    expect(run.told.map(({ event }) => event.type)).toEqual([
      "payment_method.activated",
      "subscription.payment_method_changed",
      "payment_method.cancelled",
      "payment_method.cancellation_ended",
    ]);
    expect(run.calls).toEqual(["verifyAgreement", "cancelAgreement"]);
    expect(paidBy(run.slice)).toEqual([successor.id]);
    expect(methodOf(run.slice, successor.id)?.status).toBe("active");
    expect(methodOf(run.slice, old.id)).toMatchObject({ status: "cancelled_by_user", cancellation: "confirmed" });
  });

  it("leaves everything as it was while it is not signed, and when it never is", () => {
    const refusing = { ...generousGateway(), verifyAgreement: () => declined(-51) };
    const run = runUntil(
      sliceOf({ subscriptions: [{ ...subscription, status: "paused" }] }),
      after(wall, days(2)),
      refusing,
    );
    expect(methodOf(run.slice, successor.id)?.status).toBe("verification_failed");
    expect(methodOf(run.slice, old.id)?.status).toBe("active");
    expect(paidBy(run.slice)).toEqual([old.id]);
  });

  it("moves whatever runs, also what is paused or past due, and leaves what has ended or is paid otherwise", () => {
    const statuses = ["trialing", "active", "past_due", "paused", "canceled", "incomplete_expired"] as const;
    const subscriptions = [
      ...statuses.map((status, n) => aSubscription({ id: `sub_${n}`, status, paymentMethodId: old.id })),
      aSubscription({ id: "sub_6", paymentMethodId: null }),
      aSubscription({ id: "sub_7", paymentMethodId: "pm_third" }),
    ];
    const slice = sliceOf({ subscriptions });
    const moved = afterEvents(slice, replacement(slice, successor, now));
    const [mine, its] = [successor.id, old.id];
    expect(paidBy(moved)).toEqual([mine, mine, mine, mine, its, its, null, "pm_third"]);
  });

  it("leaves with the other one what it cannot carry by now, and then does not cancel that: it goes on paying", () => {
    const dear = anOffer({ price: { id: "price_dear", productId: "prod_dear" }, product: { id: "prod_dear" } });
    const dearOffer = { ...dear, price: { ...dear.price, amountRials: rials(40_000_000) } };
    const slice = sliceOf({
      paymentMethods: [old, { ...successor, maxAmountRials: rials(5_000_000) }],
      subscriptions: [
        subscription,
        aSubscription({ id: "sub_dear", productId: "prod_dear", priceId: "price_dear", paymentMethodId: old.id }),
      ],
      offers: [anOffer(), dearOffer],
    });
    const run = signed(slice);
    expect(paidBy(run.slice)).toEqual([successor.id, old.id]);
    expect(methodOf(run.slice, old.id)?.status).toBe("active");
  });

  it("of an agreement that ended by itself is over for what cannot move, too: nothing could be paid by it", () => {
    const slice = sliceOf({
      paymentMethods: [
        { ...old, status: "expired" },
        { ...successor, maxAmountRials: rials(1) },
      ],
    });
    const run = signed(slice);
    expect(paidBy(run.slice)).toEqual([old.id]);
    expect(methodOf(run.slice, old.id)?.status).toBe("cancelled_by_user");
  });

  it("of an agreement that ended by itself: the bank is not told of an end that it knows", () => {
    const run = signed(sliceOf({ paymentMethods: [{ ...old, status: "expired" }, successor] }));
    expect(run.calls).toEqual(["verifyAgreement"]);
    expect(paidBy(run.slice)).toEqual([successor.id]);
    expect(methodOf(run.slice, old.id)).toMatchObject({ status: "cancelled_by_user", cancellation: null });
  });

  it("of one that the customer cancelled meanwhile: what it paid is paid again, and it is cancelled once", () => {
    const cancelled: PaymentMethod = {
      ...old,
      status: "cancelled_by_user",
      cancelledAt: wall,
      cancellation: "confirmed",
    };
    const run = signed(sliceOf({ paymentMethods: [cancelled, successor] }));
    expect(typesOf(run.told.map(({ event }) => event))).toEqual([
      "payment_method.activated",
      "subscription.payment_method_changed",
    ]);
    expect(paidBy(run.slice)).toEqual([successor.id]);
  });

  it("second, after another in the same place, moves nothing and takes nothing from the first", () => {
    const first = signed(sliceOf()).slice;
    const second = { ...successor, id: "pm_second" as const };
    expect(replacement(first, second, now)).toEqual([]);
  });

  it("that was cancelled before its signature was found replaces nothing", () => {
    const given: PaymentMethod = { ...successor, status: "cancelled_by_user", cancelledAt: wall };
    const run = signed(sliceOf({ paymentMethods: [old, given] }));
    expect(paidBy(run.slice)).toEqual([old.id]);
    expect(methodOf(run.slice, old.id)?.status).toBe("active");
  });

  it("never leaves a subscription that was paid by an active agreement without one", () => {
    const amounts = fc.array(fc.integer({ min: 10_000, max: 9_000_000 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(amounts, fc.integer({ min: 10_000, max: 9_900_000 }), (given, ceiling) => {
        const ids = given.map((_, n) => ({ sub: `sub_${n}`, prod: `prod_${n}`, price: `price_${n}` }) as const);
        const slice = sliceOf({
          paymentMethods: [old, { ...successor, maxAmountRials: rials(ceiling) }],
          subscriptions: ids.map(({ sub, prod, price }) =>
            aSubscription({ id: sub, productId: prod, priceId: price, paymentMethodId: old.id }),
          ),
          offers: ids.map(({ prod, price }, n) =>
            anOffer({
              price: { id: price, productId: prod, amountRials: rials(given[n] ?? 0) },
              product: { id: prod },
            }),
          ),
        });
        const { slice: later } = signed(slice);
        for (const id of paidBy(later)) expect(methodOf(later, id ?? "pm_none")?.status).toBe("active");
      }),
    );
  });
});

describe("an agreement whose end is near", () => {
  const toldAt: WallMs = after(old.expiresAt, -expiryToldMs);
  const alone = (over: Partial<PaymentMethod> = {}, more: Partial<Subscription> = {}) =>
    sliceOf({ paymentMethods: [{ ...old, ...over }], subscriptions: [{ ...subscription, ...more }] });
  const dueAt = (slice: Slice) => expiringDueAt(slice, methodOf(slice, old.id) ?? old);

  it("is told of 30 days ahead, once", () => {
    expect(expiryToldMs).toBe(2_592_000_000);
    const paused = alone({}, { status: "paused" });
    expect(nextDueAt(paused)).toBe(toldAt);
    const run = runUntil(paused, old.expiresAt, generousGateway());
    expect(told(run, "payment_method.expiring")).toMatchObject([
      { at: toldAt, event: { data: { paymentMethodId: old.id, expiresAt: instant(old.expiresAt) } } },
    ]);
    expect(told(run, "payment_method.expired").map(({ at }) => at)).toEqual([old.expiresAt]);
    expect(dueAt(afterEvents(alone(), decideExpiring(old)))).toBeNull();
  });

  it.each([
    ["nothing is paid by it", {}, { paymentMethodId: null }],
    ["what it pays ends with its period", {}, { cancelAtPeriodEnd: true }],
    ["what it paid has ended", {}, { status: "canceled" }],
    ["it is over", { status: "cancelled_by_user" }, {}],
    ["it is not signed yet", { status: "pending_signature" }, {}],
  ] as const)("is not told of when %s", (_title, method, more) => {
    expect(dueAt(alone(method, more))).toBeNull();
  });
});
