// The sequences of events that the documentation shows: lived through, read as a partner reads them, and folded by one
// that hears of them by webhook alone.
import { expect, it } from "vitest";
import type { BillingEvent } from "../../contract/billing-event.ts";
import { flows } from "../../scripts/events/flows.ts";
import { aPrice } from "../support/catalogue.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { anOperator } from "../support/operator.ts";
import { aSubscriber, type Subscriber } from "../support/subscriber.ts";
import { aFollower, stateOf } from "../support/follower.ts";
import { aPartner } from "../support/webhooks.ts";
import type { World } from "../support/world.ts";

/** On 1 Azar; the renewal of 1 Dey is due at this instant. */
const dueAt = "2026-12-21T20:30:00.000Z";
const afterDue = (days: number) => new Date(Date.parse(dueAt) + days * 86_400_000).toISOString();

interface Lived {
  readonly world: World;
  readonly sara: Subscriber;
  /** What came before belongs to another flow. */
  readonly after: number;
}

const lastOf = async (sara: Subscriber) => (await sara.events()).at(-1)?.position ?? 0;

/** Somebody new with a signed payment method. */
async function aSigner() {
  const world = await aFreshWorld();
  const sara = await aSubscriber(world);
  const methodId = await sara.sign();
  return { world, sara, methodId, after: await lastOf(sara) };
}

async function subscribed(price: Parameters<typeof aPrice>[1] = {}) {
  const { world, sara, methodId } = await aSigner();
  const { body } = await sara.subscribe(await aPrice(world, price), methodId);
  const money = (rials: number) => world.simulator.configure({ balances: { [sara.mobile]: rials } });
  return { world, sara, id: body.data.id, methodId, money, after: await lastOf(sara) };
}

const stories: Readonly<Record<keyof typeof flows, () => Promise<Lived>>> = {
  signing: async () => ({ ...(await aSigner()), after: 0 }),
  firstPayment: async () => {
    const { world, sara, methodId, after } = await aSigner();
    await sara.subscribe(await aPrice(world), methodId);
    return { world, sara, after };
  },
  trial: async () => {
    const { world, sara, methodId, after } = await aSigner();
    const priceId = await aPrice(world, { terms: { trialDays: 7 } });
    const body = { priceId, paymentMethodId: methodId };
    expect((await sara.call("POST", "/v1/subscriptions", body, crypto.randomUUID())).status).toBe(201);
    return { world, sara, after };
  },
  payingOnAPage: async () => {
    const world = await aFreshWorld();
    const sara = await aSubscriber(world);
    const { body } = await sara.subscribeByPage(await aPrice(world));
    await sara.payPage(body.data.checkout.url);
    await world.live(60_000);
    return { world, sara, after: 0 };
  },
  renewal: async () => {
    const lived = await subscribed();
    await lived.sara.advance(afterDue(1));
    return lived;
  },
  declinedAndPaid: async () => {
    const lived = await subscribed();
    lived.money(0);
    await lived.sara.advance(afterDue(1));
    lived.money(100_000_000);
    await lived.sara.advance(afterDue(3));
    return lived;
  },
  givenUp: async () => {
    const lived = await subscribed({ terms: { retryDays: [2] } });
    lived.money(0);
    await lived.sara.advance(afterDue(4));
    return lived;
  },
  cancelling: async () => {
    const lived = await subscribed();
    await lived.sara.post(`/v1/subscriptions/${lived.id}/cancel`);
    await lived.sara.advance(afterDue(1));
    return lived;
  },
  upgrading: async () => {
    const lived = await subscribed();
    const priceId = await aPrice(lived.world, { amountRials: 3_990_000 });
    const { status } = await lived.sara.post(`/v1/subscriptions/${lived.id}/change`, { priceId });
    expect(status).toBe(200);
    return lived;
  },
  pausing: async () => {
    const lived = await subscribed();
    await lived.sara.post(`/v1/subscriptions/${lived.id}/pause`, { when: "now" });
    await lived.sara.post(`/v1/subscriptions/${lived.id}/resume`);
    return lived;
  },
  refunding: async () => {
    const lived = await subscribed();
    const operator = await anOperator(lived.world);
    const [payment] = await lived.sara.payments();
    const { body } = await operator.refund(payment?.id ?? "");
    const { id } = body.data.refund ?? body.data;
    expect((await operator.settle(id, "14050901-112233")).status).toBe(200);
    return lived;
  },
};

it.each(Object.keys(flows) as (keyof typeof flows)[])(
  "%s: the events that are documented, in their order",
  async (name) => {
    const { world, sara, after } = await stories[name]();
    const partner = await aPartner(world);
    const query = `limit=100&customerId=${sara.customerId}&cursor=${after}`;
    const { body } = await partner.call<BillingEvent[]>("GET", `/v1/events?${query}`);
    const types = body.data.map(({ type }) => type).filter((type) => !type.startsWith("test_clock."));
    expect(types).toEqual(flows[name].events);
    expect(await aFollower(world).then((follower) => follower.told(sara.customerId))).toEqual(
      await stateOf(world, sara.customerId),
    );
  },
);
