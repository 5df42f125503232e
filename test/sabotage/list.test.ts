import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { edited, editedFile, GuardMoved } from "./sabotage.ts";
import { sabotages } from "./sabotages.ts";

const root = join(import.meta.dirname, "../..");
const migrations = readdirSync(join(root, "migrations"))
  .filter((name) => name.endsWith(".sql"))
  .toSorted()
  .map((name) => `migrations/${name}`);
const textOf = (file: string) => readFileSync(join(root, file), "utf8");

describe("each sabotage", () => {
  it.each(sabotages)("finds its guard exactly once: $name", ({ edits }) => {
    for (const { file } of edits) expect(editedFile(file, textOf(file), edits)).not.toBe(textOf(file));
  });

  it.each(sabotages)("takes a guard of the tables out where it was last made: $name", ({ edits }) => {
    for (const { file, find } of edits.filter((edit) => edit.file.startsWith("migrations/"))) {
      const holding = migrations.filter((migration) => textOf(migration).includes(find));
      expect(holding.at(-1), find).toBe(file);
    }
  });

  it("has a name of its own", () => {
    expect(new Set(sabotages.map(({ name }) => name)).size).toBe(sabotages.length);
  });

  it("is of the server or its tables, never of the tests that judge", () => {
    const files = sabotages.flatMap(({ edits }) => edits.map(({ file }) => file));
    expect(files.filter((file) => !/^(?:server|migrations)\//.test(file) || file.includes("invariant"))).toEqual([]);
  });

  it("fails loudly when the guard has moved, or stands twice", () => {
    const edit = { file: "a.ts", find: "if (a) b();", replace: "" };
    expect(() => edited("if (c) b();", edit)).toThrow(GuardMoved);
    expect(() => edited("if (a) b(); if (a) b();", edit)).toThrow("a.ts has 2 times");
    expect(edited("if (a) b(); c();", edit)).toBe(" c();");
  });
});
