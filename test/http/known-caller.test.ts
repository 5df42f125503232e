// Who called lately is taken for granted, and proved along with the request's first statements: a call less to D1, and
// not a moment longer good than before.
import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Deps } from "../../server/deps.ts";
import { housePartnerId } from "../../server/billing/customer.ts";
import { createPartnerKey, revokePartnerKey } from "../../server/http/auth/partner-key.ts";
import { wallMs } from "../../server/billing/clock.ts";
import { d1Around } from "../support/d1-around.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { signedInPerson, type Person } from "../support/people.ts";
import { caller } from "../support/subscriber.ts";
import type { World } from "../support/world.ts";

let world: World;
let roundTrips = 0;

const counted = (deps: Deps): Deps => ({
  ...deps,
  db: d1Around(deps.db, {
    around: (_, effect) => {
      roundTrips++;
      return effect();
    },
  }),
});

beforeAll(async () => {
  world = await aFreshWorld({ disturb: counted });
});

beforeEach(() => world.pass(11 * 60_000));

const key = () => crypto.randomUUID();
const details = {
  kind: "natural",
  name: "سارا احمدی",
  nationalId: "0499370899",
  postalCode: "1193653471",
  address: "تهران، خیابان آزادی ۱",
} as const;

/** The answer, and how often D1 was asked for it. */
async function asked(token: string, method: string, path: string, body?: object, idempotencyKey?: string) {
  const before = roundTrips;
  const { status, body: answer } = await caller(world, token)(method, path, body, idempotencyKey);
  return { status, code: answer.code, roundTrips: roundTrips - before };
}

describe("a session", () => {
  let sara: Person;

  beforeEach(async () => {
    sara = await signedInPerson(world.auth);
  });

  it("is asked for once, and from then on proved by the read itself", async () => {
    expect(await asked(sara.token, "GET", "/v1/me")).toMatchObject({ status: 200, roundTrips: 2 });
    expect(await asked(sara.token, "GET", "/v1/me")).toMatchObject({ status: 200, roundTrips: 1 });
    expect(await asked(sara.token, "GET", "/v1/invoices")).toMatchObject({ status: 200, roundTrips: 1 });
  });

  it("is proved by the change itself, which claims its key as well: load, commit, answer", async () => {
    await asked(sara.token, "GET", "/v1/me");
    const change = ["PUT", "/v1/me/buyer-details", details] as const;
    expect(await asked(sara.token, ...change)).toMatchObject({ status: 200, roundTrips: 2 });
    const once = key();
    expect(await asked(sara.token, ...change, once)).toMatchObject({ status: 200, roundTrips: 3 });
    expect(await asked(sara.token, ...change, once)).toMatchObject({ status: 200, roundTrips: 2 });
    const reused = await asked(sara.token, "PUT", "/v1/me/buyer-details", { ...details, address: "Shiraz 2" }, once);
    expect(reused).toMatchObject({ status: 422, code: "idempotency_key_reused", roundTrips: 2 });
  });

  it("that has ended opens nothing any more, for reads, for changes, for what is wrong by itself", async () => {
    await asked(sara.token, "GET", "/v1/me");
    await env.DB.prepare("DELETE FROM session WHERE user_id = ?").bind(sara.userId).run();
    const nobody = { status: 401, code: "not_signed_in" };
    expect(await asked(sara.token, "GET", "/v1/me")).toMatchObject(nobody);
    expect(await asked(sara.token, "PUT", "/v1/me/buyer-details", details, key())).toMatchObject(nobody);
    expect(await asked(sara.token, "PUT", "/v1/me/buyer-details", { name: 7 }, key())).toMatchObject(nobody);
    expect(await asked(sara.token, "POST", "/v1/subscriptions", {}, undefined)).toMatchObject(nobody);
    const kept = env.DB.prepare("SELECT count(*) AS n FROM idempotency_key WHERE caller = ?");
    expect(await kept.bind(`user:${sara.userId}`).first("n")).toBe(0);
  });

  it("that is over by the clock opens nothing either", async () => {
    await asked(sara.token, "GET", "/v1/me");
    await env.DB.prepare("UPDATE session SET expires_at = ? WHERE user_id = ?").bind(world.now(), sara.userId).run();
    expect(await asked(sara.token, "GET", "/v1/me")).toMatchObject({ status: 401 });
  });

  it("of an operator counts its second factor from the moment that it is proved, and no longer than it is", async () => {
    const operator = await signedInPerson(world.auth, { role: "operator", factors: 1 });
    const path = "/v1/operator/collecting";
    const needed = { status: 403, code: "second_factor_required" };
    expect(await asked(operator.token, "GET", path)).toMatchObject(needed);
    const prove = env.DB.prepare("UPDATE session SET second_factor_at = ? WHERE user_id = ?");
    await prove.bind(world.now(), operator.userId).run();
    expect(await asked(operator.token, "GET", path)).toMatchObject({ status: 200 });
    expect(await asked(operator.token, "GET", path)).toMatchObject({ status: 200, roundTrips: 1 });
    await prove.bind(null, operator.userId).run();
    expect(await asked(operator.token, "GET", path)).toMatchObject(needed);
  });

  it("of somebody whose role was taken opens no operator's door", async () => {
    const operator = await signedInPerson(world.auth, { role: "operator" });
    expect(await asked(operator.token, "GET", "/v1/operator/collecting")).toMatchObject({ status: 200 });
    await env.DB.prepare('UPDATE "user" SET role = ? WHERE id = ?').bind("customer", operator.userId).run();
    expect(await asked(operator.token, "GET", "/v1/operator/collecting")).toMatchObject({ status: 403 });
    const switched = { collecting: false, reason: "Taken" };
    const change = await asked(operator.token, "PUT", "/v1/operator/collecting", switched, key());
    expect(change).toMatchObject({ status: 403, code: "forbidden" });
  });
});

describe("a partner's key", () => {
  const aKey = (more: object = {}) =>
    createPartnerKey(world.invocation(), {
      partnerId: housePartnerId,
      scopes: ["events:read", "customers:read"],
      expiresAt: null,
      ...more,
    });

  it("is asked for once in ten minutes, and noted as used then", async () => {
    const { key: text, keyId } = await aKey();
    const usedAt = env.DB.prepare("SELECT last_used_at FROM partner_key WHERE id = ?").bind(keyId);
    expect(await asked(text, "GET", "/v1/customers")).toMatchObject({ status: 200, roundTrips: 3 });
    const first = world.now();
    world.pass(10 * 60_000 - 1);
    expect(await asked(text, "GET", "/v1/customers")).toMatchObject({ status: 200, roundTrips: 1 });
    expect(await usedAt.first("last_used_at")).toBe(first);
    world.pass(1);
    expect(await asked(text, "GET", "/v1/customers")).toMatchObject({ status: 200, roundTrips: 3 });
    expect(await usedAt.first("last_used_at")).toBe(world.now());
  });

  it("opens nothing from the moment that it is revoked, expired, or without the scope", async () => {
    const [revoked, expiring, narrowed] = [
      await aKey(),
      await aKey({ expiresAt: wallMs(world.now() + 60_000) }),
      await aKey(),
    ];
    for (const { key: text } of [revoked, expiring, narrowed]) {
      expect(await asked(text, "GET", "/v1/events")).toMatchObject({ status: 200 });
    }
    await revokePartnerKey(world.invocation(), revoked.keyId);
    const narrow = env.DB.prepare("UPDATE partner_key SET scopes = ? WHERE id = ?");
    await narrow.bind('["customers:read"]', narrowed.keyId).run();
    world.pass(60_000);
    expect(await asked(revoked.key, "GET", "/v1/events")).toMatchObject({ status: 401 });
    expect(await asked(expiring.key, "GET", "/v1/events")).toMatchObject({ status: 401 });
    expect(await asked(narrowed.key, "GET", "/v1/events")).toMatchObject({ status: 403, code: "forbidden" });
    expect(await asked(narrowed.key, "GET", "/v1/customers")).toMatchObject({ status: 200 });
  });

  it("with a new scope has it at once", async () => {
    const { key: text, keyId } = await aKey({ scopes: ["events:read"] });
    expect(await asked(text, "GET", "/v1/customers")).toMatchObject({ status: 403 });
    const widen = env.DB.prepare("UPDATE partner_key SET scopes = ? WHERE id = ?");
    await widen.bind('[ "customers:read", "events:read" ]', keyId).run();
    expect(await asked(text, "GET", "/v1/customers")).toMatchObject({ status: 200 });
    expect(await asked(text, "GET", "/v1/customers")).toMatchObject({ status: 200, roundTrips: 1 });
  });
});
