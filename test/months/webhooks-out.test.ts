// Webhooks out: every event of a partner's customers to each of its endpoints, at least once and in order, whatever the
// receiver does; and nothing to anybody else.
import { env } from "cloudflare:workers";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { BillingEvent } from "../../contract/billing-event.ts";
import { WebhookPayload } from "../../contract/event.ts";
import { dayMs, hourMs, minuteMs, wallMs } from "../../server/billing/clock.ts";
import { idsOf } from "../../server/billing/ids.ts";
import { startDeliveries } from "../../server/job/deliver.ts";
import { upsertPartner } from "../../server/store/people.ts";
import { aPrice } from "../support/catalogue.ts";
import { anOperator } from "../support/operator.ts";
import type { Received } from "../support/receivers.ts";
import { aSubscriber, type Subscriber } from "../support/subscriber.ts";
import { aPartner, aWebhookWorld, payloadOf, typesOf, type EventPage, type Partner } from "../support/webhooks.ts";
import type { World } from "../support/world.ts";

const ok = () => new Response(null, { status: 204 });
const fails = () => new Response("later", { status: 500 });
const hangs = () => new Promise<Response>(() => undefined);

afterEach(() => vi.useRealTimers());

/** Whoever opens a payment method becomes a customer by it. */
const eventsOfOpening = ["customer.created", "payment_method.created", "payment_method.signing_opened"];
const eventsOfPrice = ["product.created", "price.created"];

/** Somebody new with three events of their own. */
async function someEvents(world: World): Promise<Subscriber> {
  const sara = await aSubscriber(world);
  await sara.open();
  return sara;
}

/** Another partner, with no customer. */
async function aStranger(world: World) {
  const createdAt = wallMs(world.now());
  const ids = idsOf(0, createdAt, (count) => crypto.getRandomValues(new Uint8Array(count)));
  return upsertPartner(env.DB, { id: ids.next("ptr"), name: crypto.randomUUID(), createdAt });
}

const ofStream = (received: readonly Received[], stream: string) =>
  received.filter((one) => payloadOf(one).stream === stream);

describe("an endpoint is told", () => {
  it("of each event once, in order, as the API shows it, signed so that the package takes it", async () => {
    const world = await aWebhookWorld();
    const partner = await aPartner(world);
    const receiver = world.receiver("hooks.roundtable.example");
    const { id, secret } = await partner.endpoint(receiver.url);
    const sara = await aSubscriber(world);
    await sara.subscribe(await aPrice(world), await sara.sign());
    await world.tick();

    const shown = await sara.events();
    const received = ofStream(receiver.received, sara.customerId);
    expect(received.map(({ id: eventId }) => eventId)).toEqual(shown.map((event) => event.id));
    vi.useFakeTimers({ toFake: ["Date"], now: world.now() });
    for (const [index, one] of received.entries()) {
      const payload = WebhookPayload.parse(new Webhook(secret).verify(one.body, one.headers));
      const event = shown[index];
      expect(payload).toEqual({ ...event, timestamp: event?.at, previousEventId: shown[index - 1]?.id ?? null });
      expect(one.headers).toMatchObject({ "content-type": "application/json", "user-agent": "Sarresid-Webhooks/1" });
      expect(() => new Webhook(secret).verify(`${one.body} `, one.headers)).toThrow("signature");
    }
    const delivered = (await partner.deliveries(id)).filter(({ stream }) => stream === sara.customerId);
    expect(delivered.map(({ status, attempts, responseStatus }) => [status, attempts, responseStatus])).toEqual(
      shown.map(() => ["delivered", 1, 204]),
    );
    await world.live(2 * hourMs, hourMs);
    expect(ofStream(receiver.received, sara.customerId)).toHaveLength(shown.length);
  });

  it("only of the types it asks for, and of what follows its creation", async () => {
    const world = await aWebhookWorld();
    const partner = await aPartner(world);
    const sara = await someEvents(world);
    const receiver = world.receiver("some.roundtable.example");
    await partner.endpoint(receiver.url, { eventTypes: ["payment_method.created"] });
    await world.tick();
    expect(receiver.received).toEqual([]);
    await sara.open();
    await world.tick();
    expect(typesOf(receiver.received)).toEqual(["payment_method.created"]);
    const [first] = await sara.events().then((all) => all.filter(({ type }) => type === "payment_method.created"));
    // Not delivered, since it was before; still the one that comes before: so the receiver sees what it has missed.
    expect(receiver.received.map((one) => payloadOf(one).previousEventId)).toEqual([first?.id]);
  });

  it("never of another partner's customers, though of what is for sale to everybody", async () => {
    const world = await aWebhookWorld();
    const stranger = await aStranger(world);
    const theirs = world.receiver("stranger.example");
    await (await aPartner(world, stranger)).endpoint(theirs.url);
    const ours = world.receiver("house.example");
    await (await aPartner(world)).endpoint(ours.url);
    await aPrice(world);
    await someEvents(world);
    await world.tick();
    expect(typesOf(theirs.received)).toEqual(eventsOfPrice);
    expect(typesOf(ours.received).toSorted()).toEqual([...eventsOfPrice, ...eventsOfOpening].toSorted());
  });

  it("of a test that was asked for, whatever its types, and no other endpoint is", async () => {
    const world = await aWebhookWorld();
    const partner = await aPartner(world);
    const [one, other] = [world.receiver("one.example"), world.receiver("other.example")];
    const { id } = await partner.endpoint(one.url, { eventTypes: ["payment.succeeded"] });
    await partner.endpoint(other.url);
    expect((await partner.post(`/${id}/test`)).status).toBe(202);
    await world.drain();
    expect(typesOf(one.received)).toEqual(["webhook_endpoint.tested"]);
    expect(payloadOf(one.received[0] as Received).data).toEqual({ webhookEndpointId: id });
    await world.tick();
    expect(typesOf(other.received)).toEqual([]);
  });
});

/** One line for each delivery of a table: what the receiver did, and what came of it. */
async function rowOf(
  partner: Partner,
  world: World,
  host: string,
  answer: Parameters<ReturnType<World["receiver"]>["answers"]>[0],
) {
  const receiver = world.receiver(host);
  receiver.answers(answer);
  const { id } = await partner.endpoint(receiver.url, { eventTypes: ["payment_method.created"] });
  return { id, receiver };
}

describe("a table of what happens", () => {
  it("when receivers fail, hang, redirect, answer 410, answer slowly, or are not where they should be", async () => {
    const world = await aWebhookWorld();
    const partner = await aPartner(world);
    const slow = () => {
      world.pass(4_000);
      return ok();
    };
    const large = () => new Response("x".repeat(1_000_000), { status: 200 });
    const endless = () => new Response(new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array(9)) }));
    const redirect = () => new Response(null, { status: 302, headers: { location: "http://169.254.169.254/" } });
    const made = {
      "takes it": await rowOf(partner, world, "fine.example", ok),
      "takes it with much to say": await rowOf(partner, world, "large.example", large),
      "takes it and never ends": await rowOf(partner, world, "endless.example", endless),
      "answers after 4 s": await rowOf(partner, world, "slow.example", slow),
      fails: await rowOf(partner, world, "fails.example", fails),
      refuses: await rowOf(partner, world, "refuses.example", () => new Response(null, { status: 401 })),
      hangs: await rowOf(partner, world, "hangs.example", hangs),
      redirects: await rowOf(partner, world, "redirects.example", redirect),
      "is gone": await rowOf(partner, world, "gone.example", () => new Response(null, { status: 410 })),
      "is not there": await rowOf(partner, world, "down.example", () => Promise.reject(new TypeError("refused"))),
      "has no address": await rowOf(partner, world, "nowhere.example", ok),
      "leads inside": await rowOf(partner, world, "inside.example", ok),
      "leads inside as well": await rowOf(partner, world, "rebinds.example", ok),
    };
    world.name("nowhere.example", []);
    world.name("inside.example", ["169.254.169.254"]);
    world.name("rebinds.example", ["93.184.215.14", "::ffff:10.0.0.1"]);
    await someEvents(world);
    await world.tick();

    const table = await Promise.all(
      Object.entries(made).map(async ([name, { id, receiver }]) => {
        const [delivery] = await partner.deliveries(id);
        const { status } = await partner.endpointNow(id);
        const told = delivery && [delivery.status, delivery.attempts, delivery.responseStatus, delivery.error];
        return [name, ...(told ?? []), status, receiver.received.length];
      }),
    );
    expect(table).toEqual([
      ["takes it", "delivered", 1, 204, null, "enabled", 1],
      ["takes it with much to say", "delivered", 1, 200, null, "enabled", 1],
      ["takes it and never ends", "delivered", 1, 200, null, "enabled", 1],
      ["answers after 4 s", "delivered", 1, 204, null, "enabled", 1],
      ["fails", "pending", 1, 500, null, "enabled", 1],
      ["refuses", "pending", 1, 401, null, "enabled", 1],
      ["hangs", "pending", 1, null, "timeout", "enabled", 1],
      ["redirects", "pending", 1, 302, null, "enabled", 1],
      ["is gone", "pending", 1, 410, null, "disabled", 1],
      ["is not there", "pending", 1, null, "network", "enabled", 1],
      ["has no address", "pending", 1, null, "unresolved", "enabled", 0],
      ["leads inside", "pending", 1, null, "address_refused", "enabled", 0],
      ["leads inside as well", "pending", 1, null, "address_refused", "enabled", 0],
    ]);
    const [slowly] = await partner.deliveries(made["answers after 4 s"].id);
    expect(slowly?.latencyMs).toBeGreaterThanOrEqual(4_000);
  });
});

describe("what does not arrive", () => {
  it("is tried at the waits of Standard Webhooks, then failed; the next goes on, names what is missing, and a replay brings it", async () => {
    const world = await aWebhookWorld();
    const partner = await aPartner(world);
    const receiver = world.receiver("down.roundtable.example");
    receiver.answers(fails);
    const { id } = await partner.endpoint(receiver.url, { eventTypes: ["payment_method.created"] });
    // Something else arrives, so that the endpoint is never failing for five days.
    const sara = await someEvents(world);
    await world.tick();
    const [lost] = receiver.received;
    for (
      let minutes = 0;
      minutes < 4.5 * 24 * 60 && (await partner.deliveries(id))[0]?.status === "pending";
      minutes += 10
    ) {
      await world.live(10 * minuteMs, minutes === 0 ? 5_000 : 10 * minuteMs);
    }
    expect((await partner.deliveries(id))[0]).toMatchObject({ status: "failed", attempts: 10, nextAttemptAt: null });
    expect(new Set(receiver.received.map((one) => one.id))).toEqual(new Set([lost?.id]));
    const waits = receiver.received.slice(1).map(({ at }, index) => at - (receiver.received[index]?.at ?? 0));
    const wanted = [
      5_000,
      300_000,
      1_800_000,
      2 * hourMs,
      5 * hourMs,
      10 * hourMs,
      14 * hourMs,
      20 * hourMs,
      24 * hourMs,
    ];
    for (const [index, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual((wanted[index] ?? 0) * 0.9);
      expect(wait).toBeLessThanOrEqual((wanted[index] ?? 0) * 1.1 + 10 * minuteMs);
    }
    expect(waits).toHaveLength(wanted.length);

    receiver.answers(ok);
    receiver.received.length = 0;
    await sara.open();
    await world.tick();
    expect(receiver.received.map((one) => payloadOf(one).previousEventId)).toEqual([lost?.id]);

    expect((await partner.post(`/${id}/deliveries/${lost?.id}/replay`)).status).toBe(200);
    await world.drain();
    expect(receiver.received.at(-1)).toMatchObject({ id: lost?.id, body: lost?.body });
    expect((await partner.deliveries(id)).map(({ status }) => status)).toEqual(["delivered", "delivered"]);
  });

  it("keeps what comes after it of the same customer waiting, and of no other", async () => {
    const world = await aWebhookWorld();
    const partner = await aPartner(world);
    const receiver = world.receiver("order.roundtable.example");
    await partner.endpoint(receiver.url);
    const sara = await someEvents(world);
    const nima = await someEvents(world);
    receiver.answers((one) => (payloadOf(one).stream === sara.customerId ? fails() : ok()));
    await world.tick();
    expect(typesOf(ofStream(receiver.received, sara.customerId))).toEqual(["customer.created"]);
    expect(typesOf(ofStream(receiver.received, nima.customerId))).toEqual(eventsOfOpening);

    receiver.answers(ok);
    await world.live(30_000, 6_000);
    expect(typesOf(ofStream(receiver.received, sara.customerId))).toEqual(["customer.created", ...eventsOfOpening]);
  });

  it("at one endpoint keeps no other one waiting", async () => {
    const world = await aWebhookWorld();
    const partner = await aPartner(world);
    const stuck = world.receiver("stuck.example");
    stuck.answers(hangs);
    const fine = world.receiver("well.example");
    await partner.endpoint(stuck.url);
    await partner.endpoint(fine.url);
    for (let count = 0; count < 7; count++) await someEvents(world);
    await world.tick();
    expect(fine.received).toHaveLength(21);
    // Of the stuck one five streams at a time: of seven customers, and the partner's own.
    expect(new Set(stuck.received.map((one) => payloadOf(one).stream)).size).toBe(8);
    expect(stuck.received).toHaveLength(8);
  });

  it("for five days switches the endpoint off; its partner's other endpoint is told, and what waited arrives once it is enabled", async () => {
    const world = await aWebhookWorld();
    const partner = await aPartner(world);
    const dead = world.receiver("dead.example");
    dead.answers(fails);
    const other = world.receiver("notices.example");
    const { id } = await partner.endpoint(dead.url);
    await partner.endpoint(other.url, { eventTypes: ["webhook_endpoint.disabled", "webhook_endpoint.enabled"] });
    const sara = await someEvents(world);
    await world.live(5 * dayMs + hourMs, hourMs);
    const off = await partner.endpointNow(id);
    expect(off).toMatchObject({ status: "enabled" });
    await world.live(2 * dayMs, hourMs);
    expect(await partner.endpointNow(id)).toMatchObject({ status: "disabled", disabledReason: "failing" });
    expect(other.received.map((one) => payloadOf(one).data)).toEqual([
      expect.objectContaining({ webhookEndpointId: id, reason: "failing", failingSince: off.failingSince }),
    ]);

    const tries = dead.received.length;
    await sara.open();
    await world.live(dayMs, hourMs);
    expect(dead.received).toHaveLength(tries);
    dead.answers(ok);
    expect((await partner.post(`/${id}/enable`)).status).toBe(200);
    await world.tick();
    expect(await partner.endpointNow(id)).toMatchObject({
      status: "enabled",
      disabledReason: null,
      failingSince: null,
    });
    const events = (await sara.events()).map((event) => event.id);
    const came = ofStream(dead.received.slice(tries), sara.customerId).map((one) => one.id);
    expect(came.length).toBeGreaterThan(3);
    expect(came).toEqual(events.slice(-came.length));
    expect(await partner.deliveries(id, "status=pending")).toEqual([]);
  });
});

describe("two messages about one endpoint", () => {
  it("at the same time are one run: nothing is sent twice", async () => {
    const world = await aWebhookWorld();
    const partner = await aPartner(world);
    const receiver = world.receiver("twice.example");
    const { id } = await partner.endpoint(receiver.url);
    for (let count = 0; count < 3; count++) await someEvents(world);
    await startDeliveries(world.invocation());
    world.loseDeliveries();
    const message = { webhookEndpointId: id };
    const held = Promise.withResolvers<void>();
    receiver.answers(() => held.promise.then(ok));
    const first = world.runDeliveries([message]);
    await vi.waitFor(() => expect(receiver.received.length).toBeGreaterThan(0));
    await world.runDeliveries([message]);
    held.resolve();
    await first;
    expect(receiver.received).toHaveLength(9);
    expect(new Set(receiver.received.map((one) => one.id)).size).toBe(9);
  });
});

describe("a batch of messages", () => {
  it("that is more than one invocation may do goes on in others", async () => {
    const world = await aWebhookWorld();
    const partner = await aPartner(world);
    const receiver = world.receiver("many.example");
    const ids: string[] = [];
    for (let count = 0; count < 14; count++) ids.push((await partner.endpoint(receiver.url)).id);
    for (let count = 0; count < 6; count++) await someEvents(world);
    await startDeliveries(world.invocation());
    world.loseDeliveries();
    await world.runDeliveries(ids.map((webhookEndpointId) => ({ webhookEndpointId })));
    expect(world.log.filter(({ level }) => level === "error")).toEqual([]);
    await world.live(minuteMs, 20_000);
    const told = receiver.received.filter((one) => eventsOfOpening.includes(payloadOf(one).type));
    expect(told).toHaveLength(14 * 6 * eventsOfOpening.length);
  });
});

describe("a replay", () => {
  it("of everything since a position brings it in order, also what was before the endpoint", async () => {
    const world = await aWebhookWorld();
    const partner = await aPartner(world);
    const sara = await someEvents(world);
    const events = await sara.events();
    const from = (events[0]?.position ?? 0) - 1;
    const receiver = world.receiver("late.example");
    const { id } = await partner.endpoint(receiver.url, { eventTypes: ["customer.created", "payment_method.created"] });
    const { body } = await partner.post(`/${id}/replay`, { afterPosition: from });
    expect(body.data).toEqual({ replayed: 2, nextAfterPosition: null });
    await world.drain();
    expect(receiver.received.map((one) => one.id)).toEqual(events.slice(0, 2).map((event) => event.id));

    const range = { afterPosition: from, untilPosition: from + 1 };
    expect((await partner.post(`/${id}/replay`, range)).body.data).toEqual({ replayed: 1, nextAfterPosition: null });
    await world.drain();
    expect(receiver.received.at(-1)?.id).toBe(events[0]?.id);
    expect(receiver.received).toHaveLength(3);
  });

  it("that is asked for in the midst of a run brings what was before first, and then what waits", async () => {
    const world = await aWebhookWorld();
    const partner = await aPartner(world);
    const receiver = world.receiver("midst.example");
    const { id } = await partner.endpoint(receiver.url);
    const sara = await aSubscriber(world);
    await sara.subscribe(await aPrice(world), await sara.sign());
    const events = await sara.events();
    const afterPosition = (events[0]?.position ?? 0) - 1;
    receiver.answers(async () => {
      if (ofStream(receiver.received, sara.customerId).length !== 3) return ok();
      receiver.answers(ok);
      await partner.post(`/${id}/replay`, { afterPosition });
      return ok();
    });
    await world.tick();
    const told = ofStream(receiver.received, sara.customerId).map((one) => one.id);
    // The third was on its way, and arrived.
    const inOrder = [...events.slice(0, 3), ...events.slice(0, 2), ...events.slice(3)];
    expect(told).toEqual(inOrder.map((event) => event.id));
  });

  it("is of the endpoint's own events alone", async () => {
    const world = await aWebhookWorld();
    const partner = await aPartner(world);
    const sara = await someEvents(world);
    const [created] = await sara.events();
    const { id } = await partner.endpoint(world.receiver("few.example").url, { eventTypes: ["payment.succeeded"] });
    expect((await partner.post(`/${id}/deliveries/${created?.id}/replay`)).status).toBe(404);
    expect((await partner.post(`/${id}/replay`, { afterPosition: 0 })).body.data).toMatchObject({
      nextAfterPosition: null,
    });
    await world.tick();
    expect((await partner.deliveries(id)).filter(({ eventType }) => eventType !== "payment.succeeded")).toEqual([]);
  });
});

describe("a secret", () => {
  it("is shown once, kept sealed, and in no event", async () => {
    const world = await aWebhookWorld();
    const partner = await aPartner(world);
    const key = crypto.randomUUID();
    const create = () =>
      partner.call<{ id: string; secret: string | null }>(
        "POST",
        "/v1/webhook-endpoints",
        { url: "https://shy.example/?token=hush" },
        key,
      );
    const first = await create();
    const again = await create();
    expect(first.body.data.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(again.body.data).toEqual({ ...first.body.data, secret: null });
    const bare = first.body.data.secret?.slice("whsec_".length) ?? "";
    const { results } = await env.DB.prepare("SELECT * FROM webhook_endpoint").all();
    const { results: log } = await env.DB.prepare("SELECT * FROM billing_event").all();
    for (const rows of [results, log]) expect(JSON.stringify(rows)).not.toContain(bare);
    expect(JSON.stringify(log)).not.toContain("hush");
    expect(JSON.stringify(await partner.endpointNow(first.body.data.id))).not.toContain("whsec_");
  });

  it("that is rotated signs beside the old one until the overlap ends, and then alone", async () => {
    const world = await aWebhookWorld();
    const partner = await aPartner(world);
    const receiver = world.receiver("turning.example");
    const { id, secret: old } = await partner.endpoint(receiver.url);
    const rotated = await partner.post<{ secret: string }>(`/${id}/rotate-secret`, { overlapHours: 2 });
    const fresh = rotated.body.data.secret;
    expect(fresh).not.toBe(old);
    const taken = (one: Received | undefined) =>
      [old, fresh].map((secret) => {
        vi.useFakeTimers({ toFake: ["Date"], now: world.now() });
        try {
          return new Webhook(secret).verify(one?.body ?? "", { ...one?.headers }) !== undefined;
        } catch {
          return false;
        } finally {
          vi.useRealTimers();
        }
      });
    await partner.post(`/${id}/test`);
    await world.drain();
    expect(taken(receiver.received.at(-1))).toEqual([true, true]);
    world.pass(2 * hourMs);
    await partner.post(`/${id}/test`);
    await world.drain();
    expect(taken(receiver.received.at(-1))).toEqual([false, true]);
  });
});

describe("an endpoint's changes", () => {
  it("stand in the log, by whom, on the partner's own stream", async () => {
    const world = await aWebhookWorld();
    const partner = await aPartner(world);
    const operator = await anOperator(world);
    const { id, partnerId } = await partner.endpoint(world.receiver("changing.example").url);
    await partner.call("PATCH", `/v1/webhook-endpoints/${id}`, { eventTypes: ["payment.succeeded"] });
    await partner.call("PATCH", `/v1/webhook-endpoints/${id}`, { eventTypes: ["payment.succeeded"] });
    await operator.call("POST", `/v1/webhook-endpoints/${id}/archive`, {});
    await operator.call("POST", `/v1/webhook-endpoints/${id}/archive`, {});
    const { results } = await env.DB.prepare(
      "SELECT type, substr(actor, 1, 8) AS who, stream FROM billing_event WHERE json_extract(data, '$.webhookEndpointId') = ?",
    )
      .bind(id)
      .all();
    expect(results).toEqual([
      { type: "webhook_endpoint.created", who: "partner:", stream: partnerId },
      { type: "webhook_endpoint.updated", who: "partner:", stream: partnerId },
      { type: "webhook_endpoint.archived", who: "operator", stream: partnerId },
    ]);
    expect((await partner.post(`/${id}/test`)).body.code).toBe("webhook_endpoint_archived");
    expect((await partner.call<{ id: string }[]>("GET", "/v1/webhook-endpoints")).body.data).toEqual([]);
  });

  it.each([
    ["http://plain.example/", "Must begin with https."],
    ["https://127.0.0.1/", "Must lead to an address on the public internet."],
    ["https://2130706433/", "Must lead to an address on the public internet."],
    ["https://[::1]/", "Must lead to an address on the public internet."],
    ["https://169.254.169.254/latest", "Must lead to an address on the public internet."],
    ["https://localhost/", "Must lead to an address on the public internet."],
    ["https://billing.internal/", "Must lead to an address on the public internet."],
  ])("422 for %s", async (url, detail) => {
    const world = await aWebhookWorld();
    const partner = await aPartner(world);
    const { status, body } = await partner.post("", { url });
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: "validation_failed", errors: [{ pointer: "/body/url", detail }] });
  });

  it("409 beyond twenty endpoints; an archived one does not count", async () => {
    const world = await aWebhookWorld();
    const partner = await aPartner(world);
    const first = await partner.endpoint("https://n0.example/");
    for (let count = 1; count < 20; count++) await partner.endpoint(`https://n${count}.example/`);
    expect((await partner.post("", { url: "https://more.example/" })).body.code).toBe("webhook_endpoint_limit_reached");
    await partner.post(`/${first.id}/archive`);
    expect((await partner.post("", { url: "https://more.example/" })).status).toBe(201);
  });
});

describe("a partner's events", () => {
  it("are those of its customers, its endpoints and the catalogue, page by page, by type and by customer, and never evidence", async () => {
    const world = await aWebhookWorld();
    const partner = await aPartner(world);
    const before = await env.DB.prepare("SELECT COALESCE(MAX(position), 0) AS n FROM billing_event").first<number>("n");
    const sara = await someEvents(world);
    await aPrice(world);
    const { id, partnerId } = await partner.endpoint(world.receiver("any.example").url);
    const nima = await someEvents(world);
    const pages: BillingEvent[][] = [];
    let cursor: string | null = String(before);
    while (cursor !== null && pages.length < 9) {
      const { data, page }: EventPage = await partner.eventPage(`limit=3&cursor=${cursor}`);
      pages.push(data);
      cursor = page.nextCursor;
    }
    expect(pages.map((page) => page.length)).toEqual([3, 3, 3]);
    const all = pages.flat();
    expect(all.map(({ stream }) => stream)).toEqual([
      ...Array.from({ length: 3 }, () => sara.customerId),
      ...eventsOfPrice.map(() => "catalogue"),
      partnerId,
      ...Array.from({ length: 3 }, () => nima.customerId),
    ]);
    expect(JSON.stringify(all)).not.toContain('"evidence":');

    const ask = async (query: string) => (await partner.call<BillingEvent[]>("GET", `/v1/events?${query}`)).body.data;
    const rest = `cursor=${before}&limit=100`;
    expect(await ask(`${rest}&customerId=${nima.customerId}`)).toEqual(await nima.events());
    expect((await ask(`${rest}&types=customer.created,webhook_endpoint.created`)).map(({ type }) => type)).toEqual([
      "customer.created",
      "webhook_endpoint.created",
      "customer.created",
    ]);
    expect((await partner.call("GET", "/v1/events?types=payment.lost")).status).toBe(422);
    await partner.post(`/${id}/archive`);
  });

  it("are none of another partner's, whatever it asks for; nor does a customer get another's", async () => {
    const world = await aWebhookWorld();
    const sara = await someEvents(world);
    const nima = await aSubscriber(world);
    const stranger = await aPartner(world, await aStranger(world));
    for (const query of ["limit=100", `customerId=${sara.customerId}`]) {
      const { data } = (await stranger.call<BillingEvent[]>("GET", `/v1/events?${query}`)).body;
      expect(data.filter(({ stream }) => stream !== "catalogue")).toEqual([]);
    }
    const { body } = await nima.call<BillingEvent[]>("GET", `/v1/events?customerId=${sara.customerId}`);
    expect(body.data).toEqual([]);
  });
});
