// What is taken for a row of a table, by the table alone.
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { expect, it } from "vitest";
import * as z from "zod";
import { rowSchema } from "../../server/store/row-schema.ts";

const thing = sqliteTable("thing", {
  id: text("id").notNull(),
  status: text("status", { enum: ["open", "paid"] }).notNull(),
  amount: integer("amount").notNull(),
  isPaid: integer("is_paid", { mode: "boolean" }).notNull(),
  settledAt: integer("settled_at"),
  lines: text("lines", { mode: "json" }).notNull(),
});
const schema = rowSchema(thing, { lines: z.array(z.string()) });
const row = { id: "1", status: "open", amount: 1, isPaid: false, settledAt: null, lines: ["a"] };

it("a row is what the columns say, and keeps nothing else", () => {
  expect(schema.parse({ ...row, other: 1 })).toEqual(row);
});

it.each([
  ["a text that is a number", { id: 1 }],
  ["a status that is none", { status: "void" }],
  ["half an amount", { amount: 0.5 }],
  ["a number beyond what a number holds", { amount: 2 ** 53 }],
  ["a flag that is a number", { isPaid: 0 }],
  ["nothing where the table has something", { amount: null }],
  ["what is missing", { settledAt: undefined }],
  ["other JSON", { lines: [1] }],
])("a row is refused for %s", (_, wrong) => {
  expect(schema.safeParse({ ...row, ...wrong }).success).toBe(false);
});

it("a JSON column that nobody describes is a mistake, not anything at all", () => {
  expect(() => rowSchema(thing)).toThrow("lines");
});
