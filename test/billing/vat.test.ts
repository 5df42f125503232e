import { expect, it } from "vitest";
import { billingMs, billingOf } from "../../server/billing/clock.ts";
import { rials, vatExclusive } from "../../server/billing/money.ts";
import { type VatRow, vatRateAt, vatTable } from "../../server/billing/vat.ts";

const at = billingOf;

it("the first row is ten percent, from 1 Farvardin 1403 in Tehran", () => {
  expect(vatTable[0]).toMatchObject({ rateBasisPoints: 1_000, startsAt: at("2024-03-19T20:30:00.000Z") });
});

it("the rate of the day this was written is ten percent: 1,090,000 adds 109,000", () => {
  const rate = vatRateAt(at("2026-11-22T12:00:00.000Z"));
  expect(vatExclusive(rials(1_090_000), rate).vat).toBe(109_000);
});

it("rows are in order of date, whole basis points, and name their source", () => {
  vatTable.forEach((row, index) => {
    expect(row.startsAt).toBeGreaterThan(vatTable[index - 1]?.startsAt ?? 0);
    expect(Number.isInteger(row.rateBasisPoints) && row.rateBasisPoints >= 0 && row.rateBasisPoints <= 10_000).toBe(
      true,
    );
    expect(row.source).not.toBe("");
  });
});

it("a rate holds from its first moment until the next row's, and the first row for all time before", () => {
  const row = (text: string, rateBasisPoints: number): VatRow => ({
    startsAt: at(text),
    rateBasisPoints,
    source: "test",
  });
  const table = [row("2024-03-19T20:30:00.000Z", 1_000), row("2027-03-20T20:30:00.000Z", 1_200)] as const;
  const change = at("2027-03-20T20:30:00.000Z");
  const asked = [billingMs(0), billingMs(change - 1), change, billingMs(change + 1)];
  expect(asked.map((instant) => vatRateAt(instant, [...table]))).toEqual([1_000, 1_000, 1_200, 1_200]);
});
