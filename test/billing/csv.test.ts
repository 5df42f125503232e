import { expect, it } from "vitest";
import { csvOf } from "../../server/billing/csv.ts";

const linesOf = (text: string) => text.split("\r\n");

it("a table begins with a byte order mark and its header, and ends each line with CR LF", () => {
  expect(csvOf(["a", "b"], [["x", 1]])).toBe("\uFEFFa,b\r\nx,1\r\n");
  expect(csvOf(["a"], [])).toBe("\uFEFFa\r\n");
});

it("quotes what would end a cell, and leaves nothing where nothing is", () => {
  expect(linesOf(csvOf(["a"], [['he said "no", twice\nor so', null, "حرفه‌ای"]]))[1]).toBe(
    '"he said ""no"", twice\nor so",,حرفه‌ای',
  );
});

it.each(["=1+1", "+989120000000", "-2", "@SUM(A1)", "\tx", "\r=x"])("%j is text, and no formula", (text) => {
  expect(
    linesOf(csvOf(["a"], [[text]]))[1]
      ?.replaceAll('"', "")
      .startsWith("'"),
  ).toBe(true);
});

it("an amount below zero stays a number", () => {
  expect(linesOf(csvOf(["a"], [[-2_990_000, 0]]))[1]).toBe("-2990000,0");
});

it("what only has such a sign within stays as it is", () => {
  expect(linesOf(csvOf(["a"], [["2026-11-22", "a@b"]]))[1]).toBe("2026-11-22,a@b");
});
