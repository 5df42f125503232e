// Moving a subscription to another price: told once, with notice, and never before the notice is over.
import { describe, expect, it } from "vitest";
import { decideChange } from "../../server/billing/change.ts";
import { after, billingOf, dayMs, instant, type BillingMs } from "../../server/billing/clock.ts";
import { rials } from "../../server/billing/money.ts";
import {
  decideAnnounce,
  decideWithdrawMigration,
  isMigration,
  moveOf,
  termsAt,
} from "../../server/billing/price-migration.ts";
import type { Subscription } from "../../server/billing/state.ts";
import { anOffer, aSlice, aSubscription, eventsOf, now } from "../support/billing-builders.ts";
import { subscribedLife, type Life } from "../support/life.ts";

const from = anOffer();
const to = anOffer({ price: { id: "price_2", amountRials: rials(3_290_000) } });
const offers = [from, to];
const plan = { migrationId: "mig_1", fromPriceId: from.price.id, toPriceId: to.price.id, noticeDays: 10 } as const;
const announced = (over: Partial<Subscription> = {}, noticeDays = 10) => {
  const slice = aSlice({ offers, subscriptions: [aSubscription(over)] });
  return decideAnnounce(slice, aSubscription().id, { ...plan, noticeDays }, now);
};
const tell = (life: Life, noticeDays: number) =>
  life.wish((slice, at) => decideAnnounce(slice, life.newestId, { ...plan, noticeDays }, at));
const netsOf = (life: Life) => life.told("invoice.finalized").map(({ data }) => data.subtotalRials);

describe("telling a subscriber", () => {
  it("says when it moves, and what a period costs before and after with VAT", () => {
    expect(announced()).toMatchObject([
      {
        type: "subscription.migration_announced",
        data: {
          priceMigration: { migrationId: "mig_1", priceId: "price_2", notBefore: "2026-12-02T08:00:00.000Z" },
          movesAt: "2026-12-21T20:30:00.000Z",
          fromRials: 3_289_000,
          toRials: 3_619_000,
        },
      },
    ]);
  });

  it("with a notice that is longer than the period: the start after the next", () => {
    expect(announced({}, 30)).toMatchObject([{ data: { movesAt: "2027-01-20T20:30:00.000Z" } }]);
  });

  it("with a notice that ends exactly where a period begins: that start", () => {
    const told = (at: BillingMs, noticeDays: number) => {
      const slice = aSlice({ offers, subscriptions: [aSubscription()] });
      return decideAnnounce(slice, aSubscription().id, { ...plan, noticeDays }, { ...now, billing: at });
    };
    const midnight = billingOf("2026-12-11T20:30:00.000Z");
    expect(told(midnight, 10)).toMatchObject([{ data: { movesAt: "2026-12-21T20:30:00.000Z" } }]);
    expect(told(midnight, 40)).toMatchObject([{ data: { movesAt: "2027-01-20T20:30:00.000Z" } }]);
    expect(told(after(midnight, 1), 40)).toMatchObject([{ data: { movesAt: "2027-02-19T20:30:00.000Z" } }]);
  });

  it("of one that is paused says no day", () => {
    expect(announced({ status: "paused", pauseReason: "requested" })).toMatchObject([{ data: { movesAt: null } }]);
  });

  it("multiplies by the quantity", () => {
    expect(announced({ quantity: 3 })).toMatchObject([{ data: { fromRials: 9_867_000, toRials: 10_857_000 } }]);
  });

  it.each<[string, Partial<Subscription>]>([
    ["has ended", { status: "canceled", endedAt: now.billing }],
    ["is at another price", { priceId: "price_2" }],
    ["was told", { priceMigration: { migrationId: "mig_1", priceId: "price_2", notBefore: instant(now.billing) } }],
  ])("changes nothing when it %s", (_, over) => {
    expect(announced(over)).toEqual([]);
  });
});

describe("a subscription that was told", () => {
  it("renews at the old price while the notice runs, and at the new one from the first period after it", () => {
    const life = subscribedLife(offers);
    tell(life, 40);
    life.pass(95);
    expect(netsOf(life)).toEqual([2_990_000, 2_990_000, 3_290_000, 3_290_000]);
    expect(life.subscription).toMatchObject({ priceId: "price_2", priceMigration: null, status: "active" });
  });

  it("moves at a start that is exactly the end of the notice, and not a millisecond before it", () => {
    const at = billingOf("2026-12-21T20:30:00.000Z");
    const told = (notBefore: number) =>
      aSubscription({
        priceMigration: { migrationId: "mig_1", priceId: "price_2", notBefore: new Date(notBefore).toISOString() },
      });
    expect(termsAt(told(at), at).priceId).toBe("price_2");
    expect(termsAt(told(at + 1), at).priceId).toBe(from.price.id);
  });

  it("stays when the plan is stopped before; another plan stops nothing", () => {
    const life = subscribedLife(offers);
    tell(life, 0);
    expect(life.wish((slice) => decideWithdrawMigration(slice, life.newestId, "mig_2"))).toEqual([]);
    life.wish((slice) => decideWithdrawMigration(slice, life.newestId, "mig_1"));
    life.pass(35);
    expect(netsOf(life)).toEqual([2_990_000, 2_990_000]);
    expect(life.wish((slice) => decideWithdrawMigration(slice, life.newestId, "mig_1"))).toEqual([]);
    expect(decideWithdrawMigration(aSlice(), "sub_9", "mig_1")).toEqual([]);
  });

  it("changes to what its subscriber chose instead, and is moved no more", () => {
    const other = anOffer({
      price: { id: "price_3", productId: "prod_3", amountRials: rials(990_000) },
      product: { id: "prod_3", name: "Basic" },
    });
    const life = subscribedLife([...offers, other]);
    tell(life, 0);
    life.wish((slice, at, ids) =>
      decideChange(
        slice,
        {
          subscriptionId: life.newestId,
          wanted: { priceId: "price_3" },
          invoiceId: ids.next("inv"),
          paymentId: ids.next("pay"),
          pricedAt: at.billing,
        },
        at,
      ),
    );
    life.pass(65);
    expect(netsOf(life)).toEqual([2_990_000, 990_000, 990_000]);
    expect(life.subscription.priceMigration).toBeNull();
  });

  it("keeps its notice when only its quantity changes", () => {
    const life = subscribedLife(offers);
    tell(life, 0);
    const fresh = { invoiceId: "inv_9", paymentId: "pay_9" } as const;
    eventsOf(
      life.ask((slice, at) =>
        decideChange(
          slice,
          { subscriptionId: life.newestId, wanted: { quantity: 2 }, ...fresh, pricedAt: at.billing },
          at,
        ),
      ),
    );
    life.wish((slice, at) =>
      decideChange(
        slice,
        { subscriptionId: life.newestId, wanted: { quantity: 2 }, ...fresh, pricedAt: at.billing },
        at,
      ),
    );
    expect(life.subscription).toMatchObject({ quantity: 2, priceMigration: { priceId: "price_2" } });
    life.pass(35);
    expect(netsOf(life).at(-1)).toBe(2 * 3_290_000);
  });
});

describe("a plan", () => {
  it.each([
    [true, to],
    [false, from],
    [false, anOffer({ price: { id: "price_2", interval: "year" } })],
    [false, anOffer({ price: { id: "price_2", calendar: "gregorian" } })],
    [false, anOffer({ price: { id: "price_2", active: false } })],
    [false, anOffer({ price: { id: "price_2" }, product: { active: false } })],
    [false, anOffer({ price: { id: "price_2" }, product: { id: "prod_2" } })],
  ])("between these prices: %s (%#)", (isOne, target) => {
    expect(isMigration(from, target)).toBe(isOne);
  });

  it("of one-time prices is none: nothing of them comes again", () => {
    const once = anOffer({ price: { interval: null } });
    expect(isMigration(once, anOffer({ price: { id: "price_2", interval: null } }))).toBe(false);
  });

  it("shows of who was told what was told, of others what would be told now", () => {
    const notBefore = instant(billingOf("2027-01-01T00:00:00.000Z"));
    const subscription = aSubscription({ priceMigration: { migrationId: "mig_1", priceId: "price_2", notBefore } });
    const at = billingOf("2026-11-22T08:00:00.000Z");
    expect(moveOf(subscription, { from, to }, plan, at).movesAt).toBe(billingOf("2027-01-20T20:30:00.000Z"));
    expect(moveOf(aSubscription(), { from, to }, plan, at).movesAt).toBe(aSubscription().periodEndsAt);
    expect(at + 10 * dayMs).toBeLessThan(aSubscription().periodEndsAt);
  });
});
