// The stop of collecting and the breaker: no new debit, while what was sent is followed to its end.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import type { Epoch } from "../../contract/epoch.ts";
import type { Health } from "../../contract/health.ts";
import { aPrice } from "../support/catalogue.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { signedInPerson } from "../support/people.ts";
import { aSubscriber, caller, type Subscriber } from "../support/subscriber.ts";
import type { World } from "../support/world.ts";

const minuteMs = 60_000;

const callsOf = (world: World, name: string) => world.simulator.calls().filter(({ call }) => call === name);

async function anOperator(world: World) {
  const person = await signedInPerson(world.auth, { role: "operator" });
  const call = caller(world, person.token);
  const set = (collecting: boolean, reason = "The gateway answers twice") =>
    call("PUT", "/v1/operator/collecting", { collecting, reason });
  return { ...person, call, set };
}

async function aSignedSubscriber(world: World) {
  const sara = await aSubscriber(world);
  return { sara, methodId: await sara.sign() };
}

async function systemEvents() {
  const query = "SELECT seq, type, actor, data, evidence FROM billing_event WHERE stream = 'system' ORDER BY seq";
  return (await env.DB.prepare(query).all<{ seq: number; actor: string; data: string; evidence: string }>()).results;
}

afterEach(async () => void (await env.DB.exec("UPDATE system_state SET collecting = 1")));

describe("while collecting is stopped", () => {
  it("a renewal is made and owed but not debited; resuming collects it by itself", async () => {
    const world = await aFreshWorld();
    const operator = await anOperator(world);
    const { sara, methodId } = await aSignedSubscriber(world);
    const { body } = await sara.subscribe(await aPrice(world), methodId);
    await operator.set(false);
    await sara.advance("2026-12-22T20:00:00Z");
    await world.live(30 * minuteMs);
    expect(callsOf(world, "payman/checkout")).toHaveLength(1);
    expect((await sara.invoices())[0]).toMatchObject({ status: "open", attemptCount: 0 });
    expect((await sara.subscription(body.data.id)).status).toBe("active");
    await operator.set(true);
    await world.tick();
    expect(callsOf(world, "payman/checkout")).toHaveLength(2);
    expect((await sara.invoices())[0]).toMatchObject({ status: "paid" });
  });

  it("operators' health says so, and a log line leads from the request to who did it and to its event", async () => {
    const world = await aFreshWorld();
    const operator = await anOperator(world);
    expect((await operator.call("GET", "/v1/operator/health")).body.data).toMatchObject({
      collecting: true,
      alerts: [],
    });
    await operator.set(false);
    const requestId = world.log.findLast((line) => line["method"] === "PUT")?.["requestId"];
    const health = await operator.call<Health>("GET", "/v1/operator/health");
    expect(health.body.data).toMatchObject({ collecting: false, alerts: [{ name: "collecting_stopped" }] });
    const lines = world.log.filter((line) => requestId !== undefined && line["requestId"] === requestId);
    const [change] = (await systemEvents()).slice(-1);
    expect(lines).toMatchObject([
      { event: "committed", stream: "system", events: expect.stringContaining(" collecting.changed") },
      {
        event: "request",
        method: "PUT",
        route: "/v1/operator/collecting",
        status: 200,
        code: null,
        caller: "operator",
      },
    ]);
    expect(change?.actor).toBe(`operator:${operator.userId}`);
    const refused = await caller(world, null)("GET", "/v1/operator/health");
    expect(world.log.at(-1)).toMatchObject({ event: "request", status: 401, code: "not_signed_in", caller: null });
    expect(refused.status).toBe(401);
  });

  it("a debit that was sent is still asked about and booked", async () => {
    const world = await aFreshWorld();
    const operator = await anOperator(world);
    const { sara, methodId } = await aSignedSubscriber(world);
    world.simulator.fault({ call: "payman/checkout", fault: { kind: "drop_after" } });
    world.simulator.fault({ call: "payment/inquiry", times: 2, fault: { kind: "http_500", effect: "before" } });
    expect((await sara.subscribe(await aPrice(world), methodId)).status).toBe(202);
    await operator.set(false);
    await world.live(10 * minuteMs);
    expect(await sara.payments()).toMatchObject([{ status: "succeeded" }]);
    expect(callsOf(world, "payman/checkout")).toHaveLength(1);
  });

  it("a debit that was begun before, and not sent, waits for the resume", async () => {
    const world = await aFreshWorld();
    const operator = await anOperator(world);
    const { sara, methodId } = await aSignedSubscriber(world);
    world.hold();
    expect((await sara.subscribe(await aPrice(world), methodId)).status).toBe(202);
    await operator.set(false);
    world.release();
    await world.live(10 * minuteMs);
    expect(await sara.payments()).toMatchObject([{ status: "created" }]);
    expect(callsOf(world, "payment/request")).toHaveLength(0);
    await operator.set(true);
    await world.tick();
    expect(await sara.payments()).toMatchObject([{ status: "succeeded" }]);
  });

  it("even a consumer that loaded before the stop sends nothing", async () => {
    const world = await aFreshWorld();
    const operator = await anOperator(world);
    const { sara, methodId } = await aSignedSubscriber(world);
    world.hold();
    await sara.subscribe(await aPrice(world), methodId);
    const deps = world.invocation();
    const requestPayment: typeof deps.gateway.requestPayment = async (input) => {
      const answer = await deps.gateway.requestPayment(input);
      await operator.set(false);
      return answer;
    };
    const late = { ...deps, gateway: { ...deps.gateway, requestPayment } };
    await world.deliver([{ customerId: sara.customerId }], late);
    expect(callsOf(world, "payment/request")).toHaveLength(1);
    expect(callsOf(world, "payman/checkout")).toHaveLength(0);
    expect(await sara.payments()).toMatchObject([{ status: "created" }]);
  });
});

describe("the switch", () => {
  it("is audited in the system's own stream with who and why; setting what is set is no event", async () => {
    const world = await aFreshWorld();
    const operator = await anOperator(world);
    const before = (await systemEvents()).length;
    expect((await operator.set(false, "Two debits seen")).body.data).toEqual({ collecting: false });
    await operator.set(false, "Again");
    expect((await operator.call("GET", "/v1/operator/collecting")).body.data).toEqual({ collecting: false });
    await Promise.all([operator.set(true), operator.set(true), operator.set(true)]);
    const events = (await systemEvents()).slice(before);
    expect(events).toMatchObject([
      {
        type: "collecting.changed",
        actor: `operator:${operator.userId}`,
        data: '{"collecting":false}',
        evidence: '{"reason":"Two debits seen"}',
      },
      { data: '{"collecting":true}' },
    ]);
    expect(events.map(({ seq }) => seq)).toEqual([before + 1, before + 2]);
  });
});

describe("the breaker", () => {
  /** `count` subscribers whose money call is lost before it arrives, one after the other. */
  async function unknowns(world: World, priceId: string, count: number): Promise<void> {
    world.simulator.fault({ call: "payman/checkout", times: count, fault: { kind: "drop_before" } });
    for (let index = 0; index < count; index++) {
      const { sara, methodId } = await aSignedSubscriber(world);
      await sara.subscribe(priceId, methodId);
    }
  }

  const checkoutsAfter = async (world: World, sara: Subscriber, priceId: string, methodId: string) => {
    const before = callsOf(world, "payman/checkout").length;
    await sara.subscribe(priceId, methodId);
    return callsOf(world, "payman/checkout").length - before;
  };

  it("stays closed at four unknowns in a row", async () => {
    const world = await aFreshWorld();
    const priceId = await aPrice(world);
    const { sara, methodId } = await aSignedSubscriber(world);
    const first = await aSignedSubscriber(world);
    await first.sara.subscribe(priceId, first.methodId);
    await unknowns(world, priceId, 4);
    expect(await checkoutsAfter(world, sara, priceId, methodId)).toBe(1);
  });

  it("opens at five: no new debit for five minutes, then a probe, and closes when that succeeds", async () => {
    const world = await aFreshWorld();
    const priceId = await aPrice(world);
    const [one, two] = [await aSignedSubscriber(world), await aSignedSubscriber(world)];
    await unknowns(world, priceId, 5);
    expect(await checkoutsAfter(world, one.sara, priceId, one.methodId)).toBe(0);
    expect(await checkoutsAfter(world, two.sara, priceId, two.methodId)).toBe(0);
    await env.DB.prepare("DELETE FROM due WHERE customer_id NOT IN (?, ?)")
      .bind(one.sara.customerId, two.sara.customerId)
      .run();
    const sent = callsOf(world, "payman/checkout").length;
    await world.live(4 * minuteMs, 30_000);
    expect(callsOf(world, "payman/checkout")).toHaveLength(sent);
    world.pass(minuteMs + 1_000);
    await world.deliver([{ customerId: one.sara.customerId }]);
    expect(await one.sara.payments()).toMatchObject([{ status: "succeeded" }]);
    await world.live(minuteMs, 30_000);
    expect(callsOf(world, "payman/checkout")).toHaveLength(sent + 2);
    for (const { sara } of [one, two]) expect(await sara.payments()).toMatchObject([{ status: "succeeded" }]);
  });

  it("stays open once a probe is sent and ends unknown as well: the others wait another five minutes", async () => {
    const world = await aFreshWorld();
    const priceId = await aPrice(world);
    const [one, two] = [await aSignedSubscriber(world), await aSignedSubscriber(world)];
    await unknowns(world, priceId, 5);
    await one.sara.subscribe(priceId, one.methodId);
    await two.sara.subscribe(priceId, two.methodId);
    await env.DB.prepare("DELETE FROM due WHERE customer_id NOT IN (?, ?)")
      .bind(one.sara.customerId, two.sara.customerId)
      .run();
    const sent = callsOf(world, "payman/checkout").length;
    world.simulator.fault({ call: "payman/checkout", times: 10, fault: { kind: "drop_before" } });
    world.pass(5 * minuteMs);
    await world.deliver([{ customerId: one.sara.customerId }]);
    await world.live(4 * minuteMs, 30_000);
    expect(callsOf(world, "payman/checkout").length - sent).toBe(1);
    await world.live(2 * minuteMs, 30_000);
    expect(callsOf(world, "payman/checkout").length - sent).toBe(2);
  });
});

describe("after a restore", () => {
  it("nothing is written and nothing collected before the log is whole; each step is on the audit trail", async () => {
    const world = await aFreshWorld();
    const operator = await anOperator(world);
    const { sara, methodId } = await aSignedSubscriber(world);
    const priceId = await aPrice(world);
    const reason = "The backup of this morning is restored";
    const step = (name: string) =>
      operator.call<Epoch>("POST", `/v1/operator/epochs${name}`, { reason }, name || "start");
    const standing = async () => (await operator.call<Epoch>("GET", "/v1/operator/epochs/current")).body.data;
    expect(await standing()).toMatchObject({ epoch: 1, recalling: false, doubtUntil: null, held: 0 });
    const begun = await step("");
    expect(await standing()).toEqual(begun.body.data);
    expect(begun).toMatchObject({ status: 201, body: { data: { collecting: false, recalling: true } } });
    expect((await step("")).body.data.epoch).toBe(begun.body.data.epoch);
    expect(await operator.set(true)).toMatchObject({ status: 429, body: { code: "busy" } });
    expect(await step("/settle")).toMatchObject({ status: 429, body: { code: "busy" } });
    const credit = () =>
      operator.call(
        "POST",
        `/v1/operator/customers/${sara.customerId}/credit`,
        { amountRials: 1_000, reason },
        "credit",
      );
    expect(await credit()).toMatchObject({ status: 429, body: { code: "busy" } });
    expect(await step("/recall")).toMatchObject({ status: 200, body: { data: { recalling: false } } });
    expect((await operator.set(true)).status).toBe(200);
    const { lastPosition } = await standing();
    expect(lastPosition).toBe(begun.body.data.lastPosition);
    expect((await step("/settle?")).body.data).toMatchObject({ doubtUntil: null, collecting: true, held: 0 });
    expect(await standing()).toMatchObject({ epoch: begun.body.data.epoch, doubtUntil: null, lastPosition });
    expect((await credit()).status).toBe(200);
    // The breaker of the tests before may be open still: it is taken, and paid later.
    expect((await sara.subscribe(priceId, methodId)).status).toBeLessThan(300);
    const query = "SELECT type, actor, evidence FROM billing_event WHERE stream = ? ORDER BY seq";
    const { results } = await env.DB.prepare(query).bind(`epoch:${begun.body.data.epoch}`).all();
    const by = { actor: `operator:${operator.userId}`, evidence: JSON.stringify({ reason }) };
    expect(results).toEqual([
      { type: "epoch.started", ...by },
      { type: "epoch.recalled", ...by },
      { type: "epoch.settled", ...by },
    ]);
  });
});
