import { describe, expect, it } from "vitest";
import { decideCancelSubscription } from "../../server/billing/cancel-subscription.ts";
import { decideChange, decideQuotedChange, decideWithdrawChange } from "../../server/billing/change.ts";
import { after, instant, wallOf } from "../../server/billing/clock.ts";
import { decideComp, decideExtend } from "../../server/billing/gift.ts";
import { netHalfUp, rials, signedRials } from "../../server/billing/money.ts";
import { decidePause, decideResume } from "../../server/billing/pause.ts";
import { isRejection } from "../../server/billing/rejection.ts";
import type { Offer, Subscription } from "../../server/billing/state.ts";
import {
  aCancelInput,
  aCoupon,
  aCustomer,
  afterEvents,
  anInvoice,
  anOffer,
  aPaymentMethod,
  aSlice,
  aSubscription,
  eventsOf,
  now,
  seededIds,
  typesOf,
} from "../support/billing-builders.ts";
import { changing, subscribedLife, type Life } from "../support/life.ts";

const monthly = (n: number, amount: number, messageQuota: number, price: Partial<Offer["price"]> = {}): Offer =>
  anOffer({
    price: { id: `price_${n}`, productId: `prod_${n}`, amountRials: rials(amount), ...price },
    product: { id: `prod_${n}`, name: `Product ${n}`, messageQuota },
  });
const basic = monthly(1, 990_000, 600);
const pro = monthly(2, 2_990_000, 2_000);
const yearly = monthly(2, 29_900_000, 24_000, { id: "price_3", interval: "year" });
const once = {
  ...monthly(4, 150_000, 0, { interval: null }),
  product: { ...pro.product, id: "prod_4", addOn: true },
} as const;
const dear = { ...once, price: { ...once.price, id: "price_5", amountRials: rials(5_000_000) } } as const;
const offers = [basic, pro, yearly, once, dear];
const wanted = { wanted: { priceId: basic.price.id, quantity: 1, addOns: [] } };
/** 1 Farvardin 1405, the first day of a month of 31 days; 1 Azar has 30. */
const farvardin = wallOf("2026-03-21T08:00:00.000Z");
const azar = wallOf("2026-11-22T08:00:00.000Z");
const onBasic = (at = azar, over: object = {}) => subscribedLife(offers, { ...wanted, ...over }, at);
const lastInvoice = (life: Life) => life.told("invoice.finalized").at(-1)?.data;
/** The events of a wish that was not refused. */
const eventsIn = (wish: ReturnType<Life["wish"]>) => {
  if (typeof wish === "string") throw new Error(wish);
  return wish;
};
const grants = (life: Life) => life.slice.state.quotas;

describe("an upgrade costs the difference for the days that are left, rounded once, half up", () => {
  it.each([
    ["990,000 → 2,990,000 with 16 of 31 days left is 1,032,258", farvardin, 15, 990_000, 2_990_000, 1_032_258],
    ["990,000 → 2,990,000 with 1 of 31 days left is 64,516", farvardin, 30, 990_000, 2_990_000, 64_516],
    ["990,000 → 2,990,000 with 15 of 30 days left is 1,000,000", azar, 15, 990_000, 2_990_000, 1_000_000],
    ["1,000,000 → 1,000,001 with 10 of 30 days left is 0", azar, 20, 1_000_000, 1_000_001, 0],
  ])("%s", (_title, at, afterDays, from, to, net) => {
    const prices = [monthly(1, from, 600), monthly(2, to, 2_000)];
    const life = subscribedLife(prices, wanted, at).pass(afterDays);
    expect(typeof changing(life, { priceId: "price_2" })).not.toBe("string");
    const charged = life.told("invoice.finalized").filter(({ data }) => data.reason === "subscription_change");
    expect(charged.reduce((sum, { data }) => sum + data.subtotalRials, 0)).toBe(net);
    expect(life.subscription.priceId).toBe("price_2");
  });

  it("and says how it came about", () => {
    const life = onBasic(farvardin).pass(15);
    changing(life, { priceId: pro.price.id });
    expect(lastInvoice(life)?.lines).toMatchObject([
      {
        explain: "990,000 → 2,990,000 IRR, 16 of 31 days, net half up; VAT 10% on top, half up.",
        netRials: 1_032_258,
        vatRials: 103_226,
      },
    ]);
  });

  it("a difference undone at once nets 0, however it rounds", () => {
    const [low, high] = [rials(990_001), rials(2_990_000)];
    for (let left = 0; left <= 31; left++) {
      expect(netHalfUp(low, high, left, 31) + netHalfUp(high, low, left, 31)).toBe(0);
    }
  });

  it("in a first part period of 12 of 30 days a day costs what it costs in a whole one", () => {
    const life = onBasic(azar, { anchorDay: 13 });
    expect(lastInvoice(life)?.subtotalRials).toBe(396_000);
    changing(life, { priceId: pro.price.id });
    expect(lastInvoice(life)?.subtotalRials).toBe(800_000);
    expect(grants(life)["prod_2"]?.granted).toBe(240 + 560);
  });

  it("after a pause of months a day costs no less than before it", () => {
    const life = onBasic();
    const { id: subscriptionId } = life.subscription;
    life.pass(14);
    life.wish((slice, at) => decidePause(slice, { subscriptionId, when: "now", resumesAt: null }, at));
    life.pass(100);
    life.wish((slice, at, ids) => decideResume(slice, subscriptionId, at, ids));
    changing(life, { priceId: pro.price.id });
    expect(lastInvoice(life)?.subtotalRials).toBe(1_000_000);
  });

  it("in a period that was extended costs the whole difference at most", () => {
    const life = onBasic();
    life.wish((slice) => decideExtend(slice, { subscriptionId: life.newestId, days: 20, reason: "sorry" }));
    changing(life, { priceId: pro.price.id });
    expect(lastInvoice(life)?.subtotalRials).toBe(2_000_000);
  });

  it("is a half with half off; a coupon that is used up with the period does not make the next one cheaper", () => {
    const coupon = aCoupon({ percentBasisPoints: 5_000 });
    const life = onBasic(azar, { coupon }).pass(15);
    changing(life, { priceId: pro.price.id });
    expect(lastInvoice(life)).toMatchObject({
      subtotalRials: 500_000,
      lines: [
        {
          discountRials: 500_000,
          explain: "990,000 → 2,990,000 IRR, 15 of 30 days, net half up, less 500,000 IRR; VAT 10% on top, half up.",
        },
      ],
    });
    changing(life, { priceId: yearly.price.id });
    expect(lastInvoice(life)?.lines[0]).toMatchObject({ discountRials: 0 });
    expect(life.subscription.discount).toBeNull();
  });

  it("between a price with VAT in it and one without compares like with like", () => {
    const gross = monthly(1, 1_100_000, 600, { taxBehavior: "inclusive" });
    const net = monthly(2, 1_050_000, 2_000);
    const life = subscribedLife([gross, net], wanted, azar).pass(15);
    changing(life, { priceId: "price_2" });
    expect(lastInvoice(life)).toMatchObject({ subtotalRials: 25_000, vatRials: 2_500 });
  });

  it("between a price without VAT in it and one with compares like with like, too", () => {
    const net = monthly(1, 1_000_000, 600);
    const gross = monthly(2, 1_155_000, 2_000, { taxBehavior: "inclusive" });
    const life = subscribedLife([net, gross], wanted, azar).pass(15);
    changing(life, { priceId: "price_2" });
    expect(lastInvoice(life)).toMatchObject({ subtotalRials: 25_000, vatRials: 2_500 });
  });

  it("is never less than nothing, however many prices are rounded up to be compared", () => {
    const gross = { taxBehavior: "inclusive" } as const;
    const addOn = (n: number): Offer => ({
      ...monthly(n, 16, 0, gross),
      product: { ...pro.product, id: `prod_${n}`, addOn: true },
    });
    const main = monthly(1, 1_000_015, 600, gross);
    const next = monthly(2, 909_149, 2_000);
    const addOns = [5, 6, 7].map((n) => ({ priceId: `price_${n}` as const, quantity: 1 }));
    const life = subscribedLife([main, next, ...[5, 6, 7].map(addOn)], { wanted: { ...wanted.wanted, addOns } }, azar);
    expect(typesOf(eventsIn(changing(life, { priceId: "price_2", addOns: [] })))).toEqual([
      "subscription.changed",
      "quota.changed",
    ]);
  });
});

describe("an upgrade", () => {
  const asked = (paymentMethodId: Subscription["paymentMethodId"]) => {
    const subscription = aSubscription({ productId: "prod_1", priceId: basic.price.id, paymentMethodId });
    const slice = aSlice({ offers, subscriptions: [subscription] });
    const fresh = { invoiceId: "inv_9", paymentId: "pay_9", pricedAt: now.billing } as const;
    return eventsOf(
      decideChange(slice, { subscriptionId: subscription.id, wanted: { priceId: pro.price.id }, ...fresh }, now),
    );
  };

  it.each([
    ["debited from its payment method, while somebody waits", aPaymentMethod().id, "debit"],
    ["paid on a page when it has none", null, "checkout"],
  ])("is %s", (_title, paymentMethodId, kind) => {
    const terms = { productId: "prod_2", priceId: pro.price.id, quantity: 1, addOns: [] };
    expect(asked(paymentMethodId)).toMatchObject([
      { type: "invoice.finalized", data: { invoiceId: "inv_9" } },
      { type: "subscription.change_begun", data: { pendingChange: { invoiceId: "inv_9", terms, restarts: false } } },
      { type: "payment.created", data: { paymentId: "pay_9", kind, paymentMethodId, onDemand: true } },
    ]);
  });

  it("that costs nothing for the days left needs no invoice", () => {
    const life = subscribedLife([monthly(1, 1_000_000, 600), monthly(2, 1_000_001, 2_000)], wanted, azar).pass(20);
    expect(typesOf(eventsIn(changing(life, { priceId: "price_2" })))).toEqual([
      "subscription.changed",
      "quota.changed",
    ]);
  });

  it("takes effect at once when it is paid, with the messages of the days left: 600 and 45 on the last of 31", () => {
    const life = onBasic(farvardin).pass(30);
    life.use(600);
    const events = changing(life, { priceId: pro.price.id });
    expect(events).not.toBeTypeOf("string");
    expect(life.subscription).toMatchObject({ priceId: pro.price.id, productId: "prod_2", pendingChange: null });
    expect(grants(life)["prod_2"]).toMatchObject({ granted: 645, periodIndex: 0 });
    expect(grants(life)["prod_1"]?.granted).toBe(0);
    expect(life.use(1_000)).toBe(45);
  });

  it("that is not paid changes nothing: the invoice is void, and it may be asked for again", () => {
    const life = onBasic();
    const before = life.subscription;
    const quotas = grants(life);
    life.pays = false;
    changing(life, { priceId: pro.price.id });
    expect(life.subscription).toEqual(before);
    expect(grants(life)).toEqual(quotas);
    expect(life.told("subscription.change_failed")).toHaveLength(1);
    expect(life.told("invoice.voided")).toHaveLength(1);
    life.pays = true;
    changing(life, { priceId: pro.price.id });
    expect(life.subscription.priceId).toBe(pro.price.id);
  });

  it("of less than the gateway takes is carried over, and paid with the next invoice", () => {
    const seats = monthly(2, 1_200_000, 700);
    const life = subscribedLife([basic, seats], wanted, azar).pass(29);
    changing(life, { priceId: "price_2" });
    expect(life.told("payment.created")).toHaveLength(1);
    expect(life.subscription.priceId).toBe("price_2");
    expect(life.credit).toBe(-7_700);
    life.pass(2);
    expect(life.told("payment.created").at(-1)?.data.amountRials).toBe(1_320_000 + 7_700);
    expect(life.credit).toBe(0);
  });

  it("is paid by credit as far as it goes", () => {
    const life = onBasic();
    const slice = {
      ...life.slice,
      state: { ...life.slice.state, customer: aCustomer({ creditRials: signedRials(5_000_000) }) },
    };
    const input = {
      subscriptionId: life.newestId,
      invoiceId: "inv_9",
      paymentId: "pay_9",
      pricedAt: now.billing,
    } as const;
    const events = decideChange(slice, { ...input, wanted: { priceId: pro.price.id } }, now);
    expect("rejected" in events ? events : typesOf(events)).toEqual([
      "invoice.finalized",
      "credit.applied",
      "invoice.paid",
      "subscription.changed",
      "quota.changed",
    ]);
  });

  it("by something that is paid once is charged once, and is no part of the terms from then on", () => {
    const life = onBasic();
    changing(life, { addOns: [{ priceId: once.price.id, quantity: 1 }] });
    expect(lastInvoice(life)?.subtotalRials).toBe(150_000);
    expect(life.subscription.addOns).toEqual([]);
    life.pass(31);
    expect(lastInvoice(life)?.subtotalRials).toBe(990_000);
  });

  it("seats more are an upgrade, by the day", () => {
    const life = onBasic().pass(15);
    changing(life, { quantity: 3 });
    expect(lastInvoice(life)).toMatchObject({ subtotalRials: 990_000, lines: [{ quantity: 3 }] });
    expect(grants(life)["prod_1"]?.granted).toBe(600 + 600);
  });
});

describe("what costs no more comes with the next period", () => {
  it.each([
    ["a cheaper price", pro, 1, { priceId: basic.price.id }, 990_000],
    ["fewer seats", basic, 3, { quantity: 1 }, 990_000],
    ["a shorter interval", yearly, 1, { priceId: basic.price.id }, 990_000],
  ])("%s: nothing is charged or taken away before", (_title, offer, quantity, change, next) => {
    const life = onBasicOf(offer, quantity);
    const granted = grants(life);
    const charges = life.told("invoice.finalized").length;
    changing(life, change);
    expect(life.told("subscription.change_scheduled")).toHaveLength(1);
    expect(life.told("invoice.finalized")).toHaveLength(charges);
    expect(grants(life)).toEqual(granted);
    life.until(wallOf(instant(life.subscription.periodEndsAt))).pass(1);
    expect(lastInvoice(life)).toMatchObject({ subtotalRials: next, reason: "subscription_cycle" });
    expect(life.subscription).toMatchObject({ priceId: basic.price.id, quantity: 1, scheduledChange: null });
    expect(grants(life)["prod_1"]?.granted).toBe(600);
  });

  it.each([
    ["a price that is the same", monthly(5, 990_000, 2_000)],
    ["a dearer month of another calendar", monthly(5, 2_990_000, 2_000, { calendar: "gregorian" })],
  ])("%s", (_title, offer) => {
    const life = subscribedLife([basic, offer], wanted, azar);
    expect(typesOf(eventsIn(changing(life, { priceId: offer.price.id })))).toEqual(["subscription.change_scheduled"]);
  });

  it("a dearer year of another calendar", () => {
    const other = monthly(5, 39_900_000, 30_000, { interval: "year", calendar: "gregorian" });
    const life = subscribedLife([yearly, other], { wanted: { ...wanted.wanted, priceId: yearly.price.id } }, azar);
    expect(typesOf(eventsIn(changing(life, { priceId: "price_5" })))).toEqual(["subscription.change_scheduled"]);
  });

  it("a cheaper price with something that is paid once beside it: both then", () => {
    const life = onBasicOf(pro);
    changing(life, { priceId: basic.price.id, addOns: [{ priceId: dear.price.id, quantity: 1 }] });
    expect(life.subscription.priceId).toBe(pro.price.id);
    life.pass(31);
    expect(lastInvoice(life)?.subtotalRials).toBe(990_000 + 5_000_000);
    life.pass(31);
    expect(lastInvoice(life)?.subtotalRials).toBe(990_000);
  });

  it("asked for twice is scheduled once, and can be taken back", () => {
    const life = onBasicOf(pro);
    changing(life, { priceId: basic.price.id });
    expect(changing(life, { priceId: basic.price.id })).toEqual([]);
    life.wish((slice) => decideWithdrawChange(slice, life.newestId));
    expect(life.subscription.scheduledChange).toBeNull();
    expect(life.wish((slice) => decideWithdrawChange(slice, life.newestId))).toEqual([]);
    expect(decideWithdrawChange(life.slice, "sub_9")).toMatchObject({
      rejected: "not_found",
      detail: "There is no subscription sub_9.",
    });
  });

  it("all messages used, up on the last day, down the next: never more than was paid for (Q9)", () => {
    const life = onBasic();
    for (let month = 0; month < 6; month++) {
      life.use(100_000);
      life.until(wallOf(instant((life.subscription.periodEndsAt - 12 * 3_600_000) as typeof now.billing)));
      changing(life, { priceId: pro.price.id });
      life.use(100_000);
      changing(life, { priceId: basic.price.id });
      life.pass(1);
    }
    const paid = life.told("invoice.finalized").reduce((sum, { data }) => sum + data.subtotalRials, 0);
    // The dearer message of the two prices costs 1,650 Rials, the cheaper one 1,428 and a half.
    expect(life.usedInAll * 1_428).toBeLessThanOrEqual(paid);
    expect(life.subscription.priceId).toBe(basic.price.id);
  });
});

describe("from a month to a year", () => {
  it("begins a new period today, less what is left of what was paid for the old one", () => {
    const life = onBasic().pass(15);
    changing(life, { priceId: yearly.price.id });
    expect(lastInvoice(life)).toMatchObject({
      subtotalRials: 29_900_000 - 495_000,
      periodIndex: 1,
      lines: [{ startsAt: "2026-12-06T20:30:00.000Z", endsAt: "2027-12-06T20:30:00.000Z" }],
    });
    expect(life.subscription).toMatchObject({ priceId: yearly.price.id, periodIndex: 1, anchorDay: 16 });
    expect(instant(life.subscription.periodEndsAt)).toBe("2027-12-06T20:30:00.000Z");
    expect(grants(life)["prod_2"]).toMatchObject({ granted: 24_000, periodIndex: 1 });
  });

  it("takes off what was paid with its VAT where the new price has VAT in it", () => {
    const gross = monthly(2, 32_890_000, 24_000, { id: "price_3", interval: "year", taxBehavior: "inclusive" });
    const life = subscribedLife([basic, gross], wanted, azar).pass(15);
    changing(life, { priceId: gross.price.id });
    expect(lastInvoice(life)?.totalRials).toBe(32_890_000 - 544_500);
  });

  it("goes by the messages used, and is written only while that is so: once, with its first event", () => {
    const events = eventsIn(changing(onBasic().pass(15), { priceId: yearly.price.id }));
    expect(events.map(({ given }) => given ?? null)).toEqual([
      { productId: "prod_1", version: 1 },
      ...events.slice(1).map(() => null),
    ]);
  });

  it("gives nothing for messages that were used: 60 of 600 left count a tenth", () => {
    const life = onBasic().pass(3);
    life.use(540);
    changing(life, { priceId: yearly.price.id });
    expect(lastInvoice(life)?.subtotalRials).toBe(29_900_000 - 99_000);
  });

  it("gives nothing for a period that was never paid, nor more than a first part period cost", () => {
    const gifted = onBasic();
    gifted.wish((slice) => decideComp(slice, { subscriptionId: gifted.newestId, periods: 1, reason: "sorry" }));
    gifted.pass(31);
    changing(gifted, { priceId: yearly.price.id });
    expect(lastInvoice(gifted)?.subtotalRials).toBe(29_900_000);
    const part = onBasic(azar, { anchorDay: 2 });
    changing(part, { priceId: yearly.price.id });
    expect(lastInvoice(part)?.subtotalRials).toBe(29_900_000 - 33_000);
  });
});

describe("a change is refused", () => {
  const running = (over = {}) => aSubscription({ productId: "prod_1", priceId: basic.price.id, ...over });
  const asked = (subscription = running(), parts = {}, change = {}) => {
    const slice = aSlice({ offers, subscriptions: [subscription], ...parts });
    const input = { subscriptionId: subscription.id, invoiceId: "inv_9", paymentId: "pay_9" } as const;
    return decideQuotedChange(
      slice,
      { ...input, wanted: { priceId: pro.price.id }, pricedAt: now.billing, ...change },
      now,
    );
  };
  const { id } = running();
  const pendingChange = {
    invoiceId: "inv_8",
    terms: { productId: "prod_2", priceId: "price_2", quantity: 1, addOns: [] },
    restarts: false,
  } as const;

  const runs = "only one that runs and owes nothing can change.";

  it.each([
    ["subscription_not_active: past due", () => asked(running({ status: "past_due" })), `${id} is past_due; ${runs}`],
    ["subscription_not_active: paused", () => asked(running({ status: "paused" })), `${id} is paused; ${runs}`],
    [
      "subscription_not_active: about to end",
      () => asked(running({ cancelAtPeriodEnd: true })),
      `${id} ends with its period; withdraw the cancellation first.`,
    ],
    [
      "subscription_not_active: at its period's end",
      () => asked(running({ periodEndsAt: now.billing })),
      `${id} is about to begin its next period; try again in a minute.`,
    ],
    [
      "subscription_not_active: something is owed, though it is still active",
      () => asked(running(), { invoices: [anInvoice()] }),
      `${anInvoice().id} of ${id} is not paid yet; pay it first.`,
    ],
    [
      "change_in_progress: one is not paid yet",
      () => asked(running({ pendingChange })),
      `The change of ${id} that inv_8 is for is not paid yet.`,
    ],
    [
      "nothing_to_change: it is so already",
      () => asked(running(), {}, { wanted: { quantity: 1 } }),
      `${id} is to price_1 already.`,
    ],
    [
      "payment_method_cannot_carry: the agreement's ceiling is below the new period (lesson 9)",
      () => asked(running(), { paymentMethods: [aPaymentMethod({ maxAmountRials: rials(3_288_999) })] }),
      `${aPaymentMethod().id} allows 3,288,999 IRR a debit; a whole period will need 3,289,000 IRR.`,
    ],
    [
      "payment_method_not_active: what is to pay now could not be debited",
      () => asked(running(), { paymentMethods: [aPaymentMethod({ status: "cancelled_by_user" })] }),
      `${aPaymentMethod().id} is cancelled_by_user.`,
    ],
    [
      "not_found: the payment method is gone",
      () => asked(running(), { paymentMethods: [] }),
      `There is no payment method ${aPaymentMethod().id}.`,
    ],
    [
      "collecting_stopped: no payments are taken",
      () => asked(running(), { collecting: false }),
      "No payments are taken for the moment; nothing was begun. Try again later.",
    ],
    [
      "collecting_stopped: no payments are taken, from a month to a year either",
      () => asked(running(), { collecting: false }, { wanted: { priceId: yearly.price.id } }),
      "No payments are taken for the moment; nothing was begun. Try again later.",
    ],
    [
      "quote_not_valid: of a period that is over",
      () => asked(running(), {}, { pricedAt: after(running().periodStartsAt, -1) }),
      "The quote is of a period that is over.",
    ],
    [
      "not_found: no such price",
      () => asked(running(), {}, { wanted: { priceId: "price_9" } }),
      "There is no price price_9.",
    ],
    [
      "not_found: no such subscription",
      () => asked(running(), {}, { subscriptionId: "sub_9" }),
      "There is no subscription sub_9.",
    ],
    [
      "subscription_exists: another one to the new product",
      () =>
        asked(running(), {
          subscriptions: [running(), running({ id: "sub_2", productId: "prod_2", priceId: pro.price.id })],
        }),
      "sub_2 to prod_2 is active.",
    ],
    [
      "subscription_exists: another one changes to the new product with its next period",
      () =>
        asked(running(), {
          subscriptions: [
            running(),
            running({ id: "sub_2", productId: "prod_4", scheduledChange: pendingChange.terms }),
          ],
        }),
      "sub_2 to prod_2 is active.",
    ],
  ])("%s", (title, decide, detail) => {
    expect(decide()).toMatchObject({ rejected: title.split(":")[0], detail });
  });

  it("not for an agreement whose ceiling is the new period to the Rial, nor for what another subscription owes", () => {
    const parts = {
      paymentMethods: [aPaymentMethod({ maxAmountRials: rials(3_289_000) })],
      invoices: [anInvoice({ subscriptionId: "sub_2" })],
    };
    expect(typesOf(eventsOf(asked(running(), parts)))).toContain("subscription.change_begun");
  });

  it("no more when the quote is of the period's first moment", () => {
    expect(typesOf(eventsOf(asked(running(), {}, { pricedAt: running().periodStartsAt })))).toContain(
      "subscription.change_begun",
    );
  });

  it("not for an agreement's ceiling when a period costs no more than it does now", () => {
    const paymentMethods = [aPaymentMethod({ maxAmountRials: rials(1_000_000) })];
    const onPro = running({ productId: "prod_2", priceId: pro.price.id });
    for (const to of [basic, monthly(5, 2_990_000, 600)]) {
      const parts = { paymentMethods, offers: [...offers, to] };
      expect(typesOf(eventsOf(asked(onPro, parts, { wanted: { priceId: to.price.id } })))).toEqual([
        "subscription.change_scheduled",
      ]);
    }
  });

  it("and so are another one, a pause and a canceling at once, while one is being paid", () => {
    const life = onBasic();
    const subscriptionId = life.newestId;
    const input = { subscriptionId, invoiceId: "inv_9", paymentId: "pay_9", pricedAt: now.billing } as const;
    const upgrade = { ...input, wanted: { priceId: pro.price.id } };
    const paying = afterEvents(life.slice, eventsOf(decideChange(life.slice, upgrade, now)));
    expect(decideChange(paying, upgrade, now)).toMatchObject({ rejected: "change_in_progress" });
    const pause = decidePause(paying, { subscriptionId, when: "now", resumesAt: null }, now);
    expect(isRejection(pause)).toBe(true);
    const cancel = decideCancelSubscription(paying, aCancelInput({ subscriptionId, when: "now" }), now, seededIds());
    expect(cancel).toMatchObject({ rejected: "payment_in_progress" });
  });
});

function onBasicOf(offer: Offer, quantity = 1): Life {
  return subscribedLife(offers, { wanted: { priceId: offer.price.id, quantity, addOns: [] } }, azar);
}
