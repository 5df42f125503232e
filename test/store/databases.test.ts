// The table of buckets, and what goes by it.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { bucketOf, idsOf, newCustomerId } from "../../server/billing/ids.ts";
import { wallMs } from "../../server/billing/clock.ts";
import { depsOf, type Env } from "../../server/deps.ts";
import { boundDatabases, BucketTable, readBucketTable } from "../../server/store/bucket-table.ts";
import { atHome, inDatabase, inDatabaseOf, inEachDatabase, isOfCustomer } from "../../server/store/databases.ts";
import type { DocumentBucket } from "../../server/store/documents.ts";
import { exampleSettings } from "../support/settings.ts";

const texts = new Map<string, string>();
const bucket: DocumentBucket = {
  get: async (key) => texts.get(key) ?? null,
  put: async (key, text) => void texts.set(key, text),
  delete: async (key) => void texts.delete(key),
};
const random = (byteCount: number) => crypto.getRandomValues(new Uint8Array(byteCount));
const now = wallMs(Date.parse("2026-11-22T08:00:00Z"));

describe("a table of buckets", () => {
  it("is read from home on, in order, with those that take new customers", () => {
    expect(readBucketTable("DB:0-63, DB_2:64-127+,DB_3:1024-4095+")).toEqual([
      { binding: "DB", first: 0, last: 63, isOpen: false },
      { binding: "DB_2", first: 64, last: 127, isOpen: true },
      { binding: "DB_3", first: 1_024, last: 4_095, isOpen: true },
    ]);
  });

  it.each([
    ["", "nothing"],
    ["DB", "no buckets"],
    ["DB:0-63", "nobody takes new customers"],
    ["DB:1-63+", "the first bucket is nobody's"],
    ["DB:0-63+,DB_2:63-64", "a bucket is had twice"],
    ["DB:0-63+,DB_2:40-50", "a bucket is had twice, out of order"],
    ["DB:0-63+,DB_2:80-70", "it ends before it begins"],
    ["DB:0-4096+", "there are no more than 4096"],
    ["DB:0-63+,DB:64-127", "a database stands there twice"],
    ["DB:0-63+;DB_2:64-127", "another separator"],
  ])("%j is none: %s", (text) => {
    expect(readBucketTable(text)).toBe(null);
    expect(BucketTable.safeParse(text).success).toBe(false);
  });
});

describe("databases by a table", () => {
  const [home, second] = [env.DB, { prepare: () => null, batch: () => null }];
  const table = readBucketTable("DB:0-63,DB_2:64-127+") ?? [];
  const databases = boundDatabases(table, { DB: home, DB_2: second }, bucket);
  const deps = { db: home, databases, documents: bucket };

  it("have what is of a customer where its bucket is, and what nobody has at home", () => {
    for (const [number, at] of [
      [0, 0],
      [63, 0],
      [64, 1],
      [127, 1],
      [128, 0],
      [4_095, 0],
    ] as const) {
      const there = inDatabaseOf(deps, idsOf(number, now, random).next("inv"));
      expect([there.databases.at, there.db]).toEqual([at, at === 0 ? home : second]);
      expect(atHome(there).db).toBe(home);
    }
    expect(inEachDatabase(deps).map(({ db }) => db)).toEqual([home, second]);
  });

  it("take new customers where the table says so, and one that is alone into the first 64 buckets", () => {
    for (let count = 0; count < 200; count++) {
      expect(databases.placeOf(bucketOf(newCustomerId(now, random, databases.open)))).toBe(1);
      expect(bucketOf(newCustomerId(now, random))).toBeLessThan(64);
    }
  });

  it("keep texts of the same name apart", async () => {
    await inDatabase(deps, 1).documents.put("audit/root", "of the second");
    await deps.documents.put("audit/root", "of home");
    expect([...texts]).toEqual([
      ["databases/1/audit/root", "of the second"],
      ["audit/root", "of home"],
    ]);
  });

  it("are refused when one is not bound, or the first is not home", () => {
    expect(() => boundDatabases(table, { DB: home }, bucket)).toThrow("DB_2");
    const swapped = readBucketTable("DB_2:0-63+,DB:64-127") ?? [];
    expect(() => boundDatabases(swapped, { DB: home, DB_2: second }, bucket)).toThrow("must be DB");
  });
});

describe("the setting", () => {
  const bindings = { DB: env.DB, DOCUMENTS: env.DOCUMENTS } as unknown as Pick<
    Env,
    "DB" | "DUE" | "DELIVERIES" | "DOCUMENTS"
  >;
  const started = (more: object = {}) => depsOf({ ...bindings, ...exampleSettings, ...more });

  it("is not needed: then one database is all there is", () => {
    expect(started()).toMatchObject({ db: env.DB });
    expect("databases" in started()).toBe(false);
  });

  it("says which of what is bound has what, home in hand", () => {
    const { db, databases } = started({ DATABASES: "DB:0-63,DB_2:64-127+", DB_2: env.DB });
    expect([db, databases?.at, databases?.all.length, databases?.placeOf(64)]).toEqual([env.DB, 0, 2, 1]);
  });

  it("stops the server before it serves when it is wrong, or names what is not bound", () => {
    expect(() => started({ DATABASES: "DB:0-63" })).toThrow("DATABASES");
    expect(() => started({ DATABASES: "DB:0-63+,DB_2:64-127" })).toThrow("DB_2");
  });
});

it("a customer's things are told from what is nobody's, and from any other text", () => {
  const ids = idsOf(7, now, random);
  for (const prefix of ["cus", "pm", "sub", "inv", "pay", "ref", "cn", "qg", "evt", "whe"] as const) {
    expect(isOfCustomer(ids.next(prefix))).toBe(true);
  }
  for (const prefix of ["prod", "price", "ptr", "key", "wep", "cpn", "po", "exp", "mig"] as const) {
    expect(isOfCustomer(ids.next(prefix))).toBe(false);
  }
  for (const other of [null, 7, "", "cus_", "cus_short", ["cus_01kaqzv3m5e0a8r6b1x2n4y7tq"]]) {
    expect(isOfCustomer(other)).toBe(false);
  }
});
