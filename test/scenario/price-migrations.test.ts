// A price migration by the API: planned, looked at, confirmed, told, and moved period by period; or stopped half way.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { PriceMigration, PriceMove } from "../../contract/price-migration.ts";
import type { Price } from "../../contract/product.ts";
import { runJobs } from "../../server/job/index.ts";
import { aPrice } from "../support/catalogue.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { mortal } from "../support/mortal.ts";
import { anOperator, broken } from "../support/operator.ts";
import { aSubscriber } from "../support/subscriber.ts";

const reason = "Costs have risen";

async function aPlan({ noticeDays = 10, amountRials = 3_290_000 } = {}) {
  const world = await aFreshWorld();
  const operator = await anOperator(world);
  const priceId = await aPrice(world);
  const sara = await aSubscriber(world);
  const { body } = await sara.subscribe(priceId, await sara.sign());
  const { productId } = body.data;
  const terms = { interval: "month", calendar: "jalali", taxBehavior: "exclusive", unpaidPolicy: "cancel" };
  const key = () => crypto.randomUUID();
  const made = await operator.call<Price>("POST", `/v1/products/${productId}/prices`, { amountRials, ...terms }, key());
  const toPriceId = made.body.data.id;
  const path = "/v1/operator/price-migrations";
  const wanted = { fromPriceId: priceId, toPriceId, noticeDays, reason };
  const plan = (over: object = {}) => operator.call<PriceMigration>("POST", path, { ...wanted, ...over }, key());
  const { id } = (await plan()).body.data;
  return {
    world,
    operator,
    sara,
    subscriptionId: body.data.id,
    priceId,
    toPriceId,
    plan,
    moves: async () => (await operator.call<PriceMove[]>("GET", `${path}/${id}/moves`)).body.data,
    now: async () => (await operator.call<PriceMigration>("GET", `${path}/${id}`)).body.data,
    say: (verb: "confirm" | "cancel") => operator.call<PriceMigration>("POST", `${path}/${id}/${verb}`, { reason }),
  };
}

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

  it("killed at each await of its job, and run again, tells the subscriber exactly once", async () => {
    for (let at = 1, isOver = false; !isOver && at < 60; at++) {
      const { world, sara, say } = await aPlan();
      await say("confirm");
      const killed = mortal(world.invocation(), at, "after");
      await Promise.race([runJobs(killed.deps).then(() => (isOver = true)), killed.died]);
      await world.tick();
      await world.tick();
      const told = typesOf(await sara.events()).filter((type) => type === "subscription.migration_announced");
      expect(told, `at ${at}`).toHaveLength(1);
    }
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
