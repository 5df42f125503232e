import { expect, it } from "vitest";
import * as fc from "fast-check";
import { MetricsBy } from "../../contract/metrics.ts";
import { dateOf, dateOfDay, dayOfDate, tehranDay } from "../../server/billing/calendar.ts";
import type { Figure } from "../../server/billing/figures.ts";
import { rials } from "../../server/billing/money.ts";
import { presentMetrics } from "../../server/metrics/present.ts";
import { askedSpan, spansOf } from "../../server/metrics/spans.ts";

it("cuts at the months of the calendar that is asked for", () => {
  expect(spansOf({ startsOn: "2026-11-20", endsOn: "2026-12-22" }, "jalali_month")).toEqual([
    { startsOn: "2026-11-20", endsOn: "2026-11-21" },
    { startsOn: "2026-11-22", endsOn: "2026-12-21" },
    { startsOn: "2026-12-22", endsOn: "2026-12-22" },
  ]);
});

it("tiles what was asked for, and begins each month but the first with its first day", () => {
  const day = fc.integer({ min: 20_000, max: 30_000 });
  fc.assert(
    fc.property(day, fc.nat(366), fc.constantFrom(...MetricsBy.options), (first, more, by) => {
      const asked = { startsOn: dateOfDay(tehranDay(first)), endsOn: dateOfDay(tehranDay(first + more)) };
      const spans = spansOf(asked, by).map(({ startsOn, endsOn }) => ({
        from: dayOfDate(startsOn),
        to: dayOfDate(endsOn),
      }));
      expect(spans[0]?.from).toBe(first);
      expect(spans.at(-1)?.to).toBe(first + more);
      for (const [index, { from, to }] of spans.entries()) {
        expect(from).toBeLessThanOrEqual(to);
        if (index === 0) continue;
        expect(from - (spans[index - 1]?.to ?? 0)).toBe(1);
        if (by !== "day") expect(dateOf(from, by === "jalali_month" ? "jalali" : "gregorian").day).toBe(1);
      }
    }),
  );
});

it("is the last thirty days or twelve months, up to today, for whoever names no days", () => {
  const today = dayOfDate("2026-11-22");
  expect(askedSpan({ by: "day" }, today)).toEqual({ startsOn: "2026-10-24", endsOn: "2026-11-22" });
  expect(askedSpan({ by: "gregorian_month" }, today)).toEqual({ startsOn: "2025-12-01", endsOn: "2026-11-22" });
  // 1 Dey 1404; today is 1 Azar 1405.
  expect(askedSpan({ by: "jalali_month" }, today)).toEqual({ startsOn: "2025-12-22", endsOn: "2026-11-22" });
  const given = { from: "2026-01-01", to: "2026-01-31", by: "day" } as const;
  expect(askedSpan(given, today)).toEqual({ startsOn: given.from, endsOn: given.to });
});

it("goes from what recurred before, by what moved it, to what recurs at the end of each span", () => {
  const moved = (figure: Figure, day: string, count: number, amount: number) => ({
    figure,
    day,
    count,
    amountRials: rials(amount),
  });
  const none = { count: 0, amountRials: rials(0) };
  const found = {
    before: [moved("mrr_new", "2026-11-01", 5, 5_000), moved("mrr_churn_voluntary", "2026-11-02", 1, 1_000)],
    days: [
      moved("mrr_reactivation", "2026-11-20", 1, 700),
      moved("mrr_expansion", "2026-11-20", 2, 300),
      moved("mrr_contraction", "2026-11-21", 1, 100),
      moved("mrr_churn_involuntary", "2026-11-21", 2, 1_900),
    ],
    parts: [],
    products: [],
    partners: [],
    due: none,
    unknown: none,
  };
  const shown = presentMetrics(found, spansOf({ startsOn: "2026-11-20", endsOn: "2026-11-22" }, "day"));
  expect(shown.recurringAtStart).toEqual({ count: 4, amountRials: 4_000 });
  expect(shown.spans.map(({ recurringAtEnd }) => recurringAtEnd)).toEqual([
    { count: 5, amountRials: 5_000 },
    { count: 3, amountRials: 3_000 },
    { count: 3, amountRials: 3_000 },
  ]);
  expect(shown.total.movements.churnInvoluntary).toEqual({ count: 2, amountRials: 1_900 });
});
