// The table of buckets: which database has which, as a deployment sets it.
import * as z from "zod";
import { bucketCount } from "../billing/ids.ts";
import type { Database, Databases } from "./databases.ts";
import { bucketUnder, type DocumentBucket } from "./documents.ts";

/** A row of the table of buckets: which binding has them, from the first to the last, and whether new customers go there. */
export interface BucketRange {
  readonly binding: string;
  readonly first: number;
  readonly last: number;
  readonly isOpen: boolean;
}

/** Example: `DB:0-63,DB_2:64-127+`: two databases, of which the second takes new customers. Null for any other text. */
export function readBucketTable(text: string): readonly BucketRange[] | null {
  const ranges = text.split(",").map((part) => /^\s*(\w+):(\d{1,4})-(\d{1,4})(\+?)\s*$/.exec(part));
  const table = ranges.flatMap((range) => {
    const [, binding = "", first, last, open] = range ?? [];
    return range ? [{ binding, first: Number(first), last: Number(last), isOpen: open === "+" }] : [];
  });
  const isInOrder = table.every(({ first, last }, index) => first <= last && first > (table[index - 1]?.last ?? -1));
  const isSound =
    isInOrder &&
    table.length === ranges.length &&
    // What is no customer's is named by the first bucket.
    table[0]?.first === 0 &&
    (table.at(-1)?.last ?? bucketCount) < bucketCount &&
    new Set(table.map(({ binding }) => binding)).size === table.length &&
    table.some(({ isOpen }) => isOpen);
  return isSound ? table : null;
}

/** The setting, read. */
export const BucketTable = z.string().transform((text, ctx) => {
  const table = readBucketTable(text);
  if (!table) ctx.addIssue("Must be like `DB:0-63,DB_2:64-127+`: in order, from bucket 0, one of them with a `+`.");
  return table ?? [];
});

/** The databases of a table as they are bound; the texts of every one but home stand in a folder of their own. */
export function boundDatabases(
  table: readonly BucketRange[],
  bindings: Readonly<Record<string, unknown>>,
  bucket: DocumentBucket,
): Databases {
  const all = table.map(({ binding }, at) => ({
    db: databaseIn(bindings[binding], binding),
    documents: at === 0 ? bucket : bucketUnder(bucket, `databases/${at}`),
  }));
  if (table[0]?.binding !== "DB") throw new Error("The first of DATABASES must be DB");
  return databasesBy(table, all);
}

/** Safe: what has a `prepare` and a `batch` is a D1 binding, whatever its name. */
function databaseIn(bound: unknown, binding: string): D1Database {
  const isDatabase = typeof bound === "object" && bound !== null && "prepare" in bound && "batch" in bound;
  if (!isDatabase) throw new Error(`DATABASES names ${binding}, which is no database`);
  return bound as unknown as D1Database;
}

/** Several databases, by the table of their buckets. One that nobody has is home's. */
export function databasesBy(table: readonly BucketRange[], all: readonly Database[]): Databases {
  return {
    all,
    at: 0,
    placeOf: (bucket) =>
      Math.max(
        0,
        table.findIndex(({ first, last }) => first <= bucket && bucket <= last),
      ),
    open: table.flatMap(({ first, last, isOpen }) =>
      isOpen ? Array.from({ length: last - first + 1 }, (_, index) => first + index) : [],
    ),
  };
}
