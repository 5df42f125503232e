// Moving in: an import file through the script's own reader, over the whole Worker.
import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { VatReport } from "../../contract/finance.ts";
import type { Sealed } from "../../server/store/sealer.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { anImported, imported, importedPrice, importedProduct } from "../support/imports.ts";
import { anOperator, broken, type Operator } from "../support/operator.ts";
import { aSubscriber } from "../support/subscriber.ts";
import { aWorld, type World } from "../support/world.ts";

const dayMs = 86_400_000;
const reason = "From the system before";
const catalogue = [importedProduct, importedPrice];

let world: World;
let operator: Operator;

beforeEach(async () => {
  await reset();
  await applyD1Migrations(env.DB, env.MIGRATIONS);
  world = await aFreshWorld();
  operator = await anOperator(world);
});

const rows = async <T>(query: string) => (await env.DB.prepare(query).all<T>()).results;

/** All there is, but for what sweeps and sessions change by themselves. */
async function everything(): Promise<string> {
  const tables = await rows<{ name: string }>(
    `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*'
      AND name NOT IN ('session', 'attempt', 'rateLimit')`,
  );
  const found = await env.DB.batch(tables.map(({ name }) => env.DB.prepare(`SELECT * FROM "${name}"`)));
  return JSON.stringify(found.map(({ results }, index) => [tables[index]?.name, results]));
}

const liveUntil = (instant: string) => world.live(Date.parse(instant) - world.now(), dayMs / 8);

interface Renewal {
  readonly external_id: string;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly status: string;
}

const renewalsOf = (index: number) =>
  rows<Renewal>(`SELECT c.external_id, i.status, json_extract(i.lines, '$[0].startsAt') AS starts_at,
      json_extract(i.lines, '$[0].endsAt') AS ends_at FROM invoice i JOIN customer c ON c.id = i.customer_id
    WHERE i.period_index = ${index} AND i.reason = 'subscription_cycle' ORDER BY c.external_id`);

describe("an import", () => {
  it("takes a customer over whole: nothing is charged until the period ends, then on its day", async () => {
    const buyer = {
      kind: "natural",
      name: "Sara Ahmadi",
      nationalId: "0499370899",
      postalCode: "1193653471",
      address: "Tehran, Azadi 1",
    };
    const report = await imported(world, operator.token, [
      ...catalogue,
      anImported(1, { messagesLeft: 750 }, { buyer }),
    ]);
    expect(report.refused).toEqual([]);
    expect(report.counts.customer.created).toBe(1);
    const [customer] = await rows<{ id: string }>("SELECT id FROM customer WHERE external_id = 'before-1'");
    const customerId = customer?.id ?? "";
    expect(await rows(`SELECT type, actor FROM billing_event WHERE stream = '${customerId}' ORDER BY seq`)).toEqual(
      [
        "customer.created",
        "customer.buyer_changed",
        "payment_method.created",
        "payment_method.activated",
        "subscription.created",
        "subscription.activated",
        "quota.granted",
      ].map((type) => ({ type, actor: operator.actor })),
    );
    expect(await rows("SELECT granted, used FROM quota_balance")).toEqual([{ granted: 750, used: 0 }]);
    expect(await rows("SELECT * FROM ledger_entry")).toEqual([]);
    expect(await broken({ customerId })).toEqual([]);

    // The person and the signature stand nowhere as they were sent.
    expect(await everything()).not.toMatch(/signature-of-customer|09120000001|Ahmadi|0499370899/);
  });

  it("charges nothing for the running period, and renews by the signature on the day it ends", async () => {
    // 15 Aban to 15 Azar 1405 was paid before. The signature is one that the gateway knows.
    const nima = await aSubscriber(world);
    await nima.sign();
    const [secret] = await rows<{ id: string; sealed: Sealed }>(
      "SELECT s.* FROM secret s JOIN payment_method m ON m.signature_id = s.id",
    );
    const signature = secret ? await world.invocation().sealer.open(secret.sealed, secret.id) : "";
    const [method] = anImported(1).paymentMethods;
    const record = anImported(1, {}, { paymentMethods: [{ ...method, signature }] });
    expect((await imported(world, operator.token, [...catalogue, record])).refused).toEqual([]);

    await liveUntil("2026-12-05T12:00:00Z");
    expect(await rows("SELECT * FROM payment")).toEqual([]);
    await liveUntil("2026-12-06T20:00:00Z");
    expect(await renewalsOf(1)).toEqual([
      {
        external_id: "before-1",
        status: "paid",
        starts_at: "2026-12-05T20:30:00.000Z",
        ends_at: "2027-01-04T20:30:00.000Z",
      },
    ]);
    expect(await rows("SELECT status, amount_rials FROM payment")).toEqual([
      { status: "succeeded", amount_rials: 3_289_000 },
    ]);
    expect(await rows("SELECT granted, used FROM quota_balance")).toEqual([{ granted: 1_000, used: 0 }]);
    expect(await broken({ customerId: "" })).toEqual([]);
  });

  it.each([
    ["it does not end on the anchor day", { anchorDay: 30 }, "anchorDay"],
    ["the period is over", { periodStartsOn: "2026-10-06", periodEndsOn: "2026-11-06" }, "periodEndsOn"],
    ["it has not begun", { periodStartsOn: "2026-12-06", periodEndsOn: "2027-01-05" }, "periodStartsOn"],
    ["a year of a monthly price", { periodEndsOn: "2027-11-06" }, "periodEndsOn"],
    ["no such price", { priceId: "gold" }, "priceId"],
    ["no such payment method", { paymentMethodId: "pm-2" }, "paymentMethodId"],
    ["what is owed only later", { openInvoice: anInvoice({ dueOn: "2026-12-07" }) }, "openInvoice/dueOn"],
  ])("refuses a customer whole, with line and pointer, when %s", async (_, subscription, field) => {
    const before = anImported(1);
    const report = await imported(world, operator.token, [
      ...catalogue,
      before,
      anImported(2, subscription),
      anImported(3),
    ]);
    expect(report.counts.customer).toEqual({ created: 2, unchanged: 0, differs: 0, refused: 1 });
    expect(report.refused.map(({ line, errors }) => [line, errors.map(({ pointer }) => pointer)])).toEqual([
      [4, [`/subscriptions/0/${field}`]],
    ]);
    expect(await rows("SELECT id FROM customer WHERE external_id = 'before-2'")).toEqual([]);
  });

  it("refuses lines that cannot be read, and takes the others", async () => {
    const lines = ["{", { ...anImported(1), mobile: "0912" }, anImported(2), anImported(2)];
    const { refused, counts, unreadable } = await imported(world, operator.token, [...catalogue, ...lines]);
    expect(counts.customer.created).toBe(1);
    expect([unreadable, refused.map(({ line, errors }) => [line, errors[0]?.pointer, errors[0]?.code])]).toEqual([
      3,
      [
        [3, "", "malformed_json"],
        [4, "/mobile", "unrecognized_key"],
        [6, "/id", "repeated"],
      ],
    ]);
  });

  it("of another record under the same id changes nothing and says so", async () => {
    await imported(world, operator.token, [...catalogue, anImported(1)]);
    const before = await everything();
    const { counts, differing } = await imported(world, operator.token, [...catalogue, anImported(1, { quantity: 2 })]);
    expect([counts.customer.differs, differing]).toEqual([1, [3]]);
    expect(await everything()).toBe(before);
  });

  it("takes what is owed along: overdue, booked here whole, and told to the tax office line by line", async () => {
    const report = await imported(world, operator.token, [
      ...catalogue,
      anImported(1, { paymentMethodId: null, openInvoice: anInvoice() }),
    ]);
    expect(report.refused).toEqual([]);
    const [invoice] = await rows<object>(`SELECT i.status, i.total_rials, n.series, n.number, s.status AS subscription
      FROM invoice i JOIN invoice_number n ON n.invoice_id = i.id JOIN subscription s ON s.id = i.subscription_id`);
    expect(invoice).toEqual({
      status: "open",
      total_rials: 3_489_000,
      series: "I-1405",
      number: 1,
      subscription: "past_due",
    });
    expect(await rows("SELECT account, amount_rials FROM ledger_entry ORDER BY line")).toEqual([
      { account: "receivable", amount_rials: 3_489_000 },
      { account: "deferred_revenue", amount_rials: -3_190_000 },
      { account: "vat_payable", amount_rials: -299_000 },
    ]);
    expect(await broken({ customerId: "" })).toEqual([]);

    // The tax office is told of each line what it is, also when it is given up.
    await liveUntil("2026-11-23T08:00:00Z");
    const [opened] = await rows<{ id: string }>("SELECT id FROM invoice");
    const invoiceId = opened?.id ?? "";
    const sold = { taxedRials: 2_990_000, vatRials: 299_000, exemptRials: 200_000 };
    const vat = () => operator.call<VatReport>("GET", "/v1/finance/vat/1405-3").then(({ body }) => body.data);
    expect(await vat()).toMatchObject({ ...sold, returnedTaxedRials: 0, returnedVatRials: 0, returnedExemptRials: 0 });
    const given = await operator.call(
      "POST",
      `/v1/operator/invoices/${invoiceId}/mark-uncollectible`,
      { reason },
      "up",
    );
    expect(given.status).toBe(200);
    await liveUntil("2026-11-24T08:00:00Z");
    const returned = { returnedTaxedRials: 2_990_000, returnedVatRials: 299_000, returnedExemptRials: 200_000 };
    expect(await vat()).toMatchObject({ ...sold, ...returned, payableRials: 0 });
  });
});

function anInvoice(over: object = {}) {
  const taxed = { description: "Pro, Aban", netRials: 2_990_000, vatRateBasisPoints: 1_000, vatRials: 299_000 };
  const exempt = { description: "Books", netRials: 200_000, vatRateBasisPoints: 0, vatRials: 0 };
  return { number: "1405-118", dueOn: "2026-11-06", lines: [taxed, exempt], ...over };
}

describe("a dry run", () => {
  it("says what an import would do, over many requests, and writes nothing", async () => {
    const records = [
      ...catalogue,
      ...Array.from({ length: 45 }, (_, n) => anImported(n, n === 30 ? { priceId: "gold" } : {})),
    ];
    const before = await everything();
    const dry = await imported(world, operator.token, records, { isDryRun: true });
    expect(await everything()).toBe(before);
    expect(dry.counts.customer).toEqual({ created: 44, unchanged: 0, differs: 0, refused: 1 });
    expect(await imported(world, operator.token, records)).toEqual(dry);
  });
});

describe("an import that is killed in the middle", () => {
  it("goes on where it was when it is run again, and takes nothing over twice", { timeout: 60_000 }, async () => {
    const records = [...catalogue, ...Array.from({ length: 60 }, (_, n) => anImported(n))];
    let sealsLeft = 33;
    const dying = aWorld({
      startsAt: new Date(world.now()).toISOString(),
      // In the middle of a request: a customer's id is claimed, and its commit never comes.
      disturb: (deps) => ({
        ...deps,
        log: () => undefined,
        sealer: {
          ...deps.sealer,
          seal: async (...of) => {
            if (sealsLeft-- <= 0) throw new Error("killed");
            return deps.sealer.seal(...of);
          },
        },
      }),
    });
    await expect(imported(dying, operator.token, records)).rejects.toThrow("From line");
    const [counted] = await rows<{ n: number }>("SELECT COUNT(*) AS n FROM subscription");
    const before = counted?.n ?? 0;
    expect([before > 0, before < 60]).toEqual([true, true]);
    const { counts } = await imported(world, operator.token, records);
    expect(counts.customer).toEqual({ created: 60 - before, unchanged: before, differs: 0, refused: 0 });
    for (const table of ["subscription", "payment_method", "secret", "person", "claim WHERE kind = 'external_id'"]) {
      expect([table, await rows(`SELECT COUNT(*) AS n FROM ${table}`)]).toEqual([table, [{ n: 60 }]]);
    }
    expect(await broken({ customerId: "" })).toEqual([]);
  });

  it("is one with another that runs beside it: every customer once", async () => {
    const records = [...catalogue, ...Array.from({ length: 20 }, (_, n) => anImported(n))];
    await imported(world, operator.token, catalogue);
    const reports = await Promise.all([1, 2, 3].map(() => imported(world, operator.token, records)));
    expect(reports.flatMap(({ refused }) => refused)).toEqual([]);
    expect(await rows("SELECT COUNT(*) AS n FROM subscription")).toEqual([{ n: 20 }]);
    expect(await broken({ customerId: "" })).toEqual([]);
  });
});
