// Arithmetic on whole Rials, and the only file that divides them: each division says in its name how it rounds, is
// exact (BigInt inside), and its parts add up. A RangeError here is a bug of the caller, never a customer's mistake.
import { type Rials, type SignedRials, maxRials } from "../../contract/common/money.ts";

/** A part of a whole: numerator of denominator, as `DayFraction` is. */
interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

/** One change of price within a period, with the days that were left of it. */
export interface PriceChange {
  readonly newPrice: Rials;
  readonly daysLeft: number;
}

/** An amount with its tax: `net + vat = gross`, always. */
export interface VatSplit {
  readonly net: Rials;
  readonly vat: Rials;
  readonly gross: Rials;
}

/** One hundred percent in basis points, the unit of every rate: 10 % is 1,000. */
export const wholeBasisPoints = 10_000;

/** Reads a number as Rials; the only cast. Throws RangeError unless it is whole, 0 or more, and at most `maxRials`. */
export function rials(amount: number): Rials {
  if (!Number.isSafeInteger(amount) || amount < 0 || amount > maxRials) throw new RangeError(`${amount} is not Rials`);
  return (amount === 0 ? 0 : amount) as Rials;
}

/** Reads a number as Rials that may be below zero; the only cast. Throws RangeError unless whole and in ±`maxRials`. */
export function signedRials(amount: number): SignedRials {
  if (!Number.isSafeInteger(amount) || Math.abs(amount) > maxRials) throw new RangeError(`${amount} is not Rials`);
  return (amount === 0 ? 0 : amount) as SignedRials;
}

export const zeroRials = rials(0);

/** `a + b`. Throws RangeError above `maxRials`. */
export function addRials(a: Rials, b: Rials): Rials {
  return rials(a + b);
}

/** `a − b`. Throws RangeError when `b` is the greater: no charge is negative. */
export function subtractRials(a: Rials, b: Rials): Rials {
  return rials(a - b);
}

/** The sum of amounts; of none it is 0. */
export function sumRials(amounts: Iterable<Rials>): Rials {
  let sum = zeroRials;
  for (const amount of amounts) sum = addRials(sum, amount);
  return sum;
}

/** The sum of amounts that may be below zero, as of a set of ledger entries; of none it is 0. */
export function sumSigned(amounts: Iterable<SignedRials>): SignedRials {
  let sum = signedRials(0);
  for (const amount of amounts) sum = signedRials(sum + amount);
  return sum;
}

/** `a − b`, which may be below zero. Example: 900,000 less 990,000 is −90,000. */
export function differenceOf(a: Rials, b: Rials): SignedRials {
  return signedRials(a - b);
}

/** `−amount`: a charge as a credit. */
export function negated(amount: Rials | SignedRials): SignedRials {
  return signedRials(-amount);
}

/** `amount × count`, count whole and 0 or more. Example: three seats at 990,000 are 2,970,000. */
export function multiplyRials(amount: Rials, count: number): Rials {
  return rials(amount * wholeNumber(count));
}

/**
 * A part of an amount, rounded half up to a Rial. Throws RangeError when the part is larger than the whole.
 * Example: 990,000 × 12/31 = 383,225.8… gives 383,226.
 */
export function shareHalfUp(amount: Rials, numerator: number, denominator: number): Rials {
  assertPart({ numerator, denominator });
  return rials(Number(divideHalfUp(BigInt(amount) * BigInt(numerator), BigInt(denominator))));
}

/**
 * What a change of price costs for the days left of the period: the *net* is rounded, once. Below zero is a credit,
 * whose size is rounded as the charge's would be, so that a change undone at once nets 0. For the second and later
 * changes in one period use `netOfLastChange`.
 * Example: 990,000 → 2,990,000 with 1 of 31 days left is 64,516 (rounding both prices would give 64,517).
 */
export function netHalfUp(oldPrice: Rials, newPrice: Rials, left: number, total: number): SignedRials {
  assertPart({ numerator: left, denominator: total });
  const net = divideHalfUp((BigInt(newPrice) - BigInt(oldPrice)) * BigInt(left), BigInt(total));
  return signedRials(Number(net));
}

/**
 * What the last of several changes in one period costs, given those before it: the period's exact total after it,
 * rounded half up, less what the changes before it came to. For one change this is `netHalfUp`. Rounding each change
 * by itself could add up to more than the dearest price; this cannot, nor can it credit more than was paid.
 * Example: 3 → 0 → 3 → 0 on one day with 15 of 30 left: −2, +2, −2.
 */
export function netOfLastChange(firstPrice: Rials, changes: readonly PriceChange[], total: number): SignedRials {
  const before = roundedTotalOf(firstPrice, changes.slice(0, -1), total);
  return signedRials(roundedTotalOf(firstPrice, changes, total) - before);
}

function roundedTotalOf(firstPrice: Rials, changes: readonly PriceChange[], total: number): number {
  let price = firstPrice;
  let exact = 0n;
  for (const { newPrice, daysLeft } of changes) {
    assertPart({ numerator: daysLeft, denominator: total });
    exact += (BigInt(newPrice) - BigInt(price)) * BigInt(daysLeft);
    price = newPrice;
  }
  return Number(divideHalfUp(exact, BigInt(wholeNumber(total))));
}

/**
 * Splits an amount by whole weights so that the parts add up to it: each gets its share rounded down, and the Rials
 * left over go to the largest remainders, the earlier first (a sort keeps the order of equals). A weight of 0 gets 0.
 * Throws RangeError when no weight is above 0.
 * Example: 1,000,001 over 1:1:1 is 333,334, 333,334, 333,333; 99,999 over 30:1 is 96,773 and 3,226.
 */
export function splitByLargestRemainder(amount: Rials, weights: readonly number[]): Rials[] {
  const whole = weights.reduce((sum, weight) => sum + BigInt(wholeNumber(weight)), 0n);
  if (whole === 0n) throw new RangeError("a split needs a weight above 0");
  const products = weights.map((weight) => BigInt(amount) * BigInt(weight));
  const floors = products.map((product) => Number(product / whole));
  const leftOver = amount - floors.reduce((sum, floor) => sum + floor, 0);
  const byRemainder = products
    .map((product, index) => ({ index, remainder: product % whole }))
    .toSorted((a, b) => Number(b.remainder - a.remainder));
  const topped = new Set(byRemainder.slice(0, leftOver).map(({ index }) => index));
  return floors.map((floor, index) => rials(floor + (topped.has(index) ? 1 : 0)));
}

/**
 * VAT on top of a net amount, rounded half up. The rate is in basis points, 0–10,000.
 * Example: 1,090,000 at 1,000 adds 109,000; 1 Rial adds 0.
 */
export function vatExclusive(net: Rials, rateBasisPoints: number): VatSplit {
  const vat = shareHalfUp(net, rateBasisPoints, wholeBasisPoints);
  return { net, vat, gross: addRials(net, vat) };
}

/**
 * VAT contained in a gross amount, rounded half up; the rest is net. The inverse of `vatExclusive`.
 * Example: 990,000 at 1,000 is 900,000 + 90,000.
 */
export function vatInclusive(gross: Rials, rateBasisPoints: number): VatSplit {
  assertPart({ numerator: rateBasisPoints, denominator: wholeBasisPoints });
  const vat = shareHalfUp(gross, rateBasisPoints, wholeBasisPoints + rateBasisPoints);
  return { net: subtractRials(gross, vat), vat, gross };
}

/** Rounds the size half up and keeps the sign: 1/2 → 1, −1/2 → −1. */
function divideHalfUp(numerator: bigint, denominator: bigint): bigint {
  const size = numerator < 0n ? -numerator : numerator;
  const rounded = (2n * size + denominator) / (2n * denominator);
  return numerator < 0n ? -rounded : rounded;
}

function assertPart({ numerator, denominator }: Fraction): void {
  const ok = wholeNumber(numerator) <= wholeNumber(denominator) && denominator > 0;
  if (!ok) throw new RangeError(`${numerator} of ${denominator} is not a part of a whole`);
}

function wholeNumber(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is not a whole number`);
  return value;
}
