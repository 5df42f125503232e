// Partners' keys: what a key proves, and when it proves nothing.
import { describe, expect, it } from "vitest";
import { wallMs } from "../../server/billing/clock.ts";
import {
  createPartnerKey,
  findPartnerKey,
  revokePartnerKey,
  storePartnerKey,
} from "../../server/http/auth/partner-key.ts";
import { housePartnerId } from "../../server/billing/customer.ts";
import { peopleDeps } from "../support/people.ts";

const wanted = { partnerId: housePartnerId, scopes: ["events:read", "customers:read"], expiresAt: null } as const;

describe("a partner's key", () => {
  it("proves its partner and its scopes, and is stored nowhere", async () => {
    const deps = peopleDeps();
    const { keyId, key } = await createPartnerKey(deps, wanted);
    expect(key).toMatch(/^srd_test_[A-Za-z0-9_-]{43}$/);
    expect(await findPartnerKey(deps, key)).toEqual({
      grant: { keyId, partnerId: housePartnerId, scopes: ["events:read", "customers:read"] },
    });
    const { results } = await deps.db.prepare("SELECT * FROM partner_key").all();
    expect(JSON.stringify(results)).not.toContain(key.slice("srd_test_".length));
  });

  it("proves nothing when it is nearly right or nothing at all", async () => {
    const deps = peopleDeps();
    const { key } = await createPartnerKey(deps, wanted);
    const nearly = key.slice(0, -1) + (key.endsWith("A") ? "B" : "A");
    for (const token of [nearly, key.slice(0, -1), `${key} `, key.toUpperCase(), "srd_test_", "", "' OR 1=1 --"]) {
      expect(await findPartnerKey(deps, token)).toBeNull();
    }
  });

  it("proves nothing from the instant it expires", async () => {
    const deps = peopleDeps();
    const { key } = await createPartnerKey(deps, { ...wanted, expiresAt: wallMs(deps.wall() + 1_000) });
    deps.moveWall(999);
    expect(await findPartnerKey(deps, key)).not.toBeNull();
    deps.moveWall(1);
    expect(await findPartnerKey(deps, key)).toBeNull();
  });

  it("proves nothing once it is revoked, and keeps the first instant of that", async () => {
    const deps = peopleDeps();
    const { keyId, key } = await createPartnerKey(deps, wanted);
    await revokePartnerKey(deps, keyId);
    const revokedAt = deps.wall();
    deps.moveWall(5_000);
    await revokePartnerKey(deps, keyId);
    expect(await findPartnerKey(deps, key)).toBeNull();
    const row = deps.db.prepare("SELECT revoked_at FROM partner_key WHERE id = ?").bind(keyId);
    expect(await row.first("revoked_at")).toBe(revokedAt);
  });

  it("of a test system proves nothing in production, nor the other way round", async () => {
    const [test, production] = [peopleDeps(), peopleDeps({ environment: "production" })];
    const [testKey, liveKey] = [await createPartnerKey(test, wanted), await createPartnerKey(production, wanted)];
    expect(liveKey.key).toMatch(/^srd_live_/);
    expect(await findPartnerKey(production, liveKey.key)).not.toBeNull();
    expect(await findPartnerKey(production, testKey.key)).toBeNull();
    expect(await findPartnerKey(test, liveKey.key)).toBeNull();
    expect(await findPartnerKey(peopleDeps({ environment: "development" }), testKey.key)).not.toBeNull();
    const hash = await test.sha256(liveKey.key);
    await test.db.prepare("UPDATE partner_key SET environment = 'test' WHERE hash = ?").bind(hash).run();
    expect(await findPartnerKey(production, liveKey.key)).toBeNull();
  });

  it("of a known text can be stored at every start and stays one key", async () => {
    const deps = peopleDeps();
    const key = `srd_test_${"k".repeat(43)}`;
    await storePartnerKey(deps, key, wanted);
    const first = await findPartnerKey(deps, key);
    await storePartnerKey(deps, key, wanted);
    expect(await findPartnerKey(deps, key)).toEqual(first);
    await expect(storePartnerKey(deps, `srd_live_${"k".repeat(43)}`, wanted)).rejects.toThrow("Not a test key");
  });
});

describe("the tables of partners", () => {
  it.each([
    ["an environment that does not exist", "'sandbox'", "'[]'"],
    ["scopes that are no list", "'test'", "'{}'"],
  ])("refuse %s", async (_name, environment, scopes) => {
    const { db } = peopleDeps();
    const insert = `INSERT INTO partner_key (id, partner_id, hash, scopes, environment, created_at)
      VALUES ('key_x', '${housePartnerId}', '${"0".repeat(64)}', ${scopes}, ${environment}, 1)`;
    await expect(db.prepare(insert).run()).rejects.toThrow("CHECK");
  });

  it("keep a partner that has keys", async () => {
    const deps = peopleDeps();
    await createPartnerKey(deps, wanted);
    await expect(deps.db.prepare("DELETE FROM partner").run()).rejects.toThrow("FOREIGN KEY");
  });
});
