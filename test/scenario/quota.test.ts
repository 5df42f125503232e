// Quotas as Roundtable meets them: before each reply a reservation, after it what it cost, by the real API.
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { PartnerScope } from "../../contract/common/policy.ts";
import type { Quota, Reservation } from "../../contract/quota.ts";
import { wallMs } from "../../server/billing/clock.ts";
import { housePartnerId } from "../../server/billing/customer.ts";
import { idsOf } from "../../server/billing/ids.ts";
import { createPartnerKey } from "../../server/http/auth/partner-key.ts";
import { upsertPartner } from "../../server/store/people.ts";
import { checkInvariants } from "../../server/store/invariants.ts";
import { d1Around } from "../support/d1-around.ts";
import { aPrice } from "../support/catalogue.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { aSubscriber, caller, type Answer, type Call, type Subscriber } from "../support/subscriber.ts";
import { publicUrl, type World } from "../support/world.ts";

let world: World;
let roundtable: Call;
let priceId: Awaited<ReturnType<typeof aPrice>>;

async function aKey(scopes: readonly PartnerScope[], partnerId = housePartnerId) {
  const { key } = await createPartnerKey(world.invocation(), { partnerId, scopes, expiresAt: null });
  return key;
}

beforeAll(async () => {
  world = await aFreshWorld();
  roundtable = caller(world, await aKey(["quota:write"]));
  priceId = await aPrice(world, { messageQuota: 600 });
});

interface Customer {
  readonly sara: Subscriber;
  readonly customerId: string;
  readonly productId: string;
}

/** Somebody with 600 messages. */
async function aCustomer(): Promise<Customer> {
  const sara = await aSubscriber(world);
  const { body } = await sara.subscribe(priceId, await sara.sign());
  return { sara, customerId: sara.customerId, productId: body.data.productId };
}

const reservations = "/v1/quota/reservations";

function reserve({ customerId, productId }: Customer, messages: number, more: object = {}, call = roundtable) {
  return call<Reservation>("POST", reservations, { id: crypto.randomUUID(), customerId, productId, messages, ...more });
}

const settle = (how: "commit" | "release", id: string, body: object = {}, call = roundtable) =>
  call<Reservation>("POST", `${reservations}/${id}/${how}`, body);

const quotaOf = async ({ sara }: Customer): Promise<Quota | undefined> => sara.quota();

function told({ status, body }: Answer) {
  const { requestId: _, ...rest } = body as Answer["body"] & { requestId?: string };
  return { status, ...rest };
}

async function isSound(): Promise<void> {
  const broken = (await checkInvariants(env.DB)).filter(({ name, offenders }) => /message/.test(name) && offenders[0]);
  expect(broken).toEqual([]);
}

describe("a reply", () => {
  it("is reserved, committed with what it cost, and read", async () => {
    const customer = await aCustomer();
    const { customerId, productId } = customer;
    const made = await reserve(customer, 5, { id: "chat:1.a_b-c" });
    expect(made).toMatchObject({
      status: 201,
      body: {
        data: {
          id: "chat:1.a_b-c",
          customerId,
          productId,
          messages: 5,
          status: "reserved",
          usedMessages: 0,
          overrunMessages: 0,
          settledAt: null,
          expiresAt: new Date(world.now() + 600_000).toISOString(),
          quota: { granted: 600, used: 0, reserved: 5, remaining: 595 },
        },
      },
    });
    const done = await settle("commit", "chat:1.a_b-c", { messages: 4 });
    expect(done).toMatchObject({
      status: 200,
      body: { data: { status: "committed", usedMessages: 4, quota: { used: 4, reserved: 0, remaining: 596 } } },
    });
    const read = await roundtable<Reservation>("GET", `${reservations}/chat:1.a_b-c`);
    expect(read).toMatchObject({ status: 200, body: { data: done.body.data } });
    expect(await quotaOf(customer)).toMatchObject({ used: 4, reserved: 0, remaining: 596 });
  });

  it("that came to nothing is released: twice is once, and committed after that is a 409", async () => {
    const customer = await aCustomer();
    const { id } = (await reserve(customer, 5)).body.data;
    for (const _ of [1, 2]) {
      expect(await settle("release", id)).toMatchObject({
        status: 200,
        body: { data: { status: "released", quota: { remaining: 600 } } },
      });
    }
    expect(await settle("commit", id)).toMatchObject({ status: 409, body: { code: "reservation_settled" } });
    expect(await quotaOf(customer)).toMatchObject({ used: 0, reserved: 0 });
  });

  it("whose cost is known is used in one step, and the same request again is the same use", async () => {
    const customer = await aCustomer();
    const { customerId, productId } = customer;
    const wanted = { id: crypto.randomUUID(), customerId, productId, messages: 600 };
    const consume = () => roundtable<Reservation>("POST", "/v1/quota/consume", wanted);
    const [first, second] = [await consume(), await consume()];
    expect(first).toMatchObject({
      status: 201,
      body: { data: { status: "committed", quota: { used: 600, remaining: 0 } } },
    });
    expect(second).toMatchObject({ status: 201, body: { data: first.body.data } });
    expect(await reserve(customer, 600, { id: wanted.id })).toMatchObject({
      status: 409,
      body: { code: "reservation_exists" },
    });
    expect(await settle("release", wanted.id)).toMatchObject({ status: 409, body: { code: "reservation_settled" } });
    expect(await settle("commit", wanted.id, { messages: 1 })).toMatchObject({ status: 409 });
  });

  it("that is too much is a 409 with the numbers; of a product without messages, too", async () => {
    const customer = await aCustomer();
    await reserve(customer, 100);
    expect(await reserve(customer, 501)).toMatchObject({
      status: 409,
      body: {
        code: "quota_exceeded",
        detail: "501 wanted, 500 remain: 600 granted, 0 used, 100 set aside.",
      },
    });
    const productId = "prod_01kaqzv3m5e0a8r6b1x2n4y7tq";
    expect(await reserve({ ...customer, productId }, 1)).toMatchObject({
      status: 409,
      body: { code: "quota_exceeded", detail: `1 wanted; the customer has no messages of ${productId}.` },
    });
  });

  it("needs one trip to the database, which proves the key as well", async () => {
    const customer = await aCustomer();
    const deps = world.invocation();
    const trips: number[] = [];
    const db = d1Around(env.DB, {
      around: async (queries, effect) => {
        trips.push(queries.length);
        return effect();
      },
    });
    const token = await aKey(["quota:write"]);
    const { customerId, productId } = customer;
    const ask = async (path: string, body?: object) => {
      trips.length = 0;
      const headers = { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) };
      const request = new Request(`${publicUrl}${path}`, {
        method: body ? "POST" : "GET",
        headers,
        ...(body && { body: JSON.stringify(body) }),
      });
      const { status } = await world.fetchWith({ ...deps, db }, request);
      return { status, trips: trips.length };
    };
    const wanted = { id: "trip-1", customerId, productId, messages: 5 };
    // Who was not heard of lately is asked for first: here once, before.
    expect((await ask(`${reservations}/none`)).status).toBe(404);
    expect(await ask(reservations, wanted)).toEqual({ status: 201, trips: 1 });
    expect(await ask(`${reservations}/trip-1/commit`, {})).toEqual({ status: 200, trips: 1 });
    expect(await ask(`${reservations}/trip-1/release`, {})).toEqual({ status: 409, trips: 1 });
    expect(await ask(`${reservations}/trip-1`)).toEqual({ status: 200, trips: 1 });
    expect(await ask("/v1/quota/consume", { ...wanted, id: "trip-2" })).toEqual({ status: 201, trips: 1 });
  });
});

/** Asks all at once and says how long the slowest waited, for whoever reads the output: a test asserts no such time. */
async function allAtOnce<T>(asks: readonly (() => Promise<T>)[]): Promise<readonly T[]> {
  const begunAt = performance.now();
  const waits: number[] = [];
  const answers = await Promise.all(
    asks.map(async (ask) => {
      const answer = await ask();
      waits.push(performance.now() - begunAt);
      return answer;
    }),
  );
  console.info(`${asks.length} at once: the slowest was answered after ${Math.round(Math.max(...waits))} ms`);
  return answers;
}

describe("many at once", () => {
  it("five who want 500 of 600: exactly one has them (Q1)", async () => {
    const customer = await aCustomer();
    const answers = await Promise.all(Array.from({ length: 5 }, () => reserve(customer, 500)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === "quota_exceeded")).toHaveLength(4);
    expect(await quotaOf(customer)).toMatchObject({ used: 0, reserved: 500, remaining: 100 });
  });

  it("a thousand who want one of 600: each has it or is told, and the sum is exact", async () => {
    const customer = await aCustomer();
    const answers = await allAtOnce(Array.from({ length: 1_000 }, () => () => reserve(customer, 1)));
    const had = answers.filter(({ status }) => status === 201);
    expect(had).toHaveLength(600);
    expect(answers.filter(({ body }) => body.code === "quota_exceeded")).toHaveLength(400);
    expect(await quotaOf(customer)).toMatchObject({ used: 0, reserved: 600, remaining: 0 });
    const settled = had.slice(0, 100);
    await Promise.all(settled.map(({ body }, index) => settle(index < 50 ? "commit" : "release", body.data.id)));
    expect(await quotaOf(customer)).toMatchObject({ used: 50, reserved: 500, remaining: 50 });
    await isSound();
  });

  it("a renewal among them resets the count once, and nobody's old reservation counts in the new period (Q3)", async () => {
    const customer = await aCustomer();
    const { sara } = customer;
    const [open, late] = [await reserve(customer, 200), await reserve(customer, 300, { ttlSeconds: 86_400 })];
    world.hold();
    await sara.advance("2026-12-22T19:30:00Z");
    const message = { customerId: sara.customerId };
    const [, , before] = await Promise.all([
      world.deliver([message]),
      world.deliver([message]),
      reserve(customer, 100),
      settle("commit", open.body.data.id),
    ]);
    world.release();
    await world.tick();
    const granted = (await sara.events()).filter(({ type }) => type === "quota.granted");
    expect(granted).toHaveLength(2);
    const quota = await quotaOf(customer);
    expect(quota).toMatchObject({ granted: 600, used: 0, overrun: 0 });
    expect(quota?.remaining).toBe(600 - (quota?.reserved ?? 0));
    expect([0, before.status === 201 ? 100 : 0]).toContain(quota?.reserved);
    const told = await settle("commit", late.body.data.id, { messages: 350 });
    expect(told.body.data).toMatchObject({ status: "committed", usedMessages: 350, overrunMessages: 0 });
    expect(await quotaOf(customer)).toMatchObject({ used: 0, overrun: 0 });
    await isSound();
  });
});

describe("a reservation that nobody settles", () => {
  it("falls back when it expires, by whoever asks next or by the cron; what it cost can still be told (Q2)", async () => {
    const customer = await aCustomer();
    const { id } = (await reserve(customer, 600, { ttlSeconds: 60 })).body.data;
    expect((await reserve(customer, 1)).status).toBe(409);
    world.pass(60_000);
    expect(await roundtable<Reservation>("GET", `${reservations}/${id}`)).toMatchObject({
      body: { data: { status: "expired" } },
    });
    expect((await reserve(customer, 500)).status).toBe(201);
    expect(await settle("commit", id, { messages: 200 })).toMatchObject({
      status: 200,
      body: { data: { status: "committed", overrunMessages: 40, quota: { used: 160, reserved: 500, overrun: 40 } } },
    });
    world.pass(600_000);
    await world.tick();
    expect(await quotaOf(customer)).toMatchObject({ used: 160, reserved: 0, overrun: 40, remaining: 400 });
    await isSound();
  });

  it("of a grant that has ended is not made: on the customer's own clock nothing is left", async () => {
    const customer = await aCustomer();
    const { sara } = customer;
    const { body } = await sara.call<{ id: string }[]>("GET", "/v1/subscriptions");
    await sara.post(`/v1/subscriptions/${body.data[0]?.id ?? ""}/cancel`);
    await sara.advance("2026-12-21T20:29:59Z");
    expect((await reserve(customer, 1)).status).toBe(201);
    await sara.advance("2026-12-21T20:30:00Z");
    const refused = await reserve(customer, 1);
    expect(refused).toMatchObject({ status: 409, body: { code: "quota_exceeded" } });
  });
});

describe("partners", () => {
  async function anotherPartner() {
    const deps = world.invocation();
    const id = idsOf(0, deps.wall(), deps.random).next("ptr");
    const partnerId = await upsertPartner(env.DB, { id, name: crypto.randomUUID(), createdAt: wallMs(world.now()) });
    return caller(world, await aKey(["quota:write"], partnerId));
  }

  it("get for another's customer, or reservation, the very answer of one that does not exist", async () => {
    const customer = await aCustomer();
    const { customerId, productId } = customer;
    const stranger = await anotherPartner();
    const { id } = (await reserve(customer, 5)).body.data;
    const nobody = { ...customer, customerId: "cus_01kaqzv3m5e0a8r6b1x2n4y7tq" };
    const missing = await reserve(nobody, 1, {}, stranger);
    expect(missing).toMatchObject({ status: 404, body: { code: "not_found" } });
    expect(told(await reserve(customer, 1, {}, stranger))).toEqual(told(missing));
    const consumed = await stranger("POST", "/v1/quota/consume", { id, customerId, productId, messages: 1 });
    expect(told(consumed)).toEqual(told(missing));
    expect(told(await stranger("GET", `${reservations}/${id}`))).toEqual(told(missing));
    for (const how of ["commit", "release"] as const) {
      expect(told(await settle(how, id, {}, stranger))).toEqual(told(missing));
    }
    expect(await quotaOf(customer)).toMatchObject({ used: 0, reserved: 5 });
  });

  it("name their reservations by themselves: the same id of two partners is two", async () => {
    const customer = await aCustomer();
    const stranger = await anotherPartner();
    const { id } = (await reserve(customer, 5)).body.data;
    expect((await stranger("GET", `${reservations}/${id}`)).status).toBe(404);
    expect((await reserve(customer, 5, { id })).status).toBe(201);
    expect(await quotaOf(customer)).toMatchObject({ reserved: 5 });
  });

  it("need the scope for it", async () => {
    const customer = await aCustomer();
    const reader = caller(world, await aKey(["customers:read", "events:read"]));
    expect(await reserve(customer, 1, {}, reader)).toMatchObject({ status: 403, body: { code: "forbidden" } });
    expect((await settle("commit", "any", {}, reader)).status).toBe(403);
  });
});

it("nothing of all this was a fault", () => {
  expect(world.log.filter(({ level }) => level === "error")).toEqual([]);
});
