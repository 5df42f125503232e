// Every await of the payment path, killed in every way: the stories that the kill tests share.
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import type { CustomerId } from "../../contract/common/id.ts";
import type { Subscription } from "../../contract/subscription.ts";
import { aPrice } from "../support/catalogue.ts";
import { mortal, type How, type Operation } from "../support/mortal.ts";
import { aSubscriber, type Subscriber } from "../support/subscriber.ts";
import { aWorld, type World } from "../support/world.ts";
import type { SettingsPatch } from "../simulator/simulator.ts";

const dayMs = 86_400_000;
/** Each story begins days after the one before, so that no breaker and no claim of an earlier one is left. */
let day = 0;

/** One death: at which await, how, and after how long what was sent arrives. */
export interface Death {
  readonly at: number;
  readonly how: How;
  readonly lateMs: number;
}

/** One way in which the gateway may behave. */
export interface Variant {
  readonly name: string;
  readonly settings: SettingsPatch;
}

/** A story up to the moment at which somebody may die. */
export interface Story {
  readonly world: World;
  readonly sara: Subscriber;
  /** What the dying invocation does. */
  readonly act: (deps: ReturnType<World["invocation"]>) => Promise<unknown>;
  /** What its client does when no answer comes. */
  readonly afterwards: () => Promise<unknown>;
}

export type Tell = (variant: Variant) => Promise<Story>;

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

/** The consumer makes a first payment. */
export const firstPayment: Tell = async (variant) => {
  const { world, sara, priceId, methodId } = await aSignedSubscriber(variant);
  world.hold();
  await sara.subscribe(priceId, methodId);
  world.queue.length = 0;
  return { world, sara, act: (deps) => world.deliver(message(sara.customerId), deps), afterwards: nothing };
};

/** The request that subscribes; its client tries again with the same key once the lock has run out. */
export const subscribing: Tell = async (variant) => {
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
};

/** The consumer takes what was paid on the page by which somebody subscribes. */
export const captured: Tell = async (variant) => {
  const { world, sara, priceId } = await aSignedSubscriber(variant);
  const { body } = await sara.subscribeByPage(priceId);
  world.hold();
  await sara.payPage(body.data.checkout.url);
  world.queue.length = 0;
  return { world, sara, act: (deps) => world.deliver(message(sara.customerId), deps), afterwards: nothing };
};

/** The consumer renews a subscription a month after its first payment. */
export const renewal: Tell = async (variant) => {
  const { world, sara, priceId, methodId } = await aSignedSubscriber(variant);
  const { body } = await sara.subscribe(priceId, methodId);
  world.hold();
  const target = Date.parse(body.data.currentPeriod.endsAt) + dayMs;
  await sara.advance(new Date(target).toISOString());
  world.queue.length = 0;
  return { world, sara, act: (deps) => world.deliver(message(sara.customerId), deps), afterwards: nothing };
};

/** Within the time that a call may take, and long after we have begun to ask what became of it. */
const lateMs = 40_000;
const veryLateMs = 600_000;

/** Awaits that do the same with nothing in between are one place to die: of several hashes in a row, the first. */
function isAnotherHash(operations: readonly Operation[], index: number): boolean {
  return operations[index]?.name === "sha256" && operations[index - 1]?.name === "sha256";
}

/**
 * Kills a story's invocation at each of its awaits in every way, lets 48 hours pass each time, and asserts that one of
 * the allowed ends came of it. With `from`, only from the first await of that name on. Answers the awaits' names.
 */
export async function everyDeath(
  tell: Tell,
  variant: Variant,
  { ends: allowed, from }: { readonly ends: readonly End[]; readonly from?: string },
): Promise<readonly string[]> {
  const operations = await awaitsOf(tell, variant);
  const first = from === undefined ? 0 : operations.findIndex(({ name }) => name === from);
  for (const [index, operation] of operations.entries()) {
    if (index < first || isAnotherHash(operations, index)) continue;
    for (const death of deathsAt(index + 1, operation)) {
      const end = await endOf(await dies(tell, variant, death));
      expect(allowed, `${operation.name} ${JSON.stringify(death)} → ${JSON.stringify(end)}`).toContainEqual(end);
    }
  }
  return operations.map(({ name }) => name);
}

function deathsAt(at: number, { name, hows }: Operation): readonly Death[] {
  const deaths = hows.map((how) => ({ at, how, lateMs }));
  return name === "payman/checkout" ? [...deaths, { at, how: "late", lateMs: veryLateMs }] : deaths;
}

/** The awaits of a story's invocation, in order, when it lives. */
async function awaitsOf(tell: Tell, variant: Variant): Promise<readonly Operation[]> {
  const { world, act } = await tell(variant);
  const life = mortal(world.invocation());
  await act(life.deps);
  return life.operations;
}

async function dies(tell: Tell, variant: Variant, death: Death): Promise<Story> {
  const story = await tell(variant);
  const { world, act, afterwards } = story;
  const life = mortal(world.invocation(), death.at, death.how);
  await Promise.race([act(life.deps), life.died]);
  world.release();
  if (death.how === "late") {
    await world.live(death.lateMs, 20_000);
    await life.arrive();
  }
  await afterwards();
  await world.pass48Hours();
  return story;
}

/** What our API and the gateway's own ledger say in the end. */
export interface End {
  readonly debits: number;
  readonly payments: readonly string[];
  readonly subscription: string | undefined;
}

/** Asserts on the way that both agree to the Rial and that no authority was checked out twice. */
async function endOf({ world, sara }: Story): Promise<End> {
  const payments = await sara.payments();
  const [subscription] = (await sara.call<Subscription[]>("GET", "/v1/subscriptions")).body.data;
  const { debits, debitedRials } = world.simulator.totals();
  const ours = payments.filter(({ status }) => status === "succeeded");
  expect(debitedRials).toBe(ours.reduce((sum, { amountRials }) => sum + amountRials, 0));
  const checkouts = world.simulator.calls().filter(({ call }) => call === "payman/checkout");
  expect(new Set(checkouts.map(({ authority }) => authority)).size).toBe(checkouts.length);
  return { debits, payments: payments.map(({ status }) => status).reverse(), subscription: subscription?.status };
}
