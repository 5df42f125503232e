// A price migration by the API: planned, looked at, confirmed, told, and moved period by period; or stopped half way.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { aPrice } from "../support/catalogue.ts";
import { broken } from "../support/operator.ts";
import { aPlan, reason } from "../support/price-plan.ts";

const typesOf = (events: readonly { readonly type: string }[]) => events.map(({ type }) => type);

describe("a price migration", () => {
  it("shows before anybody is told who moves, when, and how much more", async () => {
    const { world, sara, subscriptionId, moves, now } = await aPlan();
    expect(await now()).toMatchObject({ status: "planned", noticeDays: 10, confirmedAt: null, canceledAt: null });
    expect(await moves()).toEqual([
      {
        id: subscriptionId,
        customerId: sara.customerId,
        quantity: 1,
        announced: false,
        movesAt: "2026-12-21T20:30:00.000Z",
        fromRials: 3_289_000,
        toRials: 3_619_000,
        moreRials: 330_000,
      },
    ]);
    await world.tick();
    expect((await sara.subscription(subscriptionId)).priceMigration).toBeNull();
  });

  it("confirmed: the subscriber is told once, in both languages, and debited at the new price from the next period", async () => {
    const { world, sara, subscriptionId, toPriceId, moves, say } = await aPlan();
    expect((await say("confirm")).body.data).toMatchObject({ status: "confirmed" });
    expect((await say("confirm")).status).toBe(200);
    const before = world.messages.length;
    await world.tick();
    await world.tick();
    const notices = world.messages.slice(before).filter(({ to }) => to === sara.mobile);
    expect(notices).toHaveLength(1);
    expect(notices[0]?.text).toContain("۱ دی ۱۴۰۵ برای هر دوره ۳٬۶۱۹٬۰۰۰ ریال");
    expect(notices[0]?.text).toContain("From 22 Dec 2026 a period of your subscription costs 3,619,000 Rials");
    expect(await moves()).toMatchObject([{ announced: true, movesAt: "2026-12-21T20:30:00.000Z" }]);
    const upcoming = await sara.call("GET", `/v1/subscriptions/${subscriptionId}/upcoming-invoice`);
    expect(JSON.stringify(upcoming.body.data)).toContain(toPriceId);
    await sara.advance("2026-12-22T20:00:00Z");
    expect(await sara.subscription(subscriptionId)).toMatchObject({ priceId: toPriceId, priceMigration: null });
    expect((await sara.invoices())[0]).toMatchObject({ status: "paid", totalRials: 3_619_000 });
    expect(await moves()).toEqual([]);
    expect(typesOf(await sara.events()).filter((type) => type.includes("migration"))).toHaveLength(1);
    expect(await broken(sara)).toEqual([]);
  });

  it("stopped: whoever has not moved stays at the old price", async () => {
    const { world, sara, subscriptionId, priceId, say, now } = await aPlan();
    await say("confirm");
    await world.tick();
    expect((await sara.subscription(subscriptionId)).priceMigration).not.toBeNull();
    expect((await say("cancel")).body.data).toMatchObject({ status: "canceled" });
    expect((await say("cancel")).status).toBe(200);
    await world.tick();
    expect((await sara.subscription(subscriptionId)).priceMigration).toBeNull();
    await sara.advance("2026-12-22T20:00:00Z");
    expect(await sara.subscription(subscriptionId)).toMatchObject({ priceId });
    expect((await say("confirm")).body.code).toBe("price_migration_not_valid");
    expect(await now()).toMatchObject({ status: "canceled" });
  });

  it("409 between prices that are not alike, and for a second one of the same price; 404 for what does not exist", async () => {
    const { world, operator, plan, priceId, say } = await aPlan();
    for (const toPriceId of [priceId, await aPrice(world), "price_01kaqzv3m5e0a8r6b1x2n4y7tq"]) {
      expect((await plan({ toPriceId })).body.code).toBe("price_migration_not_valid");
    }
    const second = await plan();
    await say("confirm");
    const confirmed = await operator.call("POST", `/v1/operator/price-migrations/${second.body.data.id}/confirm`, {
      reason,
    });
    expect(confirmed.body.code).toBe("price_migration_not_valid");
    const nowhere = "/v1/operator/price-migrations/mig_01kaqzv3m5e0a8r6b1x2n4y7tq";
    for (const path of [nowhere, `${nowhere}/moves`]) expect((await operator.call("GET", path)).status).toBe(404);
    for (const verb of ["confirm", "cancel"]) {
      expect((await operator.call("POST", `${nowhere}/${verb}`, { reason })).status).toBe(404);
    }
    const told = "SELECT COUNT(*) AS n FROM billing_event WHERE type = 'price_migration.confirmed' AND data LIKE ?";
    expect(await env.DB.prepare(told).bind(`%${second.body.data.id}%`).first("n")).toBe(0);
  });
});
