// What the server may rely on of its database. The same questions are put to D1 in workerd and to the SQLite that stands
// for it in plain Node: an answer that differs would make the simulation speak of another system.
import { env } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";

const db = env.DB;
const isWorkerd = navigator.userAgent === "Cloudflare-Workers";

const schema = [
  "CREATE TABLE page (id INTEGER PRIMARY KEY, title TEXT UNIQUE, size INTEGER CHECK (size > 0), body TEXT) STRICT",
  "CREATE TABLE note (page_id INTEGER NOT NULL REFERENCES page (id) ON DELETE RESTRICT, next_id INTEGER REFERENCES page (id) DEFERRABLE INITIALLY DEFERRED)",
  "CREATE TABLE visit (page_id INTEGER)",
  "CREATE TRIGGER page_is_counted AFTER INSERT ON page BEGIN INSERT INTO visit VALUES (NEW.id); INSERT INTO visit VALUES (NEW.id); END",
  "CREATE TRIGGER note_is_kept BEFORE DELETE ON note BEGIN SELECT RAISE(ABORT, 'note is kept'); END",
];

beforeAll(async () => {
  for (const statement of schema) await db.exec(statement);
  await db.prepare("INSERT INTO page VALUES (1, 'one', 1, NULL)").run();
  await db.prepare("INSERT INTO note VALUES (1, NULL)").run();
});

const first = (query: string, ...values: readonly unknown[]) =>
  db
    .prepare(query)
    .bind(...values)
    .first();
const countOf = (table: string) => db.prepare(`SELECT count(*) AS n FROM ${table}`).first<number>("n");

/** The whole text of what is thrown, and of its cause. */
async function fault(effect: () => Promise<unknown>): Promise<readonly [text: string, cause: unknown]> {
  try {
    await effect();
  } catch (thrown) {
    if (thrown instanceof Error) return [thrown.message, thrown.cause instanceof Error && thrown.cause.message];
  }
  throw new Error("Nothing was thrown");
}

describe("a bound value", () => {
  const bound: readonly (readonly [what: string, value: unknown, type: string, back: unknown])[] = [
    ["an integer is REAL", 7, "real", 7],
    ["a fraction is REAL", 0.1, "real", 0.1],
    ["an instant is REAL and exact", 1_795_305_600_123, "real", 1_795_305_600_123],
    ["the greatest safe integer is REAL and exact", Number.MAX_SAFE_INTEGER, "real", Number.MAX_SAFE_INTEGER],
    ["NaN is NULL", Number.NaN, "null", null],
    ["infinity is NULL", Infinity, "null", null],
    ["true is 1", true, "real", 1],
    ["false is 0", false, "real", 0],
    ["null is NULL", null, "null", null],
    ["a text is TEXT", "سررسید", "text", "سررسید"],
    ["an empty text is TEXT", "", "text", ""],
    ["a text with a NUL is whole", "a\0b", "text", "a\0b"],
    ["an ArrayBuffer is a BLOB, and comes back as numbers", new Uint8Array([1, 255]).buffer, "blob", [1, 255]],
    ["a view is a BLOB of its elements", new Uint16Array([1, 300]), "blob", [1, 44]],
    ["an array of bytes is a BLOB", [0, 1, 2], "blob", [0, 1, 2]],
  ];

  it.each(bound)("%s", async (_what, value, type, back) => {
    expect(await first("SELECT typeof(?1) AS type, ?1 AS back", value)).toEqual({ type, back });
  });

  it("divides as REAL, but is stored as an integer where the column is one", async () => {
    expect(await first("SELECT 7 / ? AS half", 2)).toEqual({ half: 3.5 });
    await db.prepare("INSERT INTO page VALUES (?, 'typed', ?, ?)").bind(70, 7, "x").run();
    const types = "SELECT typeof(id) AS id, typeof(size) AS size, size / 2 AS half FROM page WHERE id = ?";
    expect(await first(types, 70)).toEqual({ id: "integer", size: "integer", half: 3 });
  });

  it.each([
    ["undefined", undefined, "Type 'undefined' not supported for value 'undefined'"],
    ["a bigint", 1n, "Type 'bigint' not supported for value '1'"],
    ["an object", {}, "Type 'object' not supported for value '[object Object]'"],
    ["an array of texts", ["a"], "Type 'object' not supported for value 'a'"],
  ])("is never %s", async (_what, value, text) => {
    expect(await fault(async () => db.prepare("SELECT ?").bind(value))).toEqual([`D1_TYPE_ERROR: ${text}`, text]);
  });

  it("is missing or one too many: the statement is refused", async () => {
    const text = "Wrong number of parameter bindings for SQL query.";
    for (const values of [[], [1], [1, 2, 3]]) {
      expect(await fault(() => first("SELECT ?, '?' AS a -- ?\n, ?", ...values))).toEqual([`D1_ERROR: ${text}`, text]);
    }
    expect(await first("SELECT ?2 AS a, ?1 AS b, ?2 AS c", "x", "y")).toEqual({ a: "y", b: "x", c: "y" });
  });
});

describe("a failed statement says", () => {
  const insert = "INSERT INTO page (id, title, size) VALUES";
  const unfit: readonly (readonly [sql: string, text: string])[] = [
    [
      `${insert} (2, 'one', 1)`,
      "UNIQUE constraint failed: page.title: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_UNIQUE)",
    ],
    [
      `${insert} (1, 'x', 1)`,
      "UNIQUE constraint failed: page.id: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_PRIMARYKEY)",
    ],
    [
      `${insert} (2, 'x', 0)`,
      "CHECK constraint failed: size > 0: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_CHECK)",
    ],
    [
      `${insert} (2, 'x', 1.5)`,
      "cannot store REAL value in INTEGER column page.size: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_DATATYPE)",
    ],
    [
      "INSERT INTO note VALUES (NULL, NULL)",
      "NOT NULL constraint failed: note.page_id: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_NOTNULL)",
    ],
    [
      "INSERT INTO note VALUES (99, NULL)",
      "FOREIGN KEY constraint failed: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_FOREIGNKEY)",
    ],
    [
      "DELETE FROM page WHERE id = 1",
      "FOREIGN KEY constraint failed: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_TRIGGER)",
    ],
    ["DELETE FROM note", "note is kept: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_TRIGGER)"],
    ["SELECT * FROM nowhere", "no such table: nowhere: SQLITE_ERROR"],
    [
      "SELECT 'a' LIKE 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'",
      "LIKE or GLOB pattern too complex: SQLITE_ERROR",
    ],
    [
      `SELECT ${Array(101).fill("size").join("+")} FROM page`,
      "Expression tree is too large (maximum depth 100): SQLITE_ERROR",
    ],
    [`SELECT ${Array(101).fill("1").join()}`, "too many columns in result set: SQLITE_ERROR"],
    [Array(6).fill("SELECT 1").join(" UNION ALL "), "too many terms in compound SELECT: SQLITE_ERROR"],
    ["", "No SQL statements detected."],
  ];

  it.each(unfit)("%s: %s", async (query, text) => {
    expect(await fault(() => db.prepare(query).run())).toEqual([`D1_ERROR: ${text}`, text]);
    expect(await fault(() => db.batch([db.prepare(query)]))).toEqual([`D1_ERROR: ${text}`, text]);
  });

  it("that 101 values are too many, and takes 100", async () => {
    const wanted = (count: number) =>
      first(`SELECT 1 AS one WHERE 1 IN (${Array(count).fill("?").join()})`, ...Array<number>(count).fill(1));
    expect(await wanted(100)).toEqual({ one: 1 });
    expect((await fault(() => wanted(101)))[0]).toMatch(/^D1_ERROR: too many SQL variables\b.*: SQLITE_ERROR$/);
  });

  it("where its text is no SQL", async () => {
    expect((await fault(() => first("SELEKT 1")))[0]).toMatch(
      /^D1_ERROR: near "SELEKT": syntax error.*: SQLITE_ERROR$/,
    );
  });

  it("that there are no transactions but batches", async () => {
    for (const word of ["BEGIN", "savepoint a"]) {
      expect((await fault(() => first(word)))[0]).toMatch(
        /^D1_ERROR: To execute a transaction, please use the state\.st/,
      );
    }
  });

  it("the same through drizzle: whole as the cause of a single query, as it is from a batch", async () => {
    const orm = drizzle(db);
    const query = () => orm.run(sql`INSERT INTO page (id) VALUES (1)`);
    const text =
      "D1_ERROR: UNIQUE constraint failed: page.id: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_PRIMARYKEY)";
    expect((await fault(async () => query()))[1]).toBe(text);
    expect((await fault(async () => orm.batch([query()])))[0]).toBe(text);
  });
});

describe("a batch", () => {
  const addPage = (id: number) => db.prepare("INSERT INTO page (id) VALUES (?)").bind(id);

  it("takes effect wholly or not at all, whichever statement fails", async () => {
    const before = await countOf("page");
    for (const ids of [
      [11, 11, 12],
      [1, 11, 12],
      [11, 12, 1],
    ]) {
      await expect(db.batch(ids.map(addPage))).rejects.toThrow("UNIQUE constraint failed: page.id");
      expect(await countOf("page")).toBe(before);
      expect(await countOf("visit")).toBe((before ?? 0) * 2);
    }
    await db.batch([11, 12].map(addPage));
    expect(await countOf("page")).toBe((before ?? 0) + 2);
  });

  it("sees in each statement what those before it wrote", async () => {
    const results = await db.batch([addPage(21), db.prepare("SELECT id FROM page WHERE id = 21"), addPage(22)]);
    expect(results.map((result) => result.results)).toEqual([[], [{ id: 21 }], []]);
    const changed = await db.batch([
      db.prepare("UPDATE page SET body = 'x' WHERE id IN (21, 22)"),
      db.prepare("SELECT changes() AS n"),
    ]);
    expect(changed[1]?.results).toEqual([{ n: 2 }]);
  });

  it("reports each statement's changes, those of its triggers too, and the last row's id", async () => {
    const results = await db.batch([
      addPage(31),
      db.prepare("UPDATE page SET body = 'y' WHERE id IN (21, 31)"),
      db.prepare("SELECT 1"),
      db.prepare("INSERT INTO page (id) VALUES (31) ON CONFLICT DO NOTHING"),
      db.prepare("INSERT INTO page (id) VALUES (32) RETURNING id, id + 1 AS next"),
      db.prepare("UPDATE page SET body = 'z' WHERE id = -1 RETURNING id"),
    ]);
    const told = results.map(({ success, results: rows, meta }) => [
      success,
      rows,
      meta.changes,
      meta.last_row_id,
      meta.changed_db,
    ]);
    expect(told).toEqual([
      [true, [], 3, 31, true],
      [true, [], 2, 31, true],
      [true, [{ 1: 1 }], 0, 31, false],
      [true, [], 0, 31, false],
      [true, [{ id: 32, next: 33 }], 3, 32, true],
      [true, [], 0, 32, false],
    ]);
  });

  it("of nothing is refused", async () => {
    expect((await fault(() => db.batch([])))[0]).toBe("D1_ERROR: No SQL statements detected.");
  });

  it("may write a child before its deferred parent", async () => {
    await db.batch([db.prepare("INSERT INTO note VALUES (1, 41)"), addPage(41)]);
    expect(await countOf("note WHERE next_id = 41")).toBe(1);
  });

  // In workerd the same was seen: the database's object breaks, is made anew, and prints a page about it.
  it.skipIf(isWorkerd)("is an internal error, and undone, when a deferred parent is missing at its end", async () => {
    const orphan = db.prepare("INSERT INTO note VALUES (1, 99)");
    for (const effect of [() => orphan.run(), () => db.batch([orphan, addPage(98)])]) {
      expect((await fault(effect))[0]).toMatch(/^internal error; reference = /);
    }
    expect(await countOf("note WHERE next_id = 99")).toBe(0);
    expect(await countOf("page WHERE id = 98")).toBe(0);
  });
});

describe("an answer", () => {
  const query = db.prepare("SELECT 1 AS a, 'b' AS b, 3 AS a");

  it("is rows by column name; of two columns of one name the last counts, in the first's place", async () => {
    const { success, results } = await query.all();
    expect(success).toBe(true);
    expect(results).toStrictEqual([{ a: 3, b: "b" }]);
    expect(Object.keys((await query.run()).results[0] ?? {})).toEqual(["a", "b"]);
    expect(await query.first()).toStrictEqual({ a: 3, b: "b" });
    expect(await query.first("b")).toBe("b");
  });

  it("is every cell in order when it is raw", async () => {
    expect(await query.raw()).toEqual([[1, "b", 3]]);
    expect(await query.raw({ columnNames: true })).toEqual([
      ["a", "b", "a"],
      [1, "b", 3],
    ]);
    expect(await db.prepare("DELETE FROM visit WHERE page_id = -1").raw()).toEqual([]);
  });

  it("of no row is null; of no such column an error", async () => {
    const none = db.prepare("SELECT 1 AS a WHERE 0");
    expect(await none.first()).toBeNull();
    expect(await none.first("a")).toBeNull();
    expect(await fault(() => query.first("c"))).toEqual([
      "D1_COLUMN_NOTFOUND: Column not found (c)",
      "Column not found",
    ]);
  });

  it("has passed through JSON: bytes are numbers, the infinite is null", async () => {
    expect(await first("SELECT x'01ff' AS bytes, 1e999 AS most, -1e999 AS least, 1.0 AS one")).toEqual({
      bytes: [1, 255],
      most: null,
      least: null,
      one: 1,
    });
  });

  it("is true of the schema as it is now, however often the query was put before", async () => {
    await db.exec("CREATE TABLE growing (a)");
    const all = db.prepare("SELECT * FROM growing");
    expect(await all.raw({ columnNames: true })).toEqual([["a"]]);
    await db.prepare("ALTER TABLE growing ADD COLUMN b").run();
    expect(await all.raw({ columnNames: true })).toEqual([["a", "b"]]);
    await db.exec("ALTER TABLE growing ADD COLUMN c");
    expect(await all.raw({ columnNames: true })).toEqual([["a", "b", "c"]]);
    await db.exec("DROP TABLE growing");
    expect((await fault(() => all.raw()))[0]).toBe("D1_ERROR: no such table: growing: SQLITE_ERROR");
  });
});

describe("the connection", () => {
  it("keeps foreign keys, fires no trigger for what a replacement deletes, and takes a doubly quoted unknown for a text", async () => {
    expect(await first("PRAGMA foreign_keys")).toEqual({ foreign_keys: 1 });
    expect(await first("PRAGMA recursive_triggers")).toEqual({ recursive_triggers: 0 });
    expect(await first('SELECT "nowhere" AS text')).toEqual({ text: "nowhere" });
  });

  it("executes lines, all or none, and names the first when one is no SQL", async () => {
    expect(await db.exec("SELECT 1\nSELECT 2")).toMatchObject({ count: 2 });
    const lines = "DELETE FROM visit\nSELEKT 1";
    expect((await fault(() => db.exec(lines)))[0]).toMatch(
      /^D1_EXEC_ERROR: Error in line 1: DELETE FROM visit: near "SELEKT": syntax error/,
    );
    expect(await countOf("visit")).toBeGreaterThan(0);
  });
});
