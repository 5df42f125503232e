import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import {
  daysOfMonth,
  daysOfSeason,
  decideCloseMonth,
  endOfDays,
  exemptPart,
  monthAfter,
  revenueByProduct,
  type BooksSoFar,
  type Days,
} from "../../server/billing/books.ts";
import { dateOfDay, dayOfDate } from "../../server/billing/calendar.ts";
import { instant } from "../../server/billing/clock.ts";
import { rials, signedRials, sumSigned } from "../../server/billing/money.ts";

const datesOf = ({ first, last }: Days) => [dateOfDay(first), dateOfDay(last), last - first + 1];

describe("the days of", () => {
  it.each([
    ["1405-08", "2026-10-23", "2026-11-21", 30],
    ["1404-12", "2026-02-20", "2026-03-20", 29],
    ["1403-12", "2025-02-19", "2025-03-20", 30],
    ["1405-01", "2026-03-21", "2026-04-20", 31],
  ])("the month %s are %s to %s: %i", (month, first, last, count) => {
    expect(datesOf(daysOfMonth(month))).toEqual([first, last, count]);
  });

  it.each([
    ["1405-1", "2026-03-21", "2026-06-21", 93],
    ["1405-3", "2026-09-23", "2026-12-21", 90],
    ["1404-4", "2025-12-22", "2026-03-20", 89],
    ["1403-4", "2024-12-21", "2025-03-20", 90],
  ])("the season %s are %s to %s: %i", (season, first, last, count) => {
    expect(datesOf(daysOfSeason(season))).toEqual([first, last, count]);
  });

  it("months follow one another without a gap, over the end of a year, too", () => {
    for (let month = "1399-11"; month !== "1410-01"; month = monthAfter(month)) {
      expect(daysOfMonth(monthAfter(month)).first).toBe(daysOfMonth(month).last + 1);
    }
  });

  it("a month end at midnight in Tehran", () => {
    expect(instant(endOfDays(daysOfMonth("1405-08")))).toBe("2026-11-21T20:30:00.000Z");
  });
});

describe("revenue by product", () => {
  const shares = (...nets: readonly number[]) =>
    nets.map((net, index) => ({ productId: `prod_${index % 2}` as const, netRials: rials(net) }));

  it("is split by what the lines came to, and what goes back is split the same", () => {
    const byProduct = { prod_0: 666_667, prod_1: 333_334 };
    expect(Object.fromEntries(revenueByProduct(signedRials(1_000_001), shares(2_000_000, 1_000_000)))).toEqual(
      byProduct,
    );
    const back = revenueByProduct(signedRials(-1_000_001), shares(2_000_000, 1_000_000));
    expect(Object.fromEntries(back)).toEqual({ prod_0: -666_667, prod_1: -333_334 });
  });

  it("of lines that came to nothing is the first one's", () => {
    expect([...revenueByProduct(signedRials(5), shares(0, 0))][0]).toEqual(["prod_0", 5]);
  });

  it("of lines of which some came to nothing is the others'", () => {
    expect(Object.fromEntries(revenueByProduct(signedRials(5), shares(0, 7)))).toEqual({ prod_0: 0, prod_1: 5 });
  });

  it("adds up to the entry, whatever the lines came to", () => {
    const amount = fc.integer({ min: -1e12, max: 1e12 });
    const nets = fc.array(fc.integer({ min: 0, max: 1e10 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(amount, nets, (entry, each) => {
        const parts = revenueByProduct(signedRials(entry), shares(...each));
        expect(sumSigned([...parts.values()])).toBe(entry);
      }),
    );
  });
});

describe("closing a month", () => {
  const order = { month: "1405-08", debitRials: rials(6_578_000), reason: "Handed in" };
  const soFar = (over: Partial<BooksSoFar> = {}): BooksSoFar => ({
    lastClosed: "1405-07",
    summedThrough: dayOfDate("2026-11-21"),
    ...over,
  });

  it("says until when nothing changes any more", () => {
    expect(decideCloseMonth(soFar(), order)).toMatchObject([
      {
        type: "month.closed",
        data: { month: "1405-08", endsAt: "2026-11-21T20:30:00.000Z", debitRials: 6_578_000 },
        evidence: { reason: "Handed in" },
      },
    ]);
    expect(decideCloseMonth(soFar({ lastClosed: null }), order)).toHaveLength(1);
  });

  it.each(["1405-06", "1405-08", "1404-07"])("month_out_of_order after %s", (lastClosed) => {
    expect(decideCloseMonth(soFar({ lastClosed }), order)).toMatchObject({
      rejected: "month_out_of_order",
      detail: `${monthAfter(lastClosed)} is the next month to close.`,
    });
  });

  it("month_not_over before its last day is summed up", () => {
    const early = soFar({ summedThrough: dayOfDate("2026-11-20") });
    expect(decideCloseMonth(early, order)).toMatchObject({
      rejected: "month_not_over",
      detail: "The last day of 1405-08 has not been summed up.",
    });
    expect(decideCloseMonth(soFar({ summedThrough: null }), order)).toMatchObject({ rejected: "month_not_over" });
  });
});

describe("what is exempt of an event", () => {
  const line = (net: number, vat: number) => ({
    netRials: rials(net),
    vatRateBasisPoints: vat === 0 ? 0 : 1_000,
    vatRials: rials(vat),
  });
  const mixed = [line(1_000_000, 100_000), line(200_000, 0)];
  const exempt = (net: number, vat: number, lines = mixed) =>
    exemptPart({ netRials: rials(net), vatRials: rials(vat) }, lines);

  it.each([
    ["the whole invoice", 1_200_000, 100_000, 200_000],
    ["the taxed line alone", 1_000_000, 100_000, 0],
    ["half of both", 600_000, 50_000, 100_000],
    ["a part of the taxed line", 333_333, 33_333, 3],
    ["less than its VAT would be of", 100_000, 50_000, 0],
  ])("of %s, is what its VAT does not account for", (_, net, vat, expected) => {
    expect(exempt(net, vat)).toBe(expected);
  });

  it("is nothing where no line has VAT, since that is told by the whole", () => {
    expect(exempt(200_000, 0, [line(200_000, 0)])).toBe(0);
  });
});
