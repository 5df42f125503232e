// What a row of a table looks like: enums and forms as drizzle-zod reads them off the table, JSON as its owner says.
import { getTableColumns, type Column } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import { createSelectSchema } from "drizzle-zod";
import type * as z from "zod";

type Shape<T extends SQLiteTable> = { [K in keyof T["_"]["columns"]]: z.ZodType };

/** @param own What the table alone does not say; every JSON column must be there, or making the schema throws. */
export function rowSchema<T extends SQLiteTable>(table: T, own: Partial<Shape<T>> = {}): z.ZodObject<Shape<T>> {
  for (const [key, { dataType, name }] of Object.entries<Column>(getTableColumns(table))) {
    if (dataType === "json" && !(key in own)) throw new Error(`The column ${name} holds JSON that nobody describes`);
  }
  return asShaped<T>(createSelectSchema<SQLiteTable>(table).extend(own));
}

/** Safe: there is a schema for each of the table's columns. */
function asShaped<T extends SQLiteTable>(schema: z.ZodObject): z.ZodObject<Shape<T>> {
  return schema as unknown as z.ZodObject<Shape<T>>;
}
