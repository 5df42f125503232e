// A partner rebuilds its customers' state from the webhooks it is sent, and from nothing else: it is the API's, however
// the deliveries came.
import { describe, expect, it } from "vitest";
import type { WebhookPayload } from "../../contract/event.ts";
import { dayMs, hourMs } from "../../server/billing/clock.ts";
import { Fold } from "../partner/fold.ts";
import { aPrice } from "../support/catalogue.ts";
import { aFollower, stateOf } from "../support/follower.ts";
import { anOperator } from "../support/operator.ts";
import { useMessages } from "../support/quota.ts";
import { aSubscriber } from "../support/subscriber.ts";
import { aWebhookWorld, payloadOf } from "../support/webhooks.ts";

/** Somebody who has subscribed, renewed and used messages, and has been told of. */
async function aStory() {
  const world = await aWebhookWorld();
  const follower = await aFollower(world);
  const sara = await aSubscriber(world);
  const { body } = await sara.subscribe(await aPrice(world, { features: ["file-upload"] }), await sara.sign());
  await useMessages(world, sara.customerId, 70);
  await world.live(35 * dayMs, 12 * hourMs);
  return { world, follower, sara, subscription: body.data };
}

const received = ({ receiver }: Awaited<ReturnType<typeof aFollower>>) => receiver.received.map(payloadOf);

function foldOf(events: readonly WebhookPayload[]): Fold {
  const fold = new Fold();
  for (const event of events) fold.receive(event);
  return fold;
}

describe("what a partner makes of webhooks is what the API says", () => {
  it("within a day of messages being used", async () => {
    const { world, follower, sara, subscription } = await aStory();
    await useMessages(world, sara.customerId, 120);
    expect(follower.told(sara.customerId)).not.toEqual(await stateOf(world, sara.customerId));
    await world.live(dayMs, 6 * hourMs);
    const state = await stateOf(world, sara.customerId);
    expect(state.quotas).toMatchObject([{ used: 120, reserved: 0 }]);
    expect(state).toMatchObject({ access: "full", features: ["file-upload"] });
    expect(follower.told(sara.customerId)).toEqual(state);

    const operator = await anOperator(world);
    const { status } = await operator.call(
      "POST",
      `/v1/operator/customers/${sara.customerId}/quota-grants`,
      { productId: subscription.productId, messages: 500, reason: "An apology" },
      crypto.randomUUID(),
    );
    expect(status).toBe(201);
    await useMessages(world, sara.customerId, 2_380);
    await world.live(dayMs, 6 * hourMs);
    const full = await stateOf(world, sara.customerId);
    expect(full.quotas).toMatchObject([{ granted: 2_500, used: 2_500, remaining: 0, added: [{ messages: 500 }] }]);
    expect(follower.told(sara.customerId)).toEqual(full);
    expect(received(follower).filter(({ type }) => type === "quota.counted").length).toBeLessThanOrEqual(4);
  });

  it("when each delivery comes twice, and when they come in the opposite order", async () => {
    const { world, follower, sara } = await aStory();
    const events = received(follower);
    const now = new Date(world.now()).toISOString();
    const state = await stateOf(world, sara.customerId);
    const twice = foldOf(events.flatMap((event) => [event, event]));
    expect(twice.stateOf(sara.customerId, now)).toEqual(state);
    const opposite = foldOf(events.toReversed());
    expect(opposite.stateOf(sara.customerId, now)).toEqual(state);
    expect(opposite.replayAfter()).toBeNull();
  });

  it("after a replay, when one delivery failed for good and what followed it came", async () => {
    const world = await aWebhookWorld();
    const follower = await aFollower(world);
    const sara = await aSubscriber(world);
    follower.receiver.answers(({ body }) =>
      JSON.parse(body).type === "invoice.finalized" ? new Response(null, { status: 500 }) : new Response(null),
    );
    await sara.subscribe(await aPrice(world), await sara.sign());
    await world.live(4 * dayMs, hourMs);
    follower.receiver.answers(() => new Response(null));
    const delivered = received(follower).filter(({ type }) => type !== "invoice.finalized");
    const fold = foldOf(delivered);
    const now = () => new Date(world.now()).toISOString();
    const after = fold.replayAfter();
    expect(after).not.toBeNull();
    expect(fold.stateOf(sara.customerId, now())).not.toEqual(await stateOf(world, sara.customerId));
    const seen = received(follower).length;
    await follower.replay(after ?? 0);
    for (const event of received(follower).slice(seen)) fold.receive(event);
    expect(fold.replayAfter()).toBeNull();
    expect(fold.stateOf(sara.customerId, now())).toEqual(await stateOf(world, sara.customerId));
  });
});

describe("the catalogue", () => {
  it("is told to every partner, but for coupons", async () => {
    const world = await aWebhookWorld();
    const follower = await aFollower(world);
    const operator = await anOperator(world);
    await aPrice(world, { features: ["voice"] });
    const coupon = { code: `C${Date.now()}`, percentBasisPoints: 1_000, duration: "forever" };
    const made = await operator.call("POST", "/v1/coupons", coupon, crypto.randomUUID());
    expect(made.status).toBe(201);
    await aPrice(world);
    await world.tick();
    const told = received(follower).filter(({ stream }) => stream === "catalogue");
    expect(new Set(told.map(({ type }) => type))).toEqual(new Set(["product.created", "price.created"]));
    const ids = told.map(({ id }) => id);
    expect(told.slice(1).map(({ previousEventId }) => previousEventId)).toEqual(ids.slice(0, -1));
    const page = await follower.partner.eventPage("limit=100&types=product.created,coupon.created");
    expect(new Set(page.data.map(({ type }) => type))).toEqual(new Set(["product.created"]));
  });
});
