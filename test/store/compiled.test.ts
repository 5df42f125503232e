// Statements that are built once: which names their rows have, and which of their values change on the way.
import { count, eq, getTableColumns, is, Table } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { expect, it } from "vitest";
import { compiledBatch } from "../../server/store/compiled.ts";
import * as schema from "../../server/store/schema.ts";

const thing = sqliteTable("thing", {
  id: text("id").notNull(),
  isPaid: integer("is_paid", { mode: "boolean" }),
  dueAt: integer("due_at"),
  lines: text("lines", { mode: "json" }).$type<string[]>(),
});
const owner = sqliteTable("owner", { id: text("id").notNull(), name: text("name").notNull() });

/** A database that answers one statement with these rows, and keeps what it was asked. */
function answering(rows: readonly object[]) {
  const asked: string[] = [];
  const statement = { bind: () => statement };
  const db = {
    prepare: (query: string) => {
      asked.push(query);
      return statement;
    },
    batch: async () => [{ results: rows }],
  };
  return { db: db as unknown as D1Database, asked };
}

it("a select of columns names them as its rows have them, and only what is kept otherwise is changed", async () => {
  const read = compiledBatch((orm) => [orm.select().from(thing).orderBy(thing.dueAt)]);
  const row = { id: "a", isPaid: 1, dueAt: null, lines: '["x"]' };
  const { db, asked } = answering([{ ...row }]);
  expect(await read(db)).toEqual([[{ id: "a", isPaid: true, dueAt: null, lines: ["x"] }]]);
  expect(asked).toEqual([
    'select "id" AS "id", "is_paid" AS "isPaid", "due_at" AS "dueAt", "lines" AS "lines" from "thing" order by "thing"."due_at"',
  ]);
  expect(await read(answering([{ ...row, isPaid: null }]).db)).toMatchObject([[{ isPaid: null }]]);
});

it("of tables that are joined as well, whatever their columns are called", async () => {
  const read = compiledBatch((orm) => [
    orm.select({ name: owner.name, isOwnPaid: thing.isPaid }).from(owner).leftJoin(thing, eq(thing.id, owner.id)),
  ]);
  const { db, asked } = answering([{ name: "Sara", isOwnPaid: 0 }]);
  expect(await read(db)).toEqual([[{ name: "Sara", isOwnPaid: false }]]);
  expect(asked[0]).toContain('select "owner"."name" AS "name", "thing"."is_paid" AS "isOwnPaid" from "owner"');
});

it("what is reckoned, and what is nested, is mapped by its place", async () => {
  const reckoned = compiledBatch((orm) => [orm.select({ isPaid: thing.isPaid, many: count() }).from(thing)]);
  expect(await reckoned(answering([{ is_paid: 1, "count(*)": 2 }]).db)).toEqual([[{ isPaid: true, many: 2 }]]);
  const nested = compiledBatch((orm) => [orm.select({ thing: { isPaid: thing.isPaid }, id: thing.id }).from(thing)]);
  expect(await nested(answering([{ is_paid: 0, id: "a" }]).db)).toEqual([[{ thing: { isPaid: false }, id: "a" }]]);
});

it("no field of a table is called as another of its columns: ORDER BY would take the one for the other", () => {
  const tables = Object.values<unknown>(schema).filter((each): each is Table => is(each, Table));
  const mistaken = tables.flatMap((table) => {
    const columns = Object.entries(getTableColumns(table));
    return columns.filter(([field]) => columns.some(([other, { name }]) => name === field && other !== field));
  });
  expect(tables.length).toBeGreaterThan(30);
  expect(mistaken).toEqual([]);
});
