// What was delivered to partners long ago: it leaves, and can be told again.
import { expect, it } from "vitest";
import { dayMs, wallMs } from "../../server/billing/clock.ts";
import { sweepDeliveries } from "../../server/store/webhook-delivery.ts";
import { aSubscriber, type Subscriber } from "../support/subscriber.ts";
import { aPartner, aWebhookWorld, payloadOf } from "../support/webhooks.ts";
import type { World } from "../support/world.ts";

const ok = () => new Response(null, { status: 204 });
const fails = () => new Response("later", { status: 500 });

/** Somebody new, who is a customer. */
async function aCustomer(world: World): Promise<Subscriber> {
  const sara = await aSubscriber(world);
  await sara.open();
  return sara;
}

it("after 90 days a delivery is forgotten, but for what still waits for an endpoint that is enabled; a replay brings the event all the same", async () => {
  const world = await aWebhookWorld();
  const partner = await aPartner(world);
  const receiver = world.receiver("old.example");
  const { id } = await partner.endpoint(receiver.url, { eventTypes: ["customer.created"] });
  const [sara, nima] = [await aCustomer(world), await aCustomer(world)];
  receiver.answers((one) => (payloadOf(one).stream === nima.customerId ? fails() : ok()));
  await world.tick();
  const [created] = await sara.events();
  const deps = world.invocation();
  await sweepDeliveries(deps.db, wallMs(world.now() + 90 * dayMs - 1));
  expect(await partner.deliveries(id)).toHaveLength(2);
  await sweepDeliveries(deps.db, wallMs(world.now() + 90 * dayMs));
  expect((await partner.deliveries(id)).map(({ stream }) => stream)).toEqual([nima.customerId]);
  expect((await partner.post(`/${id}/deliveries/${created?.id}/replay`)).status).toBe(200);
  await world.drain();
  expect(receiver.received.at(-1)?.id).toBe(created?.id);
});
