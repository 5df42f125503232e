// A renewal that the bank declines: days of grace and few tries; then it is paid after all, or the price says what ends.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { BillingEvent } from "../../contract/billing-event.ts";
import { aPrice } from "../support/catalogue.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { aSubscriber } from "../support/subscriber.ts";

const dueAt = "2026-12-21T20:30:00.000Z";

/** Subscribed on 1 Azar with an empty account from then on, so that the renewal of 1 Dey is declined. */
async function aPoorSubscriber(price: Parameters<typeof aPrice>[1] = {}) {
  const world = await aFreshWorld();
  const priceId = await aPrice(world, price);
  const sara = await aSubscriber(world);
  const methodId = await sara.sign();
  const { body } = await sara.subscribe(priceId, methodId);
  const money = (rials: number) => world.simulator.configure({ balances: { [sara.mobile]: rials } });
  money(0);
  return { world, sara, id: body.data.id, methodId, priceId, money };
}

const daysAfterDue = (instant: string | null | undefined) =>
  Math.floor((Date.parse(instant ?? "") - Date.parse(dueAt)) / 86_400_000);

const typesOf = (events: readonly BillingEvent[]) => events.map(({ type }) => type);

async function balancesOf(customerId: string): Promise<Record<string, number>> {
  const { results } = await env.DB.prepare(
    "SELECT account, SUM(amount_rials) AS rials FROM ledger_entry WHERE customer_id = ? GROUP BY account",
  )
    .bind(customerId)
    .all<{ account: string; rials: number }>();
  return Object.fromEntries(results.map(({ account, rials }) => [account, rials]));
}

describe("a declined renewal", () => {
  it("is past_due, keeps its messages in grace, and plans the next try on day 2", async () => {
    const { sara, id } = await aPoorSubscriber();
    await sara.advance("2026-12-22T20:00:00Z");
    expect(await sara.subscription(id)).toMatchObject({ status: "past_due", currentPeriod: { index: 1 } });
    const [invoice] = await sara.invoices();
    expect(invoice).toMatchObject({ status: "open", attemptCount: 1 });
    expect(daysAfterDue(invoice?.nextAttemptAt)).toBe(2);
    expect((await sara.payments())[0]).toMatchObject({ status: "failed", failureReason: "insufficient_funds" });
    expect((await sara.call("GET", "/v1/quotas")).body.data).toMatchObject([{ remaining: 2_000 }]);
  });

  it("is tried on the due day and days 2, 5, 9 and 14, and on no other (lesson 5)", async () => {
    const { world, sara } = await aPoorSubscriber();
    await sara.advance("2027-01-19T08:00:00Z");
    const debits = world.simulator.calls().filter(({ call }) => call === "payman/checkout");
    expect(debits).toHaveLength(1 + 5);
    const attempts = (await sara.payments()).filter(({ status }) => status === "failed");
    expect(attempts.map(({ createdAt }) => daysAfterDue(createdAt)).toSorted((a, b) => a - b)).toEqual([
      0, 2, 5, 9, 14,
    ]);
  });

  it.each([
    ["2026-12-23T08:00:00Z", 1],
    ["2026-12-25T08:00:00Z", 2],
    ["2026-12-29T08:00:00Z", 3],
    ["2027-01-03T08:00:00Z", 4],
  ])("recovers when there is money again from %s on, and is owed once", async (instant, failures) => {
    const { world, sara, id, money } = await aPoorSubscriber();
    await sara.advance(instant);
    money(100_000_000);
    await sara.advance("2027-01-10T08:00:00Z");
    expect(await sara.subscription(id)).toMatchObject({ status: "active", currentPeriod: { index: 1 } });
    const payments = (await sara.payments()).toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
    const failed = Array.from({ length: failures }, () => "failed");
    expect(payments.map(({ status }) => status)).toEqual(["succeeded", ...failed, "succeeded"]);
    expect(world.simulator.totals().debits).toBe(2);
    expect(typesOf(await sara.events())).toContain("subscription.recovered");
    expect((await balancesOf(sara.customerId))["receivable"]).toBe(0);
  });

  it.each([
    ["cancel", { status: "canceled", cancelReason: "unpaid" }],
    ["pause", { status: "paused", cancelReason: null, endedAt: null }],
  ] as const)("that is never paid ends by the price's %s after the last try", async (unpaidPolicy, end) => {
    const { world, sara, id, money } = await aPoorSubscriber({ unpaidPolicy });
    await sara.advance("2027-01-04T07:00:00Z");
    expect((await sara.subscription(id)).status).toBe("past_due");
    await sara.advance("2027-01-06T08:00:00Z");
    expect(await sara.subscription(id)).toMatchObject(end);
    expect((await sara.invoices())[0]).toMatchObject({ status: "uncollectible", nextAttemptAt: null, attemptCount: 5 });
    expect((await sara.call("GET", "/v1/quotas")).body.data).toMatchObject([{ granted: 0, remaining: 0 }]);

    money(100_000_000);
    await sara.advance("2027-05-01T08:00:00Z");
    expect(world.simulator.totals().debits).toBe(1);
    expect(await balancesOf(sara.customerId)).toMatchObject({
      receivable: 0,
      deferred_revenue: 0,
      revenue: -2_990_000,
      vat_payable: -299_000,
      gateway_clearing: 3_289_000 - 32_890,
      gateway_fee: 32_890,
    });
  });

  it("that was paused can be cancelled at once and then subscribed to again", async () => {
    const { sara, id, money, priceId, methodId } = await aPoorSubscriber({ unpaidPolicy: "pause" });
    await sara.advance("2027-01-06T08:00:00Z");
    money(100_000_000);
    expect((await sara.subscribe(priceId, methodId)).body).toMatchObject({ code: "subscription_exists" });
    expect((await sara.call("POST", `/v1/subscriptions/${id}/cancel`)).body.data).toMatchObject({ status: "canceled" });
    expect((await sara.subscribe(priceId, methodId)).status).toBe(201);
  });
});

describe("a renewal for which no debit can be sent", () => {
  it("after its payment method was cancelled is an attempt that failed without one, and ends like any other", async () => {
    const { world, sara, id, methodId } = await aPoorSubscriber();
    await sara.call("POST", `/v1/payment-methods/${methodId}/cancel`);
    await sara.advance("2026-12-22T20:00:00Z");
    expect(await sara.subscription(id)).toMatchObject({ status: "past_due" });
    const failed = (await sara.events()).filter(({ type }) => type === "invoice.attempt_failed");
    expect(failed).toMatchObject([{ data: { attemptCount: 1, reason: "payment_method_not_active" } }]);
    await sara.advance("2027-01-06T08:00:00Z");
    expect(await sara.subscription(id)).toMatchObject({ status: "canceled", cancelReason: "unpaid" });
    expect(world.simulator.calls().filter(({ call }) => call === "payman/checkout")).toHaveLength(1);
  });

  it("is our trouble and no decline while the gateway refuses our terminal", async () => {
    const { world, sara, id, money } = await aPoorSubscriber();
    money(100_000_000);
    world.simulator.fault({ call: "payment/request", times: 3, fault: { kind: "decline", code: -11 } });
    world.hold();
    await sara.advance("2026-12-22T20:00:00Z");
    world.release();
    await world.live(10 * 60_000);
    expect(await sara.subscription(id)).toMatchObject({ status: "active" });
    expect((await sara.invoices())[0]).toMatchObject({ status: "paid", attemptCount: 0 });
  });
});
