// Messages on top of a period's own: which are burnt first, what goes along into the next count, and what is told.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { burntOf, isSameCount, useAfter } from "../../server/billing/burn.ts";
import { decideCancelSubscription } from "../../server/billing/cancel-subscription.ts";
import { decideChange } from "../../server/billing/change.ts";
import { after, billingMs, dayMs, instant, wallMs, type BillingMs } from "../../server/billing/clock.ts";
import { event, type NewEvent } from "../../server/billing/event.ts";
import { rials } from "../../server/billing/money.ts";
import { currentGrant, quotaGrant } from "../../server/billing/quota.ts";
import {
  decideCompMessages,
  decideGrantExpiry,
  grantAdded,
  grantExpiryDueAt,
} from "../../server/billing/quota-grant.ts";
import { all, type QuotaUse, type Slice } from "../../server/billing/state.ts";
import { decideUse, useDueAt } from "../../server/billing/quota-use.ts";
import { decideThreshold, thresholdDueAt } from "../../server/billing/threshold.ts";
import {
  aCancelInput,
  aQuotaGrant,
  afterEvents,
  anInvoice,
  anOffer,
  aSlice,
  aSubscription,
  eventsOf,
  generousGateway,
  now,
  runUntil,
  seededIds,
  told as toldIn,
  typesOf,
} from "../support/billing-builders.ts";
import { runs } from "../support/runs.ts";

const subscription = aSubscription();
const { productId } = subscription;
const days = (count: number) => after(now.billing, count * dayMs);
const grantId = (n: number) => `qg_${String(n).padStart(26, "0")}` as const;

function used(slice: Slice, use: Partial<QuotaUse>): Slice {
  const was = slice.quotaUse[productId] ?? { used: 0, reserved: 0, overrun: 0, version: 7 };
  return { ...slice, quotaUse: { [productId]: { ...was, ...use } } };
}

interface Period {
  readonly index?: number;
  readonly messages?: number;
  readonly endsAt?: BillingMs;
}

function nextPeriod(slice: Slice, { index = 1, messages = 2_000, endsAt = days(60) }: Period = {}) {
  return quotaGrant(slice, subscription, messages, { index, endsAt });
}

/** Somebody with a period of 2,000 messages to its end in 30 days. */
function aPeriod(rolloverMessages = 0): Slice {
  const slice = aSlice({ subscriptions: [subscription], offers: [anOffer({ price: { rolloverMessages } })] });
  return afterEvents(slice, nextPeriod(slice, { index: 0, endsAt: days(30) }));
}

function added(slice: Slice, n: number, messages: number, expiresAt: BillingMs | null, priority = 10): Slice {
  const grant = { grantId: grantId(n), productId, source: "comp", priority, messages, expiresAt } as const;
  return afterEvents(slice, [grantAdded(grant, now)]);
}

const balanceIn = (slice: Slice) => {
  const balance = slice.state.quotas[productId];
  if (!balance) throw new Error("there is no balance");
  return balance;
};
const countedIn = (slice: Slice) => all(slice.state.grants).map(({ counted }) => counted);

/** The subscription changes to another product within its period. */
const movedToAnother = event("quota.changed", {
  fromProductId: productId,
  productId: "prod_2",
  subscriptionId: subscription.id,
  periodIndex: subscription.periodIndex,
  messages: 900,
  validUntil: instant(days(30)),
});

describe("what is burnt", () => {
  const part = (counted: number, expiresAt: number | null, priority = 50, expired = false) => ({
    counted,
    expiresAt: expiresAt === null ? null : billingMs(expiresAt),
    priority,
    expired,
  });

  it.each([
    ["the soonest to expire first", [part(100, 9), part(50, 3), part(10, null)], 60, [10, 50, 0]],
    ["what never expires last", [part(10, null, 0), part(100, 9)], 105, [5, 100]],
    ["of one time the lowest priority first", [part(10, 5, 20), part(10, 5, 10)], 12, [2, 10]],
    ["of one time and priority the first named", [part(10, 5), part(10, 5)], 12, [10, 2]],
    ["what has expired before all else", [part(100, 2), part(7, 9, 50, true)], 10, [3, 7]],
    ["no more than there is", [part(10, 5), part(5, 6)], 99, [10, 5]],
    ["nothing of nothing", [], 5, []],
  ])("is %s", (_what, parts, messages, burnt) => {
    expect(burntOf(parts, messages)).toEqual(burnt);
  });
});

describe("messages on top", () => {
  it("count at once, beside the period's own", () => {
    const slice = added(added(aPeriod(), 1, 300, null), 2, 200, days(5));
    expect(balanceIn(slice)).toMatchObject({ granted: 2_500, periodMessages: 2_000 });
  });

  it("that expire leave what was burnt of them in the count, and nothing else", () => {
    const slice = used(added(aPeriod(), 1, 300, days(5)), { used: 80, reserved: 20 });
    const [grant] = all(slice.state.grants);
    if (!grant) throw new Error("there is no grant");
    expect(grantExpiryDueAt(grant)).toBe(days(5));
    const events = decideGrantExpiry(slice, grant);
    expect(events).toMatchObject([
      { type: "quota.grant_expired", data: { counted: 100 }, given: { productId, version: 7 } },
    ]);
    const later = afterEvents(slice, events);
    expect(balanceIn(later).granted).toBe(2_100);
    const [gone] = all(later.state.grants);
    expect(gone && grantExpiryDueAt(gone)).toBeNull();
  });

  it("go along into the next count as far as they are left, and what had expired does not", () => {
    const twice = added(added(aPeriod(), 1, 300, days(5)), 2, 500, null);
    const [grant] = all(twice.state.grants);
    const expired = grant
      ? afterEvents(used(twice, { used: 50 }), decideGrantExpiry(used(twice, { used: 50 }), grant))
      : twice;
    expect(balanceIn(expired).granted).toBe(2_550);
    // 50 of the first, 2,000 of the period, 100 of the second.
    const full = used(expired, { used: 2_150 });
    const events = nextPeriod(full);
    expect(typesOf(events)).toEqual(["quota.grant_settled", "quota.grant_settled", "quota.granted"]);
    expect(events.map(({ given }) => given)).toEqual([{ productId, version: 7 }, { productId, version: 7 }, undefined]);
    const next = afterEvents(full, events);
    expect(countedIn(next)).toEqual([0, 400]);
    expect(balanceIn(next)).toMatchObject({ granted: 2_400, periodMessages: 2_000, periodIndex: 1 });
  });

  it("that are all burnt are settled once and not with every count that follows", () => {
    const slice = used(added(aPeriod(), 1, 300, null), { used: 2_300 });
    const next = used(afterEvents(slice, nextPeriod(slice)), { used: 0 });
    expect(countedIn(next)).toEqual([0]);
    expect(typesOf(nextPeriod(next, { index: 2 }))).toEqual(["quota.granted"]);
    const [burnt] = all(next.state.grants);
    expect(burnt && decideGrantExpiry(next, burnt)).toMatchObject([{ data: { counted: 0 } }]);
  });

  it("are burnt by what was used beyond the tolerance, too", () => {
    const slice = used(added(aPeriod(), 1, 300, days(5)), { used: 80, overrun: 20 });
    const [grant] = all(slice.state.grants);
    expect(grant && decideGrantExpiry(slice, grant)).toMatchObject([{ data: { counted: 100 } }]);
  });

  it("expire each by itself, with what was burnt of it, when their time has come", () => {
    const slice = used(added(added(aPeriod(), 1, 300, days(5)), 2, 200, days(6)), { used: 350 });
    const [, second] = all(slice.state.grants);
    expect(second && decideGrantExpiry(slice, second)).toMatchObject([{ data: { grantId: grantId(2), counted: 50 } }]);
    const run = runUntil(slice, wallMs(days(7)), generousGateway());
    expect(
      toldIn(run, "quota.grant_expired").map(({ at, event: { data } }) => [at, data.grantId, data.counted]),
    ).toEqual([
      [days(5), grantId(1), 300],
      [days(6), grantId(2), 50],
    ]);
  });

  it("that are granted again within their count stay as they are (Q3)", () => {
    const slice = used(added(aPeriod(), 1, 300, null), { used: 2_100 });
    const events = nextPeriod(slice, { index: 0, endsAt: days(30) });
    expect(typesOf(events)).toEqual(["quota.granted"]);
    expect(balanceIn(afterEvents(slice, events)).granted).toBe(2_300);
  });

  it("become another product's with the period's own, and with a period that begins with another product", () => {
    const slice = added(aPeriod(), 1, 300, null);
    const { id: subscriptionId } = subscription;
    const changed = afterEvents(slice, [movedToAnother]);
    expect(all(changed.state.quotas)).toMatchObject([{ granted: 0 }, { granted: 1_200, periodMessages: 900 }]);
    const product = { id: subscriptionId, productId: "prod_2" } as const;
    const renewed = quotaGrant(used(slice, { used: 2_100 }), product, 900, { index: 1, endsAt: days(60) });
    expect(all(afterEvents(slice, renewed).state.quotas)).toMatchObject([{ granted: 2_000 }, { granted: 1_100 }]);
  });

  it("are given where a subscription runs, once under one id", () => {
    const input = {
      grantId: grantId(1),
      productId,
      source: "comp",
      priority: 10,
      messages: 5,
      expiresAt: null,
    } as const;
    const wish = { ...input, reason: "a mishap" };
    const given = eventsOf(decideCompMessages(aPeriod(), wish, now));
    expect(given).toMatchObject([{ type: "quota.grant_added", evidence: { reason: "a mishap" } }]);
    expect(decideCompMessages(afterEvents(aPeriod(), given), wish, now)).toEqual([]);
    for (const over of [{ productId: "prod_9" }, { status: "canceled" }] as const) {
      const slice = aSlice({ subscriptions: [{ ...subscription, ...over }] });
      expect(decideCompMessages(slice, wish, now)).toMatchObject({
        rejected: "subscription_not_active",
        detail: `No subscription to ${productId} runs.`,
      });
    }
    expect(decideCompMessages(aSlice({ customer: null }), wish, now)).toMatchObject({
      rejected: "not_found",
      detail: `There is no customer ${aSlice().customerId}.`,
    });
  });
});

describe("what is used", () => {
  it("is nothing in a count that begins, and goes along in one that goes on, whatever its product", () => {
    const slice = used(aPeriod(), { used: 300, reserved: 20, overrun: 1 });
    const renewed = afterEvents(slice, nextPeriod(slice)).state;
    expect(useAfter(slice, renewed)).toEqual({ [productId]: { used: 0, reserved: 0, overrun: 0, version: 8 } });
    const changed = afterEvents(slice, [movedToAnother]).state;
    expect(useAfter(slice, changed)["prod_2"]).toEqual({ used: 300, reserved: 20, overrun: 1, version: 1 });
    expect(useAfter(slice, slice.state)).toEqual(slice.quotaUse);
    const unused = aPeriod();
    expect(useAfter(unused, afterEvents(unused, [movedToAnother]).state)["prod_2"]).toMatchObject({ used: 0 });
  });

  it("is counted by subscription and period", () => {
    const one = { subscriptionId: subscription.id, periodIndex: 1 };
    expect(isSameCount(aQuotaGrant(one), one)).toBe(true);
    expect(isSameCount(aQuotaGrant(one), { ...one, subscriptionId: "sub_2" })).toBe(false);
    expect(isSameCount(aQuotaGrant(one), { ...one, periodIndex: 2 })).toBe(false);
  });
});

describe("what a period leaves", () => {
  it.each([
    ["is gone, unless its price says otherwise", 0, 500, 0],
    ["rolls over, up to what the price says", 300, 500, 300],
    ["rolls over whole when that is less", 5_000, 500, 1_500],
    ["is nothing when all is used or set aside", 300, 2_000, 0],
  ])("%s", (_what, most, count, rolledOver) => {
    const events = nextPeriod(used(aPeriod(most), { used: count - 10, reserved: 10 }));
    expect(events).toMatchObject([{ data: { messages: 2_000 + rolledOver, rolledOver } }]);
    expect(events[0]?.given).toEqual(rolledOver > 0 ? { productId, version: 7 } : undefined);
  });

  it("does not roll over to another product, nor to another subscription", () => {
    const slice = aPeriod(300);
    const to = (over: Partial<Pick<typeof subscription, "id" | "productId">>) =>
      quotaGrant(slice, { ...subscription, ...over }, 900, { index: 1, endsAt: days(60) }).at(-1);
    expect(to({})).toMatchObject({ data: { rolledOver: 300 } });
    expect(to({ productId: "prod_2" })).toMatchObject({ data: { rolledOver: 0 } });
    const second = { ...subscription, id: "sub_2" as const };
    const both = { ...slice, state: { ...slice.state, subscriptions: { sub_2: second } } };
    expect(quotaGrant(both, second, 900, { index: 1, endsAt: days(60) })).toMatchObject([{ data: { rolledOver: 0 } }]);
  });

  it("of a period that was moved out of its schedule are its whole messages again", () => {
    expect(currentGrant(aPeriod(), { ...subscription, firstIndex: 1 })).toMatchObject([{ data: { messages: 2_000 } }]);
  });

  it("of a trial does not roll over", () => {
    const slice = aPeriod(300);
    const trialing = { ...subscription, status: "trialing" as const };
    const state = { ...slice.state, subscriptions: { [subscription.id]: trialing } };
    expect(nextPeriod({ ...slice, state })).toMatchObject([{ data: { rolledOver: 0 } }]);
  });
});

describe("a threshold", () => {
  const told = (slice: Slice) => decideThreshold(slice, balanceIn(slice));

  it.each([
    [1_599, []],
    [1_600, [80]],
    [1_999, [80]],
    [2_000, [80, 100]],
    [2_200, [80, 100]],
  ])("at %i of 2,000 tells %j", (count, percents) => {
    const slice = used(aPeriod(), { used: count });
    expect(told(slice).map(({ data }) => "percent" in data && data.percent)).toEqual(percents);
    expect(thresholdDueAt(slice, balanceIn(slice))).toBe(percents.length > 0 ? 0 : null);
  });

  it("is told once, and again when more is granted or a count begins", () => {
    const slice = used(aPeriod(), { used: 1_700 });
    const once = afterEvents(slice, told(slice));
    expect(told(once)).toEqual([]);
    expect(told(used(once, { used: 2_000 }))).toMatchObject([{ data: { percent: 100, used: 2_000, granted: 2_000 } }]);
    const { subscriptionId, periodIndex, periodMessages: messages } = balanceIn(once);
    const longer = { subscriptionId, periodIndex, messages, validUntil: instant(days(40)) };
    const extended = event("quota.changed", { fromProductId: productId, productId, ...longer });
    expect(told(afterEvents(once, [extended]))).toEqual([]);
    const more = used(added(once, 1, 1_000, null), { used: 2_400 });
    expect(told(more)).toMatchObject([{ data: { percent: 80, granted: 3_000 } }]);
    expect(balanceIn(afterEvents(once, nextPeriod(once))).toldPercent).toBe(0);
  });

  it("is none of nothing granted", () => {
    const none = aQuotaGrant({ granted: 0, periodMessages: 0 });
    expect(thresholdDueAt(aPeriod(), none)).toBeNull();
  });

  it("counts what was used beyond the tolerance, and not what is only set aside", () => {
    expect(told(used(aPeriod(), { used: 1_500, reserved: 500 }))).toEqual([]);
    expect(told(used(aPeriod(), { used: 1_500, overrun: 100 }))).toMatchObject([{ data: { used: 1_600 } }]);
  });
});

describe("what is used", () => {
  const told = (slice: Slice) => decideUse(slice, balanceIn(slice));

  it("is told a day after the count began, and a day after each telling, while it is another than was told", () => {
    const slice = used(aPeriod(), { used: 120, reserved: 5, overrun: 1 });
    expect(useDueAt(aPeriod(), balanceIn(aPeriod()))).toBeNull();
    expect(useDueAt(slice, balanceIn(slice))).toBe(after(now.wall, dayMs));
    const { subscriptionId, periodIndex } = balanceIn(slice);
    expect(told(slice)).toMatchObject([
      { type: "quota.counted", data: { subscriptionId, periodIndex, used: 120, reserved: 5, overrun: 1 } },
    ]);
    const once = afterEvents(slice, told(slice));
    expect(useDueAt(once, balanceIn(once))).toBeNull();
    for (const more of [{ used: 121 }, { reserved: 4 }, { overrun: 2 }]) {
      expect(useDueAt(used(once, more), balanceIn(once))).toBe(after(now.wall, dayMs));
    }
  });

  it("goes along to another product, and begins anew with the next period", () => {
    const counted = used(aPeriod(), { used: 120 });
    const once = afterEvents(counted, told(counted));
    const moved = afterEvents(once, [movedToAnother]);
    for (const id of [productId, "prod_2"] as const) {
      expect(moved.state.quotas[id]).toMatchObject({ toldUsed: 120, toldAt: now.wall });
    }
    expect(balanceIn(afterEvents(once, nextPeriod(once)))).toMatchObject({ toldUsed: 0, toldAt: now.wall });
  });

  it("is told of both products when a count has moved from one to the other", () => {
    const moved = afterEvents(used(aPeriod(), { used: 120 }), [movedToAnother]);
    const once = afterEvents(moved, told(moved));
    for (const balance of all(once.state.quotas)) expect(balance.toldUsed).toBe(120);
    const other = aQuotaGrant({ productId: "prod_3", subscriptionId: "sub_3" });
    const beside = { ...moved, state: { ...moved.state, quotas: { ...moved.state.quotas, prod_3: other } } };
    expect(afterEvents(beside, told(beside)).state.quotas["prod_3"]).toBe(other);
  });
});

describe("a decision that goes by the messages used names the reading", () => {
  const paid = { ...anInvoice(), status: "paid" as const, paidAt: now.billing };
  const month = anOffer({ price: { cancelCredit: "prorated" } });

  function read(): Slice {
    const slice = aSlice({ subscriptions: [subscription], invoices: [paid], offers: [month] });
    return used(afterEvents(slice, nextPeriod(slice, { index: 0, endsAt: days(30) })), { used: 100 });
  }

  it("when it cancels at once and gives back", () => {
    const input = aCancelInput({ subscriptionId: subscription.id, when: "now" });
    const events = eventsOf(decideCancelSubscription(read(), input, now, seededIds()));
    expect(events.find(({ type }) => type === "credit_note.issued")?.given).toEqual({ productId, version: 7 });
  });

  it("when a month becomes a year", () => {
    const amountRials = rials(month.price.amountRials * 10);
    const dear = anOffer({ price: { id: "price_2", interval: "year", amountRials } });
    const slice = { ...read(), offers: { [month.price.id]: month, [dear.price.id]: dear } };
    const input = {
      subscriptionId: subscription.id,
      wanted: { priceId: dear.price.id },
      invoiceId: "inv_9",
      paymentId: "pay_9",
      pricedAt: now.billing,
    } as const;
    const events: readonly NewEvent[] = eventsOf(decideChange(slice, input, now));
    expect(events[0]?.given).toEqual({ productId, version: 7 });
  });
});

const step = fc.oneof(
  fc.record({ do: fc.constant("use" as const), messages: fc.integer({ min: 1, max: 3_000 }) }),
  fc.record({ do: fc.constant("free" as const), messages: fc.integer({ min: 1, max: 900 }) }),
  fc.record({
    do: fc.constant("add" as const),
    messages: fc.integer({ min: 1, max: 900 }),
    days: fc.option(fc.integer({ min: 1, max: 90 })),
    priority: fc.integer({ min: 0, max: 100 }),
  }),
  fc.record({ do: fc.constant("expire" as const) }),
  fc.record({ do: fc.constant("renew" as const), messages: fc.integer({ min: 0, max: 900 }) }),
);

describe("whatever is used, added, expires and begins anew, in whatever order", () => {
  it("a balance is the sum of its grants, no use is beyond its tolerance, and nobody uses more than was ever given", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.constantFrom(0, 100, 5_000), (steps, rollover) => {
        let slice = used(aPeriod(rollover), {});
        let given = 2_000;
        let everUsed = 0;
        let index = 0;
        steps.forEach((what, n) => {
          const { used: count = 0, reserved = 0 } = slice.quotaUse[productId] ?? {};
          switch (what.do) {
            case "use": {
              const room = balanceIn(slice).granted - count - reserved;
              const taken = Math.min(what.messages, room);
              slice = used(slice, { used: count + taken });
              everUsed += taken;
              break;
            }
            case "free":
              slice = used(slice, {
                reserved: reserved > 0 ? 0 : Math.min(what.messages, balanceIn(slice).granted - count),
              });
              break;
            case "add":
              slice = added(slice, n, what.messages, what.days === null ? null : days(what.days), what.priority);
              given += what.messages;
              break;
            case "expire": {
              const next = all(slice.state.grants).find((grant) => grantExpiryDueAt(grant) !== null);
              if (next) slice = afterEvents(slice, decideGrantExpiry(slice, next));
              break;
            }
            case "renew": {
              const events = nextPeriod(slice, {
                index: ++index,
                messages: what.messages,
                endsAt: days(30 * (index + 1)),
              });
              const left = balanceIn(slice).granted - count - reserved;
              const { periodMessages: own } = balanceIn(slice);
              const expired = all(slice.state.grants).reduce((sum, it) => sum + (it.expired ? it.counted : 0), 0);
              slice = used(afterEvents(slice, events), { used: 0, reserved: 0 });
              const carried = countedIn(slice).reduce((sum, counted) => sum + counted, 0);
              // What was not burnt goes along, but for the period's own and what was set aside when its grant expired.
              expect(carried).toBeLessThanOrEqual(left);
              expect(carried).toBeGreaterThanOrEqual(left - own - expired);
              given += what.messages;
              break;
            }
            default:
              what satisfies never;
          }
          const { granted, periodMessages } = balanceIn(slice);
          const use = slice.quotaUse[productId];
          expect(granted).toBe(countedIn(slice).reduce((sum, counted) => sum + counted, periodMessages));
          expect((use?.used ?? 0) + (use?.reserved ?? 0)).toBeLessThanOrEqual(granted);
          expect(everUsed).toBeLessThanOrEqual(given);
        });
      }),
      { numRuns: runs(300) },
    );
  });
});
