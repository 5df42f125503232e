// Which database a customer's whole life is in. One is all there is unless several are configured: then each id says by its
// bucket which, and the first, home, has besides what is nobody's: who signs in, partners, the catalogue, claims.
import { idPrefixes, type Id, type IdPrefix } from "../../contract/common/id.ts";
import type { WallMs } from "../billing/clock.ts";
import { bucketCount, bucketOf, newCustomerId } from "../billing/ids.ts";
import type { DocumentBucket } from "./documents.ts";

/** A database, and where its texts and files stand. */
export interface Database {
  readonly db: D1Database;
  readonly documents: DocumentBucket;
}

export interface Databases {
  /** Home first. A place is for ever: buckets and series of invoice numbers are named by it. */
  readonly all: readonly Database[];
  /** Which of them is in hand. */
  readonly at: number;
  /** Which of them has a bucket. */
  readonly placeOf: (bucket: number) => number;
  /** The buckets that new customers are put into. */
  readonly open: readonly number[];
}

/** What reaches a database, and the others where there are any. */
export interface Placed {
  readonly db: D1Database;
  readonly databases?: Databases | undefined;
}

/** The same with that one in hand. */
export function inDatabase<P extends Placed>(ports: P, at: number): P {
  const { databases } = ports;
  if (!databases || databases.at === at) return ports;
  const found = databases.all[at];
  if (!found) throw new Error(`There is no database ${at}`);
  return { ...ports, ...found, databases: { ...databases, at } };
}

/** The same with the one in hand that has what this is the id of. */
export function inDatabaseOf<P extends Placed>(ports: P, id: Id<IdPrefix>): P {
  return ports.databases ? inDatabase(ports, ports.databases.placeOf(bucketOf(id))) : ports;
}

export function atHome<P extends Placed>(ports: P): P {
  return inDatabase(ports, 0);
}

/** The same once for each database, home first. */
export function inEachDatabase<P extends Placed>(ports: P): readonly P[] {
  return ports.databases ? ports.databases.all.map((_, at) => inDatabase(ports, at)) : [ports];
}

const { customer, paymentMethod, subscription, invoice, payment, refund, creditNote, quotaGrant, ...rest } = idPrefixes;
const ofCustomers: readonly string[] = [
  ...[customer, paymentMethod, subscription, invoice, payment, refund, creditNote, quotaGrant],
  ...[rest.billingEvent, rest.webhookEvent],
];

/** Whether this is the id of something that a customer has. */
export function isOfCustomer(value: unknown): value is Id<IdPrefix> {
  const [, prefix] = (typeof value === "string" && /^([a-z]+)_[0-7][0-9a-hjkmnp-tv-z]{25}$/.exec(value)) || [];
  return prefix !== undefined && ofCustomers.includes(prefix);
}

interface Minting extends Placed {
  readonly wall: () => WallMs;
  readonly random: (byteCount: number) => Uint8Array;
}

/** The id of a customer who is to come, in a bucket that takes new ones. */
export function mintCustomerId({ databases, wall, random }: Minting) {
  return newCustomerId(wall(), random, databases?.open);
}

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
