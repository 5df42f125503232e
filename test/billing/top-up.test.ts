// Messages that are bought by themselves: one debit for the whole gap, and never beyond the customer's ceilings.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { after, billingMs, dayMs, hourMs, instant, minuteMs, type BillingMs } from "../../server/billing/clock.ts";
import { nextStep } from "../../server/billing/due-rules.ts";
import { firstAttemptAt } from "../../server/billing/dunning.ts";
import { rials } from "../../server/billing/money.ts";
import { quotaGrant } from "../../server/billing/quota.ts";
import { topUpRevoked } from "../../server/billing/quota-grant.ts";
import { all, type Invoice, type Payment, type QuotaGrant, type Slice } from "../../server/billing/state.ts";
import { startOfDayOf } from "../../server/billing/tehran.ts";
import { decideAutoTopUp, decideTopUp, toppedUp, topUpDueAt } from "../../server/billing/top-up.ts";
import {
  afterEvents,
  anInvoice,
  anOffer,
  aPayment,
  aQuotaGrant,
  aSlice,
  aSubscription,
  authority,
  eventsOf,
  generousGateway,
  now,
  runDue,
  seededIds,
  settled,
  told,
  typesOf,
} from "../support/billing-builders.ts";
import { calling, committed } from "../support/steps.ts";
import { runs } from "../support/runs.ts";

/** 100 messages for 200,000 Rials and 20,000 of VAT. */
const pack = anOffer({
  price: { id: "price_pack", interval: null, amountRials: rials(200_000), topUpMessages: 100 },
});
const packRials = 220_000;
const autoTopUp = {
  priceId: pack.price.id,
  belowMessages: 50,
  toMessages: 500,
  maxPerDayRials: rials(2_200_000),
  maxPerPeriodRials: rials(6_600_000),
} as const;
const subscription = aSubscription({ autoTopUp });
const { id: subscriptionId, productId } = subscription;

interface Parts {
  readonly left?: number;
  readonly over?: Partial<typeof subscription>;
  readonly invoices?: readonly Invoice[];
  readonly payments?: readonly Payment[];
}

/** Somebody with 2,000 messages of whom so many are left. */
function withLeft({ left = 40, over = {}, invoices = [], payments = [] }: Parts = {}): Slice {
  const own = { ...subscription, ...over };
  const slice = aSlice({ subscriptions: [own], offers: [anOffer(), pack], invoices, payments });
  const granted = quotaGrant(slice, own, 2_000, { index: own.periodIndex, endsAt: own.periodEndsAt });
  const use = { used: 2_000 - left, reserved: 0, overrun: 0, version: 3 };
  return { ...afterEvents(slice, granted), quotaUse: { [productId]: use } };
}

function aPurchase(over: Partial<Invoice> = {}): Invoice {
  const [line] = anInvoice().lines;
  if (!line) throw new Error("an invoice has a line");
  const lines = [{ ...line, priceId: pack.price.id }];
  const what = { subscriptionId: null, periodIndex: null, reason: "purchase" as const, status: "paid" as const };
  return {
    ...anInvoice(),
    id: "inv_pack",
    ...what,
    lines,
    totalRials: rials(packRials),
    finalizedAt: now.billing,
    ...over,
  };
}

const own = (slice: Slice) => {
  const found = slice.state.subscriptions[subscriptionId];
  if (!found) throw new Error("there is no subscription");
  return found;
};
const dueAt = (slice: Slice) => topUpDueAt(slice, own(slice));
const decide = (slice: Slice, at: BillingMs = now.billing, ids = seededIds()) =>
  decideTopUp(slice, own(slice), { ...now, billing: at }, ids);

describe("messages are bought by themselves", () => {
  it("in one debit that is sized to the gap, when fewer are left than is wanted", () => {
    expect(dueAt(withLeft({ left: 50 }))).toBeNull();
    const slice = withLeft({ left: 49 });
    expect(dueAt(slice)).toBe(0);
    const events = decide(slice);
    expect(typesOf(events)).toEqual(["subscription.top_up_begun", "invoice.finalized", "payment.created"]);
    expect(events).toMatchObject([
      { data: { amountRials: 5 * packRials } },
      { data: { lines: [{ quantity: 5 }], subscriptionId: null, reason: "purchase" } },
      {
        data: {
          amountRials: 5 * packRials,
          kind: "debit",
          onDemand: true,
          paymentMethodId: subscription.paymentMethodId,
          paymentId: expect.stringMatching(/^pay_/),
          invoiceId: expect.stringMatching(/^inv_/),
        },
      },
    ]);
    const held = withLeft({ over: { topUpHeldUntil: after(now.billing, -1) } });
    expect(own(afterEvents(held, decide(held))).topUpHeldUntil).toBeNull();
  });

  it("and asked for at once: the invoice, the payment and its intent are written in one commit", () => {
    const next = (slice: Slice) => nextStep(slice, { now, ids: seededIds(), own: new Set(), answers: new Map() });
    const warned = afterEvents(withLeft(), committed(next(withLeft())));
    const events = committed(calling(next(warned), "requestPayment").onOutcome(settled({ authority }), now.wall));
    expect(typesOf(events)).toEqual([
      "subscription.top_up_begun",
      "invoice.finalized",
      "payment.created",
      "payment.submitted",
    ]);
  });

  it("never while one is being paid (Q8)", () => {
    const slice = withLeft();
    const begun = afterEvents(slice, decide(slice));
    expect(dueAt(begun)).toBeNull();
  });

  it.each([
    ["it is paused", { over: { status: "paused" } }],
    ["a renewal is unpaid", { over: { status: "past_due" } }],
    ["nobody asked for it", { over: { autoTopUp: null } }],
  ] as const)("not while %s", (_what, parts) => {
    expect(dueAt(withLeft(parts))).toBeNull();
  });

  it("not for a day after the bank declined, and then again", () => {
    const invoices = [aPurchase({ status: "void" })];
    const payments = [aPayment({ invoiceId: "inv_pack", status: "failed", createdAt: now.billing })];
    const slice = withLeft({ invoices, payments });
    const events = decide(slice, after(now.billing, 5_000));
    expect(events).toMatchObject([
      { type: "subscription.top_up_held", data: { reason: "payment_declined", until: "2026-11-23T08:00:00.000Z" } },
    ]);
    const held = afterEvents(slice, events);
    expect(dueAt(held)).toBe(after(now.billing, dayMs));
    expect(typesOf(decide(held, after(now.billing, dayMs)))).toContain("payment.created");
  });

  it.each<[string, Partial<Payment>]>([
    ["for something else", { invoiceId: "inv_other" }],
    ["that was taken", { status: "succeeded" }],
    ["on a page", { kind: "checkout" }],
  ])("at once after a payment %s", (_what, over) => {
    const invoices = [aPurchase({ status: "void" })];
    const failed = aPayment({ invoiceId: "inv_pack", status: "failed", createdAt: now.billing, ...over });
    expect(typesOf(decide(withLeft({ invoices, payments: [failed] })))).toContain("payment.created");
  });

  it("not for a day after the last decline of several, one that never came to an end among them", () => {
    const invoices = [aPurchase({ status: "void" })];
    const declinedAt = (at: BillingMs, id: Payment["id"], status: Payment["status"]) =>
      aPayment({ id, invoiceId: "inv_pack", status, createdAt: at });
    const two = [declinedAt(now.billing, "pay_1", "lapsed"), declinedAt(after(now.billing, -dayMs), "pay_2", "failed")];
    for (const payments of [two, two.toReversed()]) {
      expect(decide(withLeft({ invoices, payments }))).toMatchObject([
        { data: { reason: "payment_declined", until: "2026-11-23T08:00:00.000Z" } },
      ]);
    }
  });

  it("not while its customer's day has no room for another debit, and tomorrow then", () => {
    const sent = (n: number) =>
      aPayment({ id: `pay_${n}`, invoiceId: `inv_${n}`, status: "succeeded", sendBefore: now.wall, nextAskAt: null });
    const slice = withLeft({ payments: [1, 2, 3, 4, 5].map(sent) });
    const tomorrow = firstAttemptAt(after(startOfDayOf(now.billing), dayMs), slice.customerId);
    expect(decide(slice)).toMatchObject([
      { data: { reason: "payment_method_cannot_carry", until: instant(tomorrow) } },
    ]);
  });

  it("not while the period has no messages of its own, or grace took them away", () => {
    const slice = withLeft();
    const quotas = (over: Partial<QuotaGrant> | null) => ({
      ...slice,
      state: { ...slice.state, quotas: over === null ? {} : { [productId]: aQuotaGrant(over) } },
    });
    expect(dueAt(quotas({}))).toBe(0);
    expect(dueAt(quotas({ validUntil: after(subscription.periodEndsAt, -1) }))).toBeNull();
    expect(dueAt(quotas(null))).toBeNull();
  });

  it("whatever else is being bought", () => {
    const other = { ...aPurchase({ id: "inv_2", status: "open" }), lines: anInvoice().lines };
    expect(dueAt(withLeft({ invoices: [other] }))).toBe(0);
    const all = { ...other, status: "paid", totalRials: autoTopUp.maxPerPeriodRials } as const;
    expect(typesOf(decide(withLeft({ invoices: [all] })))).toContain("payment.created");
  });

  it("counting what was paid, and nothing that was not, against the ceilings", () => {
    const unpaid = aPurchase({ status: "void", totalRials: autoTopUp.maxPerPeriodRials });
    expect(typesOf(decide(withLeft({ invoices: [unpaid] })))).toContain("payment.created");
  });

  it("with the period's ceiling as the reason when the day's is reached with it", () => {
    const same = { ...autoTopUp, maxPerPeriodRials: autoTopUp.maxPerDayRials };
    const full = aPurchase({ totalRials: autoTopUp.maxPerDayRials });
    expect(decide(withLeft({ over: { autoTopUp: same }, invoices: [full] }))).toMatchObject([
      { data: { reason: "period_ceiling" } },
    ]);
  });

  it("never a Rial above a ceiling, though the VAT of two packs rounds to more than that of each", () => {
    const odd = anOffer({ price: { ...pack.price, amountRials: rials(10_004) } });
    const slice = withLeft({ over: { autoTopUp: { ...autoTopUp, maxPerDayRials: rials(2 * 11_004) } } });
    const events = decide({ ...slice, offers: { ...slice.offers, [odd.price.id]: odd } });
    expect(events[1]).toMatchObject({ data: { totalRials: 11_004, lines: [{ quantity: 1 }] } });
  });

  it("by the tick: bought, paid, and there to be used", () => {
    const run = runDue(withLeft({ left: 10 }), now.wall, generousGateway());
    expect(told(run, "subscription.top_up_begun")).toHaveLength(1);
    expect(told(run, "quota.grant_added")).toMatchObject([{ event: { data: { messages: 500 } } }]);
  });

  it("of a price that was not loaded is a fault", () => {
    const slice = withLeft();
    expect(() => decide({ ...slice, offers: {} })).toThrow(
      `${subscriptionId} was loaded without the price of its top-ups`,
    );
    expect(() => decide(withLeft({ over: { autoTopUp: null } }))).toThrow("without the price of its top-ups");
  });

  it("only as far as the day's ceiling, and the rest on the next day (lesson 13)", () => {
    const bought = aPurchase({ totalRials: rials(8 * packRials) });
    const events = decide(withLeft({ invoices: [bought] }));
    expect(events).toMatchObject([{}, { data: { lines: [{ quantity: 2 }] } }, {}]);
    const full = withLeft({ invoices: [aPurchase({ totalRials: rials(10 * packRials - 1) })] });
    expect(decide(full)).toMatchObject([
      { type: "subscription.top_up_held", data: { reason: "day_ceiling", until: "2026-11-22T20:30:00.000Z" } },
    ]);
  });

  it("only as far as the period's ceiling, and then not before the next period", () => {
    const earlier = startOfDayOf(subscription.periodStartsAt);
    const bought = aPurchase({ totalRials: rials(30 * packRials), finalizedAt: earlier });
    const at = billingMs(now.billing + 3 * dayMs);
    expect(decide(withLeft({ invoices: [bought] }), at)).toMatchObject([
      { type: "subscription.top_up_held", data: { reason: "period_ceiling", until: "2026-12-21T20:30:00.000Z" } },
    ]);
    const before = { ...bought, finalizedAt: after(earlier, -1) };
    expect(typesOf(decide(withLeft({ invoices: [before] }), at))).toContain("payment.created");
  });

  it("not at once again when the period is over and not renewed yet: in an hour", () => {
    const bought = aPurchase({ totalRials: rials(30 * packRials) });
    const slice = withLeft({ invoices: [bought] });
    for (const [at, until] of [
      [subscription.periodEndsAt, after(subscription.periodEndsAt, hourMs)],
      [after(subscription.periodEndsAt, 5 * minuteMs), after(subscription.periodEndsAt, 65 * minuteMs)],
      [after(subscription.periodEndsAt, -hourMs), subscription.periodEndsAt],
      [after(subscription.periodEndsAt, -hourMs - 1), subscription.periodEndsAt],
    ] as const) {
      const held = decide(slice, at);
      expect(held).toMatchObject([{ data: { reason: "period_ceiling", until: instant(until) } }]);
      expect(dueAt(afterEvents(slice, held))).toBeGreaterThan(at);
    }
  });

  it("not from a payment method that cannot carry it: held for a day, and said", () => {
    const over = { autoTopUp: { ...autoTopUp, toMessages: 100_000, maxPerDayRials: rials(900_000_000) } };
    const dear = { ...over.autoTopUp, maxPerPeriodRials: rials(900_000_000) };
    expect(decide(withLeft({ over: { autoTopUp: dear } }))).toMatchObject([
      { data: { reason: "payment_method_cannot_carry", until: "2026-11-23T08:00:00.000Z" } },
    ]);
    expect(decide(withLeft({ over: { paymentMethodId: null } }))).toMatchObject([
      { data: { reason: "payment_method_required" } },
    ]);
  });

  it("and never takes more than the ceilings, whatever is used, day after day", () => {
    const amount = fc.integer({ min: 0, max: 5_000_000 });
    const days = fc.array(fc.array(fc.nat(3_000), { maxLength: 5 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(amount, amount, days, (perDay, perPeriod, uses) => {
        const limits = { maxPerDayRials: rials(perDay), maxPerPeriodRials: rials(perPeriod) };
        const ids = seededIds();
        let slice = withLeft({ left: 2_000, over: { autoTopUp: { ...autoTopUp, ...limits } } });
        uses.forEach((ofDay, day) => {
          const at = billingMs(now.billing + day * dayMs);
          const spent = () =>
            all(slice.state.invoices).filter(({ finalizedAt }) => startOfDayOf(finalizedAt) === startOfDayOf(at));
          for (const count of ofDay) {
            const granted = slice.state.quotas[productId]?.granted ?? 0;
            const used = slice.quotaUse[productId]?.used ?? 0;
            const use = { used: Math.min(granted, used + count), reserved: 0, overrun: 0, version: 3 };
            slice = { ...slice, quotaUse: { [productId]: use } };
            const due = dueAt(slice);
            if (due === null || due > at) continue;
            const events = decide(slice, at, ids);
            slice = afterEvents(slice, events);
            const bought = all(slice.state.invoices).find(({ status }) => status === "open");
            if (!bought) continue;
            const paid = { ...bought, status: "paid" as const };
            slice = { ...slice, state: { ...slice.state, invoices: { ...slice.state.invoices, [bought.id]: paid } } };
            slice = afterEvents(slice, toppedUp(slice, paid, { ...now, billing: at }));
          }
          expect(spent().reduce((sum, { totalRials }) => sum + totalRials, 0)).toBeLessThanOrEqual(perDay);
        });
        const inAll = all(slice.state.invoices).reduce((sum, { totalRials }) => sum + totalRials, 0);
        expect(inAll).toBeLessThanOrEqual(perPeriod);
      }),
      { numRuns: runs(150) },
    );
  });
});

describe("what a purchase brings", () => {
  it("is as many messages as packs were paid, to the end of the last day, under the invoice's own name", () => {
    const days = anOffer({ price: { ...pack.price, topUpDays: 30 } });
    const slice = { ...withLeft(), offers: { [days.price.id]: days } };
    const [line] = aPurchase().lines;
    const lines = line ? [{ ...line, quantity: 3 }] : [];
    expect(toppedUp(slice, aPurchase({ lines }), now)).toMatchObject([
      {
        type: "quota.grant_added",
        data: { grantId: "qg_pack", productId, source: "top_up", messages: 300, expiresAt: "2026-12-21T20:30:00.000Z" },
      },
    ]);
    expect(toppedUp(withLeft(), aPurchase({ lines }), now)).toMatchObject([{ data: { expiresAt: null } }]);
    expect(
      toppedUp({ ...slice, offers: { [pack.price.id]: anOffer({ price: { interval: null } }) } }, aPurchase(), now),
    ).toEqual([]);
  });
});

describe("setting it", () => {
  const set = (
    wish: Parameters<typeof decideAutoTopUp>[1]["autoTopUp"],
    slice = withLeft({ over: { autoTopUp: null } }),
  ) => decideAutoTopUp(slice, { subscriptionId, autoTopUp: wish });

  it("is an event, once; and so is ending it", () => {
    const events = eventsOf(set(autoTopUp));
    expect(events).toMatchObject([{ type: "subscription.auto_top_up_set", data: { autoTopUp } }]);
    expect(own(afterEvents(withLeft({ over: { autoTopUp: null } }), events)).autoTopUp).toEqual(autoTopUp);
    expect(set(autoTopUp, withLeft())).toEqual([]);
    expect(set(null, withLeft())).toMatchObject([{ data: { autoTopUp: null } }]);
    expect(set(null)).toEqual([]);
  });

  const ofAnother = anOffer({ price: pack.price, product: { id: "prod_2" } });

  it("lets what was held go on with the new ceilings", () => {
    const held = withLeft({ over: { topUpHeldUntil: billingMs(now.billing + dayMs) } });
    const more = { ...autoTopUp, maxPerDayRials: rials(9_000_000) };
    expect(dueAt(afterEvents(held, eventsOf(set(more, held))))).toBe(0);
  });

  it.each([
    [
      "of a subscription that has ended",
      autoTopUp,
      withLeft({ over: { status: "canceled", endedAt: now.billing } }),
      "subscription_ended",
      `${subscriptionId} is canceled; subscribe anew.`,
    ],
    [
      "of a subscription that there is not",
      autoTopUp,
      aSlice({ offers: [pack] }),
      "not_found",
      `There is no subscription ${subscriptionId}.`,
    ],
    [
      "with a price nobody knows",
      { ...autoTopUp, priceId: "price_none" as const },
      undefined,
      "not_found",
      "There is no price price_none.",
    ],
    [
      "with a price that brings nothing",
      { ...autoTopUp, priceId: anOffer().price.id },
      undefined,
      "price_not_top_up",
      `${anOffer().price.id} brings no messages of ${productId}.`,
    ],
    [
      "with a price that brings messages of another product",
      autoTopUp,
      { ...withLeft({ over: { autoTopUp: null } }), offers: { [pack.price.id]: ofAnother } },
      "price_not_top_up",
      `${pack.price.id} brings no messages of ${productId}.`,
    ],
    [
      "without a payment method",
      autoTopUp,
      withLeft({ over: { autoTopUp: null, paymentMethodId: null } }),
      "payment_method_required",
      `${subscriptionId} is paid by links; name a payment method first.`,
    ],
  ] as const)("%s is refused", (_what, wish, slice, rejected, detail) => {
    expect(set(wish, slice)).toMatchObject({ rejected, detail });
  });
});

describe("messages whose payment is given back", () => {
  /** The period's 2,000 are used first, then the 100 that were bought; so many are used. */
  function bought(use: number): { readonly slice: Slice; readonly invoice: Invoice } {
    const invoice = aPurchase();
    const slice = withLeft({ left: 2_000, invoices: [invoice] });
    const after = afterEvents(slice, toppedUp(slice, invoice, now));
    return {
      slice: { ...after, quotaUse: { [productId]: { used: use, reserved: 0, overrun: 0, version: 9 } } },
      invoice,
    };
  }

  it.each([
    [0, 0],
    [2_000, 0],
    [2_030, 30],
    [2_100, 100],
  ])("are taken back but for those that are used: of %i used %i are theirs", (use, counted) => {
    const { slice, invoice } = bought(use);
    const events = topUpRevoked(slice, invoice.id);
    expect(events).toMatchObject([
      { type: "quota.grant_revoked", data: { productId, counted }, given: { productId, version: 9 } },
    ]);
    const { state } = afterEvents(slice, events);
    expect(state.quotas[productId]?.granted).toBe(2_000 + counted);
    expect(state.quotas[productId]?.granted).toBeGreaterThanOrEqual(use);
    expect(topUpRevoked({ ...slice, state }, invoice.id)).toEqual([]);
  });

  it("are those of that purchase alone", () => {
    const { slice } = bought(0);
    expect(topUpRevoked(slice, "inv_another")).toEqual([]);
  });

  it("count again in full when what is owed again is paid", () => {
    const { slice, invoice } = bought(2_030);
    const without = afterEvents(slice, topUpRevoked(slice, invoice.id));
    expect(afterEvents(without, toppedUp(without, invoice, now)).state.quotas[productId]?.granted).toBe(2_100);
  });
});
