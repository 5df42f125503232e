// Messages that are bought on top: on a page by hand, or by a debit of their own when few are left.
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { PriceId } from "../../contract/common/id.ts";
import { ProductId } from "../../contract/common/id.ts";
import type { CustomerState } from "../../contract/customer.ts";
import type { Subscription } from "../../contract/subscription.ts";
import { housePartnerId } from "../../server/billing/customer.ts";
import { idsOf } from "../../server/billing/ids.ts";
import { rials } from "../../server/billing/money.ts";
import { createPartnerKey } from "../../server/http/auth/partner-key.ts";
import { createPrice } from "../../server/store/catalogue.ts";
import { checkInvariants } from "../../server/store/invariants.ts";
import { aPrice } from "../support/catalogue.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { anOperator } from "../support/operator.ts";
import { aSubscriber, caller, type Call, type Subscriber } from "../support/subscriber.ts";
import type { World } from "../support/world.ts";

let world: World;
let roundtable: Call;
let sara: Subscriber;
let id: string;
let productId: ProductId;
let packId: PriceId;

/** Sara with 600 messages a month, whose product has a pack of 100 for 220,000 Rials with VAT. */
beforeEach(async () => {
  world = await aFreshWorld();
  const scopes = ["quota:write", "customers:read"] as const;
  const { key } = await createPartnerKey(world.invocation(), { partnerId: housePartnerId, scopes, expiresAt: null });
  roundtable = caller(world, key);
  const priceId = await aPrice(world, { messageQuota: 600 });
  sara = await aSubscriber(world);
  const { body } = await sara.subscribe(priceId, await sara.sign());
  id = body.data.id;
  productId = ProductId.parse(body.data.productId);
  packId = await aPack();
});

async function aPack(): Promise<PriceId> {
  const deps = world.invocation();
  const pack = {
    id: idsOf(0, deps.wall(), deps.random).next("price"),
    productId,
    amountRials: rials(200_000),
    interval: null,
    calendar: "jalali",
    taxBehavior: "exclusive",
    unpaidPolicy: "cancel",
    latePaymentPolicy: "credit",
    topUpMessages: 100,
  } as const;
  return createPrice(deps, pack, "system");
}

const use = (messages: number) =>
  roundtable("POST", "/v1/quota/consume", {
    id: crypto.randomUUID(),
    customerId: sara.customerId,
    productId,
    messages,
  });

const setAutoTopUp = (more: object = {}) =>
  sara.call<Subscription>("PUT", `/v1/subscriptions/${id}/auto-top-up`, {
    autoTopUp: {
      priceId: packId,
      belowMessages: 50,
      toMessages: 250,
      maxPerDayRials: 1_000_000,
      maxPerPeriodRials: 2_000_000,
      ...more,
    },
  });

const quotaOf = async () =>
  (await roundtable<CustomerState>("GET", `/v1/customers/${sara.customerId}/state`)).body.data.quotas[0];
const debits = () => world.simulator.totals().debits;
const heldOf = async () =>
  (await sara.events()).flatMap(({ type, data }) => (type === "subscription.top_up_held" ? [data] : []));

/** But for those whom the world before this one left to themselves. */
async function isSound(): Promise<void> {
  const broken = (await checkInvariants(env.DB)).filter(
    ({ name, offenders }) => offenders[0] && !/forgotten/.test(name),
  );
  expect(broken).toEqual([]);
  expect(world.log.filter(({ level }) => level === "error")).toEqual([]);
}

describe("by hand", () => {
  it("a pack is bought on a page, and its messages are there once it is paid, until they are used", async () => {
    const { body } = await sara.checkout({ priceId: packId });
    expect((await quotaOf())?.granted).toBe(600);
    await sara.payPage(body.data.url);
    expect(await quotaOf()).toMatchObject({
      granted: 700,
      added: [{ source: "top_up", messages: 100, expiresAt: null }],
    });
    expect((await use(650)).status).toBe(201);
    await sara.advance("2026-12-22T19:30:00Z");
    expect(await quotaOf()).toMatchObject({ granted: 650, used: 0 });
    await isSound();
  });

  it("a pack that is given back takes its messages along, but for those that are used", async () => {
    const { body } = await sara.checkout({ priceId: packId });
    await sara.payPage(body.data.url);
    await use(630);
    const operator = await anOperator(world);
    const payment = (await sara.payments()).find(({ amountRials }) => amountRials === 220_000);
    const { body: ordered } = await operator.refund(payment?.id ?? "");
    expect((await quotaOf())?.granted).toBe(700);
    expect((await operator.settle((ordered.data.refund ?? ordered.data).id, "14050901-1")).status).toBe(200);
    expect(await quotaOf()).toMatchObject({ granted: 630, used: 630, remaining: 0, added: [] });
    await isSound();
  });

  it("a page that nobody pays brings nothing", async () => {
    const { body } = await sara.checkout({ priceId: packId });
    await sara.payPage(body.data.url, "cancel");
    await world.live(2 * 3_600_000, 600_000);
    expect((await quotaOf())?.granted).toBe(600);
    await isSound();
  });
});

describe("by itself", () => {
  it("one debit fills the whole gap, however many uses fall below it at once and while it is paid (Q8)", async () => {
    expect((await setAutoTopUp()).body.data.autoTopUp).toMatchObject({ priceId: packId, belowMessages: 50 });
    await use(540);
    await world.tick();
    expect(debits()).toBe(1);
    await Promise.all(Array.from({ length: 12 }, () => use(2)));
    const message = { customerId: sara.customerId };
    await Promise.all([world.tick(), world.deliver([message]), use(10), use(10), world.deliver([message])]);
    await world.tick();
    expect(debits()).toBe(2);
    const [purchase] = await sara.invoices();
    expect(purchase).toMatchObject({
      reason: "purchase",
      status: "paid",
      lines: [{ quantity: 3 }],
      totalRials: 660_000,
    });
    expect(await quotaOf()).toMatchObject({ granted: 900, used: 584, remaining: 316 });
    await isSound();
  });

  it("a use that runs away takes messages until the day's ceiling, and no Rial above it (lesson 13)", async () => {
    await setAutoTopUp();
    const taken = world.simulator.totals().debitedRials;
    for (let uses = 0; uses < 30; uses++) {
      const left = (await quotaOf())?.remaining ?? 0;
      if (left > 0) await use(left);
      await world.tick();
    }
    expect(world.simulator.totals().debitedRials - taken).toBe(880_000);
    expect((await heldOf()).map(({ reason }) => reason)).toEqual(["day_ceiling"]);
    world.pass(86_400_000);
    for (let days = 0; days < 5; days++) {
      for (let uses = 0; uses < 6; uses++) {
        const left = (await quotaOf())?.remaining ?? 0;
        if (left > 0) await use(left);
        await world.tick();
      }
      world.pass(86_400_000);
    }
    expect(world.simulator.totals().debitedRials - taken).toBeLessThanOrEqual(2_000_000);
    expect((await heldOf()).at(-1)).toMatchObject({ reason: "period_ceiling", until: "2026-12-21T20:30:00.000Z" });
    await isSound();
  });

  it("a declined debit is not repeated for a day, and what is owed for it is nothing", async () => {
    await setAutoTopUp();
    world.simulator.configure({ balances: { [sara.mobile]: 0 } });
    await use(580);
    await world.tick();
    const tried = (await sara.payments()).length;
    for (let minutes = 0; minutes < 5; minutes++) {
      world.pass(60_000);
      await use(1);
      await world.tick();
    }
    expect(await sara.payments()).toHaveLength(tried);
    expect((await heldOf()).map(({ reason }) => reason)).toEqual(["payment_declined"]);
    expect((await sara.invoices())[0]).toMatchObject({ reason: "purchase", status: "void" });
    world.simulator.configure({ balances: { [sara.mobile]: 90_000_000 } });
    world.pass(86_400_000);
    await world.tick();
    expect((await quotaOf())?.granted).toBe(900);
    await isSound();
  });

  it("is set by whoever subscribed, with a price of the same product that brings messages", async () => {
    const other = await aPrice(world, { interval: null });
    expect(await setAutoTopUp({ priceId: other })).toMatchObject({ status: 409, body: { code: "price_not_top_up" } });
    const { body } = await sara.call<Subscription>("PUT", `/v1/subscriptions/${id}/auto-top-up`, { autoTopUp: null });
    expect(body.data.autoTopUp).toBeNull();
    await use(590);
    await world.tick();
    expect(debits()).toBe(1);
  });
});
