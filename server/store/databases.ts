// Which database a customer's whole life is in. One is all there is unless several are configured: then each id says by its
// bucket which, and the first, home, has besides what is nobody's: who signs in, partners, the catalogue, claims.
import { idPrefixes, type Id, type IdPrefix } from "../../contract/common/id.ts";
import type { WallMs } from "../billing/clock.ts";
import { bucketOf, newCustomerId } from "../billing/ids.ts";
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

const ofCustomers: readonly string[] = (
  [
    "customer",
    "paymentMethod",
    "subscription",
    "invoice",
    "payment",
    "refund",
    "creditNote",
    "quotaGrant",
    "billingEvent",
    "webhookEvent",
  ] as const
).map((noun) => idPrefixes[noun]);

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
