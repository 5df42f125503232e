import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import { TypeID } from "typeid-js";
import { CustomerId, InvoiceId, SubscriptionId } from "../../contract/common/id.ts";
import { wallMs } from "../../server/billing/clock.ts";
import { bucketCount, bucketOf, idFromSeed, idsOf, newCustomerId, newUuid } from "../../server/billing/ids.ts";
import { wall } from "../support/billing-builders.ts";
import { runs } from "../support/runs.ts";

const counting = () => {
  let last = 0;
  return (byteCount: number) => Uint8Array.from({ length: byteCount }, () => (last = (last + 73) % 251));
};
const randoms = fc.infiniteStream(fc.nat(255)).map((bytes) => (byteCount: number) => {
  return Uint8Array.from({ length: byteCount }, () => bytes.next().value ?? 0);
});
const buckets = fc.nat(bucketCount - 1);

describe("ids", () => {
  it("have the form the contract promises, and the bucket they were made for", () => {
    fc.assert(
      fc.property(buckets, fc.nat(2 ** 44), randoms, (bucket, at, random) => {
        const id = idsOf(bucket, wallMs(at), random).next("inv");
        expect(InvoiceId.safeParse(id).success).toBe(true);
        expect(bucketOf(id)).toBe(bucket);
      }),
    );
  });

  it("of a customer share the customer's bucket", () => {
    const customer = newCustomerId(wall, counting());
    expect(CustomerId.safeParse(customer).success).toBe(true);
    const ids = idsOf(bucketOf(customer), wall, counting());
    expect([ids.next("pay"), ids.next("sub"), ids.next("sec")].map(bucketOf)).toEqual(
      Array.from({ length: 3 }, () => bucketOf(customer)),
    );
  });

  it("of a new customer are in a bucket drawn at random, of those that take new ones: the first 64 unless others do", () => {
    const drawn = (...first: number[]) => {
      const rest = counting();
      return (byteCount: number) => (byteCount === 2 ? Uint8Array.from(first) : rest(byteCount));
    };
    expect(bucketOf(newCustomerId(wall, drawn(0xab, 0xcd)))).toBe(0x0d);
    expect(bucketOf(newCustomerId(wall, drawn(0x01, 0x3f)))).toBe(0x3f);
    expect(bucketOf(newCustomerId(wall, drawn(0x01, 0x03), [7, 0xbcd]))).toBe(0xbcd);
  });

  it("of one bucket sort by the millisecond they were made in", () => {
    const made = (at: number) => idsOf(7, wallMs(at), counting()).next("evt");
    expect(made(wall)).not.toBe(made(wall + 1));
    expect([made(wall + 1), made(wall), made(wall - 1)].toSorted()).toEqual([
      made(wall - 1),
      made(wall),
      made(wall + 1),
    ]);
  });

  it("made one after the other in one millisecond sort in that order: lists and cursors go by id", () => {
    fc.assert(
      fc.property(buckets, randoms, (bucket, random) => {
        const ids = idsOf(bucket, wall, random);
        const made = Array.from({ length: 300 }, () => ids.next("pay"));
        expect(made.toSorted()).toEqual(made);
      }),
      { numRuns: runs(100) },
    );
  });

  it("made one after the other differ", () => {
    const ids = idsOf(0, wall, counting());
    expect(new Set([ids.next("inv"), ids.next("inv"), ids.next("inv")]).size).toBe(3);
  });
});

describe("a seed", () => {
  it("names the same id each time it is asked for, in the customer's bucket", () => {
    fc.assert(
      fc.property(buckets, randoms, (bucket, random) => {
        const seed = newUuid(wall, random);
        expect(seed).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        const id = idFromSeed("sub", seed, bucket);
        expect(idFromSeed("sub", seed, bucket)).toBe(id);
        expect(SubscriptionId.safeParse(id).success).toBe(true);
        expect(bucketOf(id)).toBe(bucket);
      }),
    );
  });

  it("is a UUIDv7: 48 bits of the millisecond it was made in, its version and variant, and the rest random", () => {
    const ones = (byteCount: number) => new Uint8Array(byteCount).fill(0xff);
    expect(newUuid(wallMs(0x0102_0304_0506), ones)).toBe("01020304-0506-7fff-bfff-ffffffffffff");
    const zeros = (byteCount: number) => new Uint8Array(byteCount);
    expect(newUuid(wallMs(0x0102_0304_0506), zeros)).toBe("01020304-0506-7000-8000-000000000000");
  });

  it("is written as the library writes it", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 44), fc.uint8Array({ minLength: 16, maxLength: 16 }), (at, bytes) => {
        const written = newUuid(wallMs(at), () => bytes.slice());
        expect(TypeID.fromUUID("", written).toUUID()).toBe(written);
      }),
    );
  });

  it("names different ids when it is another seed", () => {
    const random = counting();
    expect(idFromSeed("sub", newUuid(wall, random), 3)).not.toBe(idFromSeed("sub", newUuid(wall, random), 3));
  });
});
