// A change that takes effect: the terms, the period that may begin with it, and the messages.
import { describe, expect, it } from "vitest";
import type { Terms } from "../../contract/subscription.ts";
import { changedTo, shareLeft, type Change } from "../../server/billing/change-payment.ts";
import { billingOf } from "../../server/billing/clock.ts";
import { anOffer, aSlice, aSubscription, typesOf } from "../support/billing-builders.ts";

const basic = anOffer();
const year = { id: "price_2", interval: "year" } as const;
const yearly = anOffer({ price: year });
const pro = anOffer({ price: { ...year, id: "price_3", productId: "prod_3" }, product: { id: "prod_3" } });
const subscription = aSubscription();
const slice = aSlice({ offers: [basic, yearly, pro], subscriptions: [subscription] });
const from = billingOf("2026-12-06T08:00:00.000Z");
const terms = (over: Partial<Terms> = {}): Terms => {
  const { productId, priceId } = subscription;
  return { productId, priceId, quantity: 1, addOns: [], ...over };
};
const changed = (over: Partial<Change>) =>
  changedTo(slice, subscription, { terms: terms(), restarts: false, from, ...over });

describe("a change within the period", () => {
  it("brings the messages of the days left, also when the period had brought none yet", () => {
    expect(changed({ terms: terms({ quantity: 2 }) })).toMatchObject([
      { type: "subscription.changed", data: { terms: { quantity: 2 } } },
      { type: "quota.changed", data: { messages: 1_066, validUntil: "2026-12-21T20:30:00.000Z" } },
    ]);
  });

  it("after the period's end has no day left, which is a fault", () => {
    const late = subscription.periodEndsAt;
    expect(() => shareLeft(slice, { ...subscription, periodEndsAt: from }, late)).toThrow(
      `${subscription.id} has no day left (`,
    );
  });
});

describe("a change with which a period begins", () => {
  const begins = ["subscription.changed", "subscription.rescheduled", "subscription.renewed"];

  it("says so, and that the change is why", () => {
    const [, rescheduled] = changed({ terms: terms({ priceId: yearly.price.id }), restarts: true });
    expect(rescheduled).toMatchObject({ data: { periodIndex: 1, firstIndex: 1, reason: "changed" } });
  });

  it("ends the messages of the old product, and of no product that stays", () => {
    const same = changed({ terms: terms({ priceId: yearly.price.id }), restarts: true });
    expect(typesOf(same)).toEqual([...begins, "quota.granted"]);
    const other = changed({ terms: terms({ productId: "prod_3", priceId: pro.price.id }), restarts: true });
    expect(typesOf(other)).toEqual([...begins, "quota.granted", "quota.granted"]);
    expect(other.slice(-2)).toMatchObject([
      { data: { productId: subscription.productId, messages: 0, validUntil: "2026-12-06T08:00:00.000Z" } },
      { data: { productId: "prod_3", messages: 2_000 } },
    ]);
  });
});
