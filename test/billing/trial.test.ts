import { describe, expect, it } from "vitest";
import { instant } from "../../server/billing/clock.ts";
import { rials } from "../../server/billing/money.ts";
import { decideSubscribe, type SubscribeInput } from "../../server/billing/subscribe.ts";
import {
  aCoupon,
  anOffer,
  aPaymentMethod,
  aPendingPaymentMethod,
  aSlice,
  aSubscribeInput,
  now,
  typesOf,
} from "../support/billing-builders.ts";
import { changing, subscribedLife } from "../support/life.ts";

const offer = anOffer({ price: { trialDays: 14 } });
const open = anOffer({ price: { trialDays: 14, trialNeedsPaymentMethod: false } });
const trial = { wantsTrial: true };
const asked = (slice = aSlice({ offers: [offer] }), over: Partial<SubscribeInput> = {}) =>
  decideSubscribe(slice, aSubscribeInput({ ...trial, ...over }), now);

describe("a trial", () => {
  it("owes nothing, grants the messages, and ends on a day's first moment", () => {
    const life = subscribedLife([offer], trial);
    expect(life.log.map(({ event }) => event.type)).toEqual([
      "subscription.created",
      "subscription.trial_started",
      "quota.granted",
    ]);
    expect(life.subscription).toMatchObject({ status: "trialing", periodIndex: 0, latestInvoiceId: null });
    expect(instant(life.subscription.periodEndsAt)).toBe("2026-12-05T20:30:00.000Z");
    expect(life.use(5_000)).toBe(2_000);
  });

  it("becomes the first paid period, counted from its end; the messages come when it is paid", () => {
    const life = subscribedLife([offer], trial);
    life.pays = false;
    life.pass(14);
    expect(life.subscription).toMatchObject({ status: "active", periodIndex: 1 });
    expect(life.use(1)).toBe(0);
    life.pays = true;
    life.pass(5);
    expect(life.told("subscription.renewed")).toMatchObject([
      { data: { startsAt: "2026-12-05T20:30:00.000Z", endsAt: "2027-01-04T20:30:00.000Z" } },
    ]);
    expect(life.told("payment.succeeded")).toMatchObject([{ data: { amountRials: 3_289_000 } }]);
    expect(life.use(5_000)).toBe(2_000);
  });

  it("that never pays ends with nothing used beyond it", () => {
    const life = subscribedLife([offer], trial);
    life.pays = false;
    life.pass(60);
    expect(life.subscription).toMatchObject({ status: "canceled", cancelReason: "unpaid" });
    expect(life.use(1)).toBe(0);
  });

  it("charges what is paid once with its first period, and never again", () => {
    const setup = anOffer({
      price: { id: "price_3", productId: "prod_3", amountRials: rials(500_000), interval: null },
      product: { id: "prod_3", addOn: true },
    });
    const wanted = { priceId: offer.price.id, quantity: 1, addOns: [{ priceId: setup.price.id, quantity: 1 }] };
    const life = subscribedLife([offer, setup], { ...trial, wanted }).pass(80);
    expect(life.told("invoice.finalized").map(({ data }) => data.subtotalRials)).toEqual([
      3_490_000, 2_990_000, 2_990_000,
    ]);
    expect(life.subscription.addOns).toEqual([]);
  });

  it("changes with its end, without a charge before", () => {
    const life = subscribedLife([offer], trial);
    changing(life, { quantity: 3 });
    expect(life.told("invoice.finalized")).toEqual([]);
    life.pass(15);
    expect(life.told("invoice.finalized")).toMatchObject([{ data: { subtotalRials: 3 * 2_990_000 } }]);
  });

  it("is not begun by who does not want it, nor where the price has none", () => {
    expect(subscribedLife([offer]).subscription.status).toBe("active");
    expect(subscribedLife([anOffer()], trial).told("subscription.trial_started")).toEqual([]);
  });

  it("needs a payment method, unless its price says otherwise", () => {
    expect(asked(undefined, { paymentMethodId: null })).toMatchObject({
      rejected: "payment_method_required",
      detail: `The trial of ${offer.price.id} needs a payment method.`,
    });
    const events = asked(aSlice({ offers: [open] }), { paymentMethodId: null });
    expect("rejected" in events ? events : typesOf(events)).toContain("subscription.trial_started");
  });

  it("needs one that is signed, is the customer's own, and carries the price", () => {
    const given = (method: ReturnType<typeof aPaymentMethod>) =>
      asked(aSlice({ offers: [offer], paymentMethods: [method] }));
    expect(given(aPendingPaymentMethod())).toMatchObject({ rejected: "payment_method_not_active" });
    expect(given(aPaymentMethod({ maxAmountRials: rials(3_288_999) }))).toMatchObject({
      rejected: "payment_method_cannot_carry",
    });
    expect(asked(undefined, { paymentMethodId: "pm_9" })).toMatchObject({
      rejected: "not_found",
      detail: "There is no payment method pm_9.",
    });
  });

  it("needs one that carries what is charged first: the price less the coupon", () => {
    const carries = (maxAmountRials: number) => {
      const paymentMethods = [aPaymentMethod({ maxAmountRials: rials(maxAmountRials) })];
      return asked(aSlice({ offers: [offer], paymentMethods }), { coupon: aCoupon() });
    };
    expect(carries(2_631_199)).toMatchObject({ rejected: "payment_method_cannot_carry" });
    expect(carries(2_631_200)).not.toHaveProperty("rejected");
  });

  it("is followed by periods that end on the day that was chosen", () => {
    const life = subscribedLife([offer], { ...trial, anchorDay: 1 }).pass(15);
    expect(life.told("subscription.renewed")).toMatchObject([
      { data: { startsAt: "2026-12-05T20:30:00.000Z", endsAt: "2026-12-21T20:30:00.000Z" } },
    ]);
  });
});

describe("a cheap beginning", () => {
  it("needs a payment method that carries the whole period that follows, too", () => {
    const paymentMethods = [aPaymentMethod({ maxAmountRials: rials(1_000_000) })];
    const part = decideSubscribe(aSlice({ paymentMethods }), aSubscribeInput({ anchorDay: 2 }), now);
    expect(part).toMatchObject({ rejected: "payment_method_cannot_carry" });
  });
});
