import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import { maxRials } from "../../contract/common/money.ts";
import {
  type PriceChange,
  addRials,
  differenceOf,
  multiplyRials,
  negated,
  netHalfUp,
  netOfLastChange,
  rials,
  shareHalfUp,
  signedRials,
  splitByLargestRemainder,
  subtractRials,
  sumRials,
  sumSigned,
  vatExclusive,
  vatInclusive,
} from "../../server/billing/money.ts";

const amount = fc.integer({ min: 0, max: maxRials }).map(rials);
const price = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 10_000_000_000 })).map(rials);
const days = fc
  .integer({ min: 1, max: 366 })
  .chain((total) => fc.record({ total: fc.constant(total), left: fc.nat(total) }));
const rate = fc.integer({ min: 0, max: 10_000 });

describe("whole Rials", () => {
  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, maxRials + 1])("%d is not an amount", (bad) => {
    expect(() => rials(bad)).toThrow(RangeError);
  });

  it.each([0.5, Number.NaN, -maxRials - 1, maxRials + 1])("%d is not a signed amount", (bad) => {
    expect(() => signedRials(bad)).toThrow(RangeError);
  });

  it("the most this system books may be owed or credited", () => {
    expect([rials(maxRials), signedRials(maxRials), signedRials(-maxRials)]).toEqual([maxRials, maxRials, -maxRials]);
  });

  it.each([
    ["-1 is not Rials", () => rials(-1)],
    ["0.5 is not Rials", () => signedRials(0.5)],
    ["-2 is not a whole number", () => multiplyRials(rials(1), -2)],
    ["32 of 31 is not a part of a whole", () => shareHalfUp(rials(1), 32, 31)],
    ["0 of 0 is not a part of a whole", () => shareHalfUp(rials(1), 0, 0)],
    ["a split needs a weight above 0", () => splitByLargestRemainder(rials(1), [0, 0])],
  ])("what is refused is named: %s", (message, refused) => {
    expect(refused).toThrow(new RangeError(message));
  });

  it("nothing is minus zero", () => {
    expect(Object.is(rials(-0), 0)).toBe(true);
    expect(Object.is(negated(rials(0)), 0)).toBe(true);
  });

  it("sums and differences are exact, and a difference below zero is refused", () => {
    expect(addRials(rials(990_000), rials(10_000))).toBe(1_000_000);
    expect(subtractRials(rials(990_000), rials(90_000))).toBe(900_000);
    expect(() => subtractRials(rials(1), rials(2))).toThrow(RangeError);
    expect(differenceOf(rials(900_000), rials(990_000))).toBe(-90_000);
    expect(sumRials([rials(1), rials(2), rials(3)])).toBe(6);
    expect(sumSigned([signedRials(5), signedRials(-8), negated(rials(1))])).toBe(-4);
    expect([sumRials([]), sumSigned([])]).toEqual([0, 0]);
  });

  it("a sum or a product above the most this system books is refused, not wrapped", () => {
    expect(() => addRials(rials(maxRials), rials(1))).toThrow(RangeError);
    expect(() => multiplyRials(rials(maxRials), 2)).toThrow(RangeError);
    expect(() => sumRials([rials(maxRials), rials(1)])).toThrow(RangeError);
  });

  it("a product is exact; a part of an item is refused", () => {
    expect(multiplyRials(rials(990_000), 3)).toBe(2_970_000);
    expect(() => multiplyRials(rials(990_000), 1.5)).toThrow(RangeError);
    expect(() => multiplyRials(rials(990_000), -1)).toThrow(RangeError);
  });
});

describe("shares", () => {
  it.each([
    [990_000, 12, 31, 383_226],
    [1, 1, 2, 1],
    [1, 49, 100, 0],
    [3, 1, 2, 2],
    [maxRials, 366, 366, maxRials],
    [maxRials, 1, 3, 333_333_333_333_333],
    [990_000, 0, 31, 0],
  ])("%i × %i/%i rounded half up is %i", (whole, numerator, denominator, expected) => {
    expect(shareHalfUp(rials(whole), numerator, denominator)).toBe(expected);
  });

  it.each([
    [32, 31],
    [1, 0],
    [0, 0],
    [-1, 31],
    [0.5, 31],
  ])("%d of %d is refused", (numerator, denominator) => {
    expect(() => shareHalfUp(rials(990_000), numerator, denominator)).toThrow(RangeError);
    expect(() => netHalfUp(rials(1), rials(2), numerator, denominator)).toThrow(RangeError);
    expect(() => netOfLastChange(rials(1), [{ newPrice: rials(2), daysLeft: numerator }], denominator)).toThrow(
      RangeError,
    );
  });

  it("a share is the nearest Rial to the exact part", () => {
    fc.assert(
      fc.property(amount, days, (whole, { left, total }) => {
        const share = BigInt(shareHalfUp(whole, left, total));
        const twiceError = 2n * (share * BigInt(total) - BigInt(whole) * BigInt(left));
        expect(twiceError > -BigInt(total) && twiceError <= BigInt(total)).toBe(true);
      }),
    );
  });
});

describe("a change of price", () => {
  it.each([
    [990_000, 2_990_000, 16, 31, 1_032_258],
    [990_000, 2_990_000, 1, 31, 64_516],
    [990_000, 2_990_000, 15, 30, 1_000_000],
    [1_000_000, 1_000_001, 1, 3, 0],
    [2_990_000, 990_000, 16, 31, -1_032_258],
  ])("%i → %i with %i/%i left nets %i", (oldPrice, newPrice, left, total, net) => {
    expect(netHalfUp(rials(oldPrice), rials(newPrice), left, total)).toBe(net);
    expect(netOfLastChange(rials(oldPrice), [{ newPrice: rials(newPrice), daysLeft: left }], total)).toBe(net);
  });

  it("an upgrade undone at once nets 0", () => {
    fc.assert(
      fc.property(price, price, days, (a, b, { left, total }) => {
        expect(netHalfUp(a, b, left, total) + netHalfUp(b, a, left, total)).toBe(0);
      }),
    );
  });

  it("climbing by single Rials at half the period and falling in one step costs what one climb costs", () => {
    const climb: PriceChange[] = Array.from({ length: 10 }, (_, i) => ({ newPrice: rials(i + 1), daysLeft: 15 }));
    const changes = [...climb, { newPrice: rials(0), daysLeft: 15 }, ...climb];
    const charged = changes.map((_, i) => netOfLastChange(rials(0), changes.slice(0, i + 1), 30));
    expect(sumSigned(charged)).toBe(5);
  });

  it("any number of changes in a period never charges more than the dearest price nor credits more than was paid", () => {
    const story = fc.record({
      total: fc.integer({ min: 1, max: 31 }),
      first: price,
      prices: fc.array(fc.record({ newPrice: price, part: fc.nat(31) }), { maxLength: 12 }),
    });
    fc.assert(
      fc.property(story, ({ total, first, prices }) => {
        const changes = prices
          .map(({ newPrice, part }) => ({ newPrice, daysLeft: Math.min(part, total) }))
          .toSorted((a, b) => b.daysLeft - a.daysLeft);
        const dearest = Math.max(first, ...prices.map(({ newPrice }) => newPrice));
        const cheapest = Math.min(first, ...prices.map(({ newPrice }) => newPrice));
        let paid: number = first;
        for (let count = 1; count <= changes.length; count++) {
          paid += netOfLastChange(first, changes.slice(0, count), total);
          expect(paid).toBeGreaterThanOrEqual(cheapest);
          expect(paid).toBeLessThanOrEqual(dearest);
        }
      }),
    );
  });

  it("no change nets 0", () => {
    expect(netOfLastChange(rials(990_000), [], 31)).toBe(0);
  });
});

describe("splits by largest remainder", () => {
  it.each([
    [1_000_001, [1, 1, 1], [333_334, 333_334, 333_333]],
    [99_999, [30, 1], [96_773, 3_226]],
    [5, [0, 1, 0], [0, 5, 0]],
    [1, [1, 2], [0, 1]],
    [1, [2, 1], [1, 0]],
    [2, [1, 2, 2], [0, 1, 1]],
    [0, [3, 4], [0, 0]],
  ])("%i over %j is %j", (whole, weights, parts) => {
    expect(splitByLargestRemainder(rials(whole), weights)).toEqual(parts);
  });

  it.each([[[]], [[0, 0]], [[1, -1]], [[0.5]]])("weights %j are refused", (weights) => {
    expect(() => splitByLargestRemainder(rials(1), weights)).toThrow(RangeError);
  });

  it("the parts add up to the whole, and each is less than a Rial from its exact share", () => {
    const weights = fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 12 }).filter((w) => w.some((n) => n > 0));
    fc.assert(
      fc.property(amount, weights, (whole, given) => {
        const parts = splitByLargestRemainder(whole, given);
        const total = BigInt(given.reduce((sum, n) => sum + n, 0));
        expect(sumRials(parts)).toBe(whole);
        parts.forEach((part, i) => {
          const error = BigInt(part) * total - BigInt(whole) * BigInt(given[i] ?? 0);
          expect(error > -total && error < total).toBe(true);
        });
      }),
    );
  });
});

describe("VAT arithmetic", () => {
  it.each([
    [1_090_000, 109_000],
    [900_000, 90_000],
    [1, 0],
    [5, 1],
    [0, 0],
  ])("ten percent on %i adds %i", (net, vat) => {
    expect(vatExclusive(rials(net), 1_000)).toEqual({ net, vat, gross: net + vat });
  });

  it("990,000 with 10 % inside is 900,000 and 90,000", () => {
    expect(vatInclusive(rials(990_000), 1_000)).toEqual({ net: 900_000, vat: 90_000, gross: 990_000 });
  });

  it("net and VAT add up to the gross, and taking VAT out undoes putting it on", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: maxRials / 2 }).map(rials), rate, (net, rateBasisPoints) => {
        const put = vatExclusive(net, rateBasisPoints);
        expect(put.net + put.vat).toBe(put.gross);
        expect(vatInclusive(put.gross, rateBasisPoints)).toEqual(put);
      }),
    );
  });

  it("any gross amount is its net and its VAT", () => {
    fc.assert(
      fc.property(amount, rate, (gross, rateBasisPoints) => {
        const taken = vatInclusive(gross, rateBasisPoints);
        expect(taken.net + taken.vat).toBe(gross);
      }),
    );
  });

  it.each([-1, 10_001, 0.1])("a rate of %d basis points is refused", (bad) => {
    expect(() => vatExclusive(rials(1_000), bad)).toThrow(RangeError);
    expect(() => vatInclusive(rials(1_000), bad)).toThrow(RangeError);
  });
});
