// Three databases: customers in each of them, and nobody who calls can tell. What is to be had once is had once over all;
// what belongs to one customer is in one database, whole.
import { applyD1Migrations, env } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import type { BillingEvent } from "../../contract/billing-event.ts";
import type { Coupon } from "../../contract/coupon.ts";
import type { Customer } from "../../contract/customer.ts";
import type { LoginLink } from "../../contract/login-link.ts";
import type { Partner } from "../../contract/partner.ts";
import type { PartnerKey } from "../../contract/partner-key.ts";
import type { Payout } from "../../contract/payout.ts";
import type { Reservation } from "../../contract/quota.ts";
import type { Refund } from "../../contract/refund.ts";
import type { Subscription } from "../../contract/subscription.ts";
import type { Delivery, WebhookEndpoint } from "../../contract/webhook-endpoint.ts";
import { decideErasure } from "../../server/billing/erasure.ts";
import { housePartnerId } from "../../server/billing/customer.ts";
import { bucketOf } from "../../server/billing/ids.ts";
import { createPartnerKey } from "../../server/http/auth/partner-key.ts";
import { takenReference } from "../../server/store/claims-at-home.ts";
import { inDatabaseOf } from "../../server/store/databases.ts";
import { checkInvariants } from "../../server/store/invariants.ts";
import { setCollecting } from "../../server/store/system.ts";
import { transact } from "../../server/store/transact.ts";
import { aPrice } from "../support/catalogue.ts";
import { d1Around } from "../support/d1-around.ts";
import { anOperator, type Operator } from "../support/operator.ts";
import { aSubscriber, caller, type Answer, type Call, type Subscriber } from "../support/subscriber.ts";
import { payloadOf } from "../support/webhooks.ts";
import { aWorld, publicUrl, type World } from "../support/world.ts";

const dayMs = 86_400_000;
const databases = [env.DB, env.DB_2, env.DB_3];

let world: World;
let operator: Operator;
let partner: Call;
let partnerKey: string;
let priceId: string;
let people: readonly Subscriber[];

const fresh = () => crypto.randomUUID();
const placeOf = (customerId: Customer["id"]) => Math.floor(bucketOf(customerId) / 64);

/** Somebody new in this database. */
async function somebodyIn(place: number): Promise<Subscriber> {
  for (;;) {
    const person = await aSubscriber(world);
    if (placeOf(person.customerId) === place) return person;
  }
}

async function inEach<T>(make: (place: number) => Promise<T>): Promise<readonly T[]> {
  const made: T[] = [];
  for (const place of databases.keys()) made.push(await make(place));
  return made;
}

type Page<T> = Answer<T[]>["body"] & { readonly page: { readonly nextCursor: string | null } };

/** All pages of a list. */
async function allOf<T>(call: Call, path: string): Promise<readonly T[]> {
  const found: T[] = [];
  for (let cursor = "", pages = 0; ; pages++) {
    const { status, body } = await call<T[]>("GET", `${path}${cursor}`);
    expect(status).toBe(200);
    if (pages > 100) throw new Error(`${path} never ends`);
    const { data, page } = body as Page<T>;
    found.push(...data);
    if (page.nextCursor === null) return found;
    cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
  }
}

async function count(db: D1Database, from: string, ...values: readonly unknown[]): Promise<number> {
  return (
    (await db
      .prepare(`SELECT COUNT(*) AS n FROM ${from}`)
      .bind(...values)
      .first<number>("n")) ?? 0
  );
}

async function brokenIn(db: D1Database) {
  return (await checkInvariants(db)).filter(({ offenders }) => offenders.length > 0);
}

beforeAll(async () => {
  for (const db of [env.DB_2, env.DB_3]) await applyD1Migrations(db, env.MIGRATIONS);
  world = aWorld({ others: [env.DB_2, env.DB_3] });
  await world.tick();
  operator = await anOperator(world);
  priceId = await aPrice(world);
  const scopes = ["customers:read", "customers:write", "events:read", "quota:write", "login-links:write"] as const;
  const webhooks = ["webhooks:read", "webhooks:write"] as const;
  const deps = world.invocation();
  const { key } = await createPartnerKey(deps, {
    partnerId: housePartnerId,
    scopes: [...scopes, ...webhooks],
    expiresAt: null,
  });
  partnerKey = key;
  partner = caller(world, key);
  await world.tick();
  people = await inEach(somebodyIn);
});

describe("a customer's life is in one database", () => {
  let subscriptions: readonly Subscription[];

  beforeAll(async () => {
    subscriptions = await Promise.all(
      people.map(async (person) => {
        const { status, body } = await person.subscribe(priceId, await person.sign());
        expect({ status, code: body.code }).toEqual({ status: 201, code: undefined });
        return body.data;
      }),
    );
  });

  it("is begun where the bucket of its id says, and nowhere else", async () => {
    for (const [place, { customerId }] of people.entries()) {
      const found = await Promise.all(databases.map((db) => count(db, "customer WHERE id = ?", customerId)));
      expect(found).toEqual(databases.map((_, at) => Number(at === place)));
    }
  });

  it("is renewed by the tick, once", async () => {
    await world.live(31 * dayMs, dayMs);
    for (const [index, person] of people.entries()) {
      expect(await person.subscription(subscriptions[index]?.id ?? "")).toMatchObject({
        status: "active",
        currentPeriod: { index: 1 },
      });
      expect((await person.invoices()).map(({ status }) => status)).toEqual(["paid", "paid"]);
    }
    expect(world.simulator.totals()).toMatchObject({ debits: 6 });
  });

  it("numbers its invoices in a series of that database", async () => {
    const numbers = await Promise.all(
      people.map(async (person) => (await person.invoices()).map(({ number }) => number)),
    );
    expect(numbers).toEqual([
      ["S-1405-000002", "S-1405-000001"],
      ["S1-1405-000002", "S1-1405-000001"],
      ["S2-1405-000002", "S2-1405-000001"],
    ]);
  });

  it("is nobody else's to see", async () => {
    for (const person of people) {
      for (const other of people.filter((one) => one !== person)) {
        const [invoice] = await other.invoices();
        const [payment] = await other.payments();
        for (const path of [
          `/v1/invoices/${invoice?.id}`,
          `/v1/payments/${payment?.id}`,
          `/v1/checkouts/${payment?.id}`,
        ]) {
          expect((await person.call("GET", path)).status).toBe(404);
        }
        expect((await person.post(`/v1/subscriptions/${invoice?.subscriptionId}/cancel`)).status).toBe(404);
      }
    }
  });

  it("reserves messages, and settles them by the partner's own id alone", async () => {
    for (const { customerId } of people) {
      const productId = subscriptions[0]?.productId;
      const id = fresh();
      const reserved = await partner<Reservation>("POST", "/v1/quota/reservations", {
        id,
        customerId,
        productId,
        messages: 5,
      });
      expect(reserved).toMatchObject({ status: 201, body: { data: { quota: { reserved: 5 } } } });
      expect((await partner("GET", `/v1/quota/reservations/${id}`)).status).toBe(200);
      const settled = await partner("POST", `/v1/quota/reservations/${id}/commit`, { messages: 3 });
      expect(settled).toMatchObject({ status: 200, body: { data: { quota: { reserved: 0, used: 3 } } } });
    }
    expect((await partner("GET", `/v1/quota/reservations/${fresh()}`)).status).toBe(404);
  });

  it("costs its partner one round trip to that database, and none to home", async () => {
    const trips = databases.map(() => 0);
    const counted = (db: D1Database, at: number) =>
      d1Around(db, { around: async (_, effect) => (trips.splice(at, 1, (trips[at] ?? 0) + 1), effect()) });
    const several = aWorld({
      others: [counted(env.DB_2, 1), counted(env.DB_3, 2)],
      disturb: (deps) => {
        if (!deps.databases) return deps;
        const [home, ...others] = deps.databases.all;
        if (!home) throw new Error("There is no home");
        const db = counted(home.db, 0);
        return { ...deps, db, databases: { ...deps.databases, all: [{ ...home, db }, ...others] } };
      },
    });
    several.pass(world.now() - several.now());
    const call = caller(several, partnerKey);
    const productId = subscriptions[0]?.productId;
    for (const [place, { customerId }] of people.entries()) {
      // Whoever is known is a premise from the second request on.
      await call("GET", `/v1/customers/${customerId}/state`);
      for (const ask of [
        () => call("GET", `/v1/customers/${customerId}/state`),
        () => call("POST", "/v1/quota/reservations", { id: fresh(), customerId, productId, messages: 1 }),
      ]) {
        trips.fill(0);
        expect([200, 201]).toContain((await ask()).status);
        expect(trips).toEqual(databases.map((_, at) => Number(at === place)));
      }
    }
  });

  it("is in the state that its partner reads, and in every list once", async () => {
    for (const { customerId } of people) {
      expect(await partner("GET", `/v1/customers/${customerId}/state`)).toMatchObject({
        status: 200,
        body: { data: { customerId, quotas: [{ used: 3, reserved: 1 }] } },
      });
    }
    const listed = (await allOf<Customer>(partner, "/v1/customers?limit=1")).map(({ id }) => id);
    expect(listed.toSorted()).toEqual(people.map(({ customerId }) => customerId).toSorted());
    const events = await allOf<BillingEvent>(partner, "/v1/events?limit=7");
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    for (const person of people) {
      const own = (await person.events()).map(({ id }) => id);
      expect(events.filter(({ id }) => own.includes(id)).map(({ id }) => id)).toEqual(own);
    }
  });

  it("is in an operator's lists, page by page, without loss or repetition", async () => {
    const refunds = await Promise.all(
      people.flatMap((person) =>
        [1, 2].map(async (part) => {
          const [payment] = await person.payments();
          const { status, body } = await operator.refund(payment?.id ?? "", {
            amountRials: 10_000 * part,
            method: "manual",
          });
          expect(status).toBe(201);
          return body.data.id;
        }),
      ),
    );
    for (const limit of [1, 2, 3, 4, 100]) {
      const listed = (await allOf<Refund>(operator.call, `/v1/refunds?limit=${limit}`)).map(({ id }) => id);
      expect(listed.toSorted()).toEqual(refunds.toSorted());
    }
    const waiting = await allOf<{ id: string }>(operator.call, "/v1/operator/exceptions?limit=1");
    expect(waiting.map(({ id }) => id).toSorted()).toEqual(refunds.toSorted());
    for (const id of refunds) expect((await operator.settle(id, fresh().slice(0, 20))).status).toBe(200);
  });

  it("is found by an operator: by a number of its invoices, by its person's mobile and address, by an id", async () => {
    for (const person of people) {
      const [invoice] = await person.invoices();
      for (const query of [invoice?.number, person.mobile, person.email, invoice?.id]) {
        const { body } = await operator.call<{ customerId: string }[]>("POST", "/v1/operator/search", { query });
        expect(body.data.map(({ customerId }) => customerId)).toEqual([person.customerId]);
      }
    }
  });

  it("is paid out by one file of the gateway's, each payment in its own books", async () => {
    const clearing = () =>
      Promise.all(
        databases.map((db) =>
          db
            .prepare("SELECT SUM(amount_rials) AS n FROM ledger_entry WHERE account = 'gateway_clearing'")
            .first<number>("n"),
        ),
      );
    const before = await clearing();
    expect(before.every((rials) => Number(rials) > 0)).toBe(true);
    const stranger = "7777777,A00000000000000000000000000000000000,10000,0,payment,2026-12-01T00:00:00.000Z";
    const csv = `${world.simulator.payoutCsv(0, world.now() + 1).trimEnd()}\n${stranger}\n`;
    const order = { csv, reason: "The test says so" };
    const { status, body } = await operator.call<Payout>("POST", "/v1/payouts", order, fresh());
    expect(status).toBe(201);
    expect(body.data).toMatchObject({
      lineCount: 7,
      matchedCount: 6,
      differenceCount: 1,
      differences: [{ refId: "7777777" }],
    });
    const after = await clearing();
    const moved = after.map((rials, at) => Number(before[at]) - Number(rials));
    expect(moved.every((rials) => rials > 0)).toBe(true);
    expect(moved.reduce((sum, rials) => sum + rials, 0)).toBe(body.data.paidOutRials);
  });

  it("balances its books, and is in a state that is possible, in each of them", async () => {
    await world.tick();
    for (const db of databases) {
      expect(await count(db, "ledger_entry")).toBeGreaterThan(0);
      expect(await brokenIn(db)).toEqual([]);
    }
  });
});

describe("what is to be had once is had once over all", () => {
  const minutes = (count: number) => world.pass(count * 60_000);
  const start = (person: Subscriber, order: object) => person.post<Subscription>("/v1/subscriptions", order);

  it("a trial, whatever database its person is in, also when the claim at home has run out", async () => {
    const onTrial = await aPrice(world, { terms: { trialDays: 7 } });
    await world.tick();
    const [, reza, , again] = [...people, await somebodyIn(2)];
    if (!reza || !again) throw new Error("There is nobody");
    const body = { priceId: onTrial, paymentMethodId: await reza.sign(), trial: true };
    expect(await start(reza, body)).toMatchObject({ status: 201 });
    // The number is another customer's now, who has an account of their own.
    await env.DB.prepare("UPDATE user SET phone_number = NULL WHERE id = ?").bind(reza.userId).run();
    await env.DB.prepare("UPDATE user SET phone_number = ? WHERE id = ?").bind(reza.mobile, again.userId).run();
    const order = { ...body, paymentMethodId: await again.sign() };
    expect(await start(again, order)).toMatchObject({ status: 409, body: { code: "trial_used" } });
    minutes(10);
    await world.tick();
    expect(await count(env.DB, "claim WHERE kind = 'trial' AND confirmed = 1")).toBe(1);
    expect(await start(again, order)).toMatchObject({ status: 409, body: { code: "trial_used" } });
  });

  it("a coupon, as often as it says and by nobody twice", async () => {
    const code = `TWICE${fresh().slice(0, 8).toUpperCase()}`;
    const coupon = { code, amountRials: 10_000, duration: "once", maxRedemptions: 2 };
    const made = await operator.call<Coupon>("POST", "/v1/coupons", coupon, fresh());
    expect({ status: made.status, code: made.body.code }).toEqual({ status: 201, code: undefined });
    const [one, two, three] = await inEach((place) => somebodyIn((place + 1) % 3));
    if (!one || !two || !three) throw new Error("There is nobody");
    const order = async (person: Subscriber) =>
      start(person, { priceId: await aCopiedPrice(), paymentMethodId: await person.sign(), couponCode: code });
    expect(await order(one)).toMatchObject({ status: 201 });
    expect(await order(one)).toMatchObject({ status: 409, body: { code: "coupon_not_valid" } });
    expect(await order(two)).toMatchObject({ status: 201 });
    expect(await order(three)).toMatchObject({ status: 409, body: { code: "coupon_used_up" } });
    minutes(10);
    await world.tick();
    expect(await order(three)).toMatchObject({ status: 409, body: { code: "coupon_used_up" } });
    expect(await order(two)).toMatchObject({ status: 409, body: { code: "coupon_not_valid" } });
  });

  async function aCopiedPrice(): Promise<string> {
    const made = await aPrice(world);
    await world.tick();
    return made;
  }

  it("a claim that nobody made good is let go", async () => {
    const there = people[1]?.customerId ?? "cus_";
    const row = env.DB.prepare("INSERT INTO claim VALUES ('trial', 'of nobody', ?, ?, 0)").bind(there, world.now());
    await row.run();
    minutes(1);
    await world.tick();
    expect(await count(env.DB, "claim WHERE key = 'of nobody'")).toBe(0);
  });

  it("a partner's own id, and it leads to its customer", async () => {
    const made = new Map<string, Customer>();
    while (new Set([...made.values()].map(({ id }) => placeOf(id))).size < databases.length) {
      const externalId = fresh();
      const { status, body } = await partner<Customer>("POST", "/v1/customers", { externalId }, fresh());
      expect(status).toBe(201);
      made.set(externalId, body.data);
    }
    for (const [externalId, { id }] of made) {
      const again = await partner<Customer>("POST", "/v1/customers", { externalId }, fresh());
      expect(again).toMatchObject({ status: 200, body: { data: { id } } });
      const state = await partner("GET", `/v1/customers/by-external-id/${externalId}/state`);
      expect(state).toMatchObject({ status: 200, body: { data: { customerId: id } } });
      const listed = await allOf<Customer>(partner, `/v1/customers?externalId=${externalId}`);
      expect(listed.map((one) => one.id)).toEqual([id]);
    }
  });

  it("an authority of the gateway", async () => {
    const [payment] = (await people[1]?.payments()) ?? [];
    const theirs = people[1]?.customerId ?? "cus_";
    const deps = inDatabaseOf(world.invocation(), theirs);
    const { authority } = (await deps.db
      .prepare("SELECT authority FROM payment WHERE id = ?")
      .bind(payment?.id)
      .first<{ authority: string }>()) ?? { authority: "" };
    const told = await world.fetch(
      new Request(`${publicUrl}/v1/webhooks/zarinpal`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ authority, status: "OK" }),
      }),
    );
    expect(told.status).toBe(200);
    expect(await count(env.DB_2, "webhook_event WHERE subject_id = ?", payment?.id)).toBe(1);
    const state = (id: string, has: string | null) =>
      ({ payments: { [id]: { id, authority: has, refId: null } } }) as never;
    const change = { before: state("pay_x", null), after: state("pay_x", authority), at: deps.wall() };
    expect(await takenReference(deps, people[0]?.customerId ?? "cus_", change)).toBe("authority");
    expect(await takenReference(deps, theirs, change)).toBe(null);
  });
});

describe("what home has for all", () => {
  it("is told to partners of each database's customers, with deliveries that are listed and repeated", async () => {
    const receiver = world.receiver("several.example");
    const order = { url: receiver.url, eventTypes: ["customer.created"] };
    const made = await partner<WebhookEndpoint>("POST", "/v1/webhook-endpoints", order, fresh());
    expect(made.status).toBe(201);
    const born = await inEach(somebodyIn);
    for (const person of born) await person.sign();
    await world.tick();
    const told = () => receiver.received.map((one) => JSON.stringify(payloadOf(one).data));
    expect(told()).toHaveLength(3);
    for (const { customerId } of born) expect(told().join()).toContain(customerId);
    const path = `/v1/webhook-endpoints/${made.body.data.id}/deliveries`;
    const listed = await allOf<Delivery>(partner, `${path}?limit=1`);
    expect(listed.map(({ status }) => status)).toEqual(["delivered", "delivered", "delivered"]);
    for (const { eventId } of listed)
      expect((await partner("POST", `${path}/${eventId}/replay`, {}, fresh())).status).toBe(200);
    await world.tick();
    expect(told()).toHaveLength(6);
    expect((await partner("POST", `/v1/webhook-endpoints/${made.body.data.id}/archive`, {}, fresh())).status).toBe(200);
    for (const db of databases) expect(await count(db, "webhook_endpoint WHERE status = 'archived'")).toBe(1);
  });

  it("the switch holds in each, also when whoever turned it died after the first", async () => {
    const states = () =>
      Promise.all(databases.map((db) => db.prepare("SELECT collecting FROM system_state").first("collecting")));
    const put = (collecting: boolean) =>
      operator.call("PUT", "/v1/operator/collecting", { collecting, reason: "The test says so" }, fresh());
    expect((await put(false)).body.data).toEqual({ collecting: false });
    expect(await states()).toEqual([0, 0, 0]);
    await put(true);
    expect(await states()).toEqual([1, 1, 1]);
    await setCollecting(world.invocation(), { collecting: false, reason: "Dies afterwards" }, "system");
    expect(await states()).toEqual([0, 1, 1]);
    expect((await operator.call("GET", "/v1/operator/collecting")).body.data).toEqual({ collecting: true });
    await world.tick();
    expect(await states()).toEqual([0, 0, 0]);
    await put(true);
  });

  it("the switch of a database that was restored is its operators' own, until they have settled its doubts", async () => {
    const restored = "UPDATE system_state SET collecting = ?, doubt_until = ?";
    await env.DB_2.prepare(restored).bind(0, world.now()).run();
    await aPrice(world);
    await world.tick();
    for (const collecting of [false, true]) {
      await operator.call("PUT", "/v1/operator/collecting", { collecting, reason: "The test says so" }, fresh());
    }
    expect(await env.DB_2.prepare("SELECT collecting FROM system_state").first("collecting")).toBe(0);
    expect(await env.DB_3.prepare("SELECT collecting FROM system_state").first("collecting")).toBe(1);
    await env.DB_2.prepare(restored).bind(1, null).run();
  });

  it("a product is for sale in each as soon as its operator has the answer", async () => {
    const product = { name: fresh(), description: "", roundtableId: null, messageQuota: 10, grantOn: "payment" };
    const made = await operator.call<{ id: string }>("POST", "/v1/products", product, fresh());
    expect({ status: made.status, code: made.body.code }).toEqual({ status: 201, code: undefined });
    for (const db of databases) expect(await count(db, "product WHERE id = ?", made.body.data.id)).toBe(1);
  });

  it("a database that is bound in another's place is refused", async () => {
    const swapped = aWorld({ others: [env.DB_3, env.DB_2] });
    swapped.pass(world.now() - swapped.now());
    await swapped.tick();
    expect(swapped.log.filter(({ event }) => event === "job_failed.copy_from_home")).toHaveLength(2);
  });
});

describe("people sign in at home", () => {
  it("by a partner's link, as a customer of any database", async () => {
    const name = fresh();
    const returnUrls = ["https://roundtable.example/billing"];
    const made = await operator.call<Partner>("POST", "/v1/partners", { name, returnUrls }, fresh());
    const wanted = { partnerId: made.body.data.id, scopes: ["customers:write", "login-links:write"] };
    const { body } = await operator.call<PartnerKey & { key: string }>("POST", "/v1/partner-keys", wanted, fresh());
    const call = caller(world, body.data.key);
    for (const place of databases.keys()) {
      let customer: Customer | null = null;
      while (!customer || placeOf(customer.id) !== place) {
        customer = (await call<Customer>("POST", "/v1/customers", { externalId: fresh() }, fresh())).body.data;
      }
      const order = { customerId: customer.id, returnUrl: returnUrls[0] };
      const link = await call<LoginLink>("POST", "/v1/login-links", order, fresh());
      expect({ status: link.status, code: link.body.code }).toEqual({ status: 201, code: undefined });
      const pressed = await world.fetch(
        new Request(link.body.data.url ?? "", {
          method: "POST",
          headers: { "content-type": "application/x-www-form-urlencoded", origin: publicUrl },
        }),
      );
      expect(pressed.headers.getSetCookie().join()).toContain("session_token");
      expect(await count(env.DB, "user JOIN session ON user_id = user.id WHERE customer_id = ?", customer.id)).toBe(1);
    }
  });

  it("and no more once they are erased, also when the request died in between", async () => {
    const [, sara, reza] = await inEach(somebodyIn);
    if (!sara || !reza) throw new Error("There is nobody");
    expect((await sara.call("DELETE", "/v1/me", undefined, fresh())).status).toBe(200);
    expect(await count(env.DB, "user WHERE customer_id = ?", sara.customerId)).toBe(0);
    const { customerId, userId } = reza;
    await transact(world.invocation(), {
      customerId,
      actor: `user:${userId}`,
      decide: (current, now) => decideErasure(current, { id: customerId, userId }, now.wall),
    });
    expect(await count(env.DB, "user WHERE customer_id = ?", customerId)).toBe(1);
    await world.tick();
    expect(await count(env.DB, "user WHERE customer_id = ?", customerId)).toBe(0);
  });
});

it("a partner's key that was revoked is good for nothing, in no database", async () => {
  const wanted = { partnerId: housePartnerId, scopes: ["customers:read"] };
  const made = await operator.call<PartnerKey & { key: string }>("POST", "/v1/partner-keys", wanted, fresh());
  const call = caller(world, made.body.data.key);
  const states = () =>
    Promise.all(people.map(async ({ customerId }) => (await call("GET", `/v1/customers/${customerId}/state`)).status));
  expect(await states()).toEqual([200, 200, 200]);
  await operator.call("POST", `/v1/partner-keys/${made.body.data.id}/revoke`, {}, fresh());
  expect(await states()).toEqual([401, 401, 401]);
});

describe("an operator who names a database", () => {
  const asking = (path: string, database: string, order: { readonly body?: object } = {}) =>
    world.fetch(
      new Request(`${publicUrl}${path}`, {
        method: order.body ? "POST" : "GET",
        headers: {
          authorization: `Bearer ${operator.token}`,
          "content-type": "application/json",
          "idempotency-key": fresh(),
          "sarresid-database": database,
        },
        ...(order.body && { body: JSON.stringify(order.body) }),
      }),
    );

  it("has its books and no other's", async () => {
    for (const [place, db] of databases.entries()) {
      const shown = await (await asking("/v1/finance/trial-balance", String(place))).text();
      const sum = await db
        .prepare("SELECT SUM(amount_rials) AS n FROM ledger_entry WHERE account = 'revenue'")
        .first("n");
      expect(shown).toContain(String(Math.abs(Number(sum))));
    }
  });

  it("is refused when there is none of that number", async () => {
    for (const database of ["3", "-1", "home", ""]) {
      expect((await asking("/v1/finance/trial-balance", database)).status).toBe(403);
    }
  });

  it("changes what is for all at home all the same", async () => {
    const product = { name: fresh(), description: "", roundtableId: null, messageQuota: 10, grantOn: "payment" };
    expect((await asking("/v1/products", "1", { body: product })).status).toBe(201);
    for (const db of databases) expect(await count(db, "product WHERE name = ?", product.name)).toBe(1);
    expect(await count(env.DB_2, "billing_event WHERE stream = 'catalogue'")).toBe(0);
  });
});

it("and after all that each database is in a state that is possible", async () => {
  await world.tick();
  for (const db of databases) expect(await brokenIn(db)).toEqual([]);
});
