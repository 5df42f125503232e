// What the columns of a table may hold where their type does not say it all: enums as drizzle-zod reads them off the table,
// JSON as its owner says. The rest SQLite sees to, since every table is STRICT.
import { getTableColumns, type Column } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import { createSelectSchema } from "drizzle-zod";
import type * as z from "zod";

type Shape<T extends SQLiteTable> = { readonly [K in keyof T["_"]["columns"]]: z.ZodType };

/** The schemas of some columns, by the names that their rows have for them. */
export type ColumnSchemas = Readonly<Record<string, z.ZodType>>;

/** @param own What the table alone does not say; every JSON column must be there, or this throws. */
export function columnSchemas<T extends SQLiteTable>(table: T, own: Partial<Shape<T>> = {}): ColumnSchemas {
  const columns = Object.entries<Column>(getTableColumns(table));
  for (const [key, { dataType, name }] of columns) {
    if (dataType === "json" && !(key in own)) throw new Error(`The column ${name} holds JSON that nobody describes`);
  }
  const enums = columns.filter(([, { enumValues }]) => enumValues && enumValues.length > 0).map(([key]) => key);
  const { shape } = createSelectSchema<SQLiteTable>(table);
  return { ...Object.fromEntries(Object.entries(shape).filter(([key]) => enums.includes(key))), ...own };
}
