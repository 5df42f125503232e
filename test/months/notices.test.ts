// What people are told: each thing once by each way they want, in the day, with the link that mends it.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { NotificationPreference, SentNotice } from "../../contract/notification.ts";
import type { Deps } from "../../server/deps.ts";
import { MessageRefused, type Message } from "../../server/http/messenger.ts";
import { runJobs } from "../../server/job/index.ts";
import { tellPeople } from "../../server/job/notices.ts";
import { aPrice } from "../support/catalogue.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { mortal } from "../support/mortal.ts";
import { anOperator } from "../support/operator.ts";
import { useMessages } from "../support/quota.ts";
import { aSubscriber, type Subscriber } from "../support/subscriber.ts";
import { publicUrl, type World, type WorldOptions } from "../support/world.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

async function aNoticeWorld(options: WorldOptions = {}): Promise<World> {
  const world = await aFreshWorld(options);
  await env.DB.exec("DELETE FROM notice");
  await env.DB.exec(
    "UPDATE reader_cursor SET position = (SELECT COALESCE(MAX(position), 0) FROM billing_event) WHERE reader = 'notices'",
  );
  return world;
}

/** Subscribed by direct debit on 1 Azar, 3,289,000 Rials a month with VAT. */
async function aSubscribed(options: WorldOptions = {}, price: Parameters<typeof aPrice>[1] = {}) {
  const world = await aNoticeWorld(options);
  const sara = await aSubscriber(world);
  const { body } = await sara.subscribe(await aPrice(world, price), await sara.sign());
  return { world, sara, subscription: body.data };
}

/** Owes a renewal that is paid by a link, as of the next tick. */
async function aDebtor(options: WorldOptions = {}) {
  const world = await aNoticeWorld(options);
  const sara = await aSubscriber(world);
  const { body } = await sara.subscribeByPage(await aPrice(world));
  await sara.payPage(body.data.checkout.url);
  await world.tick();
  await sara.advance("2026-12-22T20:00:00Z");
  return { world, sara };
}

const told = (world: World, sara: Subscriber, kind: string) =>
  world.messages.filter(({ id, to }) => id?.includes(`:${kind}:`) && [sara.mobile, sara.email].includes(to));
const channelsOf = (messages: readonly Message[]) => messages.map(({ channel }) => channel).toSorted();

async function logOf(world: World, sara: Subscriber): Promise<readonly SentNotice[]> {
  const operator = await anOperator(world);
  const { body } = await operator.call<SentNotice[]>("GET", `/v1/operator/customers/${sara.customerId}/notices`);
  return body.data;
}

const choose = (sara: Subscriber, preferences: readonly object[]) =>
  sara.call<{ preferences: NotificationPreference[] }>(
    "PUT",
    "/v1/me/notification-preferences",
    { preferences },
    crypto.randomUUID(),
  );

describe("somebody is told", () => {
  it("that a payment succeeded, by mail and in both languages, once however often the cron runs", async () => {
    const { world, sara } = await aSubscribed();
    for (let runs = 0; runs < 3; runs++) await world.tick();
    const [message, ...others] = told(world, sara, "payment_succeeded");
    expect(others).toEqual([]);
    expect(message).toMatchObject({ channel: "email", to: sara.email });
    expect(message?.text).toBe("۳٬۲۸۹٬۰۰۰ ریال پرداخت شد. سپاسگزاریم.\n3,289,000 Rials were paid. Thank you.\n");
    expect(await logOf(world, sara)).toMatchObject([{ kind: "payment_succeeded", status: "sent", attempts: 1 }]);
  });

  it("three days ahead what the renewal will cost, and that it failed, with the link that mends it", async () => {
    const { world, sara, subscription } = await aSubscribed();
    await world.live(26 * dayMs, 6 * hourMs);
    expect(told(world, sara, "renewal_coming")).toEqual([]);
    await world.live(2 * dayMs, 6 * hourMs);
    const coming = told(world, sara, "renewal_coming");
    expect(channelsOf(coming)).toEqual(["email", "sms"]);
    expect(coming[0]?.text).toContain("اشتراک شما در ۱ دی ۱۴۰۵ با ۳٬۲۸۹٬۰۰۰ ریال تمدید می‌شود.");
    expect(coming[0]?.text).toContain("Your subscription renews on 22 Dec 2026 for 3,289,000 Rials.");

    world.simulator.fault({ call: "payman/checkout", fault: { kind: "decline" } });
    await world.live(3 * dayMs, 6 * hourMs);
    const failed = told(world, sara, "payment_failed");
    expect(channelsOf(failed)).toEqual(["email", "sms"]);
    const { latestInvoiceId } = await sara.subscription(subscription.id);
    const link = `${publicUrl}/v1/pay/${latestInvoiceId}`;
    expect(failed[0]?.text.split("\n")).toContain(link);
    expect(await (await world.fetch(new Request(link))).text()).toContain("۳٬۲۸۹٬۰۰۰ ریال");
    expect(channelsOf(told(world, sara, "renewal_coming"))).toEqual(["email", "sms"]);
  });

  it("that a trial ends, and what it costs then", async () => {
    const { world, sara } = await aSubscribed({}, { terms: { trialDays: 14 } });
    await world.live(12 * dayMs, 6 * hourMs);
    const ending = told(world, sara, "trial_ending");
    expect(channelsOf(ending)).toEqual(["email", "sms"]);
    expect(ending[0]?.text).toContain(
      "Your trial ends on 6 Dec 2026; the subscription then goes on for 3,289,000 Rials.",
    );
    expect(told(world, sara, "renewal_coming")).toEqual([]);
  });

  it("nothing of a renewal that will not come", async () => {
    const { world, sara, subscription } = await aSubscribed();
    await sara.post(`/v1/subscriptions/${subscription.id}/cancel`, { when: "period_end" });
    await world.live(29 * dayMs, 12 * hourMs);
    expect(told(world, sara, "renewal_coming")).toEqual([]);
  });

  it("that most messages are used: by mail, and by text message once that is chosen", async () => {
    const { world, sara } = await aSubscribed();
    await useMessages(world, sara.customerId, 1_700);
    await world.tick();
    await world.tick();
    expect(channelsOf(told(world, sara, "quota_alert"))).toEqual(["email"]);
    await choose(sara, [{ kind: "quota_alert", sms: true, email: false }]);
    await useMessages(world, sara.customerId, 300);
    await world.tick();
    await world.tick();
    const [, second, ...others] = told(world, sara, "quota_alert");
    expect([second?.channel, others]).toEqual(["sms", []]);
    expect(second?.text).toContain("۱۰۰٪ پیام‌های شما مصرف شده است.");
  });

  it("that an agreement comes to its end", async () => {
    const world = await aNoticeWorld();
    const sara = await aSubscriber(world);
    await sara.subscribe(await aPrice(world), await sara.sign({ expiresAt: "2027-01-05T08:00:00Z" }));
    await world.live(15 * dayMs, 6 * hourMs);
    expect(channelsOf(told(world, sara, "payment_method_expiring"))).toEqual(["email", "sms"]);
  });

  it("by text message in the day only: at night it waits until eight, and a mail does not", async () => {
    const { world, sara } = await aDebtor({ startsAt: "2026-11-22T18:40:00Z" });
    await world.tick();
    expect(channelsOf(told(world, sara, "payment_link"))).toEqual(["email"]);
    await world.live(9 * hourMs, hourMs);
    expect(channelsOf(told(world, sara, "payment_link"))).toEqual(["email"]);
    await world.live(hourMs, 10 * minuteMs);
    expect(channelsOf(told(world, sara, "payment_link"))).toEqual(["email", "sms"]);
  });

  it("nothing of a debt that was paid before the morning", async () => {
    const { world, sara } = await aDebtor({ startsAt: "2026-11-22T19:10:00Z" });
    await world.tick();
    const owed = (await sara.invoices()).find(({ status }) => status === "open");
    const { status, body } = await sara.checkout({ invoiceId: owed?.id ?? "" });
    expect([status, body]).toMatchObject([201, { data: { status: "open" } }]);
    await sara.payPage(body.data.url);
    await world.live(11 * hourMs, hourMs);
    expect(channelsOf(told(world, sara, "payment_link"))).toEqual(["email"]);
    expect(await logOf(world, sara)).toContainEqual(
      expect.objectContaining({ kind: "payment_link", channel: "sms", status: "dropped", attempts: 0 }),
    );
  });
});

describe("never twice", () => {
  it("killed at each await of the job, and run again", async () => {
    let most = 0;
    for (let at = 1, isOver = false; !isOver && at < 80; at++) {
      const { world, sara } = await aDebtor();
      const killed = mortal(world.invocation(), at, "after");
      await Promise.race([tellPeople(killed.deps).then(() => (isOver = true)), killed.died]);
      world.pass(11 * minuteMs);
      await world.tick();
      const links = told(world, sara, "payment_link");
      expect(new Set(links.map(({ id }) => id)).size, `at ${at}`).toBe(links.length);
      expect(links.length, `at ${at}`).toBeGreaterThanOrEqual(1);
      most = Math.max(most, links.length);
    }
    expect(most).toBe(2);
  });

  it("also when two crons run side by side", async () => {
    const { world, sara } = await aDebtor();
    await Promise.all([runJobs(world.invocation()), runJobs(world.invocation()), runJobs(world.invocation())]);
    await world.tick();
    expect(channelsOf(told(world, sara, "payment_link"))).toEqual(["email", "sms"]);
  });

  it("when the provider's answer is lost: what became of it is unknown, and stands in the log", async () => {
    const { world, sara } = await aDebtor({ disturb: withMessenger(() => Promise.reject(new Error("timed out"))) });
    await world.live(5 * hourMs, hourMs);
    const notices = (await logOf(world, sara)).filter(({ kind }) => kind === "payment_link");
    expect(notices).toMatchObject([
      { status: "unknown", attempts: 1 },
      { status: "unknown", attempts: 1 },
    ]);
  });

  it("but again when the provider says that it took nothing, until that is said six times", async () => {
    let refusals = 0;
    const refuse = async (message: Message) => {
      if (message.channel === "sms") refusals += 1;
      throw new MessageRefused("402");
    };
    const { world, sara } = await aDebtor({ disturb: withMessenger(refuse) });
    await world.tick();
    expect(refusals).toBe(1);
    await world.live(9 * hourMs, minuteMs * 5);
    expect(refusals).toBe(6);
    const notices = (await logOf(world, sara)).filter(({ kind }) => kind === "payment_link");
    expect(notices).toMatchObject([
      { status: "refused", attempts: 6 },
      { status: "refused", attempts: 6 },
    ]);
    expect(JSON.stringify(world.log)).not.toContain(sara.mobile.slice(1));
  });
});

function withMessenger(send: (message: Message) => Promise<void>): (deps: Deps) => Deps {
  return (deps) => ({ ...deps, messenger: { send } });
}

describe("preferences", () => {
  it("say for each kind and channel what holds, and keep what is not named", async () => {
    const world = await aNoticeWorld();
    const sara = await aSubscriber(world);
    const get = () => sara.call<{ preferences: NotificationPreference[] }>("GET", "/v1/me/notification-preferences");
    const before = (await get()).body.data.preferences;
    expect(before).toHaveLength(8);
    expect(before).toContainEqual({ kind: "payment_succeeded", email: true, sms: false, always: false });
    expect(before).toContainEqual({ kind: "price_change", email: true, sms: true, always: true });
    const { status, body } = await choose(sara, [{ kind: "payment_succeeded", email: false }]);
    expect(status).toBe(200);
    const after = before.map((each) => (each.kind === "payment_succeeded" ? { ...each, email: false } : each));
    expect([body.data.preferences, (await get()).body.data.preferences]).toEqual([after, after]);
  });

  it("are told to the log by whoever chose, and once: what is so already is no event", async () => {
    const world = await aNoticeWorld();
    const sara = await aSubscriber(world);
    const wanted = [
      { kind: "payment_succeeded", email: false },
      { kind: "quota_alert", email: true, sms: true },
    ];
    await choose(sara, wanted);
    await choose(sara, wanted);
    const events = await env.DB.prepare(
      "SELECT actor, data FROM billing_event WHERE stream = ? AND type = 'customer.notifications_chosen'",
    )
      .bind(sara.customerId)
      .all<{ actor: string; data: string }>();
    expect(events.results.map(({ actor, data }) => [actor.split(":")[0], JSON.parse(data)])).toEqual([
      [
        "user",
        {
          choices: [
            { kind: "payment_succeeded", channel: "email", enabled: false },
            { kind: "quota_alert", channel: "sms", enabled: true },
          ],
        },
      ],
    ]);
  });

  it("switched off are heeded", async () => {
    const world = await aNoticeWorld();
    const sara = await aSubscriber(world);
    await choose(sara, [{ kind: "payment_succeeded", email: false }]);
    await sara.subscribe(await aPrice(world), await sara.sign());
    await world.tick();
    expect(told(world, sara, "payment_succeeded")).toEqual([]);
  });

  it("cannot switch off what the law or a debt makes us tell: 422, and nothing of the request is kept", async () => {
    const world = await aNoticeWorld();
    const sara = await aSubscriber(world);
    const wanted = [
      { kind: "payment_succeeded", email: false },
      { kind: "price_change", sms: false },
    ];
    const { status, body } = await choose(sara, wanted);
    expect({ status, body }).toMatchObject({
      status: 422,
      body: { code: "validation_failed", errors: [{ pointer: "/body/preferences/1/sms" }] },
    });
    const rows = await env.DB.prepare("SELECT * FROM notification_preference WHERE customer_id = ?")
      .bind(sara.customerId)
      .all();
    expect(rows.results).toEqual([]);
    expect((await choose(sara, [{ kind: "price_change", sms: true }])).status).toBe(200);
  });
});

it("no row of the delivery log holds an address, and one of a customer who does not exist is a 404", async () => {
  const { world, sara } = await aDebtor();
  await world.tick();
  const rows = JSON.stringify((await env.DB.prepare("SELECT * FROM notice").all()).results);
  expect(rows).toContain("payment_link");
  expect(rows).not.toContain(sara.mobile.slice(1));
  expect(rows).not.toContain(sara.email);
  const operator = await anOperator(world);
  const nobody = "/v1/operator/customers/cus_01kaqzv3m5e0a8r6b1x2n4y7tq/notices";
  expect((await operator.call("GET", nobody)).status).toBe(404);
});
