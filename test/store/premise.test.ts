// A premise goes with the work's first statements, and when it does not hold none of them has happened.
import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { isBrokenPremise, onPremises, premiseThat } from "../../server/store/premise.ts";
import { d1Around } from "../support/d1-around.ts";
import { limitedD1 } from "../support/limits.ts";

const holds = [premiseThat("caller", sql`1 = ${sql.placeholder("one")}`)({ one: 1 })];
const breaks = [premiseThat("idempotency_key", sql`1 = ${sql.placeholder("one")}`)({ one: 2 })];

let roundTrips: number[] = [];
let failing: ((trip: number) => boolean) | null = null;
const db = d1Around(env.DB, {
  around: async (queries, effect) => {
    roundTrips.push(queries.length);
    if (failing?.(roundTrips.length)) throw new Error("D1_ERROR: Network connection lost.");
    return effect();
  },
});

beforeAll(async () => {
  await env.DB.exec("CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT UNIQUE) STRICT");
});

beforeEach(async () => {
  await env.DB.exec("DELETE FROM word");
  await env.DB.exec("INSERT INTO word VALUES (1, 'one'), (2, 'two')");
  roundTrips = [];
  failing = null;
});

const words = async () => (await env.DB.prepare("SELECT text FROM word ORDER BY id").raw()).flat();
const add = (at: D1Database, id: number, text: string) =>
  at.prepare("INSERT INTO word VALUES (?, ?)").bind(id, text).run();

describe("work on premises that hold", () => {
  const ways: readonly (readonly [string, (at: D1Database) => Promise<unknown>])[] = [
    ["all", async (at) => (await at.prepare("SELECT id, text FROM word WHERE id = ?").bind(2).all()).results],
    ["run", async (at) => (await at.prepare("UPDATE word SET text = 'zwei' WHERE id = 2").run()).meta.changes],
    ["raw", (at) => at.prepare("SELECT id, text FROM word ORDER BY id").raw()],
    ["first", (at) => at.prepare("SELECT id, text FROM word WHERE id = 2").first()],
    ["first of a column", (at) => at.prepare("SELECT id, text FROM word WHERE id = 2").first("text")],
    ["first of nothing", (at) => at.prepare("SELECT text FROM word WHERE id = 3").first("text")],
    [
      "batch",
      async (at) => {
        const statements = [at.prepare("SELECT id FROM word"), at.prepare("SELECT text FROM word WHERE id = 9")];
        return (await at.batch(statements)).map(({ results }) => results);
      },
    ],
    ["drizzle", (at) => drizzle(at).all(sql`SELECT id, text FROM word ORDER BY text`)],
  ];

  it.each(ways)("asks by `%s` as without them, in one round trip", async (_way, ask) => {
    const alone = await ask(env.DB);
    await env.DB.exec("UPDATE word SET text = 'two' WHERE id = 2");
    expect(await onPremises(db, [holds], ask)).toEqual({ done: alone });
    expect(roundTrips).toHaveLength(1);
  });

  it("asks for them once", async () => {
    const founded = await onPremises(db, [holds, holds], async (at) => {
      await Promise.all([add(at, 3, "three"), add(at, 4, "four"), add(at, 5, "five")]);
      await at.batch([at.prepare("DELETE FROM word WHERE id = ?").bind(1)]);
      return "added";
    });
    expect(founded).toEqual({ done: "added" });
    expect(await words()).toEqual(["two", "three", "four", "five"]);
    expect(roundTrips).toEqual([3, 1, 1, 1]);
  });

  it("asks for them at its end when it has asked nothing", async () => {
    expect(await onPremises(db, [holds], async () => "idle")).toEqual({ done: "idle" });
    expect(roundTrips).toEqual([1]);
  });

  it("throws what it throws, and asks for them again behind a failure of which nobody knows what it left", async () => {
    const twice = await onPremises(db, [holds], async (at) => {
      await expect(add(at, 3, "one")).rejects.toThrow("UNIQUE");
      failing = (trip) => trip === 2;
      await expect(add(at, 3, "three")).rejects.toThrow("connection lost");
      await add(at, 3, "three");
    });
    expect(twice).toEqual({ done: undefined });
    expect(roundTrips).toEqual([2, 2, 2]);
    await expect(onPremises(db, [holds], (at) => add(at, 4, "one"))).rejects.toThrow("UNIQUE");
  });
});

describe("work on a premise that does not hold", () => {
  it("says which, and nothing has happened, nor happens any more", async () => {
    const faults: unknown[] = [];
    const founded = await onPremises(db, [holds, breaks], async (at) => {
      const first = add(at, 3, "three");
      const beside = add(at, 4, "four");
      for (const trial of [first, beside]) await trial.catch((fault: unknown) => faults.push(fault));
      await add(at, 5, "five").catch((fault: unknown) => faults.push(fault));
      return "who does not look";
    });
    expect(founded).toEqual({ broken: "idempotency_key" });
    expect(faults.map(isBrokenPremise)).toEqual([true, true, true]);
    expect(await words()).toEqual(["one", "two"]);
    expect(roundTrips).toEqual([3]);
  });

  it("says so too when it has thrown, or drizzle has wrapped it, or nothing was asked", async () => {
    const broken = { broken: "idempotency_key" };
    expect(await onPremises(db, [breaks], (at) => add(at, 3, "three"))).toEqual(broken);
    expect(await onPremises(db, [breaks], (at) => drizzle(at).run(sql`DELETE FROM word`))).toEqual(broken);
    expect(await onPremises(db, [breaks], async () => "idle")).toEqual(broken);
    expect(await words()).toEqual(["one", "two"]);
  });
});

it("the bindings of the tests refuse a statement with two columns of one name, of which a batch would lose one", async () => {
  const limited = limitedD1(env.DB, () => ({ statements: 0 }));
  await expect(limited.prepare("SELECT 1 AS a, 2 AS a").raw()).rejects.toThrow("SELECT 1 AS a, 2 AS a; 0 are allowed");
  expect(await limited.prepare("SELECT 1 AS a, 2 AS b").raw()).toEqual([[1, 2]]);
});

it("no row is ever in the table of broken premises", async () => {
  const insert = (premise: string) => env.DB.prepare("INSERT INTO broken_premise VALUES (?)").bind(premise).run();
  await expect(insert("caller")).rejects.toThrow("broken premise: caller");
  await expect(insert("idempotency_key")).rejects.toThrow("broken premise: idempotency_key");
  await expect(insert("weather")).rejects.toThrow("CHECK");
  expect(await env.DB.prepare("SELECT count(*) AS n FROM broken_premise").first("n")).toBe(0);
});
