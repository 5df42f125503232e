// Giving money back: whole and in parts, by each method, under lost answers, kills and races. Never more than was paid,
// and never twice.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { aPrice } from "../support/catalogue.ts";
import { aCrowdedWorld, aFreshWorld } from "../support/fresh-world.ts";
import { mortal } from "../support/mortal.ts";
import { anOperator, broken } from "../support/operator.ts";
import { aSubscriber } from "../support/subscriber.ts";
import type { World } from "../support/world.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const total = 3_289_000;

const callsOf = (world: World, name: string) => world.simulator.calls().filter(({ call }) => call === name);

/** A subscriber whose first period is paid, and an operator. */
async function aPaidSubscriber(world: World) {
  const operator = await anOperator(world);
  const sara = await aSubscriber(world);
  const { body } = await sara.subscribe(await aPrice(world), await sara.sign());
  const [payment] = await sara.payments();
  if (payment?.status !== "succeeded") throw new Error("the first payment did not succeed");
  return { operator, sara, payment, subscriptionId: body.data.id };
}

/** What the gateway's own ledger says of a payment. */
const entryOf = (world: World, paymentId: string) =>
  world.simulator.ledger().find(({ orderId }) => orderId === paymentId);

async function balances(paymentId: string): Promise<Readonly<Record<string, number>>> {
  const query = "SELECT account, SUM(amount_rials) AS rials FROM ledger_entry WHERE payment_id = ? GROUP BY account";
  const { results } = await env.DB.prepare(query).bind(paymentId).all<{ account: string; rials: number }>();
  return Object.fromEntries(results.map(({ account, rials }) => [account, rials]));
}

describe("a refund by hand", () => {
  it("is set aside, waits for the pay-out, and is booked to the bank; invoice and subscription stay as they are", async () => {
    const world = await aFreshWorld();
    const { operator, sara, payment, subscriptionId } = await aPaidSubscriber(world);
    const { status, body } = await operator.refund(payment.id);
    expect(status).toBe(201);
    expect(body.data).toMatchObject({ status: "pending", method: "manual", source: "invoice", amountRials: total });
    expect(body.data).toMatchObject({ netRials: 2_990_000, vatRials: 299_000 });
    expect((await sara.payments())[0]).toMatchObject({ status: "succeeded", refundedRials: total });
    expect(await operator.queueOf(sara.customerId)).toMatchObject([{ kind: "refund_waiting", id: body.data.id }]);

    const paid = await operator.settle(body.data.id, "14050901-1");
    expect(paid.body.data).toMatchObject({ status: "succeeded", reference: "14050901-1" });
    expect((await sara.payments())[0]).toMatchObject({ status: "refunded", refundedRials: total });
    expect((await sara.invoices())[0]).toMatchObject({ status: "paid" });
    expect((await sara.subscription(subscriptionId)).status).toBe("active");
    expect(await operator.queueOf(sara.customerId)).toEqual([]);
    expect(await balances(payment.id)).toMatchObject({
      deferred_revenue: 2_990_000,
      vat_payable: 299_000,
      refunds_payable: 0,
      bank: -total,
    });
    expect(await broken(sara)).toEqual([]);
  });

  it("that is not paid out frees what was set aside", async () => {
    const world = await aFreshWorld();
    const { operator, sara, payment } = await aPaidSubscriber(world);
    const first = await operator.refund(payment.id, { amountRials: 2_000_000 });
    expect((await operator.fail(first.body.data.id)).body.data).toMatchObject({ status: "failed" });
    expect((await sara.payments())[0]).toMatchObject({ status: "succeeded", refundedRials: 0 });
    expect((await operator.refund(payment.id)).body.data).toMatchObject({ amountRials: total });
    expect(await broken(sara)).toEqual([]);
  });

  it("of a payment that its bank takes back meanwhile says so in the queue; paid out all the same, it stays reversed", async () => {
    const world = await aFreshWorld();
    const { operator, sara, payment } = await aPaidSubscriber(world);
    const { body } = await operator.refund(payment.id);
    world.simulator.reverse(entryOf(world, payment.id)?.authority ?? "");
    world.pass(minuteMs);
    expect((await operator.resolve(payment.id, { decision: "ask_again" })).status).toBe(200);
    await world.tick();
    const waiting = { kind: "refund_waiting", id: body.data.id, reason: "payment_reversed" };
    expect(await operator.queueOf(sara.customerId)).toMatchObject([{ kind: "payment_reversed" }, waiting]);
    expect((await operator.settle(body.data.id, "14050901-1")).body.data).toMatchObject({ status: "succeeded" });
    expect((await sara.payments())[0]).toMatchObject({ status: "reversed", refundedRials: total });
    expect(await broken(sara)).toEqual([]);
  });

  it("409 to end one that has ended, 404 for one that never was", async () => {
    const world = await aFreshWorld();
    const { operator, payment } = await aPaidSubscriber(world);
    const { id } = (await operator.refund(payment.id)).body.data;
    await operator.settle(id, "14050901-2");
    expect(await operator.settle(id, "14050901-3")).toMatchObject({ status: 409, body: { code: "nothing_to_decide" } });
    expect(await operator.fail(id)).toMatchObject({ status: 409, body: { code: "nothing_to_decide" } });
    expect((await operator.fail(id.replace(/.....$/, "00000"))).status).toBe(404);
    expect((await operator.refund(payment.id.replace(/.....$/, "00000"))).status).toBe(404);
  });

  it("is audited: who ordered it and why stand beside the event, where partners do not see it", async () => {
    const world = await aFreshWorld();
    const { operator, sara, payment } = await aPaidSubscriber(world);
    await operator.refund(payment.id, { reason: "Paid for a month of outage" });
    const row = await env.DB.prepare(
      "SELECT actor, evidence FROM billing_event WHERE stream = ? AND type = 'refund.created'",
    )
      .bind(sara.customerId)
      .first();
    expect(row).toEqual({ actor: operator.actor, evidence: '{"reason":"Paid for a month of outage"}' });
    expect(JSON.stringify(await sara.events())).not.toContain("outage");
  });

  it("of a payment from years ago is as good as any", async () => {
    const world = await aFreshWorld();
    const { operator, payment } = await aPaidSubscriber(world);
    await env.DB.exec("DELETE FROM due");
    world.pass(400 * 24 * hourMs);
    expect((await operator.refund(payment.id, { amountRials: 1_000 })).status).toBe(201);
  });
});

describe("refunds in parts", () => {
  it("twenty at once give back at most what was paid, and their shares add up to the invoice's", async () => {
    const world = await aCrowdedWorld();
    const { operator, sara, payment } = await aPaidSubscriber(world);
    const part = 300_001;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => operator.refund(payment.id, { amountRials: part })),
    );
    const ordered = answers.filter(({ status }) => status === 201).length;
    const refused = answers.filter(({ status }) => status !== 201);
    for (const { status, body } of refused)
      expect([`409 refund_exceeds_payment`, "429 busy"]).toContain(`${status} ${body.code}`);
    expect(ordered).toBeGreaterThan(0);
    expect(ordered * part).toBeLessThanOrEqual(total);
    expect((await sara.payments())[0]).toMatchObject({ refundedRials: ordered * part });
    expect((await operator.refund(payment.id)).body.data.amountRials).toBe(total - ordered * part);
    const sums = "SELECT SUM(net_rials) AS net, SUM(vat_rials) AS vat FROM refund WHERE payment_id = ?";
    expect(await env.DB.prepare(sums).bind(payment.id).first()).toEqual({ net: 2_990_000, vat: 299_000 });
    expect(await broken(sara)).toEqual([]);
  });

  it("the same request twice is one refund", async () => {
    const world = await aFreshWorld();
    const { operator, payment } = await aPaidSubscriber(world);
    const key = crypto.randomUUID();
    const order = { paymentId: payment.id, amountRials: 1_000, reason: "Twice" };
    const one = await operator.call<{ id: string }>("POST", "/v1/refunds", order, key);
    const two = await operator.call<{ id: string }>("POST", "/v1/refunds", order, key);
    expect(two.body.data.id).toBe(one.body.data.id);
    const { body } = await operator.call("GET", `/v1/refunds?paymentId=${payment.id}&status=pending`);
    expect(body.data).toMatchObject([{ id: one.body.data.id, amountRials: 1_000 }]);
  });
});

describe("a refund over the gateway", () => {
  it("is paid out by it at once, in parts", async () => {
    const world = await aFreshWorld();
    const { operator, sara, payment } = await aPaidSubscriber(world);
    const { status, body } = await operator.refund(payment.id, { method: "refund", amountRials: 1_000_000 });
    expect([status, body.data.status]).toEqual([201, "succeeded"]);
    expect(body.data).toMatchObject({ netRials: 909_091, vatRials: 90_909, reference: expect.any(String) });
    expect(entryOf(world, payment.id)?.refunds).toMatchObject([{ amountRials: 1_000_000 }]);
    await operator.refund(payment.id, { method: "refund" });
    expect(entryOf(world, payment.id)).toMatchObject({ state: "refunded" });
    expect((await sara.payments())[0]).toMatchObject({ status: "refunded" });
    expect(await broken(sara)).toEqual([]);
  });

  it("whose answer is lost is never sent again: an operator decides", async () => {
    const world = await aFreshWorld();
    const { operator, sara, payment } = await aPaidSubscriber(world);
    world.simulator.fault({ call: "graphql/AddRefund", fault: { kind: "drop_after" } });
    const { status, body } = await operator.refund(payment.id, { method: "refund", amountRials: 1_000_000 });
    expect([status, body.data.refund.status]).toEqual([202, "submitted"]);
    await world.live(10 * minuteMs, 5 * minuteMs);
    const { id } = body.data.refund;
    expect(await operator.refundOf(id)).toMatchObject({ status: "needs_review", failureReason: "unanswered" });
    expect(callsOf(world, "graphql/AddRefund")).toHaveLength(1);
    expect(await operator.queueOf(sara.customerId)).toMatchObject([
      { kind: "refund_waiting", id, decisions: ["settle", "fail"], evidence: [{}, {}] },
    ]);
    await operator.settle(id, "1234567890");
    expect(await operator.refundOf(id)).toMatchObject({ status: "succeeded" });
    expect(entryOf(world, payment.id)?.refunds).toHaveLength(1);
    expect(await broken(sara)).toEqual([]);
  });

  it("that is refused frees what was set aside", async () => {
    const world = await aFreshWorld();
    const { operator, sara, payment } = await aPaidSubscriber(world);
    world.simulator.fault({ call: "graphql/AddRefund", fault: { kind: "decline" } });
    expect((await operator.refund(payment.id, { method: "refund" })).body.data).toMatchObject({ status: "failed" });
    expect((await sara.payments())[0]).toMatchObject({ status: "succeeded", refundedRials: 0 });
    expect(await broken(sara)).toEqual([]);
  });

  it.each(["before", "after", "late"] as const)("killed at any await (%s) is sent at most once", async (how) => {
    const world = await aFreshWorld();
    const { operator, sara, payment } = await aPaidSubscriber(world);
    const ids: string[] = [];
    for (let at = 1, isOver = false; !isOver; at++) {
      world.hold();
      const { body } = await operator.refund(payment.id, { method: "refund", amountRials: 20_000 });
      ids.push(body.data.refund.id);
      const victim = mortal(world.invocation(), at, how);
      const lived = world.deliver(world.queue.splice(0), victim.deps).then(() => true);
      isOver = await Promise.race([lived, victim.died.then(() => false)]);
      await victim.arrive();
      world.release();
      await world.tick();
    }
    await world.live(10 * minuteMs, 5 * minuteMs);
    expect(ids.length).toBeGreaterThan(3);
    expect(callsOf(world, "graphql/AddRefund").length).toBeLessThanOrEqual(ids.length);
    const given = entryOf(world, payment.id)?.refunds.map(({ amountRials }) => amountRials) ?? [];
    expect(given.length).toBeLessThanOrEqual(ids.length);
    const ends = await Promise.all(ids.map(async (id) => (await operator.refundOf(id)).status));
    for (const end of ends) expect(["succeeded", "needs_review", "failed"]).toContain(end);
    expect(ends.filter((end) => end === "succeeded").length).toBeLessThanOrEqual(given.length);
    expect(await broken(sara)).toEqual([]);
  });
});

describe("a reversal of ours", () => {
  it("takes the whole payment back, within half an hour of it", async () => {
    const world = await aFreshWorld();
    const { operator, sara, payment } = await aPaidSubscriber(world);
    const part = await operator.refund(payment.id, { method: "reverse", amountRials: 1_000 });
    expect(part).toMatchObject({ status: 409, body: { code: "refund_method_unavailable" } });
    const { status, body } = await operator.refund(payment.id, { method: "reverse" });
    expect([status, body.data.status]).toEqual([201, "succeeded"]);
    expect(entryOf(world, payment.id)).toMatchObject({ state: "reversed" });
    expect((await sara.payments())[0]).toMatchObject({ status: "refunded" });
    expect((await sara.invoices())[0]).toMatchObject({ status: "paid" });
    expect(await broken(sara)).toEqual([]);
  });

  it("409 after half an hour", async () => {
    const world = await aFreshWorld();
    const { operator, payment } = await aPaidSubscriber(world);
    world.pass(31 * minuteMs);
    const late = await operator.refund(payment.id, { method: "reverse" });
    expect(late).toMatchObject({ status: 409, body: { code: "refund_method_unavailable" } });
  });

  it("whose answer is lost is found out by asking, and repeated by nobody", async () => {
    const world = await aFreshWorld();
    const { operator, sara, payment } = await aPaidSubscriber(world);
    world.simulator.fault({ call: "payment/reverse", fault: { kind: "drop_after" } });
    const { status, body } = await operator.refund(payment.id, { method: "reverse" });
    expect([status, body.data.refund.status]).toEqual([202, "submitted"]);
    await world.live(10 * minuteMs, 5 * minuteMs);
    expect(await operator.refundOf(body.data.refund.id)).toMatchObject({ status: "succeeded" });
    expect(callsOf(world, "payment/reverse")).toHaveLength(1);
    expect((await sara.payments())[0]).toMatchObject({ status: "refunded" });
    expect((await sara.invoices())[0]).toMatchObject({ status: "paid" });
    expect(await broken(sara)).toEqual([]);
  });

  it("that never arrived fails when it was heard again an hour later", async () => {
    const world = await aFreshWorld();
    const { operator, sara, payment } = await aPaidSubscriber(world);
    world.simulator.fault({ call: "payment/reverse", fault: { kind: "drop_before" } });
    const { body } = await operator.refund(payment.id, { method: "reverse" });
    await world.live(30 * minuteMs, 10 * minuteMs);
    expect(await operator.refundOf(body.data.refund.id)).toMatchObject({ status: "submitted" });
    await world.live(hourMs, 10 * minuteMs);
    expect(await operator.refundOf(body.data.refund.id)).toMatchObject({ status: "failed" });
    expect((await sara.payments())[0]).toMatchObject({ status: "succeeded", refundedRials: 0 });
    expect(callsOf(world, "payment/reverse")).toHaveLength(1);
    expect(await broken(sara)).toEqual([]);
  });
});

it("409 for a method that is not switched on", async () => {
  const world = await aFreshWorld();
  const { operator, payment } = await aPaidSubscriber(world);
  const deps = world.invocation();
  const careful = { ...deps, config: { ...deps.config, refundMethods: ["manual"] as const } };
  const order = { paymentId: payment.id, method: "refund", reason: "Not here" };
  const request = new Request("https://sarresid.test/v1/refunds", {
    method: "POST",
    headers: {
      authorization: `Bearer ${operator.token}`,
      "content-type": "application/json",
      "idempotency-key": crypto.randomUUID(),
    },
    body: JSON.stringify(order),
  });
  const response = await world.fetchWith(careful, request);
  expect([response.status, await response.json()]).toMatchObject([409, { code: "refund_method_unavailable" }]);
});

it("409 for a payment whose money is not here", async () => {
  const world = await aFreshWorld({ gateway: {} });
  const operator = await anOperator(world);
  const sara = await aSubscriber(world);
  world.simulator.configure({ balances: { [sara.mobile]: 0 } });
  await sara.subscribe(await aPrice(world), await sara.sign());
  const [payment] = await sara.payments();
  const answer = await operator.refund(payment?.id ?? "");
  expect(answer).toMatchObject({ status: 409, body: { code: "payment_not_refundable" } });
});
