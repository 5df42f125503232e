// One-off payments on a page of the gateway: whoever pays, and however often, an invoice is paid once.
import { env } from "cloudflare:workers";
import { describe, expect, it, test } from "vitest";
import type { Checkout } from "../../contract/checkout.ts";
import { aPrice } from "../support/catalogue.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { aSubscriber, visitBank, type Subscriber } from "../support/subscriber.ts";
import { publicUrl, type World, type WorldOptions } from "../support/world.ts";

const minuteMs = 60_000;

/** Somebody at the page on which a one-time price of 500,000 Rials is paid. */
async function aBuyer(options: WorldOptions = {}) {
  const world = await aFreshWorld(options);
  const priceId = await aPrice(world, { amountRials: 500_000, interval: null });
  const sara = await aSubscriber(world);
  const { status, body } = await sara.checkout({ priceId });
  return { world, sara, priceId, status, checkout: body.data };
}

/** Subscribed on 1 Azar by direct debit, with an empty account when the renewal of 1 Dey is debited. */
async function aDebtor(options: WorldOptions = {}) {
  const world = await aFreshWorld(options);
  const priceId = await aPrice(world);
  const sara = await aSubscriber(world);
  const methodId = await sara.sign();
  const { body } = await sara.subscribe(priceId, methodId);
  world.simulator.configure({ balances: { [sara.mobile]: 0 } });
  await sara.advance("2026-12-22T20:00:00Z");
  world.simulator.configure({ balances: {} });
  const [invoice] = await sara.invoices();
  return { world, sara, subscriptionId: body.data.id, methodId, invoiceId: invoice?.id ?? "" };
}

/** The same on real time, with money again before the second try, two days after the first. */
async function aDebtorOnRealTime() {
  const world = await aFreshWorld();
  const sara = await aSubscriber(world);
  const { body } = await sara.subscribe(await aPrice(world), await sara.sign());
  world.simulator.configure({ balances: { [sara.mobile]: 0 } });
  world.pass(Date.parse(body.data.currentPeriod.endsAt) - world.now());
  await world.live(24 * 60 * minuteMs, 30 * minuteMs);
  world.simulator.configure({ balances: {} });
  return { world, sara, subscriptionId: body.data.id, invoice: await invoiceOf(sara) };
}

const callsOf = (world: World, name: string) => world.simulator.calls().filter(({ call }) => call === name);
const statusesOf = async (sara: Subscriber) => (await sara.payments()).map(({ status }) => status).toSorted();
const invoiceOf = async (sara: Subscriber) => (await sara.invoices())[0];
const capturedOf = (world: World) => world.simulator.ledger().filter(({ state }) => state === "captured");

const linkOf = (invoiceId: string, method = "GET", language = "fa") =>
  new Request(`${publicUrl}/v1/pay/${invoiceId}`, {
    method,
    headers: {
      "accept-language": language,
      ...(method === "POST" && { "content-type": "application/x-www-form-urlencoded" }),
    },
  });

describe("POST /v1/checkouts", () => {
  it("201 with the gateway's page for a one-time price; paid there, it is one captured payment", async () => {
    const { world, sara, status, checkout } = await aBuyer();
    expect(status).toBe(201);
    expect(checkout).toMatchObject({ status: "open", amountRials: 550_000, refId: null, settledAt: null });
    expect(checkout.url).toMatch(/^https:\/\/gateway\.test\/pg\/StartPay\/A/);
    expect(Date.parse(checkout.expiresAt ?? "") - world.now()).toBeGreaterThan(29 * minuteMs);
    expect(await sara.payPage(checkout.url)).toContain("پرداخت شد");
    expect(await sara.checkoutNow(checkout.id)).toMatchObject({ status: "succeeded", url: null, expiresAt: null });
    expect(await invoiceOf(sara)).toMatchObject({ status: "paid", reason: "purchase", totalRials: 550_000 });
    expect(world.simulator.totals()).toMatchObject({ debits: 1, debitedRials: 550_000 });
    expect(capturedOf(world)).toHaveLength(1);
  });

  it("200 with the same page while one of the invoice is open, and the gateway was asked for one", async () => {
    const { world, sara, checkout } = await aBuyer();
    const again = await sara.checkout({ invoiceId: checkout.invoiceId });
    expect(again).toMatchObject({ status: 200, body: { data: { id: checkout.id, url: checkout.url } } });
    expect(callsOf(world, "payment/request")).toHaveLength(1);
    expect(await sara.payments()).toHaveLength(1);
  });

  it("202 while the gateway does not answer; the page is there as soon as it does", async () => {
    const world = await aFreshWorld();
    const priceId = await aPrice(world, { interval: null });
    const sara = await aSubscriber(world);
    world.simulator.fault({ call: "payment/request", fault: { kind: "http_500", effect: "before" } });
    const answer = await sara.call<{ pollUrl: string }>("POST", "/v1/checkouts", { priceId }, "a-slow-gateway");
    expect(answer).toMatchObject({ status: 202, body: { data: { status: "processing" } } });
    await world.live(minuteMs, 10_000);
    const { body } = await sara.call<Checkout>("GET", answer.body.data.pollUrl);
    expect(body.data).toMatchObject({ status: "open", url: expect.stringContaining("StartPay") });
  });

  it("twenty at once with one key are one invoice and one page", async () => {
    const world = await aFreshWorld();
    const priceId = await aPrice(world, { interval: null });
    const sara = await aSubscriber(world);
    const answers = await Promise.all(Array.from({ length: 20 }, () => sara.checkout({ priceId }, "one-key")));
    const made = answers.filter(({ status }) => status < 300);
    expect(new Set(made.map(({ body }) => body.data.id ?? "")).size).toBe(1);
    expect(await sara.invoices()).toHaveLength(1);
    expect(await sara.payments()).toHaveLength(1);
  });

  it("409 price_recurring for what is subscribed to, invoice_not_open for what is paid", async () => {
    const { world, sara, checkout } = await aBuyer();
    await sara.payPage(checkout.url);
    const recurring = await sara.checkout({ priceId: await aPrice(world) });
    const paid = await sara.checkout({ invoiceId: checkout.invoiceId });
    expect([recurring, paid].map(({ status, body }) => `${status} ${body.code}`)).toEqual([
      "409 price_recurring",
      "409 invoice_not_open",
    ]);
  });

  it("422 with a pointer for both an invoice and a price, and for neither", async () => {
    const { sara, checkout, priceId } = await aBuyer();
    for (const [order, pointer] of [
      [{ invoiceId: checkout.invoiceId, priceId }, "/body/priceId"],
      [{}, "/body/invoiceId"],
    ] as const) {
      const { status, body } = await sara.call("POST", "/v1/checkouts", order, crypto.randomUUID());
      expect({ status, errors: "errors" in body && body.errors }).toMatchObject({ status: 422, errors: [{ pointer }] });
    }
  });

  it("404 for another customer's invoice and checkout, as for one that does not exist, and for a debit", async () => {
    const { world, checkout } = await aBuyer();
    const nima = await aSubscriber(world);
    await nima.subscribe(await aPrice(world), await nima.sign());
    const [debit] = await nima.payments();
    const missing = (id: string) => `${id.slice(0, -4)}zzzz`;
    const answers = [
      await nima.checkout({ invoiceId: checkout.invoiceId }),
      await nima.checkout({ invoiceId: missing(checkout.invoiceId) }),
      await nima.call("GET", `/v1/checkouts/${checkout.id}`),
      await nima.call("GET", `/v1/checkouts/${missing(checkout.id)}`),
      await nima.call("GET", `/v1/checkouts/${debit?.id}`),
    ];
    expect(answers.map(({ status, body }) => `${status} ${body.code}`)).toEqual(answers.map(() => "404 not_found"));
  });
});

describe("a page that nobody pays", () => {
  it("is closed by the tick after 30 minutes; a purchase is then void and can be begun anew", async () => {
    const { world, sara, priceId, checkout } = await aBuyer();
    await world.live(29 * minuteMs, 29 * minuteMs);
    expect(await sara.checkoutNow(checkout.id)).toMatchObject({ status: "open" });
    await world.live(3 * minuteMs, 3 * minuteMs);
    expect(await sara.checkoutNow(checkout.id)).toMatchObject({ status: "closed", url: null });
    expect(await invoiceOf(sara)).toMatchObject({ status: "void" });
    expect((await sara.checkout({ priceId })).status).toBe(201);
    expect(world.simulator.totals().debits).toBe(0);
  });

  it("because the payer cancelled says so, in Persian and only when the gateway agrees, and stays open", async () => {
    const { sara, checkout } = await aBuyer();
    expect(await sara.payPage(checkout.url, "cancel")).toContain("پرداختی انجام نشد");
    expect(await sara.checkoutNow(checkout.id)).toMatchObject({ status: "open" });
  });

  it("of a renewal leaves it owed, and the next page is another one", async () => {
    const { world, sara, invoiceId } = await aDebtor();
    const first = await sara.checkout({ invoiceId });
    await world.live(35 * minuteMs, 5 * minuteMs);
    const second = await sara.checkout({ invoiceId });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body.data.url).not.toBe(first.body.data.url);
    expect(await invoiceOf(sara)).toMatchObject({ status: "open" });
  });
});

describe("once", () => {
  test("Q5: completing the same checkout twice is one payment", async () => {
    const { world, sara, checkout } = await aBuyer();
    await sara.payPage(checkout.url);
    for (const query of ["?Status=OK", "?Status=NOK", ""]) {
      world.pass(11_000);
      const page = await world.fetch(new Request(`${publicUrl}/v1/callbacks/payments/${checkout.id}${query}`));
      expect(await page.text()).toContain("پرداخت شد");
      await world.drain();
    }
    await world.pass48Hours();
    expect(await statusesOf(sara)).toEqual(["succeeded"]);
    expect(callsOf(world, "payment/verify")).toHaveLength(1);
    expect(world.simulator.totals()).toMatchObject({ debits: 1, debitedRials: 550_000 });
  });

  test("Q6: while a page is open no automatic debit goes, and what is paid on it is all that is captured (lesson 11)", async () => {
    const { world, sara, subscriptionId, invoice } = await aDebtorOnRealTime();
    const attemptAt = Date.parse(invoice?.nextAttemptAt ?? "");
    world.pass(attemptAt - 10 * minuteMs - world.now());
    const { body } = await sara.checkout({ invoiceId: invoice?.id ?? "" });
    await world.live(20 * minuteMs);
    expect(world.now()).toBeGreaterThan(attemptAt);
    expect(callsOf(world, "payman/checkout")).toHaveLength(2);
    await sara.payPage(body.data.url);
    await world.pass48Hours();
    expect(await invoiceOf(sara)).toMatchObject({ status: "paid" });
    expect(await sara.subscription(subscriptionId)).toMatchObject({ status: "active" });
    expect(callsOf(world, "payman/checkout")).toHaveLength(2);
    expect(capturedOf(world)).toHaveLength(2);
  });

  test("Q6: while a debit is under way no page is opened, and the debit is all that is captured (lesson 11)", async () => {
    const { world, sara, invoiceId, subscriptionId } = await aDebtor();
    world.simulator.fault({ call: "payman/checkout", fault: { kind: "drop_after" } });
    world.simulator.fault({ call: "payment/inquiry", fault: { kind: "http_500", effect: "before" } });
    expect((await sara.pay(subscriptionId)).status).toBe(202);
    const { status, body } = await sara.checkout({ invoiceId });
    expect({ status, code: body.code }).toEqual({ status: 409, code: "payment_in_progress" });
    await world.pass48Hours();
    expect(await invoiceOf(sara)).toMatchObject({ status: "paid" });
    expect(capturedOf(world)).toHaveLength(2);
  });

  test("Q10: asking all the time during a payment never moves it backwards", async () => {
    const { world, sara, checkout } = await aBuyer();
    const seen: string[] = [];
    const hint = async (query: string) => {
      world.pass(11_000);
      await world.fetch(new Request(`${publicUrl}/v1/callbacks/payments/${checkout.id}?${query}`));
      await world.tick();
      seen.push((await sara.checkoutNow(checkout.id)).status);
    };
    for (let times = 0; times < 3; times++) await hint(`Status=NOK&n=${times}`);
    await visitBank(world, checkout.url ?? "", "pay");
    for (let times = 3; times < 6; times++) await hint(`Status=NOK&n=${times}`);
    expect([...new Set(seen)]).toEqual(["open", "succeeded"]);
    expect(await invoiceOf(sara)).toMatchObject({ status: "paid" });
    expect((await sara.events()).filter(({ type }) => /closed|failed|voided/.test(type))).toEqual([]);
  });

  test("what is paid after the page has closed is taken as long as it is owed", async () => {
    const { world, sara, invoiceId } = await aDebtor();
    const { body } = await sara.checkout({ invoiceId });
    await world.live(35 * minuteMs, 5 * minuteMs);
    await sara.payPage(body.data.url);
    await world.live(2 * minuteMs);
    expect(await invoiceOf(sara)).toMatchObject({ status: "paid" });
    expect(await sara.checkoutNow(body.data.id)).toMatchObject({ status: "succeeded" });
    expect(capturedOf(world)).toHaveLength(2);
  });

  test.each([
    ["goes back by itself", { unverifiedMoney: "returned" }, "reversed", 0],
    ["becomes credit when the gateway keeps it", { unverifiedMoney: "never_returned" }, "surplus", 3_289_000],
  ] as const)("of two pages that were paid one is captured; the other %s", async (_what, gateway, end, creditRials) => {
    const { world, sara, invoiceId } = await aDebtor({ gateway });
    const first = (await sara.checkout({ invoiceId })).body.data;
    await world.live(35 * minuteMs, 5 * minuteMs);
    const second = (await sara.checkout({ invoiceId })).body.data;
    await sara.payPage(second.url);
    expect(await sara.payPage(first.url)).toContain("پیش‌تر پرداخت شده بود");
    for (let days = 0; days < 10; days += 2) await world.pass48Hours();
    expect(await sara.checkoutNow(second.id)).toMatchObject({ status: "succeeded" });
    expect(await sara.checkoutNow(first.id)).toMatchObject({ status: end });
    const credit = "SELECT credit_rials FROM customer WHERE id = ?";
    expect(await env.DB.prepare(credit).bind(sara.customerId).first("credit_rials")).toBe(creditRials);
    expect(capturedOf(world)).toHaveLength(creditRials > 0 ? 3 : 2);
  });
});

describe("subscribing without a payment method", () => {
  const subscribed = async () => {
    const world = await aFreshWorld();
    const sara = await aSubscriber(world);
    const answer = await sara.subscribeByPage(await aPrice(world));
    return { world, sara, answer, ...answer.body.data };
  };

  test("202 with the page; paid there it is active, with its messages", async () => {
    const { world, sara, answer, subscription, checkout } = await subscribed();
    expect(answer.status).toBe(202);
    expect({ subscription, checkout }).toMatchObject({
      subscription: { status: "incomplete", paymentMethodId: null },
      checkout: { status: "open", amountRials: 3_289_000 },
    });
    await sara.payPage(checkout.url);
    expect(await sara.subscription(subscription.id)).toMatchObject({ status: "active" });
    expect((await sara.call("GET", "/v1/quotas")).body.data).toMatchObject([{ remaining: 2_000 }]);
    expect(world.simulator.totals()).toMatchObject({ debits: 1, debitedRials: 3_289_000 });
  });

  test("unpaid, it never began, and one may subscribe again", async () => {
    const { world, sara, subscription } = await subscribed();
    await world.live(33 * minuteMs, 11 * minuteMs);
    expect(await sara.subscription(subscription.id)).toMatchObject({ status: "incomplete_expired" });
    expect(await invoiceOf(sara)).toMatchObject({ status: "void" });
    expect((await sara.subscribeByPage(subscription.priceId)).status).toBe(202);
  });

  test("422 with a pointer when a payment method is named as well", async () => {
    const { sara, subscription } = await subscribed();
    const body = { priceId: subscription.priceId, collection: "checkout", paymentMethodId: await sara.sign() };
    const answer = await sara.call("POST", "/v1/subscriptions", body, crypto.randomUUID());
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: "/body/paymentMethodId" }] } });
  });

  test("each renewal is paid by a link that is sent once, to the customer's own number, which no log line holds", async () => {
    const { world, sara, subscription, checkout } = await subscribed();
    await sara.payPage(checkout.url);
    await sara.advance("2026-12-22T20:00:00Z");
    await world.tick();
    await world.tick();
    const renewal = await invoiceOf(sara);
    const link = `${publicUrl}/v1/pay/${renewal?.id}`;
    const sent = world.messages.filter(({ text }) => text.includes(link));
    expect(sent.map(({ channel, to }) => [channel, to])).toEqual([
      ["email", sara.email],
      ["sms", sara.mobile],
    ]);
    expect(sent[0]?.id).toMatch(/^evt_\w+:payment_link:email$/);
    expect(sent[0]?.text).toContain("۳٬۲۸۹٬۰۰۰");
    expect(JSON.stringify(world.log)).not.toContain(sara.mobile.slice(1));

    const page = await (await world.fetch(linkOf(renewal?.id ?? ""))).text();
    expect(page).toContain("۳٬۲۸۹٬۰۰۰ ریال");
    expect(page).not.toContain(sara.mobile);
    const onward = await world.fetch(linkOf(renewal?.id ?? "", "POST"));
    expect(onward.status).toBe(303);
    expect(await sara.payPage(onward.headers.get("location"))).toContain("پرداخت شد");
    expect(await sara.subscription(subscription.id)).toMatchObject({ status: "active", currentPeriod: { index: 1 } });
    expect(await (await world.fetch(linkOf(renewal?.id ?? ""))).text()).toContain("پرداخت شده است");
  });
});

describe("a payment link", () => {
  it("shows without a sign-in what is owed, changes nothing, and leads to one and the same page", async () => {
    const { world, sara, invoiceId } = await aDebtor();
    const shown = await world.fetch(linkOf(invoiceId, "GET", "en-US"));
    expect(shown.headers.get("content-security-policy")).toContain("form-action 'self' https://gateway.test");
    expect(await shown.text()).toContain("3,289,000 Rials");
    expect(callsOf(world, "payment/request")).toHaveLength(2);
    const [first, second] = [
      await world.fetch(linkOf(invoiceId, "POST")),
      await world.fetch(linkOf(invoiceId, "POST")),
    ];
    expect([first.status, second.status]).toEqual([303, 303]);
    expect(second.headers.get("location")).toBe(first.headers.get("location"));
    const { body } = await sara.checkout({ invoiceId });
    expect(body.data.url).toBe(first.headers.get("location"));
  });

  it("says that a payment is under way, that nothing is owed, or that the gateway does not answer", async () => {
    const { world, sara, invoiceId, subscriptionId } = await aDebtor();
    const said = async () => (await world.fetch(linkOf(invoiceId, "POST", "en"))).text();
    world.simulator.fault({ call: "payment/request", fault: { kind: "http_500", effect: "before" } });
    expect(await said()).toContain("The gateway does not answer");
    await world.live(40 * minuteMs, 5 * minuteMs);
    world.simulator.fault({ call: "payman/checkout", fault: { kind: "drop_after" } });
    world.simulator.fault({ call: "payment/inquiry", fault: { kind: "http_500", effect: "before" } });
    expect((await sara.pay(subscriptionId)).status).toBe(202);
    expect(await said()).toContain("A payment is under way");
    await world.live(10 * minuteMs, 5 * minuteMs);
    expect(await said()).toContain("This invoice is paid");
  });

  it("to an invoice that does not exist is a 404, and a form with anything in it a 415", async () => {
    const { world, invoiceId } = await aDebtor();
    expect((await world.fetch(linkOf(`${invoiceId.slice(0, -4)}zzzz`))).status).toBe(404);
    const filled = new Request(linkOf(invoiceId, "POST"), { method: "POST", body: "amount=1" });
    expect((await world.fetch(filled)).status).toBe(415);
  });
});

describe("POST /v1/subscriptions/{id}/pay", () => {
  it("200 by a debit of its own payment method, and the subscription is active again", async () => {
    const { world, sara, subscriptionId } = await aDebtor();
    expect(await sara.subscription(subscriptionId)).toMatchObject({ status: "past_due" });
    expect(await sara.pay(subscriptionId)).toMatchObject({ status: 200, body: { data: { status: "active" } } });
    expect(world.simulator.totals().debits).toBe(2);
  });

  it("402 when the bank declines, which uses up no attempt", async () => {
    const { world, sara, subscriptionId } = await aDebtor();
    world.simulator.configure({ balances: { [sara.mobile]: 0 } });
    const { status, body } = await sara.pay(subscriptionId);
    expect({ status, code: body.code }).toEqual({ status: 402, code: "payment_declined" });
    expect(await invoiceOf(sara)).toMatchObject({ status: "open", attemptCount: 1 });
  });

  it("201 with a page when one is asked for, or the payment method cannot be debited any more", async () => {
    const { sara, subscriptionId, methodId } = await aDebtor();
    const asked = await sara.pay<Checkout>(subscriptionId, { collection: "checkout" });
    expect(asked).toMatchObject({ status: 201, body: { data: { status: "open" } } });
    await sara.call("POST", `/v1/payment-methods/${methodId}/cancel`);
    const fallback = await sara.pay<Checkout>(subscriptionId);
    expect(fallback).toMatchObject({ status: 201, body: { data: { id: asked.body.data.id } } });
  });

  it("409 nothing_due when nothing is owed, and 422 for a page of a payment method", async () => {
    const { sara, subscriptionId, methodId } = await aDebtor();
    const both = await sara.pay(subscriptionId, { collection: "checkout", paymentMethodId: methodId });
    await sara.pay(subscriptionId);
    const again = await sara.pay(subscriptionId);
    expect([both.status, again.status, again.body.code]).toEqual([422, 409, "nothing_due"]);
  });
});
