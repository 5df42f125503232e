// Mints ids: TypeIDs over UUIDv7. The 12 `rand_a` bits are the customer's bucket, the same in all of a customer's ids,
// so that an id alone says which database holds it. Pure: time and randomness are handed in.
import { TypeID } from "typeid-js";
import type { CustomerId, Id, IdPrefix } from "../../contract/common/id.ts";
import type { WallMs } from "./clock.ts";
import { hexOf } from "./hex.ts";

type Random = (byteCount: number) => Uint8Array;

/** Mints ids of one customer (or of the catalogue) during one request or tick. */
export interface Ids {
  next<P extends IdPrefix>(prefix: P): Id<P>;
}

/** How many buckets there are; where there are several databases, a table deals them out. */
export const bucketCount = 4096;

/** Where nobody says otherwise customers are put into the first 64, so that there are buckets left for databases to come. */
const firstBuckets: readonly number[] = Array.from({ length: 64 }, (_, bucket) => bucket);

/** Ids of one customer, in its bucket: each sorts after the one before, since lists and cursors go by id. */
export function idsOf(bucket: number, wall: WallMs, random: Random): Ids {
  let count = 0;
  return { next: (prefix) => typeId(prefix, counted(withBucket(uuidV7(wall, random), bucket), count++)) };
}

/** A new customer's id, in one of these buckets, drawn at random. */
export function newCustomerId(wall: WallMs, random: Random, open: readonly number[] = firstBuckets): CustomerId {
  const [high = 0, low = 0] = random(2);
  return typeId("cus", withBucket(uuidV7(wall, random), open[((high << 8) | low) % open.length] ?? 0));
}

/** A UUIDv7: a request's id, and the seed of what it will create. Example: `019d2fbd-8e85-7028-8c19-615d055279f7`. */
export function newUuid(wall: WallMs, random: Random): string {
  return hexUuid(uuidV7(wall, random));
}

/** The id that a seed names in a customer's bucket: the same each time it is asked for. */
export function idFromSeed<P extends IdPrefix>(prefix: P, seed: string, bucket: number): Id<P> {
  const bytes = Uint8Array.from(seed.replaceAll("-", "").match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return typeId(prefix, withBucket(bytes, bucket));
}

/** The bucket of an id. Example: every id of a customer has the bucket of its `cus_…`. */
export function bucketOf(id: Id<IdPrefix>): number {
  const bytes = TypeID.fromString(id).toUUIDBytes();
  return (((bytes[6] ?? 0) & 0x0f) << 8) | (bytes[7] ?? 0);
}

/** In a bucket drawn at random. */
function uuidV7(wall: WallMs, random: Random): Uint8Array {
  const bytes = random(16);
  for (let index = 0, rest = wall as number; index < 6; index++) {
    bytes[5 - index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return bytes;
}

/** RFC 9562 §6.2: within one millisecond a counter in the first bits of `rand_b` keeps the order; 14 bits of it. */
function counted(bytes: Uint8Array, count: number): Uint8Array {
  bytes[8] = 0x80 | ((count >> 8) & 0x3f);
  bytes[9] = count & 0xff;
  return bytes;
}

function withBucket(bytes: Uint8Array, bucket: number): Uint8Array {
  bytes[6] = 0x70 | (bucket >> 8);
  bytes[7] = bucket & 0xff;
  return bytes;
}

function hexUuid(bytes: Uint8Array): string {
  const hex = hexOf(bytes);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** A TypeID is `prefix_suffix` by construction; the library's type says only `string` for a generic prefix. */
function typeId<P extends IdPrefix>(prefix: P, bytes: Uint8Array): Id<P> {
  return TypeID.fromUUIDBytes<string>(prefix, bytes).toString() as Id<P>;
}
