// npm run import:convert: an import file from the tables of a dashboard, dumped as one file of JSON Lines for each.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { SettingError } from "../local/settings.ts";
import { convertTables, PaymentMethodRow, PaymentRow, ProductRow, SubscriptionRow } from "./tables.ts";

const help = `npm run import:convert -- FOLDER FILE [--calendar jalali|gregorian]
  Makes an import file of FOLDER's product.jsonl, subscription.jsonl, payment_method.jsonl and payment.jsonl;
  docs/import.md names their columns. Says which rows were left out and why.`;

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: "boolean", default: false }, calendar: { type: "string", default: "jalali" } },
  });
  if (values.help) return console.log(help);
  const [folder, file] = positionals;
  if (folder === undefined || file === undefined) throw new SettingError(help);
  const calendar = z.enum(["jalali", "gregorian"]).safeParse(values.calendar).data;
  if (!calendar) throw new SettingError(`--calendar is jalali or gregorian, not ${values.calendar}.`);
  const tables = {
    product: rowsIn(folder, "product", ProductRow),
    subscription: rowsIn(folder, "subscription", SubscriptionRow),
    payment_method: rowsIn(folder, "payment_method", PaymentMethodRow),
    payment: rowsIn(folder, "payment", PaymentRow),
  };
  const { records, leftOut } = convertTables(tables, { now: Date.now(), calendar });
  // It holds signatures and persons.
  writeFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(""), { mode: 0o600 });
  console.log(`${file}: ${records.length} lines. Left out:${leftOut.length === 0 ? " nothing." : ""}`);
  for (const { table, id, why } of leftOut) console.log(`  ${table} ${id}: ${why}`);
}

/** A table's rows; columns are named `messageQuota` or `message_quota`. Throws on the first that cannot be read. */
function rowsIn<T>(folder: string, table: string, row: z.ZodType<T>): readonly T[] {
  const path = join(folder, `${table}.jsonl`);
  if (!existsSync(path)) throw new SettingError(`There is no ${path}.`);
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.flatMap((line, index) => {
    if (line.trim() === "") return [];
    const parsed = row.safeParse(camelCased(JSON.parse(line)));
    if (parsed.success) return [parsed.data];
    throw new SettingError(`${path}, line ${index + 1}: ${z.prettifyError(parsed.error)}`);
  });
}

function camelCased(row: object): object {
  const name = (column: string) => column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(row).map(([column, value]: [string, unknown]) => [name(column), value]));
}

try {
  main();
} catch (error) {
  console.error(error instanceof SettingError ? error.message : error);
  process.exitCode = 1;
}
