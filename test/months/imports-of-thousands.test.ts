// 5,000 customers of an existing system, twice in a row: the second time changes nothing, and each is renewed next on the
// day that the platform's own Persian calendar says.
import { env } from "cloudflare:workers";
import { beforeAll, expect, it } from "vitest";
import { synchronousCrypto } from "../crash/synchronous-crypto.ts";
import { anImported, imported, importedPrice, importedProduct } from "../support/imports.ts";
import { anOperator, broken } from "../support/operator.ts";
import { aWorld } from "../support/world.ts";

beforeAll(synchronousCrypto);

const count = 5_000;
const dayMs = 86_400_000;
const persian = new Intl.DateTimeFormat("en-US-u-ca-persian-nu-latn", {
  timeZone: "Asia/Tehran",
  day: "numeric",
});

const world = aWorld({ startsAt: "2026-11-22T08:00:00Z" });
const dateAt = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** The day of the Jalali month in Tehran at an instant. */
function jalaliDay(ms: number): number {
  return Number(persian.formatToParts(ms).find(({ type }) => type === "day")?.value);
}

/** Midnight in Tehran of the day on which customer number `n`'s period ends: from 2 Azar to 2 Dey 1405. */
const endOf = (n: number) => Date.parse("2026-11-22T20:30:00Z") + (n % 30) * dayMs;

const catalogue = [
  importedProduct,
  importedPrice,
  { ...importedPrice, id: "pro-gregorian", calendar: "gregorian" },
  { ...importedPrice, id: "pro-yearly", interval: "year" },
];
const prices = ["pro-monthly", "pro-gregorian", "pro-yearly"];
const records = Array.from({ length: count }, (_, n) =>
  anImported(n, {
    priceId: prices[n % prices.length],
    periodStartsOn: dateAt(endOf(n) - 31 * dayMs + dayMs / 2),
    periodEndsOn: dateAt(endOf(n) + dayMs / 2),
    messagesLeft: n % 1_000,
  }),
);

interface Running {
  readonly external_id: string;
  readonly period_ends_at: number;
  readonly due_at: number;
  readonly anchor_day: number;
  readonly calendar: string;
}

async function logSize() {
  return env.DB.prepare(
    `SELECT (SELECT COUNT(*) FROM billing_event) AS events, (SELECT MAX(position) FROM billing_event) AS position,
      (SELECT COUNT(*) FROM imported) AS imported, (SELECT COUNT(*) FROM claim) AS claims,
      (SELECT SUM(version) FROM quota_balance) AS balances, (SELECT SUM(due_at) FROM due) AS dues`,
  ).first();
}

it("5,000 customers are imported once, and next renewed on their day", { timeout: 400_000 }, async () => {
  const { token } = await anOperator(world);
  const all = [...catalogue, ...records];
  const first = await imported(world, token, all);
  expect(first.refused).toEqual([]);
  expect(first.counts.customer).toEqual({ created: count, unchanged: 0, differs: 0, refused: 0 });
  const size = await logSize();
  expect(size).toMatchObject({ events: 4 + 6 * count, imported: 4 + count });

  const second = await imported(world, token, all);
  expect(second.counts.customer).toEqual({ created: 0, unchanged: count, differs: 0, refused: 0 });
  expect(await logSize()).toEqual(size);

  const { results } = await env.DB.prepare(
    `SELECT c.external_id, s.period_ends_at, s.anchor_day, p.calendar, d.due_at FROM subscription s
      JOIN customer c ON c.id = s.customer_id JOIN price p ON p.id = s.price_id JOIN due d ON d.customer_id = c.id`,
  ).all<Running>();
  expect(results).toHaveLength(count);
  for (const { external_id: id, period_ends_at: endsAt, due_at: dueAt, anchor_day: anchorDay, calendar } of results) {
    const expected = endOf(Number(id.replace("before-", "")));
    const day = calendar === "jalali" ? jalaliDay(expected) : new Date(expected + dayMs / 2).getUTCDate();
    expect([id, endsAt, dueAt, anchorDay]).toEqual([id, expected, expected, day]);
  }
  expect(await broken({ customerId: "" })).toEqual([]);
});
