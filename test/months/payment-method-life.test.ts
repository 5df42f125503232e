// The life of a payment method: near its end, signed anew, revoked at the bank without a word, declined and confirmed;
// and how much is debited unasked in a day. The stories begin on 1 Azar 1405 (2026-11-22), at half past eleven in Tehran.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import type { Checkout } from "../../contract/checkout.ts";
import type { PaymentMethod } from "../../contract/payment-method.ts";
import { checkInvariants } from "../../server/store/invariants.ts";
import { aPrice } from "../support/catalogue.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { anOperator } from "../support/operator.ts";
import { aSubscriber, visitBank, type Subscriber } from "../support/subscriber.ts";
import type { World } from "../support/world.ts";

const dayMs = 86_400_000;

afterEach(async () => {
  const broken = (await checkInvariants(env.DB)).filter(({ offenders }) => offenders.length > 0);
  // A fresh world forgets whom the one before it had to look at.
  expect(broken.filter(({ name }) => name !== "nobody_is_forgotten")).toEqual([]);
});

/** Subscribed to Pro, 3,289,000 Rials a month with VAT, on 1 Azar. */
async function aSubscribed(limits: object = {}, price: Parameters<typeof aPrice>[1] = {}) {
  const world = await aFreshWorld();
  const sara = await aSubscriber(world);
  const methodId = await sara.sign(limits);
  const { body } = await sara.subscribe(await aPrice(world, price), methodId);
  return { world, sara, methodId, id: body.data.id };
}

const inDays = (world: World, days: number) => new Date(world.now() + days * dayMs).toISOString();
const typesOf = async (sara: Subscriber) => (await sara.events()).map(({ type }) => type);
const countOf = async (sara: Subscriber, type: string) => (await typesOf(sara)).filter((it) => it === type).length;
const debitsOf = (world: World) => world.simulator.calls().filter(({ call }) => call === "payman/checkout").length;
const linksTo = (world: World) => world.messages.filter(({ text }) => text.includes("/pay/")).length;
const confirm = (sara: Subscriber, id: string) => sara.post<PaymentMethod>(`/v1/payment-methods/${id}/confirm`);
const reasonsOf = async (sara: Subscriber) =>
  (await sara.events()).flatMap((event) => (event.type === "invoice.attempt_failed" ? [event.data.reason] : []));

describe("an agreement that comes to its end", () => {
  it("is signed anew in time: told 30 days ahead, replaced at once, ended at the bank, and nothing is missed", async () => {
    const { world, sara, methodId, id } = await aSubscribed({ expiresAt: "2027-01-05T08:00:00Z" });
    expect(await sara.paymentMethod(methodId)).toMatchObject({ needs: "nothing", replacesId: null });

    // 15 Azar: 30 days before.
    world.pass(Date.parse("2026-12-06T09:00:00Z") - world.now());
    await world.tick();
    await world.tick();
    expect(await sara.paymentMethod(methodId)).toMatchObject({ status: "active", needs: "renewal" });
    expect(await countOf(sara, "payment_method.expiring")).toBe(1);

    // The next one is opened, and until it is signed nothing changes.
    const next = await sara.open({ replacesId: methodId });
    expect((await sara.paymentMethod(methodId)).status).toBe("active");
    expect((await sara.subscription(id)).paymentMethodId).toBe(methodId);
    await visitBank(world, next.signingUrl, "sign");
    await world.drain();
    expect(await sara.paymentMethod(next.id)).toMatchObject({
      status: "active",
      needs: "nothing",
      replacesId: methodId,
    });
    expect(await sara.paymentMethod(methodId)).toMatchObject({
      status: "cancelled_by_user",
      cancellation: "confirmed",
      needs: "nothing",
    });
    expect((await sara.subscription(id)).paymentMethodId).toBe(next.id);
    const agreements = world.simulator.snapshot().contracts.map(({ status }) => status);
    expect(agreements.toSorted()).toEqual(["ACTIVE", "CANCELLED"]);

    // 2 Dey: the renewal is debited from the new one.
    await sara.advance("2026-12-22T20:00:00Z");
    expect(await sara.subscription(id)).toMatchObject({ status: "active", currentPeriod: { index: 1 } });
    expect((await sara.payments()).find(({ paymentMethodId }) => paymentMethodId === next.id)).toMatchObject({
      status: "succeeded",
      amountRials: 3_289_000,
    });
  });

  it("is not told of to somebody whose subscription ends before", async () => {
    const { world, sara, methodId, id } = await aSubscribed({ expiresAt: "2027-01-05T08:00:00Z" });
    await sara.post(`/v1/subscriptions/${id}/cancel`);
    world.pass(Date.parse("2026-12-06T09:00:00Z") - world.now());
    await world.tick();
    expect(await sara.paymentMethod(methodId)).toMatchObject({ needs: "nothing" });
  });

  it("is replaced after its end as well, and what is overdue is then paid with the next attempt", async () => {
    const { world, sara, methodId, id } = await aSubscribed({ expiresAt: "2026-12-24T08:00:00Z" });
    // The agreement ends by the bank's time; the customer's own stands before the renewal.
    await sara.advance("2026-12-20T20:00:00Z");
    world.pass(Date.parse("2026-12-24T09:00:00Z") - world.now());
    await world.tick();
    await sara.advance("2026-12-22T20:00:00Z");
    expect(await sara.paymentMethod(methodId)).toMatchObject({ status: "expired" });
    expect(await sara.subscription(id)).toMatchObject({ status: "past_due" });
    expect(await reasonsOf(sara)).toEqual(["payment_method_not_active"]);

    const next = await sara.open({ replacesId: methodId });
    await visitBank(world, next.signingUrl, "sign");
    await sara.advance("2026-12-24T20:00:00Z");
    expect(await sara.subscription(id)).toMatchObject({ status: "active", paymentMethodId: next.id });
    expect(world.simulator.calls().filter(({ call }) => call === "payman/cancelContract")).toEqual([]);
  });
});

describe("opening in another's place is refused", () => {
  const opening = (sara: Subscriber, world: World, body: object) =>
    sara.post("/v1/payment-methods", {
      maxAmountRials: 5_000_000,
      maxDailyCount: 5,
      maxMonthlyCount: 50,
      expiresAt: inDays(world, 90),
      ...body,
    });

  it("404 for somebody else's, 409 for one that is cancelled and for a ceiling below the price", async () => {
    const { world, sara, methodId } = await aSubscribed();
    const mallory = await aSubscriber(world);
    expect(await opening(mallory, world, { replacesId: methodId })).toMatchObject({
      status: 404,
      body: { code: "not_found" },
    });
    expect(await opening(sara, world, { replacesId: methodId, maxAmountRials: 3_288_999 })).toMatchObject({
      status: 409,
      body: { code: "payment_method_cannot_carry", detail: expect.stringContaining("3,289,000") },
    });
    await sara.post(`/v1/payment-methods/${methodId}/cancel`);
    expect(await opening(sara, world, { replacesId: methodId })).toMatchObject({
      status: 409,
      body: { code: "payment_method_not_active" },
    });
    expect(world.simulator.snapshot().contracts).toHaveLength(1);
  });
});

describe("a bank that declines and does not say why", () => {
  /** 5 Dey: the account has been empty on the due day and on day 2. */
  async function declinedTwice() {
    const home = await aSubscribed();
    const { world, sara } = home;
    world.simulator.configure({ declineCode: -299, balances: { [sara.mobile]: 0 } });
    await sara.advance("2026-12-25T08:00:00Z");
    const isRich = () => world.simulator.configure({ balances: { [sara.mobile]: 100_000_000 } });
    return { ...home, isRich };
  }

  it("twice in a row is not asked again: the customer is, and gets links to pay meanwhile", async () => {
    const { world, sara, methodId, id } = await declinedTwice();
    expect(await sara.paymentMethod(methodId)).toMatchObject({ status: "active", needs: "confirmation" });
    expect(debitsOf(world)).toBe(1 + 2);

    await sara.advance("2026-12-31T20:00:00Z");
    await world.tick();
    expect(debitsOf(world)).toBe(1 + 2);
    expect(await reasonsOf(sara)).toEqual([
      "declined",
      "declined",
      "payment_method_unconfirmed",
      "payment_method_unconfirmed",
    ]);
    expect(await countOf(sara, "invoice.payment_link_due")).toBe(2);
    expect(linksTo(world)).toBeGreaterThan(0);
    expect(await sara.subscription(id)).toMatchObject({ status: "past_due" });
  });

  it("is asked again once the customer confirms, which is safe to repeat", async () => {
    const { world, sara, methodId, id, isRich } = await declinedTwice();
    isRich();
    const answers = [await confirm(sara, methodId), await confirm(sara, methodId)];
    expect(answers.map(({ status, body }) => [status, body.data.needs])).toEqual([
      [200, "nothing"],
      [200, "nothing"],
    ]);
    expect(await countOf(sara, "payment_method.confirmed")).toBe(1);
    await sara.advance("2026-12-27T20:00:00Z");
    expect(await sara.subscription(id)).toMatchObject({ status: "active", currentPeriod: { index: 1 } });
    expect(debitsOf(world)).toBe(1 + 3);
  });

  it("is confirmed by a debit that the customer asks for and that goes through", async () => {
    const { sara, methodId, id, isRich } = await declinedTwice();
    isRich();
    const { status } = await sara.pay(id, { paymentMethodId: methodId });
    expect(status).toBe(200);
    expect(await sara.subscription(id)).toMatchObject({ status: "active" });
    expect(await sara.paymentMethod(methodId)).toMatchObject({ needs: "nothing" });
  });

  it("may have lost the agreement: revoked there, it is signed anew, and the renewal is paid by the next attempt", async () => {
    const { world, sara, methodId, id } = await aSubscribed();
    const [agreement] = world.simulator.snapshot().contracts;
    await world.simulator.fetch(
      new Request("https://gateway.test/control/revoke", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ payman_authority: agreement?.paymanAuthority }),
      }),
    );
    await sara.advance("2026-12-25T08:00:00Z");
    expect(await sara.paymentMethod(methodId)).toMatchObject({ needs: "confirmation" });
    const next = await sara.open({ replacesId: methodId });
    await visitBank(world, next.signingUrl, "sign");
    await sara.advance("2026-12-27T20:00:00Z");
    expect(await sara.subscription(id)).toMatchObject({ status: "active", paymentMethodId: next.id });
    expect((await sara.payments()).filter(({ status }) => status === "succeeded")).toHaveLength(2);
  });

  it("404 for confirming another's, 409 for one that is over", async () => {
    const { world, sara, methodId } = await aSubscribed();
    const mallory = await aSubscriber(world);
    expect(await confirm(mallory, methodId)).toMatchObject({ status: 404, body: { code: "not_found" } });
    await sara.post(`/v1/payment-methods/${methodId}/cancel`);
    expect(await confirm(sara, methodId)).toMatchObject({ status: 409, body: { code: "payment_method_not_active" } });
  });
});

describe("grace that lets nothing be used until it is paid", () => {
  it("ends when the customer pays on a page, and the messages that were left are back", async () => {
    const { world, sara, id } = await aSubscribed({}, { terms: { graceAccess: "narrow" } });
    world.simulator.configure({ balances: { [sara.mobile]: 0 } });
    await sara.advance("2026-12-22T20:00:00Z");
    expect(await sara.subscription(id)).toMatchObject({ status: "past_due" });
    expect(Date.parse((await sara.quota())?.validUntil ?? "")).toBeLessThan(Date.parse("2026-12-22T20:00:00Z"));

    const { body } = await sara.pay<Checkout>(id, { collection: "checkout" });
    await sara.payPage(body.data.url);
    expect(await sara.subscription(id)).toMatchObject({ status: "active" });
    expect(await sara.quota()).toMatchObject({ remaining: 2_000, validUntil: "2027-01-20T20:30:00.000Z" });
  });
});

describe("an overdue renewal for which no debit can be sent", () => {
  it("is paid by credit as far as that goes, and recovers when nothing is left to pay", async () => {
    const { world, sara, methodId, id } = await aSubscribed();
    const operator = await anOperator(world);
    const give = async (amountRials: number) => {
      const path = `/v1/operator/customers/${sara.customerId}/credit`;
      expect((await operator.call("POST", path, { amountRials, reason: "A test" }, crypto.randomUUID())).status).toBe(
        200,
      );
      await world.tick();
    };
    await sara.post(`/v1/payment-methods/${methodId}/cancel`);
    await sara.advance("2026-12-22T20:00:00Z");
    expect(await sara.subscription(id)).toMatchObject({ status: "past_due" });

    await give(1_000_000);
    expect((await sara.invoices())[0]).toMatchObject({ status: "open", dueRials: 2_289_000 });
    expect(await sara.subscription(id)).toMatchObject({ status: "past_due" });
    await give(2_289_000);
    expect((await sara.invoices())[0]).toMatchObject({ status: "paid", dueRials: 0 });
    expect(await sara.subscription(id)).toMatchObject({ status: "active" });
    expect(debitsOf(world)).toBe(1);
  });

  it("is debited once from another payment method that the customer names, at once when asked for", async () => {
    const { world, sara, methodId, id } = await aSubscribed();
    await sara.post(`/v1/payment-methods/${methodId}/cancel`);
    await sara.advance("2026-12-22T20:00:00Z");
    const other = await sara.sign();
    expect((await sara.pay(id, { paymentMethodId: other })).status).toBe(200);
    expect(await sara.subscription(id)).toMatchObject({ status: "active" });
    await sara.advance("2027-01-10T20:00:00Z");
    expect(debitsOf(world)).toBe(2);
  });
});

describe("a day on which six subscriptions renew", () => {
  it("debits five of them unasked, and the sixth the next day: no attempt failed, nobody lost access", async () => {
    const world = await aFreshWorld();
    const sara = await aSubscriber(world);
    const methodId = await sara.sign();
    for (let count = 0; count < 6; count++) {
      expect((await sara.subscribe(await aPrice(world, { amountRials: 100_000 }), methodId)).status).toBe(201);
    }
    const renewals = async () =>
      (await sara.payments()).filter(({ status, createdAt }) => status === "succeeded" && createdAt > "2026-12-01");

    await sara.advance("2026-12-22T20:00:00Z");
    expect(await renewals()).toHaveLength(5);
    expect(
      (await sara.call<{ status: string }[]>("GET", "/v1/subscriptions")).body.data.map(({ status }) => status),
    ).toEqual(Array(6).fill("active"));
    await sara.advance("2026-12-23T20:00:00Z");
    expect(await renewals()).toHaveLength(6);
    expect(await reasonsOf(sara)).toEqual([]);
  });
});
