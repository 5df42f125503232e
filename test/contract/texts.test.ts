// Amounts, dates and numbers as people read them.
import { expect, it } from "vitest";
import { amountText, digitsText, percentText, tomanText } from "../../server/text/amount.ts";
import { dateText, shortDateText, timeText } from "../../server/text/date.ts";
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
