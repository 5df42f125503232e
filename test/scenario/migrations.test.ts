// What was written under an older schema is still there under a newer one: each migration runs over rows in every table,
// on real D1.
import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";

type Row = Readonly<Record<string, string | number | null>>;
type Tables = Readonly<Record<string, readonly Row[]>>;

const ours = "name NOT GLOB '_cf_*' AND name NOT GLOB 'd1_*' AND name NOT GLOB 'sqlite_*'";
const hash = "0".repeat(64);
const sara = "cus_1";

/** A row, or several, in each table there was before checkouts, refunds and payouts. */
const before0004: Tables = {
  user: [{ id: "u1", name: "", email: "a@b.ir", customer_id: sara, created_at: 1, updated_at: 1 }],
  session: [{ id: "s1", token: "t1", user_id: "u1", expires_at: 9, created_at: 1, updated_at: 1 }],
  account: [
    {
      id: "a1",
      account_id: "u1",
      provider_id: "credential",
      user_id: "u1",
      password: "x",
      created_at: 1,
      updated_at: 1,
    },
  ],
  verification: [{ id: "v1", identifier: "i", value: "v", expires_at: 9, created_at: 1, updated_at: 1 }],
  rate_limit: [{ id: "r1", key: "k", count: 1, last_request: 1 }],
  attempt: [{ key: "k", count: 1, resets_at: 9 }],
  partner: [{ id: "ptr_1", name: "Roundtable", created_at: 1 }],
  partner_key: [
    { id: "key_1", partner_id: "ptr_1", hash, scopes: "[]", environment: "live", created_at: 1, expires_at: 9 },
  ],
  billing_event: [eventRow(1, "customer.created"), eventRow(2, "payment.succeeded")],
  reader_cursor: [{ reader: "webhooks", position: 1 }],
  product: [
    { id: "prod_1", name: "Pro", description: "", message_quota: 5, grant_on: "payment", active: 1, created_at: 1 },
  ],
  price: [
    {
      id: "price_1",
      product_id: "prod_1",
      amount_rials: 2_990_000,
      interval: "month",
      calendar: "jalali",
      tax_behavior: "exclusive",
      unpaid_policy: "pause",
      active: 1,
      created_at: 1,
    },
  ],
  customer: [{ id: sara, partner_id: "ptr_1", user_id: "u1", created_at: 1 }],
  person: [{ id: "per_1", customer_id: sara, sealed: "x", created_at: 1 }],
  secret: [
    { id: "sec_1", customer_id: sara, sealed: "x", created_at: 1 },
    { id: "sec_2", customer_id: sara, sealed: "y", created_at: 1 },
  ],
  payment_method: [
    {
      id: "pm_1",
      customer_id: sara,
      status: "active",
      person_id: "per_1",
      max_amount_rials: 5_000_000,
      max_daily_count: 5,
      max_monthly_count: 20,
      expires_at: 99,
      created_at: 1,
      sign_before: 5,
      agreement_id: "sec_1",
      signature_id: "sec_2",
      activated_at: 2,
      cancel_tries: 0,
    },
  ],
  subscription: [
    {
      id: "sub_1",
      customer_id: sara,
      product_id: "prod_1",
      price_id: "price_1",
      payment_method_id: "pm_1",
      status: "active",
      anchor_day: 1,
      starts_on: 1,
      period_index: 1,
      period_starts_at: 2,
      period_ends_at: 3,
      latest_invoice_id: "inv_2",
      cancel_at_period_end: 0,
      created_at: 1,
    },
  ],
  invoice: [invoiceRow(1, "subscription_create", "paid"), invoiceRow(2, "subscription_cycle", "open")],
  payment: [
    { ...paymentRow(1, "succeeded", 1_000), ref_id: "40123456" },
    { ...paymentRow(2, "failed", 2_000), failure_reason: "declined" },
  ],
  quota_balance: [
    {
      customer_id: sara,
      product_id: "prod_1",
      subscription_id: "sub_1",
      period_index: 1,
      granted: 5,
      used: 2,
      reserved: 1,
      version: 4,
      valid_until: 9,
    },
  ],
  ledger_entry: [ledgerRow(0, "gateway_clearing", 3_289_000), ledgerRow(1, "receivable", -3_289_000)],
  invoice_number: [{ series: "S-1405", number: 1, invoice_id: "inv_1" }],
  claim: [{ kind: "k", key: "x", customer_id: sara, expires_at: 9, confirmed: 1 }],
  due: [{ customer_id: sara, due_at: 5, rules_version: 1, claimed_until: 0, attempts: 2, last_error: "fault" }],
  webhook_event: [
    {
      id: "whe_1",
      source: "return",
      subject_id: "pay_1",
      customer_id: sara,
      nok: 1,
      body: "{}",
      body_hash: "h",
      minute: 1,
      received_at: 60_001,
    },
    { id: "whe_2", source: "notice", nok: 0, body: "{}", body_hash: "i", minute: 1, received_at: 60_002 },
  ],
  idempotency_key: [
    {
      caller: "user:u1",
      key: "k",
      fingerprint: hash,
      claim: "c",
      locked_until: 1,
      resource_seed: "0".repeat(36),
      status: 201,
      answer: "a",
      created_at: 1,
      expires_at: 9,
    },
  ],
};

function eventRow(seq: number, type: string): Row {
  const of = { id: `evt_${seq}`, stream: sara, seq, epoch: 1, type, version: 1, at: seq, actor: "system", data: "{}" };
  return { ...of, evidence: '{"code":100}', evidence_hash: hash, prev_hash: hash, hash };
}

function invoiceRow(index: number, reason: string, status: string): Row {
  return {
    id: `inv_${index}`,
    customer_id: sara,
    subscription_id: "sub_1",
    period_index: index,
    reason,
    status,
    lines: '[{"priceId":"price_1"}]',
    subtotal_rials: 2_990_000,
    vat_rials: 299_000,
    total_rials: 3_289_000,
    due_at: index,
    attempt_count: 1,
    next_attempt_at: status === "open" ? 7 : null,
    finalized_at: index,
    paid_at: status === "paid" ? 2 : null,
  };
}

function paymentRow(index: number, status: string, settledAt: number): Row {
  return {
    id: `pay_${index}`,
    customer_id: sara,
    invoice_id: `inv_${index}`,
    payment_method_id: "pm_1",
    kind: "debit",
    status,
    amount_rials: 3_289_000,
    authority: `A${index}`,
    send_before: 10,
    settles_after: 20,
    answered: 1,
    tries: 0,
    ask_count: 2,
    asked_at: 30,
    created_at: 1,
    begun_at: 1,
    settled_at: settledAt,
  };
}

function ledgerRow(line: number, account: string, amount: number): Row {
  const of = { event_id: "evt_2", line, customer_id: sara, account, amount_rials: amount };
  return { ...of, invoice_id: "inv_1", payment_id: "pay_1", at: 2 };
}

/** What 0004 brought, written before 0005. */
const before0005: Tables = {
  refund: [
    {
      id: "ref_1",
      customer_id: sara,
      payment_id: "pay_1",
      invoice_id: "inv_1",
      source: "invoice",
      method: "manual",
      status: "pending",
      amount_rials: 110,
      net_rials: 100,
      vat_rials: 10,
      created_at: 3,
    },
  ],
};

async function write(tables: Tables): Promise<void> {
  const inserts = Object.entries(tables).flatMap(([table, rows]) =>
    rows.map((row) => {
      const names = Object.keys(row);
      const text = `INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`;
      return env.DB.prepare(text).bind(...Object.values(row));
    }),
  );
  await env.DB.batch([env.DB.prepare("PRAGMA defer_foreign_keys = ON"), ...inserts]);
}

async function everything(): Promise<Tables> {
  const { results } = await env.DB.prepare(
    `SELECT name FROM sqlite_schema WHERE type = 'table' AND ${ours} ORDER BY name`,
  ).all<{ name: string }>();
  const tables = results.map(async ({ name }) => [
    name,
    (await env.DB.prepare(`SELECT * FROM "${name}"`).all<Row>()).results,
  ]);
  return Object.fromEntries(await Promise.all(tables));
}

/** The rows of `older` as the newer schema should hold them: with the columns it had, in the order it had. */
async function migrate(count: number, changes: (table: string, row: Row) => Row = (_, row) => row): Promise<void> {
  const older = await everything();
  expect(Object.entries(older).flatMap(([name, rows]) => (rows.length === 0 ? [name] : []))).toEqual([]);
  await applyD1Migrations(env.DB, env.MIGRATIONS.slice(0, count));
  const newer = await everything();
  for (const [name, rows] of Object.entries(older)) {
    expect(newer[name], name).toEqual(rows.map((row) => expect.objectContaining(changes(name, row))));
  }
  expect((await env.DB.prepare("PRAGMA foreign_key_check").all()).results).toEqual([]);
  expect(Object.keys(newer).filter((name) => name.startsWith("old_"))).toEqual([]);
}

it("rows in every table survive the migrations to checkouts and to payouts, step by step", async () => {
  await reset();
  await applyD1Migrations(env.DB, env.MIGRATIONS.slice(0, 3));
  await write(before0004);
  await migrate(4, (table, row) =>
    // What failed before the watch existed is watched from then on.
    table === "payment" && row["status"] === "failed"
      ? { ...row, next_ask_at: 302_000, watch_until: 604_802_000 }
      : row,
  );
  expect((await everything())["price"]).toMatchObject([{ late_payment_policy: "credit" }]);
  await write(before0005);
  await migrate(5);
});

it("hints of the new sources are taken after it, and a word that nobody knows is not", async () => {
  await reset();
  await applyD1Migrations(env.DB, env.MIGRATIONS);
  const hint = (source: string) =>
    write({
      webhook_event: [
        { id: `whe_${source}`, source, nok: 0, body: "{}", body_hash: source, minute: 1, received_at: 1 },
      ],
    });
  for (const source of ["return", "notice", "unverified", "reconciliation", "payout"]) await hint(source);
  await expect(hint("rumour")).rejects.toThrow("CHECK constraint failed");
});

/** What 0039 finds: two subscriptions of one customer, one of which was at risk and came back; no trigger in its way. */
async function beforeFigures(): Promise<void> {
  await reset();
  const at = env.MIGRATIONS.findIndex(({ name }) => name.startsWith("0039"));
  await applyD1Migrations(env.DB, env.MIGRATIONS.slice(0, at));
  const { results } = await env.DB.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all();
  await env.DB.batch(results.map(({ name }) => env.DB.prepare(`DROP TRIGGER "${String(name)}"`)));
  const {
    partner = [],
    product = [],
    price = [],
    customer = [],
    payment_method = [],
    secret = [],
    person = [],
  } = before0004;
  const [subscription = {}] = before0004["subscription"] ?? [];
  const others = {
    quantity: 1,
    add_ons: "[]",
    first_index: 0,
    free_periods: 0,
    pause_at_period_end: 0,
    paused_days_left: 0,
  };
  const credited = { credit_applied_rials: 0, credit_notes_rials: 0, returned_rials: 0, returned_net_rials: 0 };
  const second = { id: "sub_2", product_id: "prod_2", price_id: "price_2", latest_invoice_id: null };
  const day = { day: "2026-01-01", part: "", count: 1 };
  const monthly = { customer_id: sara, is_counted: 1, has_counted: 1 };
  await write({
    partner,
    product: [...product, { ...product[0], id: "prod_2", name: "Team" }],
    price: [...price, { ...price[0], id: "price_2", product_id: "prod_2" }].map((row) => ({
      ...row,
      late_payment_policy: "credit",
    })),
    customer,
    person,
    secret,
    payment_method: payment_method.map((row) => ({ ...row, unexplained_declines: 0, expiry_told: 0 })),
    subscription: [
      { ...subscription, ...others, latest_invoice_id: "inv_1" },
      { ...subscription, ...others, ...second },
    ],
    invoice: [{ ...invoiceRow(1, "subscription_cycle", "paid"), ...credited }],
    metric_subscription: [
      { id: "sub_1", ...monthly, monthly_rials: 100 },
      { id: "sub_2", ...monthly, monthly_rials: 200 },
    ],
    metric_invoice: [{ id: "inv_1", failed_on: "2026-01-01", amount_rials: 50, end: "recovered" }],
    metric_day: [
      { ...day, figure: "mrr_new", amount_rials: 100 },
      { ...day, figure: "mrr_expansion", amount_rials: 200 },
      { ...day, figure: "at_risk", amount_rials: 50 },
      { ...day, figure: "recovered", amount_rials: 50 },
      { ...day, figure: "collected", day: "2026-01-02", amount_rials: 900 },
    ],
  });
  await env.DB.exec("UPDATE reader_cursor SET position = 7 WHERE reader = 'metrics'");
}

async function afterFigures() {
  const at = env.MIGRATIONS.findIndex(({ name }) => name.startsWith("0039"));
  await applyD1Migrations(env.DB, env.MIGRATIONS.slice(0, at + 1));
  const {
    metric_day: days = [],
    metric_subscription: subscriptions = [],
    metric_invoice: invoices = [],
  } = await everything();
  const position = await env.DB.prepare("SELECT position FROM reader_cursor WHERE reader = 'metrics'").first(
    "position",
  );
  return { days: days.map((row) => Object.values(row).join(" ")), kept: [...subscriptions, ...invoices], position };
}

it("figures are made again from the log, by product and partner", async () => {
  await beforeFigures();
  expect(await afterFigures()).toEqual({ days: [], kept: [], position: 0 });
});

it("figures of all stay where events have left the log, and those by product and partner begin with what is remembered", async () => {
  await beforeFigures();
  const checkpoint = {
    position: 1,
    export_name: "x",
    part: 1,
    sha256: hash,
    root: hash,
    events: 0,
    event_id: "evt_1",
    at: 1,
  };
  await env.DB.prepare("DROP TABLE event_checkpoint").run();
  await env.DB.prepare(`CREATE TABLE event_checkpoint (${Object.keys(checkpoint).join(", ")})`).run();
  await write({ event_checkpoint: [checkpoint] });
  const { days, kept, position } = await afterFigures();
  expect([position, kept.length]).toEqual([7, 3]);
  const first = ["at_risk 2026-01-01  1 50", "recovered 2026-01-01  1 50"];
  const both = ["mrr_new 2026-01-02  1 300", ...first];
  const one = ["mrr_new 2026-01-02  1 100", ...first];
  const other = ["mrr_new 2026-01-02  1 200"];
  const of = (scope: string, rows: readonly string[]) => rows.map((row) => `${scope} ${row}`);
  expect(days.toSorted((a, b) => a.localeCompare(b))).toEqual(
    [
      ...of(" ", [
        "mrr_new 2026-01-01  1 100",
        "mrr_expansion 2026-01-01  1 200",
        "collected 2026-01-02  1 900",
        ...first,
      ]),
      ...of(" ptr_1", both),
      ...of("prod_1 ", one),
      ...of("prod_1 ptr_1", one),
      ...of("prod_2 ", other),
      ...of("prod_2 ptr_1", other),
    ].toSorted((a, b) => a.localeCompare(b)),
  );
});
