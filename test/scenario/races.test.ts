// Two of anything at the same moment: one order or the other comes out, never a mixture, and money is taken once.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Subscription } from "../../contract/subscription.ts";
import { checkChain } from "../../server/store/chain.ts";
import { aPrice } from "../support/catalogue.ts";
import { depsAround } from "../support/deps-around.ts";
import { aCrowdedWorld } from "../support/fresh-world.ts";
import { signedInPerson } from "../support/people.ts";
import { aSubscriber, caller, type Subscriber } from "../support/subscriber.ts";
import type { World } from "../support/world.ts";

async function aSignedSubscriber() {
  const world = await aCrowdedWorld();
  const sara = await aSubscriber(world);
  return { world, sara, priceId: await aPrice(world), methodId: await sara.sign() };
}

/** What must hold after every race: no fault, a whole chain, a balanced ledger, and our money the gateway's. */
async function isWhole(world: World, sara: Subscriber): Promise<void> {
  expect(world.log.filter(({ level }) => level === "error")).toEqual([]);
  const { sha256 } = world.invocation();
  expect((await checkChain(env.DB, sha256, sara.customerId)).verified).toBe(true);
  const unbalanced = "SELECT event_id FROM ledger_entry GROUP BY event_id HAVING SUM(amount_rials) <> 0";
  expect((await env.DB.prepare(unbalanced).all()).results).toEqual([]);
  const paid = (await sara.payments()).filter(({ status }) => status === "succeeded");
  expect(world.simulator.totals().debitedRials).toBe(paid.reduce((sum, { amountRials }) => sum + amountRials, 0));
}

const cancelMethod = (sara: Subscriber, id: string) => sara.call("POST", `/v1/payment-methods/${id}/cancel`);

describe("at the same moment", () => {
  it("a payment method is cancelled and subscribed with: refused, or paid once before the cancellation", async () => {
    const { world, sara, priceId, methodId } = await aSignedSubscriber();
    const [subscribed, cancelled] = await Promise.all([
      sara.subscribe(priceId, methodId),
      cancelMethod(sara, methodId),
    ]);
    expect(cancelled.status).toBe(200);
    expect([201, 202, 402, 409]).toContain(subscribed.status);
    await world.live(3 * 3_600_000, 600_000);
    expect((await sara.paymentMethod(methodId)).status).toBe("cancelled_by_user");
    const [subscription] = (await sara.call<readonly Subscription[]>("GET", "/v1/subscriptions")).body.data;
    expect([undefined, "active", "incomplete_expired"]).toContain(subscription?.status);
    expect(world.simulator.totals().debits).toBe(subscription?.status === "active" ? 1 : 0);
    await isWhole(world, sara);
  });

  it("a request for a trial that outlives its lock and the same request, sent again: one trial, and both hear of it", async () => {
    const { world, sara, methodId } = await aSignedSubscriber();
    const priceId = await aPrice(world, { terms: { trialDays: 14 } });
    const key = crypto.randomUUID();
    const asked = () => sara.request("POST", "/v1/subscriptions", { priceId, paymentMethodId: methodId }, key);
    const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let writes = 0;
    // Its own key is the first that it writes, its person's trial the second.
    const slow = depsAround(world.invocation(), async ({ name }, effect) => {
      if (name === "write" && ++writes === 2) {
        reached.resolve();
        await released.promise;
      }
      return effect();
    });
    const first = world.fetchWith(slow, asked());
    await reached.promise;
    world.pass(61_000);
    const again = await world.fetch(asked());
    released.resolve();
    expect([again.status, (await first).status]).toEqual([201, 201]);
    const data = (await sara.call<readonly Subscription[]>("GET", "/v1/subscriptions")).body.data;
    expect(data).toMatchObject([{ status: "trialing" }]);
    await isWhole(world, sara);
  });

  it("a subscription is cancelled and renewed: it ends, or it is renewed once and then ends", async () => {
    const { world, sara, priceId, methodId } = await aSignedSubscriber();
    const { body } = await sara.subscribe(priceId, methodId);
    world.hold();
    await sara.advance("2026-12-22T20:00:00Z");
    world.queue.length = 0;
    const [, cancelled] = await Promise.all([
      world.deliver([{ customerId: sara.customerId }]),
      sara.call<Subscription>("POST", `/v1/subscriptions/${body.data.id}/cancel`),
    ]);
    world.release();
    await world.tick();
    expect(cancelled.status).toBe(200);
    const { status, cancelReason, cancelAtPeriodEnd, currentPeriod } = await sara.subscription(body.data.id);
    expect({ cancelReason, cancelAtPeriodEnd }).toEqual({ cancelReason: "requested", cancelAtPeriodEnd: true });
    expect(status).toBe(currentPeriod.index === 0 ? "canceled" : "active");
    expect(world.simulator.totals().debits).toBe(currentPeriod.index + 1);
    await isWhole(world, sara);
  });

  it("five products are subscribed to: five debits, one each", async () => {
    const { world, sara, methodId } = await aSignedSubscriber();
    const prices = [];
    for (let index = 0; index < 5; index++) prices.push(await aPrice(world, { amountRials: 100_000 * (index + 1) }));
    const answers = await Promise.all(prices.map((priceId) => sara.subscribe(priceId, methodId)));
    expect(answers.every(({ status }) => status === 201 || status === 202)).toBe(true);
    await world.tick();
    expect(world.simulator.totals()).toMatchObject({ debits: 5, debitedRials: 1_650_000 });
    await isWhole(world, sara);
  });

  it("the browser returns five times and the tick comes by: activated once", async () => {
    const world = await aCrowdedWorld();
    const sara = await aSubscriber(world);
    const { id, signingUrl } = await sara.open();
    world.simulator.configure({ callback: "missing" });
    const form = new Request(signingUrl, { method: "POST", body: new URLSearchParams({ action: "sign" }) });
    await world.simulator.fetch(form);
    const url = `https://sarresid.test/v1/callbacks/payment-methods/${id}?status=OK`;
    await Promise.all([
      ...Array.from({ length: 5 }, (_, index) => world.fetch(new Request(`${url}&n=${index}`))),
      world.tick(),
    ]);
    await world.tick();
    const types = (await sara.events()).map(({ type }) => type);
    expect(types.filter((type) => type === "payment_method.activated")).toHaveLength(1);
    await isWhole(world, sara);
  });

  it("collecting is stopped and five subscribe: whoever was not sent is not debited until it resumes", async () => {
    const world = await aCrowdedWorld();
    const priceId = await aPrice(world);
    const operator = caller(world, (await signedInPerson(world.auth, { role: "operator" })).token);
    const people: { readonly sara: Subscriber; readonly methodId: string }[] = [];
    for (let index = 0; index < 5; index++) {
      const sara = await aSubscriber(world);
      people.push({ sara, methodId: await sara.sign() });
    }
    const set = (collecting: boolean) => operator("PUT", "/v1/operator/collecting", { collecting, reason: "a race" });
    const [stopped] = await Promise.all([
      set(false),
      ...people.map(({ sara, methodId }) => sara.subscribe(priceId, methodId)),
    ]);
    expect(stopped.status).toBe(200);
    const sent = await env.DB.prepare(
      `SELECT COUNT(*) AS n FROM billing_event WHERE type = 'payment.submitted' AND position >
         (SELECT MAX(position) FROM billing_event WHERE type = 'collecting.changed')`,
    ).first<number>("n");
    expect(sent).toBe(0);
    await set(true);
    await world.tick();
    for (const { sara } of people) {
      const payments = await sara.payments();
      expect(["succeeded", undefined]).toContain(payments[0]?.status);
    }
    expect(world.log.filter(({ level }) => level === "error")).toEqual([]);
  });

  it("a product and its namesake are created: one is, the other is refused", async () => {
    const world = await aCrowdedWorld();
    const operator = caller(world, (await signedInPerson(world.auth, { role: "operator" })).token);
    const body = { name: "Pro", description: "", roundtableId: "plan_pro", messageQuota: 1, grantOn: "payment" };
    const create = () => operator("POST", "/v1/products", body, crypto.randomUUID());
    const answers = await Promise.all([create(), create(), create()]);
    expect(answers.map(({ status, body: told }) => String(told.code ?? status)).toSorted()).toEqual([
      "201",
      "product_exists",
      "product_exists",
    ]);
    expect(world.log.filter(({ level }) => level === "error")).toEqual([]);
  });
});
