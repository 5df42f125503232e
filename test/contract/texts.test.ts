// Amounts, dates and numbers as people read them.
import { expect, it } from "vitest";
import { amountText, digitsText, percentText, shortAmountText, tomanText } from "../../server/text/amount.ts";
import { dateText, dayWritten, shortDateText, timeText } from "../../server/text/date.ts";
import { wordsOf } from "../../server/text/words.ts";

it.each([
  [0, "صفر"],
  [1, "یک"],
  [19, "نوزده"],
  [20, "بیست"],
  [105, "صد و پنج"],
  [1_000, "یک هزار"],
  [3_289_000, "سه میلیون و دویست و هشتاد و نه هزار"],
  [900_000_000, "نهصد میلیون"],
  [1_000_000_001, "یک میلیارد و یک"],
  [2_000_000_000_000, "دو هزار میلیارد"],
])("%d is %s", (amount, words) => {
  expect(wordsOf(amount)).toBe(words);
});

it("ten Rials are a Toman, and a Rial is a tenth of one", () => {
  expect([tomanText("fa", 3_289_000), tomanText("en", 3_289_005)]).toEqual(["۳۲۸٬۹۰۰", "328,900.5"]);
  expect([amountText("fa", 3_289_000), amountText("en", 3_289_000)]).toEqual(["۳٬۲۸۹٬۰۰۰", "3,289,000"]);
});

it("the scale of a chart has few digits", () => {
  expect([shortAmountText("fa", 2_500_000), shortAmountText("en", 20_000)]).toEqual(["۲٫۵\u00a0میلیون", "20K"]);
});

it.each([
  ["1405/09/30", "2026-12-21"],
  ["1404/1/1", "2025-03-21"],
  ["1403/12/30", "2025-03-20"],
  ["1404/12/29", "2026-03-20"],
  ["1404/12/30", null],
  ["1405/07/31", null],
  ["1405/13/01", null],
  ["2026-12-21", "2026-12-21"],
  ["2028-02-29", "2028-02-29"],
  ["2027-02-29", null],
  ["21 Dec 2026", null],
  ["", null],
])("%s as a day is %s", (text, day) => {
  expect(dayWritten(text)).toBe(day);
});

it("every day of forty years is what its Jalali date says", () => {
  for (let atMs = Date.parse("2010-01-01T12:00:00Z"); atMs < Date.parse("2050-01-01"); atMs += 86_400_000) {
    const [, jalali = ""] = /\((.+)\)/.exec(dateText("en", atMs)) ?? [];
    expect(dayWritten(jalali)).toBe(new Date(atMs).toISOString().slice(0, 10));
  }
});

it("rates and identifiers have the digits of the language", () => {
  expect([percentText("fa", 1_000), percentText("en", 950)]).toEqual(["۱۰٪", "9.5%"]);
  expect([digitsText("fa", "S-1405-09"), digitsText("en", "0499")]).toEqual(["S-۱۴۰۵-۰۹", "0499"]);
});

it("days are Tehran's: half past eight in the evening of London's winter is the next day there", () => {
  const before = Date.parse("2025-03-20T20:29:59Z");
  const after = Date.parse("2025-03-20T20:30:00Z");
  expect([dateText("fa", before), dateText("fa", after)]).toEqual(["۳۰ اسفند ۱۴۰۳", "۱ فروردین ۱۴۰۴"]);
  expect([dateText("en", before), dateText("en", after)]).toEqual([
    "20 Mar 2025 (1403/12/30)",
    "21 Mar 2025 (1404/01/01)",
  ]);
  expect([shortDateText("en", after), timeText("fa", after), timeText("en", after)]).toEqual([
    "21 Mar 2025",
    "۰۰:۰۰",
    "00:00",
  ]);
});
