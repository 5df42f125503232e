// What an earlier system of this kind got wrong and no other story holds; the number of the lesson ends the title. The
// others stand where they belong: `(lesson` finds them all.
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { scanDue } from "../../server/job/tick.ts";
import type { Deps } from "../../server/deps.ts";
import { aPrice } from "../support/catalogue.ts";
import { d1Around } from "../support/d1-around.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { mortal } from "../support/mortal.ts";
import { aSubscriber, type Subscriber } from "../support/subscriber.ts";
import { publicUrl, type World } from "../support/world.ts";

const minuteMs = 60_000;

async function aSignedSubscriber(limits: object = {}) {
  const world = await aFreshWorld();
  const priceId = await aPrice(world);
  const sara = await aSubscriber(world);
  return { world, sara, priceId, methodId: await sara.sign(limits) };
}

/** Lets time pass to a moment, with the cron running wherever something is due. */
async function liveUntil(world: World, instant: string): Promise<void> {
  while (world.now() < Date.parse(instant) - 172_800_000) await world.pass48Hours();
  await world.live(Date.parse(instant) - world.now(), 20 * minuteMs);
}

const statusesOf = async (sara: Subscriber) => (await sara.payments()).map(({ status }) => status);
const debitCallsOf = (world: World) => world.simulator.calls().filter(({ call }) => call === "payman/checkout");

interface Booked {
  readonly authority: string;
  readonly refId: string;
  readonly kind: string;
  readonly evidence: string;
}

/** What was booked as paid, each with the authority it was taken under and what the gateway had answered. */
async function bookedOf({ customerId }: Subscriber): Promise<readonly Booked[]> {
  const { results } = await env.DB.prepare(
    `SELECT payment.authority, payment.ref_id AS refId, payment.kind, billing_event.evidence FROM payment
       JOIN billing_event ON type = 'payment.succeeded' AND data ->> 'paymentId' = payment.id
       WHERE payment.customer_id = ? AND payment.status = 'succeeded' ORDER BY position`,
  )
    .bind(customerId)
    .all<Booked>();
  return results;
}

test("whatever was paid, and in whatever way, the gateway had verified under an authority of its own (lesson 1)", async () => {
  const { world, sara, priceId, methodId } = await aSignedSubscriber();
  /* 22 Nov */ const { body } = await sara.subscribe(priceId, methodId);
  /* 22 Nov */ const page = await sara.checkout({ priceId: await aPrice(world, { interval: null }) });
  await sara.payPage(page.body.data.url);
  world.simulator.configure({ balances: { [sara.mobile]: 0 } });
  /* 22 Dec */ await sara.advance("2026-12-22T20:00:00Z");
  world.simulator.configure({ balances: {} });
  /* 22 Dec */ expect((await sara.pay(body.data.id)).status).toBe(200);
  /* 21 Jan */ await sara.advance("2027-01-21T20:00:00Z");

  const booked = await bookedOf(sara);
  expect(booked.map(({ kind }) => kind)).toEqual(["debit", "checkout", "debit", "debit"]);
  const captured = world.simulator.ledger().filter(({ state }) => state === "captured");
  expect(booked.map(({ authority }) => authority)).toEqual(captured.map(({ authority }) => authority));
  expect(booked.map(({ refId }) => refId)).toEqual(captured.map(({ refId }) => String(refId)));
  for (const { evidence } of booked) expect(JSON.parse(evidence)).toMatchObject({ call: "payment/verify", code: 100 });
});

test("while the gateway verifies nothing, nothing is booked, whatever the browser says (lesson 1)", async () => {
  const { world, sara, priceId } = await aSignedSubscriber();
  const { body } = await sara.subscribeByPage(priceId);
  const { subscription, checkout } = body.data;
  world.simulator.fault({ call: "payment/verify", times: 100, fault: { kind: "http_500", effect: "before" } });
  await sara.payPage(checkout.url);
  await world.fetch(new Request(`${publicUrl}/v1/callbacks/payments/${checkout.id}?Status=OK`));
  await world.live(20 * minuteMs, 5 * minuteMs);
  expect((await sara.subscription(subscription.id)).status).toBe("incomplete");
  expect(await bookedOf(sara)).toEqual([]);
  expect(await sara.invoices()).toMatchObject([{ status: "open", paidAt: null }]);
});

test("a debit is written down before it is sent: when every write after it fails, it is booked later and not sent again (lesson 3)", async () => {
  const { world, sara, priceId, methodId } = await aSignedSubscriber();
  world.hold();
  await sara.subscribe(priceId, methodId);
  world.queue.length = 0;

  const before: unknown[] = [];
  await world.deliver(
    [{ customerId: sara.customerId }],
    losingItsDatabaseAtTheDebit(world.invocation(), async (authority) => {
      before.push(
        await env.DB.prepare("SELECT status FROM payment WHERE authority = ?").bind(authority).first("status"),
      );
    }),
  );
  expect(before).toEqual(["submitted"]);
  expect(world.simulator.totals().debits).toBe(1);
  expect(await statusesOf(sara)).toEqual(["submitted"]);

  world.release();
  await world.live(10 * minuteMs);
  expect(await statusesOf(sara)).toEqual(["succeeded"]);
  expect(world.simulator.totals()).toMatchObject({ debits: 1, debitedRials: 3_289_000 });
  expect(debitCallsOf(world)).toHaveLength(1);
});

/** An invocation that reaches the database until it makes its debit, and never again. */
function losingItsDatabaseAtTheDebit(deps: Deps, atDebit: (authority: string) => Promise<void>): Deps {
  let isLost = false;
  return {
    ...deps,
    db: d1Around(deps.db, {
      around: (_queries, effect) =>
        isLost ? Promise.reject(new Error("D1_ERROR: Network connection lost.")) : effect(),
    }),
    log: () => undefined,
    gateway: {
      ...deps.gateway,
      debit: async (input) => {
        await atDebit(input.authority);
        isLost = true;
        return deps.gateway.debit(input);
      },
    },
  };
}

test("a limit that is used up leaves no payment behind: the renewal waits for the next day, and is paid (lesson 10)", async () => {
  const { world, sara, priceId, methodId } = await aSignedSubscriber({ maxDailyCount: 1 });
  /* 22 Nov */ const { body } = await sara.subscribe(priceId, methodId);
  /* 22 Dec, 00:30 in Tehran */ await liveUntil(world, "2026-12-21T21:00:00Z");
  expect((await sara.subscribe(await aPrice(world), methodId)).status).toBe(201);
  /* 22 Dec, 23:30 */ await liveUntil(world, "2026-12-22T20:00:00Z");
  expect(await statusesOf(sara)).toEqual(["succeeded", "succeeded"]);
  expect((await sara.invoices()).filter(({ status }) => status === "open")).toMatchObject([{ attemptCount: 0 }]);
  /* 23 Dec, 23:30 */ await liveUntil(world, "2026-12-23T20:00:00Z");
  expect(await sara.subscription(body.data.id)).toMatchObject({ status: "active", currentPeriod: { index: 1 } });
  expect(await statusesOf(sara)).toEqual(["succeeded", "succeeded", "succeeded"]);
});

test("a scan that dies between claiming a customer and sending the message strands nobody (lesson 12)", async () => {
  const { world, sara, priceId, methodId } = await aSignedSubscriber();
  const { body } = await sara.subscribe(priceId, methodId);
  for (let dues = 0; dues < 2; dues++) {
    // The end of the period first, then the second at which its renewal is collected.
    const dueAt = await env.DB.prepare("SELECT due_at FROM due WHERE customer_id = ?")
      .bind(sara.customerId)
      .first<number>("due_at");
    world.pass((dueAt ?? 0) - world.now());
    const scan = mortal(world.invocation(), 2);
    await Promise.race([scanDue(scan.deps), scan.died]);
    expect(scan.operations.map(({ name }) => name)).toEqual(["write", "due.sendBatch"]);
    expect(world.queue).toEqual([]);
    await world.live(3 * minuteMs);
  }
  expect(await sara.subscription(body.data.id)).toMatchObject({ status: "active", currentPeriod: { index: 1 } });
  expect(await statusesOf(sara)).toEqual(["succeeded", "succeeded"]);
  expect(world.simulator.totals().debits).toBe(2);
});
