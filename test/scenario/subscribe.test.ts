// Subscribing through the API: each answer it may give, and money taken once whoever asks how often at once.
import { env } from "cloudflare:workers";
import { describe, expect, it, test } from "vitest";
import type { Invoice } from "../../contract/invoice.ts";
import type { Subscription } from "../../contract/subscription.ts";
import { signedInPerson } from "../support/people.ts";
import { aPrice } from "../support/catalogue.ts";
import { aSubscriber, caller, type Subscriber } from "../support/subscriber.ts";
import { aCrowdedWorld, aFreshWorld } from "../support/fresh-world.ts";
import type { World, WorldOptions } from "../support/world.ts";
import { variants } from "../simulator/variants.ts";

const dayMs = 86_400_000;

const aSignedSubscriber = async (options: WorldOptions = {}) => signedIn(await aFreshWorld(options));

async function signedIn(world: World) {
  const priceId = await aPrice(world);
  const sara = await aSubscriber(world);
  return { world, priceId, sara, methodId: await sara.sign() };
}

const subscriptionsOf = async (sara: Subscriber) =>
  (await sara.call<readonly Subscription[]>("GET", "/v1/subscriptions?limit=100")).body.data;

describe("POST /v1/subscriptions", () => {
  it("201 active: one debit, one paid invoice with 10 % VAT, the messages of the first period", async () => {
    const { world, priceId, sara, methodId } = await aSignedSubscriber();
    const { status, body } = await sara.subscribe(priceId, methodId);
    expect(status).toBe(201);
    expect(body.data).toMatchObject({
      status: "active",
      priceId,
      paymentMethodId: methodId,
      anchorDay: 1,
      currentPeriod: { index: 0, startsAt: "2026-11-21T20:30:00.000Z", endsAt: "2026-12-21T20:30:00.000Z" },
      cancelAtPeriodEnd: false,
      endedAt: null,
    });
    expect(await sara.invoices()).toMatchObject([
      {
        id: body.data.latestInvoiceId,
        status: "paid",
        reason: "subscription_create",
        subtotalRials: 2_990_000,
        vatRials: 299_000,
        totalRials: 3_289_000,
        lines: [{ netRials: 2_990_000, vatRateBasisPoints: 1_000, vatRials: 299_000, totalRials: 3_289_000 }],
      },
    ]);
    expect(await sara.payments()).toMatchObject([{ status: "succeeded", amountRials: 3_289_000, failureReason: null }]);
    expect(world.simulator.totals()).toMatchObject({ debits: 1, debitedRials: 3_289_000 });
    expect((await sara.call("GET", "/v1/quotas")).body.data).toMatchObject([
      { granted: 2_000, used: 0, reserved: 0, remaining: 2_000, validUntil: "2026-12-21T20:30:00.000Z" },
    ]);
  });

  it("201 active for a free price without a payment method: nothing is owed and nothing is taken", async () => {
    const world = await aFreshWorld();
    const priceId = await aPrice(world, { amountRials: 0 });
    const sara = await aSubscriber(world);
    const { status, body } = await sara.subscribe(priceId);
    expect({ status, subscription: body.data.status }).toEqual({ status: 201, subscription: "active" });
    expect(body.data).toMatchObject({ paymentMethodId: null, latestInvoiceId: null });
    expect(await sara.invoices()).toEqual([]);
    expect(world.simulator.calls()).toEqual([]);
    expect((await sara.call("GET", "/v1/quotas")).body.data).toMatchObject([{ remaining: 2_000 }]);
  });

  it("202 processing when the bank needs 30 seconds, longer than anybody waits, and active by itself later (lesson 6)", async () => {
    const { world, priceId, sara, methodId } = await aSignedSubscriber();
    world.simulator.fault({ call: "payman/checkout", fault: { kind: "late", ms: 30_000 } });
    const { status, body } = await sara.call<{ status: string; pollUrl: string; subscription: Subscription }>(
      "POST",
      "/v1/subscriptions",
      { priceId, paymentMethodId: methodId },
      "a-slow-bank",
    );
    expect(status).toBe(202);
    expect(body.data).toMatchObject({ status: "processing", subscription: { status: "incomplete" } });
    await world.live(5 * 60_000, 10_000);
    expect((await sara.call("GET", body.data.pollUrl)).body.data).toMatchObject({ status: "active" });
    expect(world.simulator.totals().debits).toBe(1);
  });

  it("402 when the bank declines: the subscription never began, its invoice is void, and one may try again", async () => {
    const { world, priceId, sara, methodId } = await aSignedSubscriber();
    world.simulator.configure({ balances: { [sara.mobile]: 0 } });
    const declined = await sara.subscribe(priceId, methodId);
    expect({ status: declined.status, code: declined.body.code }).toEqual({ status: 402, code: "payment_declined" });
    expect(await subscriptionsOf(sara)).toMatchObject([{ status: "incomplete_expired" }]);
    expect(await sara.invoices()).toMatchObject([{ status: "void", paidAt: null }]);
    expect(await sara.payments()).toMatchObject([{ status: "failed", failureReason: "insufficient_funds" }]);
    expect((await sara.call("GET", "/v1/quotas")).body.data).toEqual([]);
    world.simulator.configure({ balances: {} });
    expect((await sara.subscribe(priceId, methodId)).status).toBe(201);
    expect(world.simulator.totals().debits).toBe(1);
  });

  it("409 subscription_exists while one to the product runs, whichever of its prices is named", async () => {
    const { world, priceId, sara, methodId } = await aSignedSubscriber();
    await sara.subscribe(priceId, methodId);
    const operator = caller(world, (await signedInPerson(world.auth, { role: "operator" })).token);
    const [{ productId } = { productId: "" }] = await subscriptionsOf(sara);
    const terms = { interval: "year", calendar: "jalali", taxBehavior: "inclusive", unpaidPolicy: "cancel" };
    const yearly = await operator<{ id: string }>(
      "POST",
      `/v1/products/${productId}/prices`,
      { amountRials: 1_000_000, ...terms },
      crypto.randomUUID(),
    );
    for (const id of [priceId, yearly.body.data.id]) {
      const { status, body } = await sara.subscribe(id, methodId);
      expect({ status, code: body.code }).toEqual({ status: 409, code: "subscription_exists" });
    }
    expect(world.simulator.totals().debits).toBe(1);
  });

  it("409 payment_method_required without one, unless the price is free", async () => {
    const { priceId, sara } = await aSignedSubscriber();
    const { status, body } = await sara.subscribe(priceId);
    expect({ status, code: body.code }).toEqual({ status: 409, code: "payment_method_required" });
  });

  it("409 payment_method_not_active while it waits to be signed, and after it was cancelled", async () => {
    const { priceId, sara, methodId } = await aSignedSubscriber();
    const { id: unsigned } = await sara.open();
    await sara.call("POST", `/v1/payment-methods/${methodId}/cancel`);
    for (const id of [unsigned, methodId]) {
      const { status, body } = await sara.subscribe(priceId, id);
      expect({ status, code: body.code }).toEqual({ status: 409, code: "payment_method_not_active" });
    }
    expect(await sara.invoices()).toEqual([]);
  });

  it("409 payment_method_cannot_carry with the numbers when its ceiling is below the price with VAT (lesson 9)", async () => {
    const { world, priceId, sara } = await aSignedSubscriber();
    const low = await sara.sign({ maxAmountRials: 3_288_999 });
    const { status, body } = await sara.subscribe(priceId, low);
    expect({ status, code: body.code }).toEqual({ status: 409, code: "payment_method_cannot_carry" });
    expect(body.detail).toContain("3,288,999");
    expect(body.detail).toContain("3,289,000");
    expect((await sara.subscribe(priceId, await sara.sign({ maxAmountRials: 3_289_000 }))).status).toBe(201);
    expect(world.simulator.totals().debits).toBe(1);
  });

  it("409 payment_method_cannot_carry when its debits of the day are used up", async () => {
    const { world, priceId, sara } = await aSignedSubscriber();
    const once = await sara.sign({ maxDailyCount: 1 });
    expect((await sara.subscribe(priceId, once)).status).toBe(201);
    const { status, body } = await sara.subscribe(await aPrice(world), once);
    expect({ status, code: body.code }).toEqual({ status: 409, code: "payment_method_cannot_carry" });
    expect(body.detail).toContain("1 debits a day");
  });

  it("409 collecting_stopped while the switch is off, and nothing was begun", async () => {
    const { world, priceId, sara, methodId } = await aSignedSubscriber();
    const operator = caller(world, (await signedInPerson(world.auth, { role: "operator" })).token);
    await operator("PUT", "/v1/operator/collecting", { collecting: false, reason: "a test" });
    const { status, body } = await sara.subscribe(priceId, methodId);
    await operator("PUT", "/v1/operator/collecting", { collecting: true, reason: "the test is over" });
    expect({ status, code: body.code }).toEqual({ status: 409, code: "collecting_stopped" });
    expect(await subscriptionsOf(sara)).toEqual([]);
  });

  it("404 for a price that does not exist and for somebody else's payment method", async () => {
    const { world, priceId, sara, methodId } = await aSignedSubscriber();
    const nima = await aSubscriber(world);
    const missing = `price_${priceId.slice(6, -4)}zzzz`;
    for (const answer of [await sara.subscribe(missing, methodId), await nima.subscribe(priceId, methodId)]) {
      expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 404, code: "not_found" });
    }
    expect(world.simulator.totals().debits).toBe(0);
  });
});

describe("VAT and rounding", () => {
  it("an inclusive price is what is debited; net and VAT add up to it", async () => {
    const world = await aFreshWorld();
    const operator = caller(world, (await signedInPerson(world.auth, { role: "operator" })).token);
    const product = await operator<{ id: string }>(
      "POST",
      "/v1/products",
      { name: crypto.randomUUID(), description: "", roundtableId: null, messageQuota: 5, grantOn: "period_start" },
      crypto.randomUUID(),
    );
    const price = await operator<{ id: string }>(
      "POST",
      `/v1/products/${product.body.data.id}/prices`,
      {
        amountRials: 1_000_005,
        interval: "month",
        calendar: "gregorian",
        taxBehavior: "inclusive",
        unpaidPolicy: "cancel",
      },
      crypto.randomUUID(),
    );
    const sara = await aSubscriber(world);
    await sara.subscribe(price.body.data.id, await sara.sign());
    const [invoice] = await sara.invoices();
    expect(invoice).toMatchObject({ totalRials: 1_000_005, subtotalRials: 909_095, vatRials: 90_910 });
    expect(world.simulator.totals().debitedRials).toBe(1_000_005);
  });
});

test("invoice numbers are one gapless series over all customers, void invoices included", async () => {
  const { world, priceId, sara, methodId } = await aSignedSubscriber();
  const others = await Promise.all(Array.from({ length: 4 }, () => aSubscriber(world)));
  const methods: string[] = [];
  for (const other of others) methods.push(await other.sign());
  world.simulator.configure({ balances: { [others[0]?.mobile ?? ""]: 0 } });
  await Promise.all([
    sara.subscribe(priceId, methodId),
    ...others.map((other, index) => other.subscribe(priceId, methods[index])),
  ]);
  const numbers = "SELECT series, number FROM invoice_number ORDER BY series, number";
  const { results } = await env.DB.prepare(numbers).all<{ series: string; number: number }>();
  expect(results.map(({ number }) => number)).toEqual(results.map((_, index) => index + 1));
  const shown = await Promise.all([sara, ...others].map(async (one) => (await one.invoices())[0]));
  expect(new Set(shown.map((invoice: Invoice | undefined) => invoice?.number)).size).toBe(5);
  expect(shown[0]?.number).toMatch(/^S-1405-\d{6}$/);
});

describe("twenty at once", () => {
  test.each(variants)(
    "with twenty keys make one debit and nineteen clear refusals (lesson 2): $name",
    async ({ settings }) => {
      const { world, priceId, sara, methodId } = await signedIn(await aCrowdedWorld({ gateway: settings }));
      const answers = await Promise.all(Array.from({ length: 20 }, () => sara.subscribe(priceId, methodId)));
      const codes = answers.map(({ status, body }) => (status < 300 ? status : `${status} ${body.code}`));
      expect(codes.filter((code) => code === 201)).toHaveLength(1);
      const refusals = codes.filter((code) => code === "409 subscription_exists" || code === "409 busy");
      expect(refusals).toHaveLength(19);
      expect(await subscriptionsOf(sara)).toHaveLength(1);
      expect(await sara.invoices()).toHaveLength(1);
      await world.tick();
      expect(world.simulator.totals()).toMatchObject({ debits: 1, debitedRials: 3_289_000 });
      expect(world.simulator.calls().filter(({ call }) => call === "payman/checkout")).toHaveLength(1);
    },
  );

  test("with the same key are one subscription, and every answer is that one or says that it is being made", async () => {
    const { world, priceId, sara, methodId } = await signedIn(await aCrowdedWorld());
    const key = crypto.randomUUID();
    const answers = await Promise.all(Array.from({ length: 20 }, () => sara.subscribe(priceId, methodId, key)));
    const made = answers.filter(({ status }) => status === 201);
    expect(made.length).toBeGreaterThan(0);
    expect(new Set(made.map(({ body }) => body.data.id)).size).toBe(1);
    const refused = answers.filter(({ status }) => status !== 201).map(({ body }) => body.code);
    expect(refused.filter((code) => code !== "idempotency_key_in_use")).toEqual([]);
    const again = await sara.subscribe(priceId, methodId, key);
    expect(again).toEqual({ status: 201, body: made[0]?.body });
    expect(await subscriptionsOf(sara)).toHaveLength(1);
    expect(world.simulator.totals().debits).toBe(1);
  });

  test("a key that was refused says the same again, also when the reason is gone", async () => {
    const { world, priceId, sara, methodId } = await aSignedSubscriber();
    world.simulator.configure({ balances: { [sara.mobile]: 0 } });
    const key = crypto.randomUUID();
    const declined = await sara.subscribe(priceId, methodId, key);
    world.simulator.configure({ balances: {} });
    expect(await sara.subscribe(priceId, methodId, key)).toEqual(declined);
    world.pass(30 * dayMs);
    expect(world.simulator.totals().debits).toBe(0);
  });
});
