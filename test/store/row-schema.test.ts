// Which columns of a table are parsed, and what they may hold.
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { expect, it } from "vitest";
import * as z from "zod";
import { columnSchemas } from "../../server/store/row-schema.ts";

const thing = sqliteTable("thing", {
  id: text("id").notNull(),
  status: text("status", { enum: ["open", "paid"] }).notNull(),
  amount: integer("amount").notNull(),
  isPaid: integer("is_paid", { mode: "boolean" }).notNull(),
  settledAt: integer("settled_at"),
  lines: text("lines", { mode: "json" }).notNull(),
});
const schemas = columnSchemas(thing, { lines: z.array(z.string()) });

it("enums and JSON are parsed; the rest is what its STRICT table says", () => {
  expect(Object.keys(schemas)).toEqual(["status", "lines"]);
});

it.each([
  ["status", "paid", true],
  ["status", "void", false],
  ["status", null, false],
  ["lines", ["a"], true],
  ["lines", [1], false],
])("of %s %j is told apart", (key, value, isOne) => {
  expect(schemas[key]?.safeParse(value).success).toBe(isOne);
});

it("a JSON column that nobody describes is a mistake, not anything at all", () => {
  expect(() => columnSchemas(thing)).toThrow("lines");
});
