// The reader that measures the business: each event counts once, whoever dies in between and however many read at a time;
// and the figures can be made again from the log.
import { env } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { beforeAll, describe, expect, it } from "vitest";
import type { Metrics } from "../../contract/metrics.ts";
import { counts, monthlyByProduct } from "../../server/billing/mrr.ts";
import { sumRials } from "../../server/billing/money.ts";
import { wallMs } from "../../server/billing/clock.ts";
import { termsOf } from "../../server/billing/terms.ts";
import { loadAgenda } from "../../server/store/agenda.ts";
import { countUncounted } from "../../server/store/metrics.ts";
import { readPrices, readSubscriptions } from "../../server/store/rows.ts";
import { price, subscription } from "../../server/store/schema.ts";
import { mortal, type How } from "../support/mortal.ts";
import { anOperator } from "../support/operator.ts";
import type { World } from "../support/world.ts";
import { aLongStory, type LongStory } from "./long-story.ts";

let story: LongStory;

const hows: readonly How[] = ["before", "after", "late", "answer_lost"];
/** The awaits of one page: reading it, what is known, writing it; and reading that no more follows. */
const awaitsOfAPage = 3;

/** A run that dies at an await, or loses its answer, and two more at once. */
async function countBadly(world: World, turn: number): Promise<void> {
  const how = hows[turn % hows.length] ?? "before";
  const run = mortal(world.invocation(), 1 + (turn % awaitsOfAPage), how);
  await Promise.race([countUncounted(run.deps).catch(() => undefined), run.died]);
  if (turn % 2 === 0) await Promise.all([countUncounted(world.invocation()), run.arrive()]);
  await Promise.all([countUncounted(world.invocation()), countUncounted(world.invocation()), run.arrive()]);
}

beforeAll(async () => {
  let turn = 0;
  story = await aLongStory(({ world }) => countBadly(world, turn++));
  expect(turn).toBeGreaterThan(hows.length * awaitsOfAPage);
});

const kept = ["metric_day", "metric_subscription", "metric_invoice"] as const;

async function figures(): Promise<readonly unknown[]> {
  const rows = await env.DB.batch(kept.map((table) => env.DB.prepare(`SELECT * FROM ${table} ORDER BY 1, 2, 3, 4, 5`)));
  return rows.map(({ results }) => results);
}

async function metrics(world: World, query: string) {
  const operator = await anOperator(world);
  return (await operator.call<Metrics>("GET", `/v1/operator/metrics?${query}`)).body.data;
}

const wholeStory = "from=2026-11-01&to=2027-10-31";

/** What running subscriptions come to in a month, told by the tables and not by the log. */
async function liveRevenue(): Promise<{ readonly count: number; readonly amountRials: number }> {
  const orm = drizzle(env.DB);
  const prices = new Map(readPrices(await orm.select().from(price)).map((each) => [each.id, each]));
  const running = readSubscriptions(await orm.select().from(subscription))
    .filter(({ status }) => counts(status))
    .map((each) => ({ ...each, monthly: sumRials(monthlyByProduct(termsOf(each), prices, 1_000).values()) }))
    .filter(({ monthly }) => monthly > 0);
  return {
    count: new Set(running.map(({ customerId }) => customerId)).size,
    amountRials: running.reduce((sum, { monthly }) => sum + monthly, 0),
  };
}

it("the figures are those that the log gives when it is read again from its beginning", async () => {
  const before = await figures();
  expect(before.map((rows) => (rows as readonly unknown[]).length > 0)).toEqual([true, true, true]);

  for (const table of kept) await env.DB.exec(`DELETE FROM ${table}`);
  await env.DB.exec("DELETE FROM reader_cursor WHERE reader = 'metrics'");
  expect(await countUncounted(story.world.invocation())).toBe(true);

  expect(await figures()).toEqual(before);
});

it("recurring revenue is what the running subscriptions come to", async () => {
  const { spans, recurringAtStart, total } = await metrics(story.world, `${wholeStory}&by=jalali_month`);
  expect(recurringAtStart).toEqual({ count: 0, amountRials: 0 });
  expect(spans.at(-1)?.recurringAtEnd).toEqual(await liveRevenue());
  expect(total.movements.churnInvoluntary.count + total.movements.contraction.count).toBeGreaterThan(0);
});

describe("GET /v1/operator/metrics", () => {
  it("tells of money what the payments say, by day, by hour and by bank", async () => {
    const { total, hours, banks, isWhole } = await metrics(story.world, wholeStory);
    const [ours] = (
      await env.DB.prepare(
        "SELECT COUNT(*) AS count, SUM(amount_rials) AS rials FROM payment WHERE status = 'succeeded'",
      ).all()
    ).results;
    expect(isWhole).toBe(true);
    expect(total.collected).toEqual({ count: ours?.["count"], amountRials: ours?.["rials"] });
    expect(banks).toEqual([{ bank: "melli", collected: total.collected }]);
    expect(hours).toHaveLength(24);
    expect(hours.reduce((sum, { failed }) => sum + failed.count, 0)).toBe(total.failed.count);
    expect(total.failed.count).toBeGreaterThan(0);
  });

  it("has of what was at risk what came back and what was given up", async () => {
    const { total } = await metrics(story.world, wholeStory);
    const recovered = "SELECT COUNT(*) AS count FROM invoice WHERE status = 'paid' AND attempt_count > 0";
    expect(total.recovered.count).toBe(await env.DB.prepare(recovered).first("count"));
    expect(total.givenUp.count).toBeGreaterThan(0);
    expect(total.atRisk.count).toBe(total.recovered.count + total.givenUp.count);
  });

  it("gives the same sums by day and by month of either calendar", async () => {
    const [days, jalali, gregorian] = await Promise.all(
      ["day", "jalali_month", "gregorian_month"].map((by) => metrics(story.world, `${wholeStory}&by=${by}`)),
    );
    expect(days?.spans).toHaveLength(365);
    expect(gregorian?.spans.map(({ startsOn }) => startsOn.slice(8))).toEqual(Array.from({ length: 12 }, () => "01"));
    expect(jalali?.spans.slice(0, 2)).toMatchObject([
      { startsOn: "2026-11-01", endsOn: "2026-11-21" },
      { startsOn: "2026-11-22", endsOn: "2026-12-21" },
    ]);
    expect([days?.total, days?.spans.at(-1)?.recurringAtEnd]).toEqual([
      gregorian?.total,
      gregorian?.spans.at(-1)?.recurringAtEnd,
    ]);
    expect(jalali?.total).toEqual(days?.total);
  });

  it("has of each product, and of each partner's customers, parts that add up to all", async () => {
    const whole = await metrics(story.world, wholeStory);
    const sums = (found: Metrics): readonly number[] => [
      found.total.collected.amountRials,
      found.total.failed.amountRials,
      found.total.atRisk.amountRials,
      found.total.recovered.amountRials,
      ...found.spans.map(({ recurringAtEnd }) => recurringAtEnd.amountRials),
      ...found.hours.map(({ collected }) => collected.amountRials),
    ];
    for (const [named, ids] of [
      ["productId", whole.products.map(({ id }) => id)],
      ["partnerId", whole.partners.map(({ id }) => id)],
    ] as const) {
      const each = await Promise.all(ids.map((id) => metrics(story.world, `${wholeStory}&${named}=${id}`)));
      expect(each.map((found) => found[named])).toEqual(ids);
      const added = each.map(sums).reduce((all, own) => all.map((sum, index) => sum + (own[index] ?? 0)));
      expect(added).toEqual(sums(whole));
    }
    const { total } = await metrics(story.world, `${wholeStory}&partnerId=ptr_${"0".repeat(25)}1`);
    expect([total.collected.count, total.movements.new.count, total.atRisk.count]).toEqual([0, 0, 0]);
  });

  it("has whoever takes a second product as new to it", async () => {
    const { products, total } = await metrics(story.world, wholeStory);
    const each = await Promise.all(products.map(({ id }) => metrics(story.world, `${wholeStory}&productId=${id}`)));
    expect(total.movements.new.count).toBe(1);
    expect(each.map((found) => found.total.movements.new.count).toSorted((a, b) => a - b)).toEqual([0, 1, 1]);
    expect(each.filter(({ total: own }) => own.collected.count > 0)).toHaveLength(2);
  });

  it("begins with what recurred before", async () => {
    const later = await metrics(story.world, "from=2027-10-01&to=2027-10-02");
    const { amountRials } = await liveRevenue();
    expect(later.recurringAtStart.amountRials).toBe(amountRials);
    expect(later.total.collected).toEqual({ count: 0, amountRials: 0 });
  });
});

it("nobody is woken for a few events but once an hour, nor for none; for many at any time", async () => {
  await env.DB.exec(
    "INSERT INTO billing_event (position, id, stream, seq, epoch, type, version, at, actor, data, prev_hash, hash) SELECT 9999, 'evt_later', 'elsewhere', 1, epoch, 'refund.asked', version, at, actor, data, prev_hash, hash FROM billing_event LIMIT 1",
  );
  const isWoken = async (time: string) => (await loadAgenda(env.DB, wallMs(Date.parse(`2027-06-01T${time}Z`)))).metrics;
  const leave = (unread: number) =>
    env.DB.exec(
      `UPDATE reader_cursor SET position = (SELECT MAX(position) FROM billing_event) - ${unread} WHERE reader = 'metrics'`,
    );
  await leave(0);
  expect(await isWoken("10:07:30")).toBe(false);
  await leave(500);
  const times = ["10:06:59", "10:07:30", "10:08:00", "10:17:00"];
  expect(await Promise.all(times.map(isWoken))).toEqual([false, true, false, false]);
  await leave(501);
  expect(await Promise.all(times.map(isWoken))).toEqual([false, true, false, true]);
});
