// A crash at any await on the way of an event to a partner: it arrives all the same, and in order.
import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import type { WebhookEndpoint } from "../../contract/webhook-endpoint.ts";
import { startDeliveries } from "../../server/job/deliver.ts";
import { mortal, type How } from "../support/mortal.ts";
import { aSubscriber, caller } from "../support/subscriber.ts";
import { aPartner, aWebhookWorld, payloadOf } from "../support/webhooks.ts";
import { publicUrl, type World } from "../support/world.ts";
import { synchronousCrypto } from "./synchronous-crypto.ts";

beforeAll(synchronousCrypto);

const gone = () => new Response(null, { status: 410 });

/** Two customers' events wait for one endpoint. */
async function aStory() {
  const world = await aWebhookWorld();
  const partner = await aPartner(world);
  const receiver = world.receiver("hooks.roundtable.example");
  const { id } = await partner.endpoint(receiver.url);
  const people = [await aSubscriber(world), await aSubscriber(world)];
  for (const person of people) await person.open();
  return { world, partner, receiver, id, people };
}

type Story = Awaited<ReturnType<typeof aStory>>;
type Act = (story: Story, deps: ReturnType<World["invocation"]>) => Promise<unknown>;

const cron: Act = (_story, deps) => startDeliveries(deps);
/** The message that the cron sent. */
const run: Act = ({ id, world }, deps) => world.runDeliveries([{ webhookEndpointId: id }], deps);

/** Lets an act die at each of its awaits in each way, and everything go on for some minutes; answers how often. */
async function everyDeath(
  before: (story: Story) => Promise<void>,
  act: Act,
  after: (story: Story, how: string) => Promise<void>,
) {
  const told = await aStory();
  await before(told);
  const whole = mortal(told.world.invocation());
  await act(told, whole.deps);
  let deaths = 0;
  for (const [index, { name, hows }] of whole.operations.entries()) {
    for (const how of hows) {
      const story = await aStory();
      await before(story);
      const life = mortal(story.world.invocation(), index + 1, how satisfies How);
      await Promise.race([act(story, life.deps), life.died]);
      if (how === "late") {
        await story.world.live(40_000, 20_000);
        await life.arrive();
      }
      await story.world.live(10 * 60_000);
      await after(story, `${name} ${how}`);
      deaths++;
    }
  }
  return deaths;
}

/** Each event at least once; for the first time, one after the other. */
async function allArrived({ world, receiver, people, partner, id }: Story, how: string) {
  for (const person of people) {
    const own = receiver.received.filter((one) => payloadOf(one).stream === person.customerId);
    const first = [...new Set(own.map((one) => one.id))];
    expect(first, how).toEqual((await person.events()).map((event) => event.id));
  }
  expect(
    (await partner.deliveries(id)).filter(({ status }) => status !== "delivered"),
    how,
  ).toEqual([]);
  const claims = await env.DB.prepare("SELECT * FROM webhook_dispatch WHERE claimed_until > ?").bind(world.now()).all();
  expect(claims.results, how).toEqual([]);
}

test("the cron may die at every await: nothing is lost, and nothing is out of order", async () => {
  expect(await everyDeath(async () => undefined, cron, allArrived)).toBeGreaterThan(5);
});

test("a run of an endpoint may die at every await: each event arrives, those of a customer in order", async () => {
  const fanned = async ({ world }: Story) => {
    await startDeliveries(world.invocation());
    world.loseDeliveries();
  };
  expect(await everyDeath(fanned, run, allArrived)).toBeGreaterThan(30);
});

test("a run that hears a 410 may die at every await: the endpoint is switched off, and that is told once", async () => {
  const fanned = async ({ world, receiver }: Story) => {
    receiver.answers(gone);
    await startDeliveries(world.invocation());
    world.loseDeliveries();
  };
  const isOff = async ({ partner, id }: Story, how: string) => {
    expect(await partner.endpointNow(id), how).toMatchObject({ status: "disabled", disabledReason: "gone" });
    const told = await env.DB.prepare(
      "SELECT COUNT(*) AS n FROM billing_event WHERE type = 'webhook_endpoint.disabled' AND json_extract(data, '$.webhookEndpointId') = ?",
    )
      .bind(id)
      .first("n");
    expect(told, how).toBe(1);
  };
  expect(await everyDeath(fanned, run, isOff)).toBeGreaterThan(8);
});

test("a rotation may die at every await: the same request again shows the secret, and the old one still signs", async () => {
  const secretOf = async ({ partner, id, world }: Story, key: string) => {
    const path = `/v1/webhook-endpoints/${id}/rotate-secret`;
    const rotated = await caller(world, partner.key)<WebhookEndpoint & { secret: string | null }>(
      "POST",
      path,
      {},
      key,
    );
    expect(rotated.status).toBe(200);
    return rotated.body.data.secret;
  };
  let key = "";
  const fresh = async () => void (key = crypto.randomUUID());
  const rotate: Act = ({ partner, id, world }, deps) => {
    const headers = {
      authorization: `Bearer ${partner.key}`,
      "idempotency-key": key,
      "content-type": "application/json",
    };
    const url = `${publicUrl}/v1/webhook-endpoints/${id}/rotate-secret`;
    return world.fetchWith(deps, new Request(url, { method: "POST", headers, body: "{}" }));
  };
  const once = async (story: Story, how: string) => {
    const shown = await secretOf(story, key);
    const kept = await env.DB.prepare("SELECT previous_secret_ends_at - ? AS left FROM webhook_endpoint")
      .bind(story.world.now())
      .all();
    expect(kept.results, how).toEqual([{ left: expect.any(Number) }]);
    const rotations = await env.DB.prepare(
      "SELECT COUNT(*) AS n FROM billing_event WHERE type = 'webhook_endpoint.secret_rotated' AND json_extract(data, '$.webhookEndpointId') = ?",
    )
      .bind(story.id)
      .first("n");
    expect(rotations, how).toBe(1);
    if (shown !== null) expect(shown).toMatch(/^whsec_/);
  };
  expect(await everyDeath(fresh, rotate, once)).toBeGreaterThan(10);
});
