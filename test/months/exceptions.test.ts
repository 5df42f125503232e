// The operators' queue: what waits for a person, with all evidence, and each decision as an event with who and why.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Payment } from "../../contract/payment.ts";
import { exceptionAttempts } from "../../server/store/due.ts";
import { aPrice } from "../support/catalogue.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { anOperator, broken } from "../support/operator.ts";
import { aSubscriber, type Subscriber } from "../support/subscriber.ts";
import type { World } from "../support/world.ts";

const minuteMs = 60_000;

async function aSubscriberIn(world: World) {
  const operator = await anOperator(world);
  const sara = await aSubscriber(world);
  const priceId = await aPrice(world);
  const methodId = await sara.sign();
  return { operator, sara, priceId, methodId };
}

/** A first payment that waits for an operator, since the gateway answers its verify with this refusal. */
async function aContradiction(world: World, code: -50 | -53) {
  const all = await aSubscriberIn(world);
  world.simulator.fault({ call: "payment/verify", fault: { kind: "decline", code } });
  const { body } = await all.sara.subscribe(all.priceId, all.methodId);
  return { ...all, payment: await onlyPayment(all.sara), answer: body };
}

async function onlyPayment(sara: Subscriber): Promise<Payment> {
  const [payment] = await sara.payments();
  if (!payment) throw new Error("there is no payment");
  return payment;
}

const lastEvents = async (sara: Subscriber) =>
  (
    await env.DB.prepare("SELECT type, actor, evidence FROM billing_event WHERE stream = ? ORDER BY seq DESC LIMIT 4")
      .bind(sara.customerId)
      .all<{ type: string; actor: string; evidence: string | null }>()
  ).results;

describe("a payment about which the gateway contradicts itself", () => {
  it.each([
    [-50, "amount_differs"],
    [-53, "other_merchant"],
  ] as const)("%i waits with the raw answer; settled by an operator it pays the invoice", async (code, reason) => {
    const world = await aFreshWorld();
    const { operator, sara, payment } = await aContradiction(world, code);
    expect(payment.status).toBe("needs_review");
    const [waiting] = await operator.queueOf(sara.customerId);
    expect(waiting).toMatchObject({ id: payment.id, kind: "payment_review", reason, amountRials: 3_289_000 });
    expect(waiting?.decisions).toEqual(["settle", "fail", "ask_again"]);
    expect(waiting?.evidence[0]).toMatchObject({ actor: "system", evidence: { call: "payment/verify", code } });
    const { status } = await operator.resolve(payment.id, { decision: "settle", reference: `bank-${payment.id}` });
    expect(status).toBe(200);
    expect(await sara.invoices()).toMatchObject([{ status: "paid" }]);
    const decided = (await lastEvents(sara)).find(({ type }) => type === "payment.succeeded");
    expect(decided).toMatchObject({ actor: operator.actor, evidence: expect.stringContaining("The test says so") });
    expect(await operator.queueOf(sara.customerId)).toEqual([]);
    expect(await broken(sara)).toEqual([]);
  });

  it("taken as not paid: what it was for never begins, and its money is looked for", async () => {
    const world = await aFreshWorld();
    const { operator, sara, payment } = await aContradiction(world, -50);
    await operator.resolve(payment.id, { decision: "fail" });
    expect(await sara.payments()).toMatchObject([{ status: "failed", failureReason: "reviewed" }]);
    expect(await sara.invoices()).toMatchObject([{ status: "void" }]);
    expect(await broken(sara)).toEqual([]);
  });

  it("asked again: the gateway is heard once more, and says the truth this time", async () => {
    const world = await aFreshWorld();
    const { operator, sara, payment } = await aContradiction(world, -50);
    await operator.resolve(payment.id, { decision: "ask_again" });
    await world.live(5 * minuteMs);
    expect(await sara.payments()).toMatchObject([{ status: "succeeded" }]);
    expect(await broken(sara)).toEqual([]);
  });

  it("a reference seen before waits as well, and cannot be settled with a reference that another payment has", async () => {
    const world = await aFreshWorld();
    const first = await aSubscriberIn(world);
    await first.sara.subscribe(first.priceId, first.methodId);
    const { refId } = await onlyPayment(first.sara);
    const { operator, sara, priceId, methodId } = await aSubscriberIn(world);
    world.simulator.fault({ call: "payment/verify", fault: { kind: "duplicate_ref_id" } });
    await sara.subscribe(priceId, methodId);
    const payment = await onlyPayment(sara);
    expect(payment).toMatchObject({ status: "needs_review", failureReason: "reference_seen_before" });
    const taken = await operator.resolve(payment.id, { decision: "settle", reference: refId });
    expect(taken).toMatchObject({ status: 409, body: { code: "reference_seen_before" } });
    expect((await operator.resolve(payment.id, { decision: "settle", reference: `own-${payment.id}` })).status).toBe(
      200,
    );
    expect(await broken(sara)).toEqual([]);
  });

  it("422 to settle without a reference, 409 when there is nothing to decide, 404 when there is no such payment", async () => {
    const world = await aFreshWorld();
    const { operator, sara, payment } = await aContradiction(world, -50);
    expect((await operator.resolve(payment.id, { decision: "settle" })).status).toBe(422);
    await operator.resolve(payment.id, { decision: "settle", reference: `r-${payment.id}` });
    expect(await operator.resolve(payment.id, { decision: "fail" })).toMatchObject({
      status: 409,
      body: { code: "nothing_to_decide" },
    });
    expect((await operator.resolve(payment.id.replace(/.....$/, "00000"), { decision: "fail" })).status).toBe(404);
    expect((await sara.call("GET", "/v1/operator/exceptions")).status).toBe(403);
  });
});

describe("a bank's reversal", () => {
  it("is found by asking again, reopens the invoice, and leaves the queue once it is acknowledged", async () => {
    const world = await aFreshWorld();
    const { operator, sara, priceId, methodId } = await aSubscriberIn(world);
    await sara.subscribe(priceId, methodId);
    const payment = await onlyPayment(sara);
    const authority = world.simulator.ledger().find(({ orderId }) => orderId === payment.id)?.authority ?? "";
    world.simulator.reverse(authority);
    world.pass(minuteMs);
    expect((await operator.resolve(payment.id, { decision: "ask_again" })).status).toBe(200);
    await world.tick();
    expect(await sara.payments()).toMatchObject([{ status: "reversed" }]);
    expect(await sara.invoices()).toMatchObject([{ status: "open" }]);
    expect(await operator.queueOf(sara.customerId)).toMatchObject([{ id: payment.id, kind: "payment_reversed" }]);
    expect((await operator.acknowledge(payment.id)).status).toBe(200);
    expect(await operator.queueOf(sara.customerId)).toEqual([]);
    expect((await operator.acknowledge(payment.id)).status).toBe(404);
    expect((await lastEvents(sara))[0]).toMatchObject({ type: "exception.acknowledged", actor: operator.actor });
    expect(await broken(sara)).toEqual([]);
  });
});

describe("a customer whose run throws again and again", () => {
  it("is in the queue from the eighth fault on; resumed, it is looked at at once", async () => {
    const world = await aFreshWorld();
    const { operator, sara, priceId, methodId } = await aSubscriberIn(world);
    world.hold();
    await sara.subscribe(priceId, methodId);
    world.queue.length = 0;
    const deps = world.invocation();
    const requestPayment = () => Promise.reject(new Error("a bug"));
    const sick = { ...deps, gateway: { ...deps.gateway, requestPayment } };
    for (let fault = 1; fault <= exceptionAttempts; fault++) {
      expect(await operator.queueOf(sara.customerId)).toEqual([]);
      await world.deliver([{ customerId: sara.customerId }], sick);
    }
    expect(await operator.queueOf(sara.customerId)).toMatchObject([
      { kind: "customer_stuck", id: sara.customerId, reason: "Error", decisions: ["resume"] },
    ]);
    expect(await operator.acknowledge(sara.customerId)).toMatchObject({ status: 409 });
    world.release();
    expect((await operator.resume(sara.customerId)).status).toBe(200);
    await world.drain();
    expect(await sara.payments()).toMatchObject([{ status: "succeeded" }]);
    expect(await operator.queueOf(sara.customerId)).toEqual([]);
    expect((await sara.events()).some(({ type }) => type === "customer.resumed")).toBe(true);
    expect((await operator.resume(sara.customerId.replace(/.....$/, "00000"))).status).toBe(404);
  });
});

it("a presumed cancellation waits until somebody has seen it", async () => {
  const world = await aFreshWorld();
  const { operator, sara, methodId } = await aSubscriberIn(world);
  world.simulator.fault({ call: "payman/cancelContract", times: 50, fault: { kind: "decline" } });
  await sara.call("POST", `/v1/payment-methods/${methodId}/cancel`);
  await world.pass48Hours();
  expect(await operator.queueOf(sara.customerId)).toMatchObject([{ id: methodId, kind: "cancellation_presumed" }]);
  await operator.acknowledge(methodId);
  expect(await operator.queueOf(sara.customerId)).toEqual([]);
});

it("a difference to the gateway's books waits, with what was said of its payment, until somebody has seen it", async () => {
  const world = await aFreshWorld();
  const { operator, sara, priceId, methodId } = await aSubscriberIn(world);
  await sara.subscribe(priceId, methodId);
  const { id } = await onlyPayment(sara);
  await env.DB.exec("INSERT INTO reconciliation VALUES ('2026-11-21', 'completed', 1, 1, 0, 0, 0, 0, '', NULL, 1, 2)");
  const difference = "INSERT INTO reconciliation_difference VALUES ('2026-11-21', ?, 'failed', 3289000, 2)";
  await env.DB.prepare(difference).bind(id).run();
  const waiting = await operator.queueOf(sara.customerId);
  expect(waiting).toMatchObject([
    { id: id.replace("pay_", "rdf_"), kind: "reconciliation_difference", reason: "failed" },
  ]);
  expect(waiting[0]?.evidence[0]).toMatchObject({ evidence: { call: "payment/verify" } });
  await operator.acknowledge(waiting[0]?.id ?? "");
  expect(await operator.queueOf(sara.customerId)).toEqual([]);
});

it("pages of the queue are newest first and leave nothing out", async () => {
  const world = await aFreshWorld();
  const { operator, sara, priceId, methodId } = await aSubscriberIn(world);
  await sara.subscribe(priceId, methodId);
  const payment = await onlyPayment(sara);
  const ids: string[] = [];
  for (let count = 0; count < 3; count++) {
    world.pass(minuteMs);
    ids.unshift((await operator.refund(payment.id, { amountRials: 1_000 })).body.data.id);
  }
  type Page = { data: { id: string }[]; page: { nextCursor: string | null } };
  const seen: string[] = [];
  for (let cursor: string | null = "", pages = 0; cursor !== null && pages < 50; pages++) {
    const after: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const { body } = await operator.call("GET", `/v1/operator/exceptions?kind=refund_waiting&limit=2${after}`);
    const page = body as unknown as Page;
    seen.push(...page.data.map(({ id }) => id));
    cursor = page.page.nextCursor;
  }
  expect(seen.filter((id) => ids.includes(id))).toEqual(ids);
  expect(new Set(seen).size).toBe(seen.length);
  expect((await operator.call("GET", "/v1/operator/exceptions?cursor=nonsense")).status).toBe(422);
});

describe("the gateway, as operators see it", () => {
  it("tells the switch, and the breaker from closed to open to half open", async () => {
    const world = await aFreshWorld();
    const { operator, sara, priceId, methodId } = await aSubscriberIn(world);
    await sara.subscribe(priceId, methodId);
    const gateway = async () =>
      (await operator.call<Readonly<Record<string, unknown>>>("GET", "/v1/operator/gateway")).body.data;
    expect(await gateway()).toMatchObject({ collecting: true, breaker: "closed", openUntil: null });
    world.simulator.fault({ call: "payman/checkout", times: 5, fault: { kind: "drop_before" } });
    for (let count = 0; count < 5; count++) {
      const other = await aSubscriber(world);
      await other.subscribe(priceId, await other.sign());
    }
    const open = await gateway();
    expect(open).toMatchObject({ breaker: "open", openUntil: expect.any(String) });
    expect(open["outcomes"]).toMatchObject(Array.from({ length: 5 }, () => ({ outcome: "unknown" })));
    world.pass(6 * minuteMs);
    expect(await gateway()).toMatchObject({ breaker: "half_open", openUntil: null });
  });

  it("tells the invariants, to operators alone", async () => {
    const world = await aFreshWorld();
    const { operator, sara } = await aSubscriberIn(world);
    type Told = { name: string; holds: boolean; offenders: object[] };
    const { status, body } = await operator.call<Told[]>("GET", "/v1/invariants");
    expect(status).toBe(200);
    expect(body.data.find(({ name }) => name === "no_money_call_twice")).toMatchObject({ holds: true, offenders: [] });
    expect((await sara.call("GET", "/v1/invariants")).status).toBe(403);
    const emptyCursor = await operator.call("GET", "/v1/invariants?cursor=");
    expect(emptyCursor).toMatchObject({ status: 422, body: { errors: [{ pointer: "/query/cursor" }] } });
  });
});
