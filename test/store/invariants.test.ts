// The invariants: none names a healthy database, and each names the bug that it is there for. Each test breaks the rows
// of one story in one way, with the triggers and indexes that would forbid it out of the way, and heals them again.
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { checkInvariants, checkSomeInvariants, customersAtATime, invariants } from "../../server/store/invariants.ts";
import { countUncounted } from "../../server/store/metrics.ts";
import { aPrice } from "../support/catalogue.ts";
import { anOperator } from "../support/operator.ts";
import { useMessages } from "../support/quota.ts";
import { aSubscriber } from "../support/subscriber.ts";
import { aLongStory } from "./long-story.ts";

const named = async () =>
  (await checkInvariants(env.DB)).flatMap(({ name, offenders }) => (offenders.length > 0 ? [name] : []));

/** Children first. */
const tables = [
  "event_checkpoint",
  "archived_stream",
  "webhook_delivery",
  "metric_day",
  "metric_subscription",
  "metric_invoice",
  "ledger_entry",
  "refund",
  "invoice_number",
  "claim",
  "due",
  "quota_reservation",
  "quota_balance",
  "credit_note",
  "coupon",
  "payment",
  "invoice",
  "subscription",
  "payment_method",
  "customer",
  "billing_event",
];

beforeAll(async () => {
  const { world } = await aLongStory();
  const reza = await aSubscriber(world);
  await reza.subscribe(await aPrice(world), await reza.sign());
  await useMessages(world, reza.customerId, 7, "reply-1");
  const operator = await anOperator(world);
  const [payment] = await reza.payments();
  await operator.refund(payment?.id ?? "", { amountRials: 1_000_000 });
  await countUncounted(world.invocation());
  const forbidding = `SELECT type, name FROM sqlite_master WHERE type = 'trigger' OR (type = 'index' AND name LIKE 'one_%')`;
  const { results } = await env.DB.prepare(forbidding).all<{ type: string; name: string }>();
  for (const { type, name } of results) await env.DB.exec(`DROP ${type} ${name}`);
  for (const table of tables) await env.DB.exec(`CREATE TABLE healthy_${table} AS SELECT * FROM ${table}`);
}, 60_000);

afterEach(async () => {
  await env.DB.batch([
    env.DB.prepare("PRAGMA defer_foreign_keys = ON"),
    ...tables.map((table) => env.DB.prepare(`DELETE FROM ${table}`)),
    ...tables.toReversed().map((table) => env.DB.prepare(`INSERT INTO ${table} SELECT * FROM healthy_${table}`)),
  ]);
});

it("hold after a long story", async () => expect(await named()).toEqual([]));

/** Two entries that balance, beside an event that moves nothing. */
const booked = (account: string, other: string) => `INSERT INTO ledger_entry
  SELECT e.id, 90 + n.i, p.customer_id, CASE n.i WHEN 1 THEN '${account}' ELSE '${other}' END, 3 - 2 * n.i, p.invoice_id,
    p.id, e.at, e.type
  FROM (SELECT 1 AS i UNION ALL SELECT 2) n, (SELECT * FROM payment WHERE status = 'succeeded' LIMIT 1) p
    JOIN (SELECT * FROM billing_event WHERE type = 'quota.granted' LIMIT 1) e`;

/** Changes one event of a type. */
const changed = (type: string, set: string) =>
  `UPDATE billing_event SET ${set} WHERE position = (SELECT MAX(position) FROM billing_event WHERE type = '${type}')`;

/** An event of the newest customer, put behind the last, with its own part of the chain. */
const added = (type: string, data: string, evidence = "NULL") => `INSERT INTO billing_event
  SELECT MAX(position) + 1, 'evt_added', stream, seq + 1, epoch, '${type}', 1, at, 'system', ${data}, ${evidence},
    CASE WHEN ${evidence} IS NULL THEN NULL ELSE printf('%064d', 2) END, hash, printf('%064d', 1)
  FROM billing_event WHERE stream LIKE 'cus_%' GROUP BY NULL`;

const again = (type: string) =>
  `(SELECT data FROM billing_event WHERE type = '${type}' ORDER BY position DESC LIMIT 1)`;
const live = "(SELECT s.id FROM subscription s JOIN customer c ON c.id = s.customer_id AND clock_now_at IS NULL)";

interface Broken {
  readonly name: string;
  readonly sql: string;
  /** What cannot but break with it. */
  readonly also?: readonly string[];
}

const cases: readonly Broken[] = [
  {
    name: "every_event_balances",
    sql: `INSERT INTO ledger_entry SELECT event_id, 99, customer_id, 'rounding', 1, invoice_id, payment_id, at, event_type FROM ledger_entry LIMIT 1`,
  },
  {
    name: "every_movement_is_booked",
    sql: changed("refund.created", "data = json_set(data, '$.amountRials', 999999)"),
  },
  { name: "receivable_is_what_is_owed", sql: booked("receivable", "rounding") },
  { name: "clearing_is_what_the_gateway_holds", sql: booked("gateway_clearing", "bank") },
  { name: "income_and_vat_are_what_was_invoiced", sql: booked("vat_payable", "rounding") },
  {
    name: "paid_by_exactly_one_payment",
    sql: changed("payment.succeeded", "data = json_set(data, '$.amountRials', 1)"),
    also: ["every_movement_is_booked"],
  },
  { name: "invoice_numbers_have_no_gap", sql: "DELETE FROM invoice_number WHERE number = 2" },
  {
    name: "one_live_payment_per_invoice",
    sql: `UPDATE payment SET status = 'needs_review', invoice_id = (SELECT invoice_id FROM payment
        WHERE status = 'succeeded' LIMIT 1)
      WHERE id = (SELECT id FROM payment WHERE status = 'failed' AND authority IS NOT NULL LIMIT 1)`,
    also: ["payments_are_what_the_log_says"],
  },
  {
    name: "no_authority_twice",
    sql: changed(
      "payment.submitted",
      `data = json_set(data, '$.authority', (SELECT json_extract(data, '$.authority') FROM billing_event
        WHERE type = 'payment.submitted' LIMIT 1))`,
    ),
  },
  {
    name: "no_money_call_twice",
    sql: added("payment.submitted", again("payment.submitted")),
    also: ["no_authority_twice", "intents_do_not_overlap", "payments_are_what_the_log_says"],
  },
  {
    name: "settled_at_most_once",
    sql: added("payment.credited", again("payment.succeeded"), `'{"call":"payment/verify","code":101}'`),
    also: ["every_movement_is_booked"],
  },
  {
    name: "money_calls_have_an_intent",
    sql: "UPDATE payment SET send_before = NULL, settles_after = NULL WHERE status = 'succeeded'",
  },
  {
    name: "intents_are_short",
    sql: changed("payment.submitted", "data = json_set(data, '$.sendBefore', '2030-01-01T00:00:00.000Z')"),
  },
  {
    name: "success_needs_a_witness",
    sql: changed("payment.succeeded", `evidence = '{"call":"payment/inquiry","code":100}'`),
  },
  {
    name: "a_decline_needs_a_witness",
    sql: changed("payment.failed", `evidence = '{"call":"payment/inquiry","code":100}'`),
  },
  {
    name: "silence_is_believed_late",
    sql: "UPDATE payment SET failure_reason = 'not_taken' WHERE status = 'failed' AND authority IS NOT NULL",
  },
  {
    name: "no_debit_while_stopped",
    sql: `INSERT INTO billing_event SELECT MAX(position) + 1, 'evt_stop', 'system', 1, 1, 'collecting.changed', 1, at,
        'operator:o', '{"collecting":false}', NULL, NULL, printf('%064d', 0), printf('%064d', 7) FROM billing_event;
      UPDATE billing_event SET position = position + 1000 WHERE type = 'payment.submitted'`,
    also: ["commits_are_in_order", "payments_are_what_the_log_says"],
  },
  {
    name: "whatever_is_under_way_is_asked_about",
    sql: "UPDATE refund SET method = 'refund', next_step_at = NULL",
  },
  { name: "what_was_left_is_watched", sql: "UPDATE payment SET watch_until = NULL WHERE status = 'failed'" },
  { name: "credit_is_what_was_granted", sql: "UPDATE customer SET credit_rials = 1" },
  { name: "refunds_are_within_the_payment", sql: "UPDATE payment SET refunded_rials = 0" },
  {
    name: "refunds_are_of_money_that_came",
    sql: "UPDATE payment SET status = 'failed' WHERE id IN (SELECT payment_id FROM refund)",
    also: ["clearing_is_what_the_gateway_holds", "what_was_left_is_watched", "payments_are_what_the_log_says"],
  },
  { name: "refunds_payable_is_what_waits", sql: booked("refunds_payable", "bank") },
  {
    name: "all_of_it_is_all_of_its_vat",
    sql: "UPDATE invoice SET returned_net_rials = returned_net_rials - 300000 WHERE returned_rials > 0",
    also: ["income_and_vat_are_what_was_invoiced", "returned_is_refunds_and_credit_notes"],
  },
  {
    name: "revenue_is_what_was_kept",
    sql: "UPDATE invoice SET recognized_at = 1 WHERE id = (SELECT MIN(id) FROM invoice WHERE status = 'paid' AND recognized_at IS NULL)",
  },
  {
    name: "credit_applied_is_what_the_log_says",
    sql: "UPDATE invoice SET credit_applied_rials = 1 WHERE id = (SELECT MIN(id) FROM invoice WHERE status = 'paid')",
    also: ["paid_by_exactly_one_payment"],
  },
  {
    name: "returned_is_refunds_and_credit_notes",
    sql: `INSERT INTO credit_note SELECT 'cn_1', customer_id, id, 'goodwill', 1, 0, 1, 1
      FROM invoice WHERE status = 'paid' LIMIT 1`,
  },
  {
    name: "coupons_are_within_their_cap",
    sql: `INSERT INTO coupon VALUES ('cpn_1', 'ONCE', 1000, NULL, 'once', NULL, 1, NULL, NULL, 1, 1);
      INSERT INTO claim VALUES ('coupon', 'cpn_1:a', 'cus_a', 0, 1);
      INSERT INTO claim VALUES ('coupon', 'cpn_1:b', 'cus_b', 0, 1)`,
  },
  {
    name: "one_running_subscription_per_product",
    sql: "UPDATE subscription SET product_id = (SELECT product_id FROM subscription LIMIT 1), status = 'paused', pause_reason = 'unpaid', ended_at = NULL WHERE status <> 'active'",
    also: ["subscriptions_are_what_the_log_says"],
  },
  {
    name: "active_is_paid_or_being_collected",
    sql: `UPDATE subscription SET status = 'past_due' WHERE id IN ${live}`,
    also: ["subscriptions_are_what_the_log_says"],
  },
  {
    name: "a_beginning_comes_to_an_end",
    sql: `UPDATE invoice SET status = 'open' WHERE status = 'void'; UPDATE subscription SET status = 'incomplete', ended_at = NULL
      WHERE status = 'incomplete_expired'`,
    also: [
      "one_running_subscription_per_product",
      "receivable_is_what_is_owed",
      "income_and_vat_are_what_was_invoiced",
      "invoices_are_what_the_log_says",
      "subscriptions_are_what_the_log_says",
    ],
  },
  {
    name: "periods_tile",
    sql: `UPDATE invoice SET lines = json_set(lines, '$[0].startsAt', '2026-11-23T00:00:00.000Z') WHERE period_index = 1`,
  },
  {
    name: "the_period_is_the_invoiced_one",
    sql: `UPDATE subscription SET period_ends_at = period_ends_at + 86400000 WHERE id IN ${live}`,
  },
  {
    name: "messages_are_what_was_granted",
    sql: "UPDATE quota_balance SET granted = granted + 1, period_messages = period_messages + 1",
  },
  { name: "messages_are_the_sum_of_their_grants", sql: "UPDATE quota_balance SET granted = granted + 1" },
  {
    name: "messages_are_what_was_reserved",
    sql: "UPDATE quota_reservation SET used_messages = used_messages + 1 WHERE id = 'reply-1'",
  },
  {
    name: "messages_are_within_the_grant",
    sql: `UPDATE quota_reservation SET used_messages = 2201 WHERE id = 'reply-1';
      UPDATE quota_balance SET used = 2201 WHERE used = 7`,
  },
  {
    name: "reservations_end",
    sql: `INSERT INTO quota_reservation SELECT partner_id, 'reply-0', customer_id, product_id, subscription_id, period_index,
        1, 'reserved', 0, 0, 1, 1, NULL FROM quota_reservation WHERE id = 'reply-1'`,
    also: ["messages_are_what_was_reserved"],
  },
  { name: "use_is_due_to_be_told", sql: "UPDATE quota_balance SET told_at = 0 WHERE used = 7" },
  { name: "nobody_is_forgotten", sql: "UPDATE due SET due_at = NULL", also: ["use_is_due_to_be_told"] },
  {
    name: "nobody_is_late",
    sql: "UPDATE due SET due_at = due_at + 86400000 WHERE due_at IS NOT NULL",
    also: ["use_is_due_to_be_told"],
  },
  {
    name: "claims_are_confirmed_or_swept",
    sql: "INSERT INTO claim SELECT 'trial', 'k', customer_id, 1, 0 FROM payment LIMIT 1",
  },
  { name: "every_stream_is_whole", sql: changed("quota.granted", "prev_hash = printf('%064d', 9)") },
  { name: "commits_are_in_order", sql: changed("customer.created", "position = position + 100000") },
  {
    name: "the_log_begins_where_its_archive_ends",
    sql: `INSERT INTO archived_stream SELECT stream, seq, printf('%064d', 9), position, at FROM billing_event
        WHERE stream LIKE 'cus_%' AND seq = 1 LIMIT 1;
      DELETE FROM billing_event WHERE position = (SELECT position FROM archived_stream)`,
    also: ["every_stream_is_whole"],
  },
  {
    name: "entries_have_their_event",
    sql: "UPDATE ledger_entry SET event_type = 'payment.failed' WHERE event_type = 'invoice.finalized'",
  },
  {
    name: "what_waits_to_be_sent_is_in_the_log",
    sql: `INSERT OR IGNORE INTO webhook_endpoint (id, partner_id, url, status, secret, rotation, since_position, created_at)
        SELECT 'wep_1', id, 'https://gone.example', 'archived', 's', 'r', 0, 1 FROM partner LIMIT 1;
      INSERT INTO webhook_delivery (endpoint_id, position, event_id, event_type, stream, status, attempts, created_at)
      SELECT 'wep_1', MAX(position) + 1, 'evt_gone', 'payment.failed', 'cus_1', 'pending', 0, 1 FROM billing_event`,
  },
  {
    name: "no_person_and_no_secret_in_the_log",
    sql: changed("payment.succeeded", "evidence = json_set(evidence, '$.message', 'for 09121234567')"),
  },
  {
    name: "no_person_and_no_secret_in_the_log",
    sql: changed("payment.succeeded", `evidence = json_set(evidence, '$.message', '${"aB3_".repeat(25)}')`),
  },
  {
    name: "payments_are_what_the_log_says",
    sql: "UPDATE payment SET status = 'lapsed' WHERE status = 'failed' AND authority IS NOT NULL",
    also: ["silence_is_believed_late"],
  },
  {
    name: "invoices_are_what_the_log_says",
    sql: "UPDATE invoice SET status = 'void' WHERE status = 'uncollectible'",
  },
  {
    name: "subscriptions_are_what_the_log_says",
    sql: "UPDATE subscription SET status = 'canceled' WHERE status = 'incomplete_expired'",
  },
  {
    name: "figures_are_of_what_was_counted",
    sql: "UPDATE metric_day SET amount_rials = amount_rials + 1 WHERE figure = 'mrr_new'",
  },
  {
    name: "who_pays_is_counted",
    sql: "DELETE FROM metric_subscription WHERE is_counted = 1",
    also: ["figures_are_of_what_was_counted"],
  },
  { name: "refunds_are_what_the_log_says", sql: "UPDATE refund SET status = 'needs_review'" },
  {
    name: "payment_methods_are_what_the_log_says",
    sql: "UPDATE payment_method SET status = 'expired', cancelled_at = NULL WHERE status = 'cancelled_by_user'",
  },
];

describe.each(cases)("$name", ({ name, sql, also = [] }) => {
  it("is named, and nothing else that still holds", async () => {
    await env.DB.batch(sql.split(";").map((statement) => env.DB.prepare(statement)));
    expect((await named()).toSorted()).toEqual([name, ...also].toSorted());
  });
});

describe("what an operator writes, however long and without a space", () => {
  it.each(["👩‍👩‍👧‍👦", "سررسید", "-", "x", "ha"])("is no secret: %s, again and again", async (word) => {
    const reason = word.repeat(Math.ceil(500 / word.length));
    await env.DB.prepare(changed("payment.succeeded", "evidence = json_set(evidence, '$.reason', ?)"))
      .bind(reason)
      .run();
    expect(await named()).toEqual([]);
  });
});

/** As many customers who never did anything, before all others. */
const before = (count: number) => `INSERT INTO customer (id, partner_id, created_at)
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
  SELECT printf('cus_%026d', i), (SELECT id FROM partner LIMIT 1), 1 FROM n`;

describe("of some customers at a time", () => {
  const namedAfter = async (after?: string) => {
    const { checked, next } = await checkSomeInvariants(env.DB, after);
    const broken = checked.flatMap(({ name, offenders }) => (offenders.length > 0 ? [name] : []));
    return { broken, next, asked: checked.map(({ name }) => name) };
  };

  it("are asked of each once, and of all with the first", async () => {
    await env.DB.exec(before(customersAtATime).replaceAll("\n", " "));
    const first = await namedAfter();
    expect(first).toMatchObject({ broken: [], asked: invariants.map(({ name }) => name) });
    expect(first.next).toBe(`cus_${String(customersAtATime).padStart(26, "0")}`);
    const second = await namedAfter(first.next ?? "");
    const ofSome = invariants.filter(({ isOfAll }) => !isOfAll).map(({ name }) => name);
    expect(second).toEqual({ broken: [], next: null, asked: ofSome });
    await env.DB.exec("UPDATE customer SET credit_rials = 1 WHERE id = (SELECT MAX(id) FROM customer)");
    expect((await namedAfter()).broken).toEqual([]);
    expect((await namedAfter(first.next ?? "")).broken).toEqual(["credit_is_what_was_granted"]);
  });

  it("name with the first what is nobody's", async () => {
    await env.DB.exec(before(customersAtATime).replaceAll("\n", " "));
    const { next } = await namedAfter();
    await env.DB.exec("UPDATE billing_event SET prev_hash = printf('%064d', 9) WHERE stream = 'catalogue' AND seq = 2");
    await env.DB.exec(
      "INSERT INTO ledger_entry SELECT 'evt_none', 1, NULL, 'bank', 1, NULL, NULL, at, 'payout.imported' FROM ledger_entry LIMIT 1",
    );
    expect((await namedAfter()).broken).toEqual([
      "every_event_balances",
      "entries_have_their_event",
      "every_stream_is_whole",
    ]);
    expect((await namedAfter(next ?? "")).broken).toEqual([]);
  });

  it("see that another's payment has the same authority", async () => {
    await env.DB.exec(before(customersAtATime).replaceAll("\n", " "));
    const { next } = await namedAfter();
    await env.DB.prepare(
      `INSERT INTO billing_event (id, stream, seq, epoch, type, version, at, actor, data, prev_hash, hash)
        SELECT 'evt_added', ?, 1, 1, type, 1, at, 'system', json_set(data, '$.paymentId', 'pay_other'),
          printf('%064d', 0), printf('%064d', 1) FROM billing_event WHERE type = 'payment.submitted' LIMIT 1`,
    )
      .bind(next)
      .run();
    expect((await namedAfter()).broken).toContain("no_authority_twice");
  });
});

/** A UNIQUE of the table itself forbids the first; the others are about the order of a history, not about rows. */
const notHere = [
  "no_reference_twice",
  "renewal_debits_are_apart",
  "a_debit_waits_for_closed_pages",
  "intents_are_not_over",
  "intents_do_not_overlap",
  "no_debit_while_the_gateway_is_silent",
  "surplus_is_second",
];

it("are all shown to catch their bug", () => {
  const shown = new Set([...cases.map(({ name }) => name), ...notHere]);
  expect(invariants.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([]);
});
