// Partners and their keys through the API: an operator makes a partner, and each looks after its own keys.
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { BillingEvent } from "../../contract/billing-event.ts";
import type { PartnerScope } from "../../contract/common/policy.ts";
import type { PartnerKey } from "../../contract/partner-key.ts";
import type { Partner } from "../../contract/partner.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { anOperator, type Operator } from "../support/operator.ts";
import { caller } from "../support/subscriber.ts";
import { publicUrl, type World } from "../support/world.ts";

type Shown = PartnerKey & { readonly key: string | null };

const hourMs = 3_600_000;

let world: World;
let operator: Operator;

beforeAll(async () => {
  world = await aFreshWorld();
  operator = await anOperator(world);
});

const fresh = () => crypto.randomUUID();

async function aPartner(name: string = fresh(), more: object = {}): Promise<Partner> {
  world.pass(1);
  const { status, body } = await operator.call<Partner>("POST", "/v1/partners", { name, ...more }, fresh());
  expect(status).toBe(201);
  return body.data;
}

async function aKey(
  partnerId: string,
  scopes: readonly PartnerScope[],
  more: object = {},
): Promise<Shown & { key: string }> {
  const order = { partnerId, scopes, ...more };
  const { status, body } = await operator.call<Shown>("POST", "/v1/partner-keys", order, fresh());
  expect(status).toBe(201);
  if (body.data.key === null) throw new Error("The key was not shown");
  return { ...body.data, key: body.data.key };
}

const as = (key: string | null) => caller(world, key);
const listOf = async (key: string) => (await as(key)<PartnerKey[]>("GET", "/v1/partner-keys?limit=100")).body.data;
const worksFor = async (key: string) => (await as(key)("GET", "/v1/events")).status;

describe("a partner", () => {
  it("is made by an operator, once by its name, and found again", async () => {
    const name = fresh();
    const made = await aPartner(name, { returnUrls: ["https://roundtable.example/billing"] });
    expect(made).toMatchObject({ name, returnUrls: ["https://roundtable.example/billing"] });
    const again = await operator.call("POST", "/v1/partners", { name }, fresh());
    expect([again.status, again.body.code]).toEqual([409, "partner_exists"]);
    expect((await operator.call<Partner>("GET", `/v1/partners/${made.id}`)).body.data).toEqual(made);
    const { body } = await operator.call<Partner[]>("GET", "/v1/partners?limit=1");
    expect(body.data).toEqual([made]);
  });

  it("is made once by many who make one of that name at the same moment", async () => {
    const name = fresh();
    const make = () => operator.call("POST", "/v1/partners", { name }, fresh());
    const statuses = (await Promise.all(Array.from({ length: 5 }, make))).map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([201, 409, 409, 409, 409]);
  });

  it("has other return URLs once an operator sets them, and hears of it", async () => {
    const { id } = await aPartner();
    const { key } = await aKey(id, ["events:read"]);
    const returnUrls = ["https://roundtable.example/a", "http://localhost:3000/b"];
    for (let twice = 0; twice < 2; twice++) {
      const { body } = await operator.call<Partner>("PUT", `/v1/partners/${id}/return-urls`, { returnUrls });
      expect(body.data.returnUrls).toEqual(returnUrls);
    }
    const { body } = await as(key)<BillingEvent[]>("GET", "/v1/events");
    expect(body.data.map(({ type, actor }) => [type, actor])).toEqual([
      ["partner.created", operator.actor],
      ["partner_key.created", operator.actor],
      ["partner.return_urls_changed", operator.actor],
    ]);
  });
});

describe("a key", () => {
  it("is shown once, does what its scopes say, and is in no table, list, event or repeated answer", async () => {
    const { id } = await aPartner();
    const idempotencyKey = fresh();
    const order = { partnerId: id, scopes: ["events:read", "keys:read"] };
    const first = await operator.call<Shown>("POST", "/v1/partner-keys", order, idempotencyKey);
    const { key } = first.body.data;
    if (key === null) throw new Error("The key was not shown");
    expect(first.body.data).toMatchObject({ partnerId: id, environment: "test", status: "active", lastUsedAt: null });
    expect(await worksFor(key)).toBe(200);
    expect((await as(key)("GET", "/v1/customers")).status).toBe(403);
    const again = await operator.call<Shown>("POST", "/v1/partner-keys", order, idempotencyKey);
    expect([again.status, again.body.data.id, again.body.data.key]).toEqual([201, first.body.data.id, null]);
    const told = JSON.stringify([await listOf(key), (await as(key)("GET", "/v1/events")).body, world.log]);
    const tables = ["partner_key", "billing_event", "idempotency_key"];
    const rows = await env.DB.batch(tables.map((name) => env.DB.prepare(`SELECT * FROM ${name}`)));
    expect(told + JSON.stringify(rows.map(({ results }) => results))).not.toContain(key.slice("srd_test_".length));
  });

  it("of a request that died before its answer is made anew under the same id, and the lost text is good for nothing", async () => {
    const { id } = await aPartner();
    const idempotencyKey = fresh();
    const order = { partnerId: id, scopes: ["events:read"] };
    const lost = await operator.call<Shown>("POST", "/v1/partner-keys", order, idempotencyKey);
    await env.DB.prepare("UPDATE idempotency_key SET status = NULL, answer = NULL, locked_until = 0 WHERE key = ?")
      .bind(idempotencyKey)
      .run();
    const found = await operator.call<Shown>("POST", "/v1/partner-keys", order, idempotencyKey);
    expect([found.status, found.body.data.id]).toEqual([201, lost.body.data.id]);
    expect(await worksFor(lost.body.data.key ?? "")).toBe(401);
    expect(await worksFor(found.body.data.key ?? "")).toBe(200);
  });

  it("shows when it was last used, and writes that down not at every call", async () => {
    const { id } = await aPartner();
    const { key } = await aKey(id, ["keys:read"]);
    const [used] = await listOf(key);
    expect(used?.lastUsedAt).toBe(new Date(world.now()).toISOString());
    world.pass(9 * 60_000);
    expect((await listOf(key))[0]?.lastUsedAt).toBe(used?.lastUsedAt);
    world.pass(60_000);
    expect((await listOf(key))[0]?.lastUsedAt).toBe(new Date(world.now()).toISOString());
  });

  it("expires when it was said to", async () => {
    const { id } = await aPartner();
    const expiresAt = new Date(world.now() + hourMs).toISOString();
    const { key, id: keyId } = await aKey(id, ["events:read"], { expiresAt });
    expect(await worksFor(key)).toBe(200);
    world.pass(hourMs);
    expect(await worksFor(key)).toBe(401);
    const { body } = await operator.call<PartnerKey[]>("GET", `/v1/partner-keys?partnerId=${id}`);
    expect(body.data).toMatchObject([{ id: keyId, status: "expired" }]);
  });

  it("that is rotated is good until the overlap ends, beside the new one", async () => {
    const { id } = await aPartner();
    const old = await aKey(id, ["keys:read", "keys:write", "events:read"]);
    const path = `/v1/partner-keys/${old.id}/rotate`;
    world.pass(1);
    const { status, body } = await as(old.key)<Shown>("POST", path, { overlapHours: 2 }, fresh());
    expect(status).toBe(201);
    const made = body.data;
    expect(made).toMatchObject({ scopes: old.scopes, expiresAt: null, status: "active" });
    expect([await worksFor(old.key), await worksFor(made.key ?? "")]).toEqual([200, 200]);
    const twice = await as(old.key)("POST", path, {}, fresh());
    expect([twice.status, twice.body.code]).toEqual([409, "partner_key_ended"]);
    world.pass(2 * hourMs);
    expect([await worksFor(old.key), await worksFor(made.key ?? "")]).toEqual([401, 200]);
    expect(await listOf(made.key ?? "")).toMatchObject([
      { id: made.id, status: "active" },
      { id: old.id, status: "expired", replacedById: made.id },
    ]);
  });

  it("that many rotate at once has one successor", async () => {
    const { id } = await aPartner();
    const old = await aKey(id, ["events:read"]);
    const rotate = () => operator.call("POST", `/v1/partner-keys/${old.id}/rotate`, {}, fresh());
    const statuses = (await Promise.all(Array.from({ length: 5 }, rotate))).map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([201, 409, 409, 409, 409]);
    const { body } = await operator.call<PartnerKey[]>("GET", `/v1/partner-keys?partnerId=${id}`);
    expect(body.data).toHaveLength(2);
  });

  it("that is revoked proves nothing, however often it is revoked, and cannot be rotated", async () => {
    const { id } = await aPartner();
    const made = await aKey(id, ["events:read"]);
    const revoke = () => operator.call<PartnerKey>("POST", `/v1/partner-keys/${made.id}/revoke`, {}, fresh());
    const first = await revoke();
    world.pass(1_000);
    expect((await revoke()).body.data.revokedAt).toBe(first.body.data.revokedAt);
    expect(first.body.data.status).toBe("revoked");
    expect(await worksFor(made.key)).toBe(401);
    expect((await operator.call("POST", `/v1/partner-keys/${made.id}/rotate`, {}, fresh())).status).toBe(409);
  });

  it("gives no scope that it lacks, neither to a new key nor by rotating a stronger one", async () => {
    const { id } = await aPartner();
    const strong = await aKey(id, ["keys:write", "quota:write", "events:read"]);
    const weak = await aKey(id, ["keys:write", "events:read"]);
    const make = (scopes: readonly PartnerScope[]) => as(weak.key)("POST", "/v1/partner-keys", { scopes }, fresh());
    expect((await make(["events:read"])).status).toBe(201);
    expect((await make(["events:read", "quota:write"])).status).toBe(403);
    expect((await as(weak.key)("POST", `/v1/partner-keys/${strong.id}/rotate`, {}, fresh())).status).toBe(403);
    const only = await aKey(id, ["events:read"]);
    expect((await as(only.key)("POST", "/v1/partner-keys", { scopes: ["events:read"] }, fresh())).status).toBe(403);
  });

  it("sees, rotates and revokes no other partner's keys: the very answer of one that does not exist", async () => {
    const theirs = await aKey((await aPartner()).id, ["events:read"]);
    const { id } = await aPartner();
    const ours = await aKey(id, ["keys:read", "keys:write", "events:read"]);
    expect((await listOf(ours.key)).map((key) => key.id)).toEqual([ours.id]);
    expect((await as(ours.key)("GET", `/v1/partner-keys?partnerId=${theirs.partnerId}`)).status).toBe(403);
    const order = { scopes: ["events:read"], partnerId: theirs.partnerId };
    expect((await as(ours.key)("POST", "/v1/partner-keys", order, fresh())).status).toBe(404);
    for (const verb of ["rotate", "revoke"]) {
      const ask = async (keyId: string) => {
        const { status, body } = await as(ours.key)("POST", `/v1/partner-keys/${keyId}/${verb}`, {}, fresh());
        return { status, code: body.code, detail: body.detail };
      };
      expect(await ask(theirs.id)).toEqual(await ask("key_01kaqzv3m5e0a8r6b1x2n4y7tq"));
      expect((await ask(theirs.id)).status).toBe(404);
    }
    expect(await worksFor(theirs.key)).toBe(200);
  });

  it("of production is refused here, though its row were here as well", async () => {
    const { id } = await aPartner();
    const made = await aKey(id, ["events:read"]);
    const live = made.key.replace("srd_test_", "srd_live_");
    const hash = await world.invocation().sha256(live);
    await env.DB.prepare("UPDATE partner_key SET hash = ?, environment = 'live' WHERE id = ?")
      .bind(hash, made.id)
      .run();
    expect(await worksFor(live)).toBe(401);
    const deps = world.invocation();
    const production = { ...deps, config: { ...deps.config, environment: "production" as const } };
    const asked = new Request(`${publicUrl}/v1/events`, { headers: { authorization: `Bearer ${live}` } });
    expect((await world.fetchWith(production, asked)).status).toBe(200);
  });

  it("too many: 409 beyond fifty that are good", async () => {
    const { id } = await aPartner();
    for (let count = 0; count < 50; count++) await aKey(id, ["events:read"]);
    const order = { partnerId: id, scopes: ["events:read"] };
    const { status, body } = await operator.call("POST", "/v1/partner-keys", order, fresh());
    expect([status, body.code]).toEqual([409, "partner_key_limit_reached"]);
  });
});
