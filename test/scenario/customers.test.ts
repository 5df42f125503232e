// A partner's customers: made once, its own alone, and each one's whole state in one answer.
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { PartnerScope } from "../../contract/common/policy.ts";
import type { Customer, CustomerState } from "../../contract/customer.ts";
import { wallMs } from "../../server/billing/clock.ts";
import { housePartnerId } from "../../server/billing/customer.ts";
import { idsOf } from "../../server/billing/ids.ts";
import { createPartnerKey } from "../../server/http/auth/partner-key.ts";
import { upsertPartner } from "../../server/store/people.ts";
import { aPrice } from "../support/catalogue.ts";
import { d1Around } from "../support/d1-around.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { aSubscriber, caller, type Answer, type Call } from "../support/subscriber.ts";
import { publicUrl, type World } from "../support/world.ts";

let world: World;
let house: Call;
let houseKey: string;
let stranger: Call;

async function aKey(scopes: readonly PartnerScope[], partnerId = housePartnerId) {
  const { key } = await createPartnerKey(world.invocation(), { partnerId, scopes, expiresAt: null });
  return key;
}

const both = ["customers:read", "customers:write"] as const;

beforeAll(async () => {
  world = await aFreshWorld();
  houseKey = await aKey(both);
  house = caller(world, houseKey);
  const deps = world.invocation();
  const id = idsOf(0, deps.wall(), deps.random).next("ptr");
  const another = await upsertPartner(env.DB, { id, name: "Another", createdAt: wallMs(world.now()) });
  stranger = caller(world, await aKey(both, another));
});

const path = "/v1/customers";
const create = (externalId: string, call = house, key?: string) => call<Customer>("POST", path, { externalId }, key);

/** A refusal without what is new in every answer. */
function told({ status, body }: Answer) {
  const { requestId: _, ...rest } = body as Answer["body"] & { requestId?: string };
  return { status, ...rest };
}

describe("a partner's customer", () => {
  it("is made once, however often and however many at once ask for it", async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => create("rt-1")));
    expect(new Set(made.map(({ body }) => body.data.id)).size).toBe(1);
    expect(made.every(({ status }) => status === 201 || status === 200)).toBe(true);
    expect(await create("rt-1")).toMatchObject({ status: 200, body: { data: made[0]?.body.data } });
    const { results } = await env.DB.prepare("SELECT stream FROM billing_event WHERE data LIKE '%\"rt-1\"%'").all();
    expect(results).toHaveLength(1);
  });

  it("is answered again under the same Idempotency-Key as it was the first time", async () => {
    const key = crypto.randomUUID();
    const [first, second] = [await create("rt-2", house, key), await create("rt-2", house, key)];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
  });

  it("keeps its name beside one whose name begins with it", async () => {
    const made = [await create("rt-30"), await create("rt-3"), await create("rt-3.1")];
    expect(made.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(made.map(({ body }) => body.data.id)).size).toBe(3);
  });

  it("whose first try died after the claim is made by the next one, as the same customer", async () => {
    const deps = world.invocation();
    let batches = 0;
    const dying = d1Around(env.DB, {
      around: async (queries, effect) => {
        if (queries.some((query) => /insert into "?claim/i.test(query)) && ++batches > 1) throw new Error("gone");
        return effect();
      },
    });
    const request = new Request(`${publicUrl}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${houseKey}`, "content-type": "application/json" },
      body: JSON.stringify({ externalId: "rt-4" }),
    });
    expect((await world.fetchWith({ ...deps, db: dying }, request)).status).toBe(500);
    const claimed = await env.DB.prepare("SELECT customer_id FROM claim WHERE key LIKE '%:rt-4'").first("customer_id");
    expect(await create("rt-4")).toMatchObject({ status: 201, body: { data: { id: claimed } } });
  });

  it("is read and listed by its partner, newest first, or found by its external id", async () => {
    // Newest first goes by the millisecond.
    world.pass(1);
    const { id } = (await create("rt-5")).body.data;
    expect(await house("GET", `${path}/${id}`)).toMatchObject({
      status: 200,
      body: { data: { id, externalId: "rt-5" } },
    });
    const listed = await house<Customer[]>("GET", `${path}?limit=1`);
    expect(listed.body.data).toMatchObject([{ id }]);
    const found = await house<Customer[]>("GET", `${path}?externalId=rt-5`);
    expect(found.body.data.map((customer) => customer.id)).toEqual([id]);
    expect((await house<Customer[]>("GET", `${path}?externalId=nobody`)).body.data).toEqual([]);
  });

  it("is never seen by another partner, whose customer of the same external id is another", async () => {
    const { id } = (await create("rt-6")).body.data;
    const nobody = `${path}/cus_01kaqzv3m5e0a8r6b1x2n4y7tq`;
    const missing = await stranger("GET", nobody);
    expect(missing.status).toBe(404);
    expect(told(await stranger("GET", `${path}/${id}`))).toEqual(told(missing));
    expect(told(await stranger("GET", `${path}/${id}/state`))).toEqual(told(missing));
    expect(told(await stranger("GET", `${path}/by-external-id/rt-6/state`))).toEqual(told(missing));
    expect((await stranger<Customer[]>("GET", `${path}?externalId=rt-6`)).body.data).toEqual([]);
    const theirs = await create("rt-6", stranger);
    expect(theirs.status).toBe(201);
    expect(theirs.body.data.id).not.toBe(id);
  });

  it("is made only by a key that may write", async () => {
    const reader = caller(world, await aKey(["customers:read"]));
    expect(await create("rt-7", reader)).toMatchObject({ status: 403, body: { code: "forbidden" } });
    expect((await caller(world, await aKey(["customers:write"]))("GET", path)).status).toBe(403);
  });
});

describe("a customer's state", () => {
  const stateOf = async (id: string) => (await house<CustomerState>("GET", `${path}/${id}/state`)).body.data;

  it("of one who has nothing is nothing, under either id", async () => {
    const { id } = (await create("rt-8")).body.data;
    const state = await stateOf(id);
    expect(state).toEqual({
      customerId: id,
      externalId: "rt-8",
      access: "none",
      features: [],
      subscriptions: [],
      quotas: [],
      due: [],
      position: expect.any(Number) as number,
    });
    expect((await house("GET", `${path}/by-external-id/rt-8/state`)).body.data).toEqual(state);
  });

  it("says what a subscriber has, what is unpaid, and to which event that is", async () => {
    const priceId = await aPrice(world, { features: ["search", "file-upload"] });
    const sara = await aSubscriber(world);
    const { body } = await sara.subscribe(priceId, await sara.sign());
    const { id, productId } = body.data;
    const last = (await sara.events()).at(-1)?.position;
    expect(await stateOf(sara.customerId)).toMatchObject({
      customerId: sara.customerId,
      externalId: null,
      access: "full",
      features: ["file-upload", "search"],
      subscriptions: [{ id, productId, priceId, status: "active", access: "full", cancelAtPeriodEnd: false }],
      quotas: [
        { productId, granted: 2_000, used: 0, reserved: 0, remaining: 2_000, resetsAt: "2026-12-21T20:30:00.000Z" },
      ],
      due: [],
      position: last,
    });
    await sara.post(`/v1/subscriptions/${id}/cancel`);
    expect((await stateOf(sara.customerId)).quotas).toMatchObject([{ resetsAt: null }]);
  });

  it.each([
    ["keep", "grace"],
    ["narrow", "none"],
  ] as const)("of one whose renewal is unpaid, with a price that says %s, is %s", async (graceAccess, access) => {
    const priceId = await aPrice(world, { features: ["search"], terms: { graceAccess } });
    const sara = await aSubscriber(world);
    await sara.subscribe(priceId, await sara.sign());
    world.simulator.configure({ balances: { [sara.mobile]: 0 } });
    await sara.advance("2026-12-22T20:00:00Z");
    const state = await stateOf(sara.customerId);
    const features = access === "none" ? [] : ["search"];
    expect(state).toMatchObject({ access, features, subscriptions: [{ status: "past_due", access }] });
    expect(state.due).toEqual([
      { invoiceId: (await sara.invoices())[0]?.id, amountRials: 3_289_000, dueAt: "2026-12-21T20:30:00.000Z" },
    ]);
  });

  it("is a 304 by its partner's own id as well", async () => {
    await create("rt-10");
    const ask = (tag: string | null) =>
      world.fetch(
        new Request(`${publicUrl}${path}/by-external-id/rt-10/state`, {
          headers: { authorization: `Bearer ${houseKey}`, ...(tag && { "if-none-match": tag }) },
        }),
      );
    expect((await ask((await ask(null)).headers.get("etag"))).status).toBe(304);
  });

  it("takes two trips to the database, one of them for the key", async () => {
    const { id } = (await create("rt-9")).body.data;
    for (const address of [`${path}/${id}/state`, `${path}/by-external-id/rt-9/state`]) {
      const trips: number[] = [];
      const db = d1Around(env.DB, {
        around: async (queries, effect) => {
          trips.push(queries.length);
          return effect();
        },
      });
      const request = new Request(`${publicUrl}${address}`, { headers: { authorization: `Bearer ${houseKey}` } });
      expect((await world.fetchWith({ ...world.invocation(), db }, request)).status).toBe(200);
      expect(trips).toHaveLength(2);
    }
  });

  it("is a 304 for whoever has it, until something changes, be it only the messages used", async () => {
    const sara = await aSubscriber(world);
    const { body } = await sara.subscribe(await aPrice(world), await sara.sign());
    const { productId } = body.data;
    const ask = (tag?: string, method = "GET") =>
      world.fetch(
        new Request(`${publicUrl}${path}/${sara.customerId}/state`, {
          method,
          headers: { authorization: `Bearer ${houseKey}`, ...(tag && { "if-none-match": tag }) },
        }),
      );
    const first = await ask();
    const tag = first.headers.get("etag") ?? "";
    expect(tag).toMatch(/^W\/"[0-9a-f]{32}"$/);
    const same = await ask(tag);
    expect([same.status, await same.text(), same.headers.get("etag")]).toEqual([304, "", tag]);
    expect(same.headers.get("content-type")).toBeNull();
    for (const other of [`"x", ${tag.slice(2)}`, "*"]) expect((await ask(other)).status).toBe(304);
    expect((await ask('"x"')).status).toBe(200);
    expect((await ask(tag, "HEAD")).status).toBe(304);
    const writer = caller(world, await aKey(["quota:write"]));
    await writer("POST", "/v1/quota/consume", { id: "use-1", customerId: sara.customerId, productId, messages: 1 });
    const changed = await ask(tag);
    expect(changed.status).toBe(200);
    expect(changed.headers.get("etag")).not.toBe(tag);
  });
});

it("nothing of all this was a fault", () => {
  // The one that was made to happen.
  expect(world.log.filter(({ level }) => level === "error")).toHaveLength(1);
});
