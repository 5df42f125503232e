import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import { type BillingMs, billingMs, billingOf, dayMs } from "../../server/billing/clock.ts";
import {
  collectAt,
  collectionWindow,
  hashOfId,
  isInWindow,
  nextInWindow,
} from "../../server/billing/collection-window.ts";

/** An instant by Tehran's clock of 1402 and later. */
const tehran = (text: string): BillingMs => billingMs(Date.parse(`${text.replace(" ", "T")}+03:30`));
const hash = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const instants = fc
  .integer({ min: billingOf("2011-03-21T00:00:00.000Z"), max: billingOf("2072-03-01T00:00:00.000Z") })
  .map(billingMs);

const clock = new Intl.DateTimeFormat("en-US", {
  timeZone: "Asia/Tehran",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

describe("the collection window", () => {
  it.each([
    ["2026-11-22 08:29:59.999", false],
    ["2026-11-22 08:30", true],
    ["2026-11-22 22:29:59.999", true],
    ["2026-11-22 22:30", false],
    ["2026-11-22 00:00", false],
  ])("at %s in Tehran it is open: %s", (text, open) => {
    expect(isInWindow(tehran(text))).toBe(open);
  });

  it.each([
    ["2026-11-22 00:00", "2026-11-22 08:30"],
    ["2026-11-22 12:34:56", "2026-11-22 12:34:56"],
    ["2026-11-22 22:30", "2026-11-23 08:30"],
    ["2026-11-22 23:59:59.999", "2026-11-23 08:30"],
  ])("after %s it is next open at %s", (text, open) => {
    expect(nextInWindow(tehran(text))).toBe(tehran(open));
  });

  it("is open by Tehran's clocks as Intl shows them, in the years of summer time too", () => {
    fc.assert(
      fc.property(instants, (at) => {
        const shown = clock.format(at);
        expect(isInWindow(at)).toBe(shown >= "08:30:00" && shown < "22:30:00");
        expect(isInWindow(nextInWindow(at))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe("when a due renewal is collected", () => {
  it.each([
    ["due at midnight: the customer's own second of that day", "2026-11-22 00:00", 3_600, "2026-11-22 09:30"],
    ["due before that second: at it", "2026-11-22 09:29:59", 3_600, "2026-11-22 09:30"],
    ["due at that second: at once", "2026-11-22 09:30", 3_600, "2026-11-22 09:30"],
    ["due after it in the window: at once", "2026-11-22 15:00", 3_600, "2026-11-22 15:00"],
    ["due after the window: the customer's second of the next day", "2026-11-22 22:30", 3_600, "2026-11-23 09:30"],
    ["the last second of the window is used", "2026-11-22 00:00", 50_399, "2026-11-22 22:29:59"],
    ["the seconds wrap around", "2026-11-22 00:00", 50_400, "2026-11-22 08:30"],
  ])("%s", (_title, dueAt, customerHash, expected) => {
    expect(collectAt(tehran(dueAt), customerHash)).toBe(tehran(expected));
  });

  it("is never before it is due, within a day and a half, always in the window, and always the same", () => {
    fc.assert(
      fc.property(instants, hash, (dueAt, customerHash) => {
        const at = collectAt(dueAt, customerHash);
        expect(at).toBeGreaterThanOrEqual(dueAt);
        expect(at - dueAt).toBeLessThan(1.5 * dayMs);
        expect(isInWindow(at)).toBe(true);
        expect(collectAt(dueAt, customerHash)).toBe(at);
        expect(collectAt(at, customerHash)).toBe(at);
      }),
      { numRuns: 300 },
    );
  });

  it("spreads a day's customers evenly: no hour of fourteen gets much more than its share", () => {
    const midnight = tehran("2026-11-22 00:00");
    const perHour = Array.from({ length: 14 }, () => 0);
    for (let n = 0; n < 14_000; n++) {
      const id = `cus_${(n * 2_654_435_761).toString(32).padStart(26, "0")}`;
      const hour = Math.floor((collectAt(midnight, hashOfId(id)) - midnight - collectionWindow.opensMs) / 3_600_000);
      perHour[hour] = (perHour[hour] ?? 0) + 1;
    }
    expect(perHour).toHaveLength(14);
    expect(Math.min(...perHour)).toBeGreaterThan(850);
    expect(Math.max(...perHour)).toBeLessThan(1_150);
  });
});

describe("the hash of an id", () => {
  it.each([
    ["", 0x811c9dc5],
    ["a", 0xe40c292c],
    ["foobar", 0xbf9cf968],
  ])("of %j is FNV-1a's published value", (id, expected) => {
    expect(hashOfId(id)).toBe(expected);
  });
});
