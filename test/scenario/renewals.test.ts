// Renewals: due with the period, collected in the window, debited once whoever is told how often.
import { expect, test } from "vitest";
import { collectionWindow } from "../../server/billing/collection-window.ts";
import { timeOfDay, tehranDayOf } from "../../server/billing/tehran.ts";
import { billingMs } from "../../server/billing/clock.ts";
import { aPrice } from "../support/catalogue.ts";
import { aCrowdedWorld, aFreshWorld } from "../support/fresh-world.ts";
import { aSubscriber, type Subscriber } from "../support/subscriber.ts";
import type { World } from "../support/world.ts";
import { variants } from "../simulator/variants.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

async function subscribed(world: World, price: Parameters<typeof aPrice>[1] = {}) {
  const priceId = await aPrice(world, price);
  const sara = await aSubscriber(world);
  const { body } = await sara.subscribe(priceId, await sara.sign());
  return { world, sara, id: body.data.id };
}

/** Lets a month and more pass to a moment, with the cron running wherever something is due. */
async function liveUntil(world: World, instant: string): Promise<void> {
  while (world.now() < Date.parse(instant) - 2 * dayMs) await world.pass48Hours();
  await world.live(Date.parse(instant) - world.now(), 20 * minuteMs);
}

const debitsOf = (world: World) => world.simulator.ledger().map(({ at }) => at);

test("a customer on real time is renewed for two months, once each, and nobody had to do anything", async () => {
  const { world, sara, id } = await subscribed(await aFreshWorld());
  await liveUntil(world, "2027-01-21T20:00:00Z");
  expect(await sara.subscription(id)).toMatchObject({
    status: "active",
    currentPeriod: { index: 2, startsAt: "2027-01-20T20:30:00.000Z", endsAt: "2027-02-19T20:30:00.000Z" },
  });
  const invoices = await sara.invoices();
  expect(invoices.map(({ status, periodIndex }) => [periodIndex, status])).toEqual([
    [2, "paid"],
    [1, "paid"],
    [0, "paid"],
  ]);
  expect(world.simulator.totals()).toMatchObject({ debits: 3, debitedRials: 3 * 3_289_000 });
  expect(world.log.filter(({ level }) => level === "error")).toEqual([]);
});

test("a renewal is due at midnight and collected in the window of that day; access goes on in between", async () => {
  const { world, sara, id } = await subscribed(await aFreshWorld());
  await liveUntil(world, "2026-12-21T21:00:00Z");
  const [invoice] = await sara.invoices();
  expect(invoice).toMatchObject({ status: "open", dueAt: "2026-12-21T20:30:00.000Z", attemptCount: 0 });
  expect(await sara.subscription(id)).toMatchObject({ status: "active", currentPeriod: { index: 1 } });
  expect((await sara.call("GET", "/v1/quotas")).body.data).toMatchObject([
    { remaining: 2_000, validUntil: "2027-01-20T20:30:00.000Z" },
  ]);
  expect(world.simulator.totals().debits).toBe(1);

  await liveUntil(world, "2026-12-22T20:00:00Z");
  const collectedAt = debitsOf(world)[1] ?? 0;
  const day = tehranDayOf(billingMs(collectedAt));
  expect(collectedAt).toBeGreaterThanOrEqual(timeOfDay(day, collectionWindow.opensMs));
  expect(collectedAt).toBeLessThan(timeOfDay(day, collectionWindow.closesMs));
  expect(collectedAt).toBeGreaterThanOrEqual(Date.parse(invoice?.nextAttemptAt ?? ""));
  expect((await sara.invoices())[0]).toMatchObject({ status: "paid" });
});

test("renewals of one day are spread over the window, not sent in one minute", async () => {
  const world = await aFreshWorld();
  const customers: Subscriber[] = [];
  for (let index = 0; index < 6; index++) customers.push((await subscribed(world)).sara);
  await liveUntil(world, "2026-12-21T22:00:00Z");
  const planned = await Promise.all(customers.map(async (one) => (await one.invoices())[0]?.nextAttemptAt));
  expect(new Set(planned.map((at) => at?.slice(0, 16))).size).toBeGreaterThan(3);
});

test("periods that passed while we were down are not billed: one renewal, to the present period", async () => {
  const { world, sara, id } = await subscribed(await aFreshWorld());
  world.pass(100 * dayMs);
  await world.live(2 * dayMs, 30 * minuteMs);
  const { currentPeriod, status } = await sara.subscription(id);
  expect(status).toBe("active");
  expect(currentPeriod).toMatchObject({ index: 3, startsAt: "2027-02-19T20:30:00.000Z" });
  const invoices = await sara.invoices();
  expect(invoices.map(({ periodIndex }) => periodIndex)).toEqual([3, 0]);
  expect(world.simulator.totals().debits).toBe(2);
});

test("a subscription that was cancelled runs to the end of its period and is not debited again", async () => {
  const { world, sara, id } = await subscribed(await aFreshWorld());
  const cancel = () => sara.call("POST", `/v1/subscriptions/${id}/cancel`);
  expect((await cancel()).body.data).toMatchObject({ status: "active", cancelAtPeriodEnd: true });
  expect((await cancel()).body.data).toMatchObject({ status: "active", cancelAtPeriodEnd: true });
  await sara.advance("2027-01-05T08:00:00Z");
  expect(await sara.subscription(id)).toMatchObject({
    status: "canceled",
    cancelReason: "requested",
    endedAt: "2026-12-21T20:30:00.000Z",
  });
  expect(world.simulator.totals().debits).toBe(1);
  expect((await cancel()).body).toMatchObject({ code: "subscription_ended" });
});

test("messages of a product that grants on payment come with the money, not with the period", async () => {
  const { world, sara } = await subscribed(await aFreshWorld(), { grantOn: "payment" });
  const quota = async () => (await sara.call("GET", "/v1/quotas")).body.data;
  await liveUntil(world, "2026-12-21T22:00:00Z");
  expect(await quota()).toMatchObject([{ validUntil: "2026-12-21T20:30:00.000Z" }]);
  await liveUntil(world, "2026-12-22T20:00:00Z");
  expect(await quota()).toMatchObject([{ validUntil: "2027-01-20T20:30:00.000Z", remaining: 2_000 }]);
});

test.each(variants)(
  "one renewal message delivered five times at once is one debit (lesson 2): $name",
  async ({ settings }) => {
    const { world, sara } = await subscribed(await aCrowdedWorld({ gateway: settings }));
    world.hold();
    await sara.advance("2026-12-23T08:00:00Z");
    world.queue.length = 0;
    const message = { customerId: sara.customerId };
    await Promise.all(Array.from({ length: 5 }, () => world.deliver([message])));
    world.release();
    await world.tick();
    expect(world.simulator.totals()).toMatchObject({ debits: 2, debitedRials: 2 * 3_289_000 });
    expect(world.simulator.calls().filter(({ call }) => call === "payman/checkout")).toHaveLength(2);
    expect((await sara.payments()).map(({ status }) => status)).toEqual(["succeeded", "succeeded"]);
    expect((await sara.invoices()).map(({ status }) => status)).toEqual(["paid", "paid"]);
  },
);

test("two debits of one subscription are never within 20 hours, however often and late anybody comes (lesson 5)", async () => {
  const { world, sara } = await subscribed(await aFreshWorld());
  world.simulator.configure({ balances: { [sara.mobile]: 0 } });
  world.pass(60 * dayMs);
  await world.live(10 * dayMs, hourMs);
  const checkouts = world.simulator.calls().filter(({ call }) => call === "payman/checkout");
  expect(checkouts.length).toBeGreaterThan(2);
  const times = checkouts.map(({ at }) => at).toSorted((a, b) => a - b);
  const apart = times.slice(1).map((at, index) => at - (times[index] ?? 0));
  expect(Math.min(...apart)).toBeGreaterThan(20 * hourMs);
});
