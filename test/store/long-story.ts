// One customer's long story, as the store's tests read it back: two products, renewals, a recovery, a giving up, ends,
// and payment methods that were signed, refused and cancelled.
import type { CustomerId } from "../../contract/common/id.ts";
import { aPrice } from "../support/catalogue.ts";
import { aSubscriber, visitBank, type Subscriber } from "../support/subscriber.ts";
import { aWorld, type World } from "../support/world.ts";

export interface LongStory {
  readonly world: World;
  readonly sara: Subscriber;
  readonly customerId: CustomerId;
}

/** Tells the story from 2026-11-22 (1 Azar 1405) to 2027-05-22; `look` is called after each of its chapters. */
export async function aLongStory(
  look: (story: LongStory) => Promise<void> = async () => undefined,
): Promise<LongStory> {
  const world = aWorld();
  const pro = await aPrice(world);
  const team = await aPrice(world, { amountRials: 1_000_001, unpaidPolicy: "pause", grantOn: "payment" });
  const free = await aPrice(world, { amountRials: 0, calendar: "gregorian" });
  const sara = await aSubscriber(world);
  const story = { world, sara, customerId: sara.customerId };
  const money = (rials: number) => world.simulator.configure({ balances: { [sara.mobile]: rials } });
  const chapters = [
    async () => void (await sara.sign()),
    async () => void (await sara.subscribe(pro, await newestMethod(sara))),
    async () => void (await sara.subscribe(team, await newestMethod(sara))),
    async () => void (await sara.subscribe(free)),
    async () => void (await sara.advance("2027-01-22T08:00:00Z")),
    async () => {
      money(0);
      await sara.advance("2027-02-20T10:00:00Z");
    },
    async () => {
      money(1_000_000_000);
      await sara.advance("2027-03-01T08:00:00Z");
    },
    async () => void (await visitBank(world, (await sara.open()).signingUrl, "refuse")),
    async () => void (await sara.call("POST", `/v1/payment-methods/${(await sara.open()).id}/cancel`)),
    async () => cancelSubscriptionTo(sara, pro),
    async () => void (await sara.advance("2027-03-25T08:00:00Z")),
    async () => {
      money(0);
      await sara.advance("2027-05-12T08:00:00Z");
    },
    async () => void (await sara.sign()),
    async () => void (await sara.subscribe(pro, await newestMethod(sara))),
    async () => {
      money(1_000_000_000);
      await sara.subscribe(pro, await newestMethod(sara));
    },
    async () => void (await sara.call("POST", `/v1/payment-methods/${await newestMethod(sara)}/cancel`)),
    async () => void (await sara.advance("2027-05-22T08:00:00Z")),
  ];
  for (const chapter of chapters) {
    await chapter();
    await world.drain();
    await look(story);
  }
  return story;
}

async function newestMethod(sara: Subscriber): Promise<string> {
  const { body } = await sara.call<readonly { id: string; status: string }[]>("GET", "/v1/payment-methods");
  return body.data.find(({ status }) => status === "active")?.id ?? "";
}

async function cancelSubscriptionTo(sara: Subscriber, priceId: string): Promise<void> {
  const { body } = await sara.call<readonly { id: string; priceId: string }[]>("GET", "/v1/subscriptions");
  const id = body.data.find((subscription) => subscription.priceId === priceId)?.id;
  await sara.call("POST", `/v1/subscriptions/${id}/cancel`);
}
