// The restore drill over SQLite: `npm run restore:drill` is the same over local D1.
import { expect, it } from "vitest";
import { drill } from "../drill/drill.ts";
import { sqliteStores } from "../drill/sqlite-stores.ts";
import { readMigrations } from "../support/migrations.ts";

it("after a restore nobody is charged twice, nothing is lost, and what cannot be known waits for an operator", async () => {
  const { lines, exceptions, differences } = await drill(sqliteStores(readMigrations()), () => undefined);
  expect(differences).toEqual([]);
  expect(lines.filter(({ verdict }) => verdict !== "agrees")).toMatchObject([
    { who: "elham", verdict: "credit" },
    { who: "hana", verdict: "went back" },
  ]);
  expect(exceptions).toEqual(["cancellation_presumed of cyrus, 3 pieces of evidence"]);
});
