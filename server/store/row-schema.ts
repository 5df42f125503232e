// What a row of a table looks like, read off its columns. By hand, since the package for it brings all of Zod along, with
// its messages in fifty languages: a tenth of what is deployed.
import { getTableColumns, type Column } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import * as z from "zod";

type Shape<T extends SQLiteTable> = { [K in keyof T["_"]["columns"]]: z.ZodType };

/**
 * Enums and forms as the table has them: whole numbers, texts, flags.
 *
 * @param own What the table alone does not say; every JSON column must be there, or making the schema throws.
 */
export function rowSchema<T extends SQLiteTable>(table: T, own: Partial<Shape<T>> = {}): z.ZodObject<Shape<T>> {
  const columns = Object.entries<Column>(getTableColumns(table));
  const known = new Map(Object.entries<z.ZodType | undefined>(own));
  return asShaped<T>(
    z.object(Object.fromEntries(columns.map(([key, it]) => [key, known.get(key) ?? columnSchema(it)]))),
  );
}

function columnSchema(column: Column): z.ZodType {
  const schema = valueSchema(column);
  return column.notNull ? schema : schema.nullable();
}

function valueSchema({ dataType, enumValues, name }: Column): z.ZodType {
  if (enumValues?.length) return z.enum(enumValues);
  switch (dataType) {
    case "string":
      return z.string();
    case "number":
      return z.int();
    case "boolean":
      return z.boolean();
    default:
      throw new Error(`The column ${name} holds ${dataType}, which its table does not describe`);
  }
}

/** Safe: there is a schema for each of the table's columns. */
function asShaped<T extends SQLiteTable>(schema: z.ZodObject): z.ZodObject<Shape<T>> {
  return schema as unknown as z.ZodObject<Shape<T>>;
}
