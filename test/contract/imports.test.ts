// The form of docs/import.md is the contract's, line by line; and what the dashboard's tables become is of that form.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { importLimits, ImportKind, ImportRecord } from "../../contract/import.ts";
import { rials } from "../../server/billing/money.ts";
import { packed, type Batch } from "../../scripts/import/batches.ts";
import { readLines } from "../../scripts/import/lines.ts";
import {
  convertTables,
  PaymentMethodRow,
  PaymentRow,
  ProductRow,
  SubscriptionRow,
  type Tables,
} from "../../scripts/import/tables.ts";

const page = readFileSync(new URL("../../docs/import.md", import.meta.url).pathname, "utf8");
const examples = [...page.matchAll(/```json\n(.*?)\n```/gs)].map(([, text = ""]) => text);

describe("docs/import.md", () => {
  it("shows a line of each kind", () => {
    const kinds = examples.map((text) => ImportRecord.parse(JSON.parse(text)).kind);
    expect(new Set(kinds)).toEqual(new Set(ImportKind.options));
  });

  it.each(examples)("has a line that is one line, and of the contract's form: %s", async (text) => {
    expect(text.split("\n")).toHaveLength(1);
    for await (const read of readLines([text])) expect(read).toMatchObject({ line: 1, text });
  });

  it("names every column that the converter reads", () => {
    const rows = {
      product: ProductRow,
      payment_method: PaymentMethodRow,
      subscription: SubscriptionRow,
      payment: PaymentRow,
    };
    for (const [table, { shape }] of Object.entries(rows)) {
      const [, named = ""] = new RegExp(`^\\| ${table} +\\|(.*)$`, "m").exec(page) ?? [];
      for (const column of Object.keys(shape))
        expect([table, named]).toEqual([table, expect.stringMatching(`\\b${column}\\b`)]);
    }
  });
});

async function batchesOf(lines: readonly string[], isDryRun: boolean): Promise<readonly Batch[]> {
  const batches: Batch[] = [];
  const refused = () => expect.fail("a line was refused");
  for await (const batch of packed(readLines(lines), { isDryRun, refused })) batches.push(batch);
  return batches;
}

describe("requests", () => {
  const [product = "", price = "", customer = ""] = examples;
  const another = (n: number) => customer.replace('"rt-user-42"', `"rt-${n}"`);
  const lines = [product, price, ...Array.from({ length: 95 }, (_, n) => another(n))];

  it("hold as much as one takes, every line once and in order", async () => {
    const batches = await batchesOf(lines, false);
    expect(batches.flatMap(({ lines: sent }) => sent.map(({ line }) => line))).toEqual(lines.map((_, n) => n + 1));
    for (const { assumed, lines: sent } of batches) {
      expect(assumed).toEqual([]);
      expect(sent.filter(({ record }) => record.kind === "customer").length).toBeLessThanOrEqual(
        importLimits.customers,
      );
    }
  });

  it("of a dry run say again what their customers name, since nothing of it was written", async () => {
    const [first, ...rest] = await batchesOf(lines, true);
    expect(first?.assumed).toEqual([]);
    for (const { assumed } of rest) expect(assumed.map(({ record }) => record.kind)).toEqual(["product", "price"]);
  });

  it("stay under 64 KiB, also in Persian", async () => {
    const address = "تهران، خیابان آزادی ".repeat(14);
    const long = lines.map((line) => line.replace("Tehran, Azadi Street 1", address));
    for (const { lines: sent } of await batchesOf(long, false)) {
      const bytes = new TextEncoder().encode(JSON.stringify(sent.map(({ text }) => JSON.parse(text)))).length;
      expect(bytes).toBeLessThan(64 * 1024 - 2_000);
    }
  });
});

const now = Date.parse("2026-11-22T08:00:00Z");
const dayMs = 86_400_000;
const [start, end] = [Date.parse("2026-11-06T09:00:00Z"), Date.parse("2026-12-06T09:00:00Z")];

const method = {
  id: "pm-1",
  userId: "u-1",
  status: "active" as const,
  signature: "signature-one",
  mobile: "09120000000",
  maxAmountRials: rials(5_000_000),
  maxDailyCount: 2,
  maxMonthlyCount: 10,
  createdAt: start,
  expiresAt: now + 90 * dayMs,
};
const subscription = {
  id: "s-1",
  userId: "u-1",
  productId: "pro",
  paymentMethodId: "pm-1",
  status: "active",
  currentPeriodStart: start,
  currentPeriodEnd: end,
  cancelAtPeriodEnd: false,
  messagesUsed: 1_250,
};
const tables: Tables = {
  product: [{ id: "pro", name: "Pro", messageQuota: 2_000, priceRials: rials(3_289_000), interval: "month" }],
  payment_method: [method],
  subscription: [subscription],
  payment: [{ id: "p-1", subscriptionId: "s-1", status: "completed", createdAt: start }],
};

const convert = (over: Partial<Tables> = {}) => convertTables({ ...tables, ...over }, { now, calendar: "jalali" });
const customerIn = ({ records }: ReturnType<typeof convert>) =>
  records.flatMap((record) => (record.kind === "customer" ? [record] : []))[0];

describe("the dashboard's tables", () => {
  it("become a product, its price with the VAT in it, and each user with what runs", () => {
    const { records, leftOut } = convert();
    expect(leftOut).toEqual([]);
    expect(records.map(({ kind, id }) => `${kind} ${id}`)).toEqual(["product pro", "price pro-month", "customer u-1"]);
    expect(records[1]).toMatchObject({ amountRials: 3_289_000, taxBehavior: "inclusive", calendar: "jalali" });
    expect(customerIn(convert())?.subscriptions).toMatchObject([
      {
        priceId: "pro-month",
        paymentMethodId: "pm-1",
        periodStartsOn: "2026-11-06",
        periodEndsOn: "2026-12-06",
        messagesLeft: 750,
        openInvoice: null,
      },
    ]);
  });

  it.each(["pending_signature", "cancelled_by_user", "verification_failed", "expired"] as const)(
    "leave out a payment method that is %s, and the subscription comes without it",
    (status) => {
      const converted = convert({ payment_method: [{ ...method, status }] });
      expect(converted.leftOut).toEqual([{ table: "payment_method", id: "pm-1", why: `it is ${status}` }]);
      expect(customerIn(converted)).toMatchObject({ paymentMethods: [], subscriptions: [{ paymentMethodId: null }] });
    },
  );

  it("leave out a subscription whose payment is pending: it could be charged twice", () => {
    const pending = { id: "p-2", subscriptionId: "s-1", status: "pending" as const, createdAt: start + dayMs };
    expect(convert({ payment: [...tables.payment, pending] }).leftOut).toMatchObject([{ table: "subscription" }]);
  });

  it("make what was never paid an open invoice of the same amount", () => {
    const failed = { id: "p-2", subscriptionId: "s-1", status: "failed" as const, createdAt: start };
    const [running] = customerIn(convert({ payment: [failed] }))?.subscriptions ?? [];
    expect(running?.openInvoice).toEqual({
      number: "s-1",
      dueOn: "2026-11-06",
      lines: [{ description: "", netRials: 2_990_000, vatRateBasisPoints: 1_000, vatRials: 299_000 }],
    });
  });

  it("do not take a payment of an earlier period for one of this", () => {
    const payment = [{ id: "p-0", subscriptionId: "s-1", status: "completed" as const, createdAt: start - 30 * dayMs }];
    expect(customerIn(convert({ payment }))?.subscriptions[0]?.openInvoice).not.toBeNull();
  });
});
