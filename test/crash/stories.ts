// The stories in which somebody may die at any await, each up to that moment, and how each may end.
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import type { CustomerId } from "../../contract/common/id.ts";
import type { SettingsPatch } from "../simulator/simulator.ts";
import { aPrice } from "../support/catalogue.ts";
import { aSubscriber, type Subscriber } from "../support/subscriber.ts";
import { aWorld, type World } from "../support/world.ts";

const dayMs = 86_400_000;
/** Each story begins days after the one before, so that no breaker and no claim of an earlier one is left. */
let day = 0;

/** One way in which the gateway may behave. */
export interface Variant {
  readonly name: string;
  readonly settings: SettingsPatch;
}

/** A story told up to the moment at which somebody may die. */
export interface Told {
  readonly world: World;
  readonly sara: Subscriber;
  /** What the dying invocation does. */
  readonly act: (deps: ReturnType<World["invocation"]>) => Promise<unknown>;
  /** What its client does when no answer comes. */
  readonly afterwards: () => Promise<unknown>;
}

/** What our API and the gateway's own ledger say in the end. */
export interface End {
  readonly debits: number;
  readonly payments: readonly string[];
  readonly subscription: string | undefined;
}

export interface Story {
  readonly who: string;
  readonly tell: (variant: Variant) => Promise<Told>;
  /** Awaits by name that are among those it may die at. */
  readonly passes: readonly string[];
  readonly ends: readonly End[];
}

async function aSignedSubscriber({ settings }: Variant) {
  await env.DB.exec("DELETE FROM due");
  const startsAt = new Date(Date.parse("2026-11-22T08:00:00Z") + 3 * dayMs * day++).toISOString();
  const world = aWorld({ startsAt, gateway: settings });
  const priceId = await aPrice(world);
  const sara = await aSubscriber(world);
  return { world, sara, priceId, methodId: await sara.sign() };
}

const message = (customerId: CustomerId) => [{ customerId }];
const nothing = async () => undefined;

const paidOrNot: readonly End[] = [
  { debits: 1, payments: ["succeeded"], subscription: "active" },
  { debits: 0, payments: ["failed"], subscription: "incomplete_expired" },
  { debits: 0, payments: ["lapsed"], subscription: "incomplete_expired" },
];

/** The consumer makes a first payment. */
export const firstPayment: Story = {
  who: "a first payment's consumer",
  tell: async (variant) => {
    const { world, sara, priceId, methodId } = await aSignedSubscriber(variant);
    world.hold();
    await sara.subscribe(priceId, methodId);
    world.queue.length = 0;
    return { world, sara, act: (deps) => world.deliver(message(sara.customerId), deps), afterwards: nothing };
  },
  passes: ["payment/request", "commit", "payman/checkout", "payment/verify"],
  ends: paidOrNot,
};

/** The request that subscribes; its client tries again with the same key once the lock has run out. */
export const subscribing: Story = {
  who: "the request that subscribes",
  tell: async (variant) => {
    const { world, sara, priceId, methodId } = await aSignedSubscriber(variant);
    const key = crypto.randomUUID();
    world.hold();
    const request = () => sara.request("POST", "/v1/subscriptions", { priceId, paymentMethodId: methodId }, key);
    const afterwards = async () => {
      world.pass(61_000);
      const { status } = await sara.subscribe(priceId, methodId, key);
      expect([201, 202, 402]).toContain(status);
    };
    return { world, sara, act: (deps) => world.fetchWith(deps, request()), afterwards };
  },
  passes: ["write", "commit", "due.send"],
  ends: paidOrNot,
};

/** The consumer takes what was paid on the page by which somebody subscribes. */
export const captured: Story = {
  who: "the consumer that captures a checkout",
  tell: async (variant) => {
    const { world, sara, priceId } = await aSignedSubscriber(variant);
    const { body } = await sara.subscribeByPage(priceId);
    world.hold();
    await sara.payPage(body.data.checkout.url);
    world.queue.length = 0;
    return { world, sara, act: (deps) => world.deliver(message(sara.customerId), deps), afterwards: nothing };
  },
  passes: ["payment/inquiry", "commit", "payment/verify"],
  ends: [{ debits: 1, payments: ["succeeded"], subscription: "active" }],
};

/** The consumer renews a subscription a month after its first payment. */
export const renewal: Story = {
  who: "a renewal's consumer",
  tell: async (variant) => {
    const { world, sara, priceId, methodId } = await aSignedSubscriber(variant);
    const { body } = await sara.subscribe(priceId, methodId);
    world.hold();
    const target = Date.parse(body.data.currentPeriod.endsAt) + dayMs;
    await sara.advance(new Date(target).toISOString());
    world.queue.length = 0;
    return { world, sara, act: (deps) => world.deliver(message(sara.customerId), deps), afterwards: nothing };
  },
  passes: ["payment/request", "commit", "payman/checkout", "payment/verify"],
  // A debit that was not made is tried again on day 2, which the story's clock does not reach.
  ends: [
    { debits: 2, payments: ["succeeded", "succeeded"], subscription: "active" },
    { debits: 1, payments: ["succeeded", "failed"], subscription: "past_due" },
    { debits: 1, payments: ["succeeded", "lapsed"], subscription: "past_due" },
  ],
};
