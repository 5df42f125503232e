// The mutants that are listed as never killed: each names a line that is there, once, in the order of the code.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { survivors, type Survivor } from "../mutation/survivors.ts";

/** The lines of a file as the list has them: without what indents them, each run of white space one space. */
const linesOf = (file: string) =>
  readFileSync(file, "utf8")
    .split("\n")
    .map((line) => line.replaceAll(/\s+/g, " ").trim());
const keyOf = ({ file, in: line, from, to }: Survivor) => [file, line, from, to].join(" | ");

describe("a listed mutant", () => {
  it("is of a line that its file has", () => {
    const gone = survivors.filter(({ file, in: line }) => !linesOf(file).includes(line));
    expect(gone.map(keyOf)).toEqual([]);
  });

  it("is listed once, in the order of the files and of their lines", () => {
    const keys = survivors.map(keyOf);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
    const places = survivors.map(({ file, in: line }) => ({ file, line: linesOf(file).indexOf(line) }));
    const inOrder = places.toSorted((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
    expect(places).toEqual(inOrder);
  });
});
