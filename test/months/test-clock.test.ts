// Test clocks: a customer's billing time moved by hand, over years if asked, with nothing skipped on the way.
import { describe, expect, it } from "vitest";
import type { TestClock } from "../../contract/test-clock.ts";
import { env } from "cloudflare:workers";
import { maxCommits } from "../../server/job/driver.ts";
import { aPrice } from "../support/catalogue.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { aSubscriber, type Subscriber } from "../support/subscriber.ts";

const clockOf = async (sara: Subscriber) => (await sara.call<TestClock>("GET", "/v1/test-clock")).body.data;
const iso = (ms: number) => new Date(ms).toISOString();

async function subscribed(price: Parameters<typeof aPrice>[1] = {}) {
  const world = await aFreshWorld();
  const priceId = await aPrice(world, price);
  const sara = await aSubscriber(world);
  const limits = { expiresAt: iso(world.now() + 1_000 * 86_400_000) };
  const { body } = await sara.subscribe(priceId, price.amountRials === 0 ? undefined : await sara.sign(limits));
  return { world, sara, id: body.data.id };
}

const advance = (sara: Subscriber, to: string) =>
  sara.call<TestClock>("POST", "/v1/test-clock/advance", { to }, crypto.randomUUID());

describe("a customer's clock", () => {
  it("runs with real time until it is advanced", async () => {
    const { world, sara } = await subscribed();
    expect(await clockOf(sara)).toEqual({ status: "running", nowAt: iso(world.now()), targetAt: null });
    world.pass(1_000);
    expect((await clockOf(sara)).nowAt).toBe(iso(world.now()));
  });

  it("202 advancing, then ready at the target; real time no longer moves it", async () => {
    const { world, sara } = await subscribed();
    world.hold();
    const to = "2027-01-22T08:00:00.000Z";
    expect(await advance(sara, to)).toMatchObject({
      status: 202,
      body: { data: { status: "advancing", targetAt: to } },
    });
    world.release();
    await world.drain();
    expect(await clockOf(sara)).toEqual({ status: "ready", nowAt: to, targetAt: to });
    await world.pass48Hours();
    expect(await clockOf(sara)).toEqual({ status: "ready", nowAt: to, targetAt: to });
    expect((await sara.invoices()).length).toBe(3);
  });

  it("409 backwards, and more than 20 years ahead; the same target again is no event", async () => {
    const { sara } = await subscribed();
    const to = "2026-12-01T08:00:00.000Z";
    await sara.advance(to);
    const events = (await sara.events()).length;
    for (const wrong of ["2026-11-30T08:00:00Z", "2047-01-01T00:00:00Z"]) {
      const { status, body } = await advance(sara, wrong);
      expect({ status, code: body.code }).toEqual({ status: 409, code: "test_clock_backwards" });
    }
    expect((await sara.events()).length).toBe(events);
  });

  it("409 while it is advancing to another target; to the same one it says so again", async () => {
    const { world, sara } = await subscribed();
    world.hold();
    await advance(sara, "2027-01-22T08:00:00Z");
    expect((await advance(sara, "2027-02-22T08:00:00Z")).body).toMatchObject({ code: "test_clock_advancing" });
    expect((await advance(sara, "2027-01-22T08:00:00Z")).status).toBe(202);
    world.release();
    await world.drain();
    expect((await sara.events()).filter(({ type }) => type === "test_clock.target_set")).toHaveLength(1);
  });

  it("waits while the gateway has not told what became of a debit, and goes on once it has", async () => {
    const { world, sara } = await subscribed();
    world.simulator.fault({ call: "payman/checkout", fault: { kind: "drop_after" } });
    world.simulator.fault({ call: "payment/inquiry", times: 2, fault: { kind: "http_500", effect: "before" } });
    await sara.advance("2027-02-22T08:00:00Z");
    expect(await clockOf(sara)).toMatchObject({ status: "advancing" });
    expect((await clockOf(sara)).nowAt < "2026-12-23").toBe(true);
    await world.live(15 * 60_000, 20_000);
    expect(await clockOf(sara)).toMatchObject({ status: "ready" });
    expect(world.simulator.totals().debits).toBe(4);
  });

  it("goes two years in one call: every period in order, each billed and paid once", async () => {
    const { world, sara, id } = await subscribed();
    await sara.advance("2028-11-22T08:00:00Z");
    await world.tick();
    expect(await clockOf(sara)).toMatchObject({ status: "ready" });
    const invoices = await sara.invoices();
    const indexes = invoices.map(({ periodIndex }) => periodIndex).toSorted((a, b) => (a ?? 0) - (b ?? 0));
    expect(indexes).toEqual(Array.from({ length: 25 }, (_, index) => index));
    expect(new Set(invoices.map(({ status }) => status))).toEqual(new Set(["paid"]));
    expect(world.simulator.totals()).toMatchObject({ debits: 25, debitedRials: 25 * 3_289_000 });
    expect((await sara.subscription(id)).currentPeriod.index).toBe(24);
    expect(world.log.filter(({ level }) => level === "error")).toEqual([]);
  });

  it(`goes on in another message after ${maxCommits} steps, so that no message runs for ever`, async () => {
    const { world, sara } = await subscribed({ amountRials: 0 });
    world.hold();
    await advance(sara, "2036-11-22T08:00:00Z");
    world.queue.length = 0;
    const seqOf = async () =>
      (await env.DB.prepare("SELECT COUNT(*) AS n FROM billing_event WHERE stream = ? AND type = 'test_clock.advanced'")
        .bind(sara.customerId)
        .first<number>("n")) ?? 0;
    await world.deliver([{ customerId: sara.customerId }]);
    expect(world.queue).toEqual([{ customerId: sara.customerId }]);
    expect(await seqOf()).toBeLessThanOrEqual(maxCommits);
    world.release();
    await world.drain();
    expect(await clockOf(sara)).toMatchObject({ status: "ready", nowAt: "2036-11-22T08:00:00.000Z" });
    expect(await seqOf()).toBeGreaterThan(110);
  });

  it("has, once it is ready, nothing left that is due", async () => {
    const { sara } = await subscribed();
    await sara.advance("2027-07-01T08:00:00Z");
    const due = env.DB.prepare("SELECT due_at FROM due WHERE customer_id = ?").bind(sara.customerId);
    const dueAt = await due.first<number | null>("due_at");
    expect(dueAt === null || dueAt > Date.parse("2026-11-24T00:00:00Z")).toBe(true);
  });

  it("404 in production, for reading and for advancing", async () => {
    const { world, sara } = await subscribed();
    const deps = world.invocation();
    const production = { ...deps, config: { ...deps.config, environment: "production" as const } };
    for (const request of [
      sara.request("GET", "/v1/test-clock"),
      sara.request("POST", "/v1/test-clock/advance", { to: "2027-01-22T08:00:00Z" }),
    ]) {
      const response = await world.fetchWith(production, request);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ code: "not_found" });
    }
    expect((await clockOf(sara)).status).toBe("running");
  });

  it("of one customer moves nobody else's", async () => {
    const { world, sara } = await subscribed();
    const nima = await aSubscriber(world);
    await sara.advance("2027-01-22T08:00:00Z");
    expect(await clockOf(nima)).toMatchObject({ status: "running", nowAt: iso(world.now()) });
  });
});
