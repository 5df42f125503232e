// The page about security names tests that exist, all ten risks, and the days that the sweeps really read.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath, URL } from "node:url";
import { describe, expect, it } from "vitest";
import { retentionDays } from "../../server/store/retention.ts";

const root = new URL("../../", import.meta.url);
const page = readFileSync(new URL("docs/security.md", root), "utf8");
const rows = page.split("\n").filter((line) => line.startsWith("|"));
const pathsIn = (text: string) => [...text.matchAll(/`((?:test|server|docs)\/[^`\s]+)`/g)].map(([, path = ""]) => path);

describe("docs/security.md", () => {
  it.each(Array.from({ length: 10 }, (_, index) => `API${index + 1}`))(
    "shows by a test what we do about %s",
    (risk) => {
      const row = rows.find((line) => line.includes(`**${risk}**`)) ?? "";
      expect(pathsIn(row).filter((path) => path.endsWith(".test.ts"))).not.toEqual([]);
    },
  );

  it("names only files that exist", () => {
    const missing = pathsIn(page).filter((path) => !existsSync(fileURLToPath(new URL(path, root))));
    expect(missing).toEqual([]);
  });

  it("says how long each thing is kept, as the sweeps do", () => {
    const said = rows.flatMap((line) => {
      const [, what = "", days] = /^\| (\w+) \| (\d+) \|/.exec(line) ?? [];
      return days === undefined ? [] : [[what, Number(days)]];
    });
    expect(Object.fromEntries(said)).toEqual(retentionDays);
  });
});
