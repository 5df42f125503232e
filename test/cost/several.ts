// Statements that are sent only where there are several databases: copying from home, and claims that were made good elsewhere.
import type { Deps } from "../../server/deps.ts";
import { newCustomerId } from "../../server/billing/ids.ts";
import { databasesBy, readBucketTable } from "../../server/store/bucket-table.ts";
import { holderAtHome, sweepClaimsAtHome } from "../../server/store/claims-at-home.ts";
import { copyFromHome } from "../../server/store/copied.ts";
import { inDatabase } from "../../server/store/databases.ts";
import { bucketUnder } from "../../server/store/documents.ts";
import { findInEach } from "../../server/store/search.ts";

/** @param other A second database, which is empty. */
export async function sendInSeveral(home: Deps, other: D1Database): Promise<void> {
  const { db, documents, wall } = home;
  const table = readBucketTable("DB:0-63,DB_2:64-127+") ?? [];
  const databases = databasesBy(table, [
    { db, documents },
    { db: other, documents: bucketUnder(documents, "databases/1") },
  ]);
  const deps: Deps = { ...home, databases };
  const there = inDatabase(deps, 1);
  await copyFromHome(there);
  await there.documents.delete("nothing");
  const customerId = newCustomerId(wall(), deps.random, databases.open);
  for (const [kind, confirmed] of [
    ["trial", 1],
    ["coupon", 1],
    ["coupon", 0],
  ] as const) {
    const fact = { kind, key: `of somebody ${confirmed}` };
    await holderAtHome(deps, { ...fact, customerId, expiresAt: wall(), among: null });
    const made = "INSERT INTO claim (kind, key, customer_id, expires_at, confirmed) VALUES (?, ?, ?, 0, ?)";
    await other.prepare(made).bind(kind, fact.key, customerId, confirmed).run();
  }
  await sweepClaimsAtHome(deps, wall());
  await findInEach(deps, [{ by: "mobile", text: "of nobody" }]);
}
