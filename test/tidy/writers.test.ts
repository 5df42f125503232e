// Who writes which table. What bills a customer is written by the commit alone, together with its event.
import { describe, expect, it } from "vitest";
import { sourceOf, sourcesIn, type Source } from "./source.ts";

/** Tables by the one file that writes them; `table` is the commit's own parameter. */
const writers: Readonly<Record<string, readonly string[]>> = {
  "server/store/commit-rows.ts": [
    "table",
    "customer",
    "person",
    "personDigest",
    "secret",
    "paymentMethod",
    "subscription",
    "invoice",
    "payment",
    "quotaBalance",
    // Checked, and gone.
    "quotaRead",
    "quotaGrant",
    "ledgerEntry",
    "invoiceNumber",
    "due",
    "creditNote",
    "claim",
  ],
  // Written in the batch of the commit that writes their event, on streams of their own.
  "server/store/catalogue.ts": ["product", "price"],
  "server/store/coupons.ts": ["coupon"],
  "server/store/price-migrations.ts": ["priceMigration"],
  "server/store/system.ts": ["systemState"],
  "server/store/epoch.ts": ["systemState"],
  "server/store/payout.ts": ["payout", "payoutLine"],
  "server/store/finance.ts": ["closedMonth"],
  "server/store/partners.ts": ["partner"],
  // What is sent of what the log says: no bill depends on it.
  "server/store/notices.ts": ["notice"],
  // Made of its event by the commit that writes that.
  "server/store/notification-preferences.ts": ["notificationPreference"],
  // A link is used once or not; the user and the session behind it are what Better Auth reads.
  "server/store/login-links.ts": ["loginLink", "user", "session"],
  "server/store/partner-keys.ts": ["partnerKey"],
  "server/store/webhook-endpoint.ts": ["webhookEndpoint"],
  // Counted beside the log; a day's end is its event, and sums up the day.
  "server/store/books.ts": ["ledgerDay", "revenueDay", "vatDay"],
  "server/store/reconciliation.ts": ["reconciliation", "reconciliationDifference"],
  // No customer's serial work: a claim of a job, of a key, a note, a place, a count.
  "server/store/due.ts": ["due"],
  // Says which text stands in R2, made of what the log has said.
  "server/store/document-removal.ts": ["document", "documentRemoval"],
  // In the batch of the commit that says it: whatever holds something of the person goes.
  "server/store/erasure.ts": [
    "person",
    "personDigest",
    "secret",
    "notice",
    "notificationPreference",
    "webhookEvent",
    "loginLink",
    "imported",
    "idempotencyKey",
    "secondFactorCode",
    "secondFactor",
    "session",
    "account",
    "verification",
    "user",
  ],
  // Begins and ends in the batch of the commit that writes its event.
  "server/store/key-rotation.ts": ["keyRotation"],
  // The same text under another key: no bill and no person changes.
  "server/store/reseal.ts": ["person", "secret", "webhook_endpoint", "idempotency_key", "second_factor"],
  // What has ended opens no door any more.
  "server/store/stale-access.ts": ["session", "verification", "loginLink", "rateLimit"],
  // Each change of it in the batch of its event; which step was used, and in which session, is no news.
  "server/store/second-factor.ts": ["secondFactor", "secondFactorCode", "session"],
  // A person ends a session of their own.
  "server/store/sessions.ts": ["session"],
  // Which copies of the books stand in R2: no event says more than the ledger they were made of.
  "server/store/finance-export.ts": ["financeExport", "financeExportFile"],
  // Nothing is ever in it: a premise that does not hold is refused there.
  "server/store/premise.ts": ["brokenPremise"],
  // Which copies of the log stand in R2, and how far they go: signed, and no news to anybody.
  "server/store/audit-export.ts": ["auditExport", "auditSegment"],
  // In the batch of the event that says so: what stands in a signed file leaves, and where the chain goes on is kept.
  "server/store/event-archive.ts": ["archivedStream", "archivedAcknowledgement", "eventCheckpoint", "billingEvent"],
  // Sums of what the log says, made again from it whenever that is wished.
  "server/store/metrics.ts": ["metricDay", "metricSubscription", "metricInvoice"],
  "server/store/claim.ts": ["claim"],
  // What became of a claim in the customer's database.
  "server/store/claims-at-home.ts": ["claim"],
  // Beside it, as they stand at home: partners, the catalogue, endpoints. None of it is written there in another way.
  "server/store/copied.ts": ["copiedFromHome"],
  "server/store/idempotency.ts": ["idempotencyKey", "idempotency_key"],
  "server/store/webhook-event.ts": ["webhookEvent"],
  // Mechanics of sending what stands in the log: every attempt would be an event.
  "server/store/webhook-delivery.ts": ["webhookDelivery", "webhookDispatch"],
  "server/store/webhook-dispatch.ts": ["webhookDelivery", "webhookDispatch"],
  "server/store/reader.ts": ["readerCursor"],
  "server/store/quota.ts": ["quotaReservation"],
  "server/store/old-reservations.ts": ["quotaReservation", "pastQuotaPeriod"],
  // Those that a system begins with, and when a key was last used.
  "server/store/people.ts": ["partner", "partnerKey", "attempt"],
};

const ofDrizzle = /\.(?:insert|update|delete)\(\s*(?:tables\.)?(?<table>\w+)\s*\)/g;
const ofSql = /\b(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|REPLACE\s+INTO|DELETE\s+FROM|UPDATE(?!\s+SET))\s+"?(?<table>\w+)/g;

/** Statements are read from the text as it stands: SQL stands in strings. */
function writesOf({ path, text }: Source): readonly { readonly path: string; readonly table: string }[] {
  return [ofDrizzle, ofSql].flatMap((pattern) =>
    [...text.matchAll(pattern)].map(({ groups }) => ({ path, table: groups?.["table"] ?? "" })),
  );
}

function foreign(source: Source): readonly string[] {
  return writesOf(source)
    .filter(({ path, table }) => !writers[path]?.includes(table))
    .map(({ path, table }) => `${path} writes ${table}`);
}

const store = sourcesIn("server/store");
const others = sourcesIn("server").filter(({ path }) => !path.startsWith("server/store/"));

describe("tables", () => {
  it("are each written by the one file that owns them", () => {
    expect(store.flatMap(foreign)).toEqual([]);
  });

  it("are touched by nobody outside the store: no statement, no batch, no drizzle", () => {
    const statement = /\.prepare\(|\.batch\(|\bdrizzle\b|\bD1PreparedStatement\b/;
    expect(others.filter(({ code }) => statement.test(code)).map(({ path }) => path)).toEqual([]);
    expect(others.filter(({ text }) => text.search(ofSql) >= 0).map(({ path }) => path)).toEqual([]);
  });

  it("of the log are never changed, only added to, and what is old leaves in one place", () => {
    const changing = (verbs: string) =>
      new RegExp(String.raw`\.(?:${verbs})\(\s*(?:tables\.)?(?:billingEvent|ledgerEntry|invoiceNumber)\b`);
    const filesWith = (verbs: string) => store.filter(({ code }) => changing(verbs).test(code)).map(({ path }) => path);
    expect(filesWith("update")).toEqual([]);
    expect(filesWith("delete")).toEqual(["server/store/event-archive.ts"]);
  });

  it("named here are all really written by the file that is named", () => {
    for (const [path, tables] of Object.entries(writers)) {
      const written = new Set(
        store.filter((source) => source.path === path).flatMap((source) => writesOf(source).map(({ table }) => table)),
      );
      expect(written.size, path).toBeGreaterThan(0);
      const viaParameter = written.has("table");
      if (!viaParameter) expect([...written].toSorted(), path).toEqual([...tables].toSorted());
    }
  });
});

describe("a foreign write is seen", () => {
  it.each([
    ["server/store/read.ts", "await orm.update(payment).set({ status });"],
    ["server/store/claim.ts", "orm.insert(tables.billingEvent).values(event)"],
    ["server/store/due.ts", "db.prepare(`UPDATE subscription SET status = 'active'`)"],
    ["server/store/people.ts", "db.prepare('INSERT OR REPLACE INTO billing_event (id) VALUES (?)')"],
    ["server/store/read.ts", "db.prepare('DELETE FROM customer')"],
  ])("in %s: %s", (path, line) => {
    expect(foreign(sourceOf(path, line))).toHaveLength(1);
  });
});
