// The life of a subscription, as its customer lives it: trials, coupons, changes, pauses, leaving and coming back. Azar
// 1405 has 30 days and begins on 2026-11-22 (in Tehran); the stories begin on its first day, at half past eleven.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import type { Coupon } from "../../contract/coupon.ts";
import type { Quote, Subscription } from "../../contract/subscription.ts";
import { wallMs } from "../../server/billing/clock.ts";
import { sweepClaims } from "../../server/store/claim.ts";
import { checkInvariants } from "../../server/store/invariants.ts";
import { aPrice } from "../support/catalogue.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { anOperator } from "../support/operator.ts";
import { useMessages } from "../support/quota.ts";
import { aSubscriber, type Subscriber } from "../support/subscriber.ts";
import type { World } from "../support/world.ts";

/** 15 Azar 1405 at half past eleven in Tehran, and the end of the month. */
const day15 = "2026-12-06T08:00:00.000Z";
const endOfAzar = "2026-12-21T20:30:00.000Z";

afterEach(async () => {
  await sweepClaims(env.DB, wallMs(Date.parse("2030-01-01T00:00:00Z")));
  // A fresh world forgets whom earlier stories left behind.
  const checked = (await checkInvariants(env.DB)).filter(({ name }) => name !== "nobody_is_forgotten");
  const broken = checked.filter(({ offenders }) => offenders.length > 0);
  expect(broken).toEqual([]);
});

interface Household {
  readonly world: World;
  readonly sara: Subscriber;
  readonly methodId: string;
}

async function aHousehold(): Promise<Household> {
  const world = await aFreshWorld();
  const sara = await aSubscriber(world);
  return { world, sara, methodId: await sara.sign({ maxAmountRials: 50_000_000 }) };
}

const basic = { amountRials: 990_000, messageQuota: 600 };
const pro = { amountRials: 2_990_000, messageQuota: 2_000 };

function start<T = Subscription>(sara: Subscriber, priceId: string, methodId: string | null, more: object = {}) {
  const method = methodId === null ? {} : { paymentMethodId: methodId };
  return sara.post<T>("/v1/subscriptions", { priceId, ...method, ...more });
}

const typesOf = async (sara: Subscriber) => (await sara.events()).map(({ type }) => type);
const taken = async (sara: Subscriber) =>
  (await sara.payments()).filter(({ status }) => status === "succeeded").map(({ amountRials }) => amountRials);

describe("a trial", () => {
  it("owes nothing before its end, then the first period, whose messages come when it is paid", async () => {
    const { world, sara, methodId } = await aHousehold();
    const priceId = await aPrice(world, { ...pro, terms: { trialDays: 14 } });
    const { status, body } = await start(sara, priceId, methodId);
    expect(status).toBe(201);
    expect(body.data).toMatchObject({ status: "trialing", trialEndsAt: "2026-12-05T20:30:00.000Z" });
    expect(await sara.quota()).toMatchObject({ granted: 2_000, validUntil: "2026-12-05T20:30:00.000Z" });
    expect(await sara.payments()).toEqual([]);
    await sara.advance("2026-12-06T19:30:00Z");
    expect(await sara.subscription(body.data.id)).toMatchObject({
      status: "active",
      currentPeriod: { index: 1, startsAt: "2026-12-05T20:30:00.000Z", endsAt: "2027-01-04T20:30:00.000Z" },
    });
    expect(await taken(sara)).toEqual([3_289_000]);
    expect(await sara.quota()).toMatchObject({ granted: 2_000, validUntil: "2027-01-04T20:30:00.000Z" });
  });

  it("is had once per person and product, also after leaving, also when five ask at once", async () => {
    const { world, sara, methodId } = await aHousehold();
    const priceId = await aPrice(world, { ...pro, terms: { trialDays: 14 } });
    const { body } = await start(sara, priceId, methodId);
    await sara.post(`/v1/subscriptions/${body.data.id}/cancel`, { when: "now" });
    expect(await start(sara, priceId, methodId)).toMatchObject({ status: 409, body: { code: "trial_used" } });
    expect(await start(sara, priceId, methodId, { trial: false })).toMatchObject({ status: 201 });
    const reza = await aSubscriber(world);
    const rezasId = await reza.sign();
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => start(reza, priceId, rezasId)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  });

  it("without a payment method ends with a link to pay, and nobody uses anything before it is paid", async () => {
    const { world, sara } = await aHousehold();
    const priceId = await aPrice(world, { ...pro, terms: { trialDays: 7, trialNeedsPaymentMethod: false } });
    const { body } = await start(sara, priceId, null);
    expect(body.data.status).toBe("trialing");
    await sara.advance("2026-11-30T19:30:00Z");
    expect(await sara.subscription(body.data.id)).toMatchObject({ status: "past_due" });
    expect(await typesOf(sara)).toContain("invoice.payment_link_due");
    expect(await sara.quota()).toMatchObject({ remaining: 0 });
    const { body: page } = await sara.pay<{ url: string }>(body.data.id, { collection: "checkout" });
    await sara.payPage(page.data.url);
    expect(await sara.subscription(body.data.id)).toMatchObject({ status: "active" });
    expect(await sara.quota()).toMatchObject({ remaining: 2_000 });
  });
});

describe("a coupon", () => {
  async function aCoupon(world: World, terms: object) {
    const operator = await anOperator(world);
    const code = `C${crypto.randomUUID().slice(0, 8)}`;
    const { status, body } = await operator.call<Coupon>(
      "POST",
      "/v1/coupons",
      { code, ...terms },
      crypto.randomUUID(),
    );
    expect(status).toBe(201);
    const list = async () =>
      (await operator.call<Coupon[]>("GET", "/v1/coupons?limit=100")).body.data.find(({ id }) => id === body.data.id);
    return { operator, code, id: body.data.id, list };
  }

  it("limited to one is had by exactly one of four who redeem it at once (Q4)", async () => {
    const { world } = await aHousehold();
    const priceId = await aPrice(world, pro);
    const { code, list } = await aCoupon(world, { percentBasisPoints: 5_000, maxRedemptions: 1 });
    const people = await Promise.all([1, 2, 3, 4].map(() => aSubscriber(world)));
    const methods = await Promise.all(people.map((person) => person.sign()));
    const answers = await Promise.all(
      people.map((person, index) => start(person, priceId, methods[index] ?? null, { couponCode: code })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === "coupon_used_up")).toHaveLength(3);
    expect(await list()).toMatchObject({ redemptions: 1 });
  });

  it("is kept for nobody whom the rules refuse: the next one has it at once", async () => {
    const { world, sara } = await aHousehold();
    const priceId = await aPrice(world, pro);
    const { code, list } = await aCoupon(world, { percentBasisPoints: 5_000, maxRedemptions: 1 });
    const refused = await start(sara, priceId, null, { couponCode: code });
    expect(refused).toMatchObject({ status: 409, body: { code: "payment_method_required" } });
    expect(await list()).toMatchObject({ redemptions: 0 });
    const reza = await aSubscriber(world);
    expect(await start(reza, priceId, await reza.sign(), { couponCode: code })).toMatchObject({ status: 201 });
  });

  it("of two periods takes a fifth off two periods and no more", async () => {
    const { world, sara, methodId } = await aHousehold();
    const priceId = await aPrice(world, pro);
    const { code } = await aCoupon(world, { percentBasisPoints: 2_000, duration: "periods", durationPeriods: 2 });
    await start(sara, priceId, methodId, { couponCode: code.toLowerCase() });
    await sara.advance("2027-03-19T19:30:00Z");
    expect(await taken(sara)).toEqual([3_289_000, 3_289_000, 2_631_200, 2_631_200]);
    const first = (await sara.invoices()).at(-1);
    expect(first?.lines).toMatchObject([{ discountRials: 598_000, netRials: 2_392_000, vatRials: 239_200 }]);
  });

  it("whose first payment fails goes back, and can be redeemed again", async () => {
    const { world, sara, methodId } = await aHousehold();
    const priceId = await aPrice(world, pro);
    const { code, list } = await aCoupon(world, { amountRials: 990_000, maxRedemptions: 1 });
    world.simulator.configure({ balances: { [sara.mobile]: 0 } });
    expect(await start(sara, priceId, methodId, { couponCode: code })).toMatchObject({ status: 402 });
    expect(await list()).toMatchObject({ redemptions: 0 });
    world.simulator.configure({ balances: { [sara.mobile]: 90_000_000 } });
    expect(await start(sara, priceId, methodId, { couponCode: code })).toMatchObject({ status: 201 });
    expect(await taken(sara)).toEqual([2_200_000]);
    expect(await list()).toMatchObject({ redemptions: 1 });
  });

  it("409 when it is unknown, archived, over or for another product", async () => {
    const { world, sara, methodId } = await aHousehold();
    const priceId = await aPrice(world, pro);
    const archived = await aCoupon(world, { percentBasisPoints: 1_000 });
    await archived.operator.call("POST", `/v1/coupons/${archived.id}/archive`, {}, crypto.randomUUID());
    const over = await aCoupon(world, { percentBasisPoints: 1_000, expiresAt: "2026-11-21T00:00:00Z" });
    for (const couponCode of ["NOBODY", archived.code, over.code]) {
      expect(await start(sara, priceId, methodId, { couponCode })).toMatchObject({
        status: 409,
        body: { code: "coupon_not_valid" },
      });
    }
  });
});

describe("a preview", () => {
  it("says to the Rial what subscribing costs, and its quote is honoured the next day's first minutes", async () => {
    const { world, sara, methodId } = await aHousehold();
    const priceId = await aPrice(world, pro);
    await sara.advance("2026-11-22T20:25:00Z");
    const wish = { priceId, anchorDay: 1, quantity: 2 };
    const { body: quote } = await sara.post<Quote>("/v1/subscriptions/preview", wish);
    expect(quote.data).toMatchObject({ totalRials: 6_578_000, period: { endsAt: endOfAzar } });
    await sara.advance("2026-11-22T20:31:00Z");
    const { body: dearer } = await sara.post<Quote>("/v1/subscriptions/preview", wish);
    expect(dearer.data.lines[0]?.explain).toContain("29 of 30 days");
    const { status } = await start(sara, priceId, methodId, { ...wish, quoteId: quote.data.quoteId });
    expect(status).toBe(201);
    expect(await taken(sara)).toEqual([6_578_000]);
    expect(await sara.invoices()).toMatchObject([{ totalRials: quote.data.totalRials, lines: quote.data.lines }]);
  });

  it("409 for a quote of another wish, of somebody else, forged, or eleven minutes old", async () => {
    const { world, sara, methodId } = await aHousehold();
    const priceId = await aPrice(world, pro);
    const { body: quote } = await sara.post<Quote>("/v1/subscriptions/preview", { priceId });
    const { quoteId } = quote.data;
    const reza = await aSubscriber(world);
    const rezasId = await reza.sign();
    const refusals = [
      await start(sara, priceId, methodId, { quantity: 2, quoteId }),
      await start(reza, priceId, rezasId, { quoteId }),
      await start(sara, priceId, methodId, { quoteId: quoteId?.replace(/^\d/, "9") }),
    ];
    world.pass(11 * 60_000);
    refusals.push(await start(sara, priceId, methodId, { quoteId }));
    for (const { status, body } of refusals) expect([status, body.code]).toEqual([409, "quote_not_valid"]);
    expect(await sara.payments()).toEqual([]);
  });

  it("writes nothing", async () => {
    const { world, sara } = await aHousehold();
    const before = await sara.events();
    await sara.post("/v1/subscriptions/preview", { priceId: await aPrice(world, pro) });
    expect(await sara.events()).toEqual(before);
  });
});

describe("the upcoming invoice", () => {
  it("is what the next period then costs, with a scheduled change and credit; 409 when none is to come", async () => {
    const { world, sara, methodId } = await aHousehold();
    const [basicId, proId] = [await aPrice(world, basic), await aPrice(world, pro)];
    const { body } = await start(sara, proId, methodId);
    const path = `/v1/subscriptions/${body.data.id}`;
    await sara.post(`${path}/change`, { priceId: basicId });
    const operator = await anOperator(world);
    const credit = { amountRials: 89_000, reason: "Outage" };
    await operator.call("POST", `/v1/operator/customers/${sara.customerId}/credit`, credit, crypto.randomUUID());
    const { body: upcoming } = await sara.call<Quote>("GET", `${path}/upcoming-invoice`);
    expect(upcoming.data).toMatchObject({
      effectiveAt: endOfAzar,
      totalRials: 1_089_000,
      creditAppliedRials: 89_000,
      dueRials: 1_000_000,
      period: { index: 1, startsAt: endOfAzar },
    });
    await sara.advance("2026-12-22T19:30:00Z");
    expect((await sara.invoices()).find(({ periodIndex }) => periodIndex === 1)?.lines).toEqual(upcoming.data.lines);
    expect((await taken(sara)).toSorted((a, b) => a - b)).toEqual([1_000_000, 3_289_000]);
    await sara.post(`${path}/cancel`, {});
    expect(await sara.call("GET", `${path}/upcoming-invoice`)).toMatchObject({
      status: 409,
      body: { code: "nothing_due" },
    });
  });
});

describe("an archived price or product", () => {
  it("is sold to nobody, and whoever has it is renewed", async () => {
    const { world, sara, methodId } = await aHousehold();
    const priceId = await aPrice(world, pro);
    const { body } = await start(sara, priceId, methodId);
    const operator = await anOperator(world);
    const path = `/v1/products/${body.data.productId}`;
    const archived = await operator.call("POST", `${path}/prices/${priceId}/archive`, {}, crypto.randomUUID());
    expect(archived.body.data).toMatchObject({ id: priceId, active: false });
    expect((await operator.call("POST", `${path}/archive`, {}, crypto.randomUUID())).status).toBe(200);
    const reza = await aSubscriber(world);
    expect(await start(reza, priceId, await reza.sign())).toMatchObject({
      status: 409,
      body: { code: "price_not_for_sale" },
    });
    await sara.advance("2026-12-22T19:30:00Z");
    expect(await taken(sara)).toEqual([3_289_000, 3_289_000]);
  });
});

describe("a start", () => {
  it("on a chosen day costs its days, brings its messages, and then runs from that day to that day", async () => {
    const { world, sara, methodId } = await aHousehold();
    const priceId = await aPrice(world, pro);
    const { body } = await start(sara, priceId, methodId, { anchorDay: 11 });
    expect(body.data).toMatchObject({ anchorDay: 11, currentPeriod: { endsAt: "2026-12-01T20:30:00.000Z" } });
    // 10 of the 30 days from 11 Aban to 11 Azar.
    const [invoice] = await sara.invoices();
    expect(invoice).toMatchObject({ subtotalRials: 996_667, vatRials: 99_667 });
    expect(await sara.quota()).toMatchObject({ granted: 666 });
    await sara.advance("2026-12-02T19:30:00Z");
    expect((await sara.subscription(body.data.id)).currentPeriod.endsAt).toBe("2026-12-31T20:30:00.000Z");
    expect(await taken(sara)).toEqual([3_289_000, 1_096_334]);
  });

  it("with an add-on and a one-time price bills the one each period, the other once", async () => {
    const { world, sara, methodId } = await aHousehold();
    const priceId = await aPrice(world, pro);
    const packId = await aPrice(world, { amountRials: 500_000, messageQuota: 300, addOn: true });
    const setUpId = await aPrice(world, { amountRials: 1_000_000, messageQuota: 0, addOn: true, interval: null });
    const addOns = [{ priceId: packId, quantity: 2 }, { priceId: setUpId }];
    const { status, body } = await start(sara, priceId, methodId, { addOns });
    expect(status).toBe(201);
    expect(body.data.addOns).toEqual([{ priceId: packId, quantity: 2 }]);
    expect(await sara.quota()).toMatchObject({ granted: 2_600 });
    await sara.advance("2026-12-22T19:30:00Z");
    expect(await taken(sara)).toEqual([4_389_000, 5_489_000]);
    expect(await start(sara, packId, methodId)).toMatchObject({ status: 409, body: { code: "add_on_not_valid" } });
  });
});

describe("a change", () => {
  async function aBasic() {
    const household = await aHousehold();
    const { world, sara, methodId } = household;
    const [basicId, proId] = [await aPrice(world, basic), await aPrice(world, pro)];
    const { body } = await start(sara, basicId, methodId);
    const path = `/v1/subscriptions/${body.data.id}`;
    return { ...household, basicId, proId, id: body.data.id, path };
  }

  it("to a dearer price is paid for the days that are left and takes effect at once", async () => {
    const { world, sara, proId, id, path } = await aBasic();
    await useMessages(world, sara.customerId, 500);
    await sara.advance(day15);
    const { body: quote } = await sara.post<Quote>(`${path}/change/preview`, { priceId: proId });
    // 16 of 30 days of 2,000,000 more, and VAT.
    expect(quote.data).toMatchObject({ subtotalRials: 1_066_667, totalRials: 1_173_334, dueRials: 1_173_334 });
    const { status, body } = await sara.post(`${path}/change`, { priceId: proId, quoteId: quote.data.quoteId });
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ priceId: proId, pendingChange: null, currentPeriod: { endsAt: endOfAzar } });
    expect(await taken(sara)).toEqual([1_173_334, 1_089_000]);
    const quotas = (await sara.call<{ granted: number; used: number }[]>("GET", "/v1/quotas")).body.data;
    expect(quotas.find(({ granted }) => granted > 0)).toMatchObject({ granted: 1_346, used: 500 });
    await sara.advance("2026-12-22T19:30:00Z");
    expect((await taken(sara))[0]).toBe(3_289_000);
    expect(await sara.subscription(id)).toMatchObject({ status: "active", currentPeriod: { index: 1 } });
  });

  it("that the bank declines changes nothing, and nothing is owed", async () => {
    const { world, sara, basicId, proId, id, path } = await aBasic();
    world.simulator.configure({ balances: { [sara.mobile]: 0 } });
    expect(await sara.post(`${path}/change`, { priceId: proId })).toMatchObject({
      status: 402,
      body: { code: "payment_declined" },
    });
    expect(await sara.subscription(id)).toMatchObject({ priceId: basicId, pendingChange: null, status: "active" });
    expect((await sara.invoices()).map(({ status }) => status)).toEqual(["void", "paid"]);
    expect(await sara.quota()).toMatchObject({ granted: 600 });
  });

  it("to a cheaper price, or fewer seats, comes with the next period, can be read, and can be withdrawn", async () => {
    const { world, sara, methodId } = await aHousehold();
    const [basicId, proId] = [await aPrice(world, basic), await aPrice(world, pro)];
    const { body } = await start(sara, proId, methodId);
    const path = `/v1/subscriptions/${body.data.id}`;
    const later = await sara.post(`${path}/change`, { priceId: basicId });
    expect(later.body.data).toMatchObject({ priceId: proId, scheduledChange: { priceId: basicId } });
    expect((await sara.post(`${path}/change/withdraw`)).body.data.scheduledChange).toBeNull();
    await sara.post(`${path}/change`, { priceId: basicId });
    await sara.advance("2026-12-22T19:30:00Z");
    expect(await sara.subscription(body.data.id)).toMatchObject({ priceId: basicId, scheduledChange: null });
    expect(await taken(sara)).toEqual([1_089_000, 3_289_000]);
  });

  it("of which two are asked at one instant is one change and one refusal, or two changes that add up (Q7)", async () => {
    const { sara, proId, id, path } = await aBasic();
    const answers = await Promise.all([
      sara.post(`${path}/change`, { priceId: proId }),
      sara.post(`${path}/change`, { quantity: 2 }),
    ]);
    const done = answers.filter(({ status }) => status === 200).length;
    expect(done).toBeGreaterThanOrEqual(1);
    const { priceId, quantity } = await sara.subscription(id);
    const listed = (priceId === proId ? 2_990_000 : 990_000) * quantity;
    const paid = (await taken(sara)).reduce((sum, amount) => sum + amount, 0);
    expect(paid).toBe(Math.round(listed * 1.1));
  });

  it("on the last day, after using everything, brings no more than its day (Q9, lesson 8)", async () => {
    const { world, sara, basicId, proId, id, path } = await aBasic();
    await useMessages(world, sara.customerId, 600);
    await sara.advance("2026-12-21T08:00:00Z");
    await sara.post(`${path}/change`, { priceId: proId });
    const granted = async () =>
      (await sara.call<{ granted: number; remaining: number }[]>("GET", "/v1/quotas")).body.data.find(
        (quota) => quota.granted > 0,
      );
    // 1,400 more messages a month, for one of its thirty days.
    expect(await granted()).toMatchObject({ granted: 646, remaining: 46 });
    await sara.post(`${path}/change`, { priceId: basicId });
    world.pass(60_000);
    await sara.advance("2026-12-22T19:30:00Z");
    expect(await sara.subscription(id)).toMatchObject({ priceId: basicId });
    expect(await granted()).toMatchObject({ granted: 600, remaining: 600 });
    expect(await taken(sara)).toEqual([1_089_000, 73_334, 1_089_000]);
  });

  it("from month to year begins a year today, and takes off what is left of the month", async () => {
    const { world, sara, id, path } = await aBasic();
    const yearId = await aPrice(world, { amountRials: 9_900_000, messageQuota: 8_000, interval: "year" });
    await useMessages(world, sara.customerId, 60);
    await sara.advance(day15);
    const { status, body } = await sara.post(`${path}/change`, { priceId: yearId });
    expect(status).toBe(200);
    expect(body.data.currentPeriod).toEqual({
      index: 1,
      startsAt: "2026-12-05T20:30:00.000Z",
      endsAt: "2027-12-05T20:30:00.000Z",
    });
    // 16 of 30 days are left of 990,000; nine in ten messages are, which is more.
    expect((await taken(sara))[0]).toBe(Math.round((9_900_000 - 528_000) * 1.1));
    expect((await sara.subscription(id)).status).toBe("active");
  });
});

describe("pausing", () => {
  it("at once keeps the days that are left for afterwards; nothing is charged meanwhile", async () => {
    const { world, sara, methodId } = await aHousehold();
    const { body } = await start(sara, await aPrice(world, pro), methodId);
    const path = `/v1/subscriptions/${body.data.id}`;
    await useMessages(world, sara.customerId, 700);
    await sara.advance(day15);
    const paused = await sara.post(`${path}/pause`, { when: "now", resumesAt: "2027-02-01T08:00:00Z" });
    expect(paused.body.data).toMatchObject({ status: "paused", pauseReason: "requested" });
    expect(await sara.quota()).toMatchObject({ remaining: 0 });
    await sara.advance("2027-01-31T08:00:00Z");
    expect(await taken(sara)).toEqual([3_289_000]);
    await sara.advance("2027-02-01T09:00:00Z");
    // 15 days after 15 Azar were left: 12 to 26 Bahman.
    expect(await sara.subscription(body.data.id)).toMatchObject({
      status: "active",
      currentPeriod: { index: 0, endsAt: "2027-02-15T20:30:00.000Z" },
    });
    expect(await sara.quota()).toMatchObject({ remaining: 1_300 });
    await sara.advance("2027-02-16T19:30:00Z");
    expect(await taken(sara)).toEqual([3_289_000, 3_289_000]);
  });

  it("with the period begins a new one, paid first, when it is resumed; before it begins it is withdrawn", async () => {
    const { world, sara, methodId } = await aHousehold();
    const { body } = await start(sara, await aPrice(world, pro), methodId);
    const path = `/v1/subscriptions/${body.data.id}`;
    await sara.post(`${path}/pause`, {});
    expect((await sara.post(`${path}/resume`)).body.data.pauseAtPeriodEnd).toBe(false);
    await sara.post(`${path}/pause`, {});
    await sara.advance("2027-01-05T08:00:00Z");
    expect(await sara.subscription(body.data.id)).toMatchObject({ status: "paused", pausedAt: endOfAzar });
    await sara.post(`${path}/resume`);
    expect(await sara.quota()).toMatchObject({ remaining: 0 });
    await sara.advance("2027-01-06T19:30:00Z");
    expect(await sara.subscription(body.data.id)).toMatchObject({
      status: "active",
      currentPeriod: { index: 1, startsAt: "2027-01-04T20:30:00.000Z" },
    });
    expect(await sara.quota()).toMatchObject({ remaining: 2_000 });
  });
});

describe("leaving", () => {
  it("at once gives credit for the days that are left, no more than for the messages that are, and it pays what comes", async () => {
    const { world, sara, methodId } = await aHousehold();
    const priceId = await aPrice(world, { ...pro, terms: { cancelCredit: "prorated" } });
    const { body } = await start(sara, priceId, methodId);
    await useMessages(world, sara.customerId, 1_500);
    const left = await sara.post(`/v1/subscriptions/${body.data.id}/cancel`, { when: "now", feedback: "unused" });
    expect(left.body.data).toMatchObject({ status: "canceled", cancelFeedback: "unused" });
    // A quarter of the messages is left of 3,289,000.
    expect((await sara.call("GET", "/v1/credit")).body.data).toEqual({ balanceRials: 822_250 });
    expect((await sara.call("GET", "/v1/credit-notes")).body.data).toMatchObject([{ totalRials: 822_250 }]);
    const again = await start(sara, priceId, methodId);
    expect(again.status).toBe(201);
    expect(await taken(sara)).toEqual([2_466_750, 3_289_000]);
    expect((await sara.call("GET", "/v1/credit")).body.data).toEqual({ balanceRials: 0 });
  });

  it("with the period can be taken back until then", async () => {
    const { world, sara, methodId } = await aHousehold();
    const { body } = await start(sara, await aPrice(world, pro), methodId);
    const path = `/v1/subscriptions/${body.data.id}`;
    expect((await sara.post(`${path}/cancel`, {})).body.data.cancelAtPeriodEnd).toBe(true);
    expect((await sara.post(`${path}/cancel/withdraw`)).body.data).toMatchObject({
      cancelAtPeriodEnd: false,
      cancelReason: null,
    });
    await sara.advance("2026-12-22T19:30:00Z");
    expect(await sara.subscription(body.data.id)).toMatchObject({ status: "active", currentPeriod: { index: 1 } });
  });
});

describe("credit", () => {
  it("that an operator gives pays first; what is too little for the gateway is carried to the next invoice", async () => {
    const { world, sara, methodId } = await aHousehold();
    const { body } = await start(sara, await aPrice(world, pro), methodId);
    const operator = await anOperator(world);
    const give = (amountRials: number) =>
      operator.call<{ balanceRials: number }>(
        "POST",
        `/v1/operator/customers/${sara.customerId}/credit`,
        { amountRials, reason: "Outage" },
        crypto.randomUUID(),
      );
    expect((await give(3_285_000)).body.data.balanceRials).toBe(3_285_000);
    expect(await give(-9_000_000)).toMatchObject({ status: 409, body: { code: "credit_insufficient" } });
    await sara.advance("2026-12-22T19:30:00Z");
    expect((await sara.invoices())[0]).toMatchObject({ status: "paid", creditAppliedRials: 3_289_000, dueRials: 0 });
    expect((await sara.call("GET", "/v1/credit")).body.data).toEqual({ balanceRials: -4_000 });
    await sara.advance("2027-01-21T19:30:00Z");
    expect(await taken(sara)).toEqual([3_293_000, 3_289_000]);
    expect((await sara.subscription(body.data.id)).status).toBe("active");
  });

  it("what was carried to an invoice that is given up meets what was carried since: together they may be above the minimum", async () => {
    const { world, sara, methodId } = await aHousehold();
    const { body } = await start(sara, await aPrice(world, pro), methodId);
    const operator = await anOperator(world);
    const coupon = { code: "NEARLY-FREE", amountRials: 985_000, duration: "forever" };
    await operator.call("POST", "/v1/coupons", coupon, crypto.randomUUID());
    await start(sara, await aPrice(world, basic), methodId, { couponCode: coupon.code });
    expect((await sara.call("GET", "/v1/credit")).body.data).toEqual({ balanceRials: -5_500 });
    world.simulator.configure({ balances: { [sara.mobile]: 0 } });
    await sara.advance("2027-01-10T19:30:00Z");
    expect((await sara.subscription(body.data.id)).status).toBe("canceled");
    expect((await sara.call("GET", "/v1/credit")).body.data).toEqual({ balanceRials: -11_000 });
  });

  it("pays what is overdue, and the subscription recovers", async () => {
    const { world, sara, methodId } = await aHousehold();
    const { body } = await start(sara, await aPrice(world, pro), methodId);
    world.simulator.configure({ balances: { [sara.mobile]: 0 } });
    await sara.advance("2026-12-22T19:30:00Z");
    expect((await sara.subscription(body.data.id)).status).toBe("past_due");
    const operator = await anOperator(world);
    const path = `/v1/operator/customers/${sara.customerId}/credit`;
    await operator.call("POST", path, { amountRials: 4_000_000, reason: "Goodwill" }, crypto.randomUUID());
    await world.drain();
    expect((await sara.subscription(body.data.id)).status).toBe("active");
    expect((await sara.call("GET", "/v1/credit")).body.data).toEqual({ balanceRials: 711_000 });
  });

  it("notes take back a part of an invoice with its VAT, and never more than was paid", async () => {
    const { world, sara, methodId } = await aHousehold();
    await start(sara, await aPrice(world, pro), methodId);
    const [invoice] = await sara.invoices();
    const operator = await anOperator(world);
    const note = (amountRials: number) =>
      operator.call(
        "POST",
        `/v1/operator/invoices/${invoice?.id}/credit-notes`,
        { amountRials, kind: "goodwill", reason: "Outage" },
        crypto.randomUUID(),
      );
    const answers = await Promise.all([note(2_000_000), note(2_000_000)]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 409]));
    expect((await note(1_289_000)).status).toBe(201);
    expect((await sara.invoices())[0]).toMatchObject({ creditNotesRials: 3_289_000 });
  });
});

describe("an operator", () => {
  it("extends a period and gives the next for free, each with a reason in the audit trail", async () => {
    const { world, sara, methodId } = await aHousehold();
    const { body } = await start(sara, await aPrice(world, pro), methodId);
    const operator = await anOperator(world);
    const path = `/v1/operator/subscriptions/${body.data.id}`;
    const extended = await operator.call<Subscription>(
      "POST",
      `${path}/extend`,
      { days: 5, reason: "Outage" },
      crypto.randomUUID(),
    );
    expect(extended.body.data.currentPeriod.endsAt).toBe("2026-12-26T20:30:00.000Z");
    expect(await sara.quota()).toMatchObject({ validUntil: "2026-12-26T20:30:00.000Z" });
    await operator.call("POST", `${path}/comp`, { periods: 1, reason: "Outage" }, crypto.randomUUID());
    await sara.advance("2027-02-20T19:30:00Z");
    expect(await taken(sara)).toEqual([3_289_000, 3_289_000]);
    expect((await sara.invoices()).map(({ totalRials }) => totalRials)).toEqual([3_289_000, 0, 3_289_000]);
    const actors = await env.DB.prepare(
      "SELECT actor, json_extract(evidence, '$.reason') AS reason FROM billing_event WHERE type IN ('subscription.comped')",
    ).all();
    expect(actors.results).toEqual([{ actor: operator.actor, reason: "Outage" }]);
  });

  it("ends a subscription with its period, withdraws that, and ends it at once, each with a reason", async () => {
    const { world, sara, methodId } = await aHousehold();
    const { body } = await start(sara, await aPrice(world, { ...pro, terms: { cancelCredit: "prorated" } }), methodId);
    const operator = await anOperator(world);
    const ask = (verb: string, more: object) =>
      operator.call<Subscription>("POST", `/v1/operator/subscriptions/${body.data.id}/${verb}`, more);
    const scheduled = await ask("cancel", { reason: "Asked by phone" });
    expect(scheduled.body.data).toMatchObject({ status: "active", cancelAtPeriodEnd: true, cancelReason: "requested" });
    await ask("cancel", { reason: "Asked once more" });
    const kept = await ask("cancel/withdraw", { reason: "Stays after all" });
    expect(kept.body.data).toMatchObject({ cancelAtPeriodEnd: false, cancelReason: null });
    await sara.post(`/v1/subscriptions/${body.data.id}/cancel`, { feedback: "unused" });
    await sara.advance("2026-12-02T08:00:00Z");
    const ended = await ask("cancel", { when: "now", reason: "Fraud" });
    expect(ended.body.data).toMatchObject({ status: "canceled", cancelFeedback: "unused" });
    expect(await sara.quota()).toMatchObject({ remaining: 0 });
    expect((await sara.call("GET", "/v1/credit")).body.data).toEqual({ balanceRials: 2_192_667 });
    const written = await env.DB.prepare(
      `SELECT type, json_extract(evidence, '$.reason') AS reason FROM billing_event
        WHERE actor = ? AND type GLOB 'subscription.cancel*' ORDER BY position`,
    )
      .bind(operator.actor)
      .all();
    expect(written.results).toEqual([
      { type: "subscription.cancel_scheduled", reason: "Asked by phone" },
      { type: "subscription.cancel_withdrawn", reason: "Stays after all" },
      { type: "subscription.canceled", reason: "Fraud" },
    ]);
  });
});

describe("another payment method", () => {
  it("is debited from the next period on; null sends a link instead", async () => {
    const { world, sara, methodId } = await aHousehold();
    const { body } = await start(sara, await aPrice(world, pro), methodId);
    const other = await sara.sign();
    const path = `/v1/subscriptions/${body.data.id}/payment-method`;
    const put = (paymentMethodId: string | null) =>
      sara.call<Subscription>("PUT", path, { paymentMethodId }, crypto.randomUUID());
    expect((await put(other)).body.data.paymentMethodId).toBe(other);
    await sara.advance("2026-12-22T19:30:00Z");
    expect((await sara.payments())[0]).toMatchObject({ paymentMethodId: other, status: "succeeded" });
    await put(null);
    await sara.advance("2027-01-21T19:30:00Z");
    expect(await sara.subscription(body.data.id)).toMatchObject({ status: "past_due" });
  });
});
