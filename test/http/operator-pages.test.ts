// The operators' console from the outside: who is shown it, what its forms do, and that a decision has one effect.
import { base32 } from "@better-auth/utils/base32";
import { createOTP } from "@better-auth/utils/otp";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { Subscription } from "../../contract/subscription.ts";
import { ensureOperator } from "../../server/http/auth/seed.ts";
import { pages } from "../../server/page/pages.ts";
import { aBrowser, type Browser } from "../support/browser.ts";
import { aPrice } from "../support/catalogue.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { anOperator, type Operator } from "../support/operator.ts";
import { aSubscriber, type Subscriber } from "../support/subscriber.ts";
import type { World } from "../support/world.ts";

const day = "2026-11-21";
const reason = "The bank confirms it by telephone";

let world: World;
let operator: Operator;
let browser: Browser;
let sara: Subscriber;
let paymentId: string;
let sold: { readonly productId: string; readonly priceIds: readonly string[] };
let made: Readonly<Record<string, string>>;

beforeAll(async () => {
  world = await aFreshWorld();
  operator = await anOperator(world);
  browser = aBrowser(world, operator);
  ({ sara, paymentId } = await aContradiction());
  sold = await aProductWithPrices();
  made = await someOfEach();
  await env.DB.prepare(
    `INSERT INTO reconciliation (day, status, ours_count, ours_rials, gateway_count, gateway_rials, fees_rials,
        cursor_at, cursor_id, started_at)
      VALUES (?, 'running', 2, 6578000, 1, 3289000, 0, 0, '', ?)`,
  )
    .bind(day, world.now())
    .run();
});

/** A first payment that waits for an operator, since the gateway contradicts itself. */
async function aContradiction() {
  const subscriber = await aSubscriber(world);
  const methodId = await subscriber.sign();
  world.simulator.fault({ call: "payment/verify", fault: { kind: "decline", code: -50 } });
  await subscriber.subscribe(await aPrice(world), methodId);
  const [payment] = await subscriber.payments();
  if (payment?.status !== "needs_review") throw new Error("the payment waits for nobody");
  return { sara: subscriber, paymentId: payment.id };
}

async function ordered<T>(path: string, body: object): Promise<T> {
  const { status, body: answer } = await operator.call<T>("POST", path, body, crypto.randomUUID());
  if (status >= 300) throw new Error(`${path} answered ${status}: ${JSON.stringify(answer)}`);
  return answer.data;
}

interface Made {
  readonly id: string;
}

async function aProductWithPrices() {
  const product = { name: "Console", description: "", roundtableId: null, messageQuota: 10, grantOn: "period_start" };
  const { id: productId } = await ordered<Made>("/v1/products", product);
  const terms = { interval: "month", calendar: "jalali", taxBehavior: "exclusive", unpaidPolicy: "cancel" };
  const prices = await Promise.all(
    [1_000_000, 2_000_000].map((amountRials) =>
      ordered<Made>(`/v1/products/${productId}/prices`, { ...terms, amountRials }),
    ),
  );
  return { productId, priceIds: prices.map(({ id }) => id) };
}

/** Things that pages are about, by the names that their addresses give them. */
async function someOfEach() {
  const partner = await ordered<Made>("/v1/partners", { name: "A partner" });
  const hooks = { url: "https://hooks.example/", partnerId: partner.id };
  const endpoint = await ordered<Made>("/v1/webhook-endpoints", hooks);
  const [fromPriceId, toPriceId] = sold.priceIds;
  const plan = { fromPriceId, toPriceId, noticeDays: 30, reason };
  const migration = await ordered<Made>("/v1/operator/price-migrations", plan);
  return {
    productId: sold.productId,
    partnerId: partner.id,
    webhookEndpointId: endpoint.id,
    migrationId: migration.id,
  };
}

const paths = pages.filter(({ who }) => who === "operator").map(({ path }) => path);

function addressOf(path: string): string {
  const here = {
    exceptionId: paymentId,
    paymentId,
    customerId: sara.customerId,
    day,
    action: "refund",
    about: paymentId,
    ...made,
  };
  return path.replace(/:(\w+)/g, (_, name: string) => new Map(Object.entries(here)).get(name) ?? name);
}

describe.each(paths)("%s", (path) => {
  it.each([
    ["fa", "rtl"],
    ["en", "ltr"],
  ] as const)("is shown to an operator in %s", async (language, direction) => {
    const response = await aBrowser(world, operator, language).shown(addressOf(path));
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(html).toContain(`<html lang="${language}" dir="${direction}"`);
    expect(html).toContain('<a href="/operator/exceptions"');
    expect(html).not.toMatch(/undefined|\[object|NaN/);
  });

  it("leads nobody to the door, and is to a subscriber no page at all", async () => {
    const nobody = await aBrowser(world, null).shown(addressOf(path));
    expect([nobody.status, nobody.headers.get("location")]).toEqual([
      303,
      `/sign-in?next=${encodeURIComponent(addressOf(path))}`,
    ]);
    const hers = await aBrowser(world, sara).shown(addressOf(path));
    expect(hers.status).toBe(404);
    expect(await hers.text()).toContain("There is nothing here");
  });
});

describe("an exception", () => {
  it("stands in the queue, in that of its kind, and among what waits today", async () => {
    const link = `href="/operator/exceptions/${paymentId}?kind=payment_review"`;
    expect(await textOf(browser.shown("/operator/exceptions"))).toContain(link);
    expect(await textOf(browser.shown("/operator/exceptions?kind=payment_review"))).toContain(link);
    expect(await textOf(browser.shown("/operator/exceptions?kind=customer_stuck"))).not.toContain(link);
    expect(await textOf(browser.shown("/operator"))).toContain('href="/operator/exceptions?kind=payment_review"');
  });

  it("is shown with what the gateway really said", async () => {
    const html = await textOf(browser.shown(`/operator/exceptions/${paymentId}`));
    expect(html).toContain("amount_differs");
    expect(html).toContain("payment/verify");
    expect(html).toContain("3,289,000 Rials");
  });

  it("is not decided by a subscriber's form", async () => {
    const fields = { do: "decide", decision: "fail", reason, once: "a" };
    expect((await aBrowser(world, sara).sent(`/operator/exceptions/${paymentId}`, fields)).status).toBe(404);
    expect(await operator.queueOf(sara.customerId)).toHaveLength(1);
  });

  it.each([
    ["decision", { reason }],
    ["reason", { decision: "fail", reason: "no" }],
    ["reason", { decision: "fail", reason: " " }],
    ["reference", { decision: "settle", reason }],
    ["reference", { decision: "settle", reason, reference: "1" }],
  ])("is not decided without a good %s: refused there, with what was chosen", async (field, fields) => {
    const response = await browser.sent(`/operator/exceptions/${paymentId}`, { do: "decide", once: field, ...fields });
    const html = await response.text();
    expect(response.status).toBe(422);
    expect(html).toMatch(field === "decision" ? /<p[^>]+role="alert"/ : new RegExp(`id="${field}-wrong" role="alert"`));
    if ("decision" in fields) expect(html).toMatch(new RegExp(`value="${fields.decision}" checked`));
    expect(await operator.queueOf(sara.customerId)).toHaveLength(1);
  });

  it("settled by a form that is clicked twice has one effect, and its page says what became of it", async () => {
    const fields = { do: "decide", decision: "settle", reference: `bank-${paymentId}`, reason, once: "b" };
    const address = `/operator/exceptions/${paymentId}`;
    const clicks = await Promise.all([1, 2].map(() => browser.sent(address, { ...fields, of: sara.customerId })));
    const onward = `${address}?of=${sara.customerId}&done=settle`;
    expect(clicks.map(({ status, headers }) => [status, headers.get("location")])).toEqual([
      [303, onward],
      [303, onward],
    ]);
    const settled = (await sara.events()).filter(({ type }) => type === "payment.succeeded");
    expect(settled).toHaveLength(1);
    const html = await textOf(browser.shown(onward));
    expect(html).toContain("Written: the money has arrived.");
    expect(html).toContain("no longer in the queue");
    expect(html).toContain("3,289,000 Rials");
    const kept = await env.DB.prepare("SELECT actor, evidence FROM billing_event WHERE id = ?")
      .bind(settled[0]?.id)
      .first<{ actor: string; evidence: string }>();
    expect(kept).toMatchObject({ actor: operator.actor, evidence: expect.stringContaining(reason) });
  });

  it("that was decided meanwhile says so", async () => {
    const fields = { do: "decide", decision: "fail", reason, once: "c", of: sara.customerId };
    const response = await browser.sent(`/operator/exceptions/${paymentId}?of=${sara.customerId}`, fields);
    expect(response.status).toBe(409);
    expect(await response.text()).toContain("This was decided already");
  });

  it("about nothing is nowhere", async () => {
    expect((await browser.shown("/operator/exceptions/pay_01kaqzv3m5e0a8r6b1x2n4y7tq")).status).toBe(404);
    expect((await browser.shown("/operator/exceptions/x")).status).toBe(404);
  });
});

describe("collecting", () => {
  it("is stopped with a reason alone, says so everywhere, and goes on again", async () => {
    const refused = await browser.sent("/operator/collecting", { do: "set", collecting: "no", once: "d" });
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain("Collecting is on");
    const stopped = await browser.sent("/operator/collecting", { do: "set", collecting: "no", reason, once: "e" });
    expect(stopped.headers.get("location")).toBe("/operator/collecting?done=stopped");
    expect(await textOf(browser.shown("/operator"))).toContain('<a href="/operator/collecting">Stopped</a>');
    await browser.sent("/operator/collecting", { do: "set", collecting: "yes", reason, once: "f" });
    expect(await textOf(browser.shown("/operator/collecting"))).toContain("Collecting is on");
  });
});

describe("a day whose books differ", () => {
  it("shows by how much", async () => {
    expect(await textOf(browser.shown(`/operator/reconciliations/${day}`))).toContain(
      "<strong>3,289,000 Rials</strong>",
    );
  });
});

const herSubscription = async () => (await sara.call<Subscription[]>("GET", "/v1/subscriptions")).body.data[0];
const subscriptionId = async () => (await herSubscription())?.id ?? "";
const invoiceId = async () => (await sara.invoices())[0]?.id ?? "";

describe("a customer", () => {
  it.each([() => ` ${sara.customerId} `, () => sara.mobile, () => paymentId])(
    "whom alone something fits is led to, and what was typed stands in no address",
    async (query) => {
      const found = await browser.sent("/operator/customers", { do: "find", query: query(), once: query() });
      expect(found.headers.get("location")).toBe(`/operator/customers/${sara.customerId}`);
    },
  );

  it("nobody is said to be nobody, and too little is refused at its field", async () => {
    const nobody = await browser.sent("/operator/customers", { do: "find", query: "nobody at all", once: "h" });
    expect([nobody.status, await nobody.text()]).toEqual([200, expect.stringContaining("Nobody was found by this")]);
    const wrong = await browser.sent("/operator/customers", { do: "find", query: "x", once: "h2" });
    expect([wrong.status, await wrong.text()]).toEqual([422, expect.stringContaining('id="query-wrong"')]);
  });

  it("several of whom something fits are listed", async () => {
    const others = await Promise.all([1, 2].map(() => aSubscriber(world)));
    const buyer = {
      kind: "natural",
      name: "Twin Twinson",
      nationalId: "0499370899",
      postalCode: "1193653471",
      address: "Tehran, Azadi 1",
    };
    for (const { call } of others) await call("PUT", "/v1/me/buyer-details", buyer, crypto.randomUUID());
    const html = await textOf(browser.sent("/operator/customers", { do: "find", query: "twin twinson", once: "h3" }));
    for (const { customerId } of others) expect(html).toContain(`href="/operator/customers/${customerId}"`);
  });

  it("is shown with all it has, and what can be done about each", async () => {
    const html = await textOf(browser.shown(`/operator/customers/${sara.customerId}`));
    const subscription = await herSubscription();
    expect(html).toContain(`href="/operator/actions/extend/${subscription?.id}?of=${sara.customerId}"`);
    expect(html).toContain(`href="/operator/payments/${paymentId}"`);
    expect(html).toContain("2,000 of 2,000 messages left");
  });

  it("shows its ledger and its raw webhook events as they are", async () => {
    const ledger = await textOf(browser.shown(`/operator/customers/${sara.customerId}/bookings`));
    expect(ledger).toContain("payment.succeeded");
    expect(ledger).toContain("Gateway clearing");
    expect(await textOf(browser.shown(`/operator/customers/${sara.customerId}/hints`))).toContain("&quot;status&quot;");
  });

  it("is given credit once for one form, in the digits of any keyboard", async () => {
    const address = `/operator/actions/credit/${sara.customerId}?of=${sara.customerId}`;
    const fields = { do: "act", amount: "۵۰۰٬۰۰۰", reason, once: "i" };
    await Promise.all([1, 2].map(() => browser.sent(address, fields)));
    const { body } = await sara.call<{ balanceRials: number }>("GET", "/v1/credit");
    expect(body.data.balanceRials).toBe(500_000);
    const tooMuch = await browser.sent(address, { do: "act", amount: "-900000", reason, once: "j" });
    expect([tooMuch.status, await tooMuch.text()]).toEqual([409, expect.stringContaining('id="amount-wrong"')]);
  });

  it.each<[name: string, about: () => Promise<string>, fields: Readonly<Record<string, string>>, event: string]>([
    ["extend", subscriptionId, { days: "۷" }, "subscription.rescheduled"],
    ["comp", subscriptionId, { periods: "1" }, "subscription.comped"],
    ["messages", async () => sara.customerId, { messages: "50" }, "quota.grant_added"],
    ["note", invoiceId, { amount: "1000", kind: "goodwill" }, "credit_note.issued"],
    ["refund", async () => paymentId, { amount: "10000" }, "refund.created"],
    ["look", async () => sara.customerId, {}, "customer.resumed"],
    ["ask", async () => paymentId, {}, "customer.resumed"],
  ])("%s is done with a reason alone, and leads back to the customer", async (name, about, fields, event) => {
    const subscription = await herSubscription();
    const query = new URLSearchParams({ of: sara.customerId, product: subscription?.productId ?? "" });
    const address = `/operator/actions/${name}/${await about()}?${query.toString()}`;
    const before = (await sara.events()).filter(({ type }) => type === event).length;
    expect((await browser.sent(address, { do: "act", once: `${name}-1`, ...fields })).status).toBe(422);
    const sent = await browser.sent(address, { do: "act", once: `${name}-2`, reason, ...fields });
    expect(sent.headers.get("location")).toBe(`/operator/customers/${sara.customerId}?done=${name}`);
    expect((await sara.events()).filter(({ type }) => type === event)).toHaveLength(before + 1);
    expect(await textOf(browser.shown(sent.headers.get("location") ?? ""))).toContain('<p class="note" role="status">');
  });

  it("is offered that a subscription ends, and where that is to come, that it does not; when is asked", async () => {
    const address = `/operator/customers/${sara.customerId}`;
    const offered = async () => {
      const html = await textOf(browser.shown(address));
      return ["cancelSubscription", "withdrawCancel"].map((name) => html.includes(`href="/operator/actions/${name}/`));
    };
    expect(await offered()).toEqual([true, false]);
    const cancel = `/operator/actions/cancelSubscription/${await subscriptionId()}?of=${sara.customerId}`;
    expect((await browser.sent(cancel, { do: "act", once: "end-1", reason })).status).toBe(422);
    expect((await browser.sent(cancel, { do: "act", once: "end-2", when: "period_end" })).status).toBe(422);
    const sent = await browser.sent(cancel, { do: "act", once: "end-3", reason, when: "period_end" });
    expect(sent.headers.get("location")).toBe(`${address}?done=cancelSubscription`);
    expect(await textOf(browser.shown(`${address}?done=cancelSubscription`))).toContain("end of the subscription is");
    expect(await offered()).toEqual([true, true]);
    const withdraw = cancel.replace("cancelSubscription", "withdrawCancel");
    await browser.sent(withdraw, { do: "act", once: "end-4", reason });
    expect(await offered()).toEqual([true, false]);
  });

  it.each([["void"], ["uncollectible"]])("%s of what is paid is refused with its sentence", async (name) => {
    const address = `/operator/actions/${name}/${await invoiceId()}?of=${sara.customerId}`;
    const refused = await browser.sent(address, { do: "act", once: name, reason });
    expect([refused.status, await refused.text()]).toEqual([409, expect.stringContaining('role="alert"')]);
  });

  it("an action about something else, or of no name, is nowhere", async () => {
    expect((await browser.shown(`/operator/actions/extend/${paymentId}`)).status).toBe(404);
    expect((await browser.shown(`/operator/actions/constructor/${paymentId}`)).status).toBe(404);
  });

  it("has a trail that is checked when it is asked for", async () => {
    const address = `/operator/customers/${sara.customerId}`;
    expect(await textOf(browser.shown(address))).not.toContain("events are as they were written");
    expect(await textOf(browser.shown(`${address}?check=trail`))).toContain("events are as they were written");
  });
});

/** What stands in the only `pre` of a page: a secret. */
const secretIn = (html: string) => /<pre dir="ltr">([^<]+)</.exec(html)?.[1] ?? null;
const pathIn = (response: Response) => (response.headers.get("location") ?? "").split("?")[0] ?? "";
const idIn = (html: string, prefix: string) => new RegExp(`name="id" value="(${prefix}_[^"]+)"`).exec(html)?.[1] ?? "";

describe("what is sold", () => {
  it("gets a product and a price by two forms, and both are taken off sale again", async () => {
    const fields = { name: "Form made", description: "By hand", messageQuota: "۱٬۰۰۰", grantOn: "payment" };
    const created = await browser.sent("/operator/products", { do: "create", once: "p1", roundtableId: "", ...fields });
    const address = pathIn(created);
    expect(address).toMatch(/^\/operator\/products\/prod_/);
    const terms = { interval: "year", calendar: "jalali", tax: "inclusive", unpaid: "pause", trialDays: "7" };
    await browser.sent(address, { do: "price", once: "p2", amount: "12,000,000", ...terms });
    const html = await textOf(browser.shown(address));
    expect(html).toContain("12,000,000 Rials");
    expect(html).toContain("Yearly · Jalali · VAT: Is in it · 7 days of trial");
    await browser.sent(address, { do: "archivePrice", once: "p3", id: idIn(html, "price") });
    await browser.sent(address, { do: "archive", once: "p4" });
    const gone = await textOf(browser.shown(address));
    expect(gone.match(/Not for sale/g)).toHaveLength(2);
    expect(gone).not.toContain("Take off sale");
  });

  it("gets a product with features beside others only, and a price with all that a price may say", async () => {
    const fields = { name: "Form add-on", messageQuota: "0", grantOn: "payment", sold: "beside" };
    const order = { do: "create", once: "p7", ...fields, features: "voice, file-upload" };
    const address = pathIn(await browser.sent("/operator/products", order));
    const terms = { interval: "once", calendar: "jalali", tax: "inclusive", unpaid: "cancel", retryDays: "۱ ۳" };
    const more = { grace: "narrow", late: "refund", cancelCredit: "prorated", topUpMessages: "۳۰۰", topUpDays: "30" };
    const over = { rolloverMessages: "5", overageRials: "700", overageMessages: "40" };
    const price = { do: "price", once: "p8", amount: "500,000", ...terms, ...more, ...over };
    expect((await browser.sent(address, price)).status).toBe(303);
    const { body } = await operator.call("GET", `/v1/products/${address.split("/").at(-1)}`);
    expect(body.data).toMatchObject({
      addOn: true,
      features: ["voice", "file-upload"],
      prices: [
        {
          retryDays: [1, 3],
          graceAccess: "narrow",
          latePaymentPolicy: "refund",
          cancelCredit: "prorated",
          topUpMessages: 300,
          topUpDays: 30,
          rolloverMessages: 5,
          overageRials: 700,
          overageMessages: 40,
        },
      ],
    });
    const wrong = await browser.sent(address, { ...price, once: "p9", retryDays: "soon" });
    expect([wrong.status, await wrong.text()]).toEqual([422, expect.stringContaining('id="retryDays-wrong"')]);
  });

  it("gets a product with all that a product may say, in both languages and to the tax office", async () => {
    const fields = { name: "Form whole", messageQuota: "10", grantOn: "payment", features: "voice", usedUp: "grace" };
    const fa = { "name-fa": "کامل", "description-fa": "همه‌چیز", "features-fa": "voice: صدا\r\n" };
    const tax = { goodsId: "۲۳۳۰۰۰۱۲۳۴۵۶۷", unit: "1627" };
    const order = { do: "create", once: "w1", ...fields, ...fa, ...tax };
    const address = pathIn(await browser.sent("/operator/products", order));
    const { body } = await operator.call("GET", `/v1/products/${address.split("/").at(-1)}`);
    expect(body.data).toMatchObject({
      whenUsedUp: "grace",
      translations: { fa: { name: "کامل", description: "همه‌چیز", features: { voice: "صدا" } }, en: null },
      taxClass: { goodsId: "2330001234567", unit: "1627" },
    });
    const html = await textOf(browser.shown(address));
    for (const said of ["A tenth more may be used", "کامل · همه‌چیز · صدا", "2330001234567", "1627"]) {
      expect(html).toContain(said);
    }
  });

  it.each([
    ["name-fa", { "description-fa": "بی‌نام" }],
    ["features-en", { "name-en": "Half", "features-en": "voice" }],
    ["features-en", { "name-en": "Half", "features-en": "Voice of all: Voice" }],
    ["features-fa", { "name-fa": "نیمه", "features-fa": "of-none: هیچ" }],
    ["unit", { goodsId: "2330001234567" }],
    ["goodsId", { goodsId: "233", unit: "1627" }],
  ])("refuses at %s what says only half, or is none", async (field, said) => {
    const fields = { name: "Half said", messageQuota: "10", grantOn: "payment", features: "voice" };
    const order = { do: "create", once: crypto.randomUUID(), ...fields, ...said };
    const refused = await browser.sent("/operator/products", order);
    const html = await refused.text();
    expect([refused.status, html]).toEqual([422, expect.stringContaining(`id="${field}-wrong"`)]);
    expect(html).toContain("<details open");
  });

  it("refuses a name that is taken and a price below the least, each at its field", async () => {
    const fields = { name: "Console", messageQuota: "1", grantOn: "payment" };
    const taken = await browser.sent("/operator/products", { do: "create", once: "p5", ...fields });
    expect([taken.status, await taken.text()]).toEqual([409, expect.stringContaining('id="name-wrong"')]);
    const terms = { interval: "month", calendar: "jalali", tax: "inclusive", unpaid: "pause" };
    const order = { do: "price", once: "p6", amount: "1", ...terms };
    const low = await browser.sent(`/operator/products/${sold.productId}`, order);
    expect([low.status, await low.text()]).toEqual([422, expect.stringContaining('id="amount-wrong"')]);
  });

  it("has coupons, made and ended", async () => {
    const fields = { code: "console-10", percent: "۱۰", amount: "", duration: "periods", periods: "3", most: "100" };
    await browser.sent("/operator/coupons", { do: "create", once: "c1", ...fields });
    const html = await textOf(browser.shown("/operator/coupons"));
    expect(html).toContain("CONSOLE-10");
    expect(html).toContain("10% · Some periods");
    await browser.sent("/operator/coupons", { do: "end", once: "c2", id: idIn(html, "cpn") });
    expect(await textOf(browser.shown("/operator/coupons"))).toContain("Ended");
  });

  it("has coupons for one product, until the end of a day in Tehran", async () => {
    const product = sold.productId;
    const fields = { code: "console-day", percent: "", amount: "10000", duration: "once", product };
    const order = { do: "create", once: "c3", ...fields, lastDay: "۱۴۰۵/۰۹/۳۰" };
    expect((await browser.sent("/operator/coupons", order)).status).toBe(303);
    const { body } = await operator.call<object[]>("GET", "/v1/coupons");
    expect(body.data).toContainEqual(
      expect.objectContaining({ productId: product, expiresAt: "2026-12-21T20:30:00.000Z" }),
    );
    expect(await textOf(browser.shown("/operator/coupons"))).toContain("until 21 Dec 2026");
    const wrong = await browser.sent("/operator/coupons", { ...order, once: "c4", lastDay: "Yalda" });
    expect([wrong.status, await wrong.text()]).toEqual([422, expect.stringContaining('id="lastDay-wrong"')]);
  });

  it("has its subscriptions moved by a plan that is written, begun and stopped, each with a reason", async () => {
    const [from = "", to = ""] = sold.priceIds;
    const fields = { do: "plan", once: "m1", from, to, noticeDays: "30" };
    expect((await browser.sent("/operator/price-migrations", fields)).status).toBe(422);
    const address = pathIn(await browser.sent("/operator/price-migrations", { ...fields, once: "m2", reason }));
    const id = address.split("/").at(-1) ?? "";
    expect(await textOf(browser.shown(address))).toContain(`href="/operator/actions/confirmMigration/${id}"`);
    for (const name of ["confirmMigration", "cancelMigration"]) {
      const done = await browser.sent(`/operator/actions/${name}/${id}`, { do: "act", once: name, reason });
      expect(done.headers.get("location")).toBe(`/operator/price-migrations?done=${name}`);
    }
    expect(await textOf(browser.shown(address))).toContain('<span class="tag">Stopped</span>');
  });
});

describe("a partner", () => {
  it("is made, and gets return URLs", async () => {
    const address = pathIn(
      await browser.sent("/operator/partners", { do: "create", once: "q1", name: "Form partner" }),
    );
    const wrong = { do: "returnUrls", once: "q3", returnUrls: "no address" };
    expect(await textOf(browser.sent(address, wrong))).toContain('id="returnUrls-wrong"');
    const returnUrls = "https://a.example/\r\nhttps://b.example/";
    await browser.sent(address, { do: "returnUrls", once: "q2", returnUrls });
    expect(await textOf(browser.shown(address))).toContain("https://a.example/\nhttps://b.example/");
  });

  it("gets a key that is shown once, though its form comes twice; another takes its place, and it is revoked", async () => {
    const address = `/operator/partners/${made["partnerId"]}`;
    const order = { do: "key", once: "k1", scopes: "events:read" };
    const key = secretIn(await textOf(browser.sent(address, order)));
    expect(key).toMatch(/^srd_test_/);
    expect(await textOf(browser.sent(address, order))).toContain("It was shown before");
    const html = await textOf(browser.shown(address));
    expect(html).not.toContain(key);
    const id = idIn(html, "key");
    const next = secretIn(await textOf(browser.sent(address, { do: "rotate", once: "k2", id })));
    expect(next).toMatch(/^srd_test_/);
    await browser.sent(address, { do: "revoke", once: "k3", id });
    expect(await textOf(browser.shown(address))).toContain('<span class="tag">Revoked</span>');
  });

  it("is told of events at an endpoint whose secret is shown once; what was sent is sent again", async () => {
    const address = `/operator/partners/${made["partnerId"]}`;
    const order = { do: "endpoint", once: "e1", url: "https://hooks.example/console" };
    expect(secretIn(await textOf(browser.sent(address, order)))).toMatch(/^whsec_/);
    const list = await textOf(browser.shown("/operator/webhook-endpoints"));
    const link = /href="(\/operator\/webhook-endpoints\/wep_[^"]+)"><bdi dir="ltr">[^<]+console/;
    const endpoint = link.exec(list)?.[1] ?? "";
    const tested = await browser.sent(endpoint, { do: "test", once: "e2" });
    expect(tested.headers.get("location")).toBe(`${endpoint}?done=tested`);
    await world.tick();
    const shown = await textOf(browser.shown(endpoint));
    expect(shown).toContain("webhook_endpoint.tested");
    const again = await browser.sent(endpoint, { do: "again", once: "e3", id: idIn(shown, "evt") });
    expect(again.headers.get("location")).toBe(`${endpoint}?done=replayed`);
    expect(secretIn(await textOf(browser.sent(endpoint, { do: "rotateSecret", once: "e4" })))).toMatch(/^whsec_/);
    await browser.sent(endpoint, { do: "change", once: "e5", url: "https://hooks.example/moved" });
    expect(await textOf(browser.shown(endpoint))).toContain("https://hooks.example/moved");
    const types = "payment.succeeded refund.succeeded";
    await browser.sent(endpoint, { do: "change", once: "e7", url: "https://hooks.example/moved", types });
    expect(await textOf(browser.shown(endpoint))).toContain(`value="${types}"`);
    const wrong = { do: "change", once: "e8", url: "https://hooks.example/moved", types: "payment.dreamt" };
    expect(await textOf(browser.sent(endpoint, wrong))).toContain('id="types-wrong"');
    const range = await browser.sent(endpoint, { do: "range", once: "e9", after: "۰", until: "" });
    expect(range.headers.get("location")).toBe(`${endpoint}?done=replayed`);
    await browser.sent(endpoint, { do: "archive", once: "e6" });
    expect(await textOf(browser.shown(endpoint))).toContain('<span class="tag">Archived</span>');
  });
});

describe("a refund that waits", () => {
  it.each([
    ["settle", { reference: "14050901-1" }, "refundPaid"],
    ["fail", {}, "refundFailed"],
  ] as const)("leaves those that wait: %s", async (name, fields, done) => {
    const { body } = await operator.refund(paymentId, { amountRials: 10_000 });
    const address = `/operator/actions/${name}/${body.data.id}`;
    expect(await textOf(browser.shown("/operator/refunds?status=pending"))).toContain(`href="${address}"`);
    const ended = await browser.sent(address, { do: "act", once: `r-${name}`, reason, ...fields });
    expect(ended.headers.get("location")).toBe(`/operator/refunds?done=${done}`);
    expect(await textOf(browser.shown("/operator/refunds?status=pending"))).not.toContain(body.data.id);
  });
});

describe("an operator on a subscriber's page", () => {
  it("is shown the way to the console", async () => {
    const response = await browser.shown("/account");
    expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('href="/operator"')]);
  });
});

describe("an operator's second factor", () => {
  const password = "correct horse battery";

  async function aNewOperator() {
    const email = `operator-${crypto.randomUUID()}@example.com`;
    await ensureOperator(world.invocation(), world.auth, { email, password });
    const door = aBrowser(world, null);
    return { email, signIn: (more = {}) => door.sent("/sign-in", { do: "in", email, password, once: "k", ...more }) };
  }

  /** The browser that has these cookies from now on. */
  function browserAfter(response: Response) {
    const pairs = response.headers.getSetCookie().map((cookie) => cookie.split(";", 1)[0] ?? "");
    return aBrowser(world, pairs.join("; "));
  }

  const stepMs = 30_000;

  function codeOf(secret: string): Promise<string> {
    return createOTP(new Uint8Array(base32.decode(secret)).buffer).hotp(Math.floor(world.now() / stepMs));
  }

  /** Its secret. */
  async function enrolled(hers: Browser): Promise<string> {
    const html = await textOf(hers.sent("/operator/second-factor", { do: "enrol", password }));
    const secret = (secretIn(html) ?? "").replaceAll(" ", "");
    await hers.sent("/operator/second-factor", { do: "confirm", code: await codeOf(secret) });
    return secret;
  }

  it("is enrolled before anything else is shown, and asked for at the door from then on", async () => {
    const { signIn } = await aNewOperator();
    const first = await signIn();
    expect(first.headers.get("location")).toBe("/operator");
    const hers = browserAfter(first);
    expect((await hers.shown("/operator")).headers.get("location")).toBe("/operator/second-factor");
    const page = "/operator/second-factor";
    for (const open of [page, "/products"]) {
      const html = await textOf(hers.shown(open));
      expect(html).toContain('action="/sign-out"');
      expect(html).not.toContain('href="/sign-in"');
    }
    expect(await textOf(hers.sent(page, { do: "enrol", password: "wrong" }))).toContain('id="password-wrong"');
    const secret = (/<pre dir="ltr">([A-Z2-7 ]+)</.exec(await textOf(hers.sent(page, { do: "enrol", password }))) ??
      [])[1];
    const code = await codeOf((secret ?? "").replaceAll(" ", ""));
    const wrong = await hers.sent(page, { do: "confirm", code: code === "000000" ? "000001" : "000000" });
    expect(await wrong.text()).toContain('id="code-wrong"');
    expect(await textOf(hers.sent(page, { do: "confirm", code }))).toContain("They are not shown again");
    expect((await hers.shown("/operator")).status).toBe(200);
    expect((await hers.shown(page)).headers.get("location")).toBe("/operator");
    world.pass(3 * stepMs);
    const asked = await signIn();
    expect(await asked.text()).toMatch(/name="code"[^>]+aria-invalid="true"/);
    expect(asked.headers.getSetCookie()).toEqual([]);
    const later = await signIn({ code: await codeOf((secret ?? "").replaceAll(" ", "")) });
    expect((await browserAfter(later).shown("/operator")).status).toBe(200);
  });

  it("is given up with the password and a code, and is reset by another with a reason", async () => {
    const { email, signIn } = await aNewOperator();
    const hers = browserAfter(await signIn());
    const secret = await enrolled(hers);
    world.pass(3 * stepMs);
    const wrong = await hers.sent("/operator/factor", { do: "give", password, code: "x" });
    expect([wrong.status, await wrong.text()]).toEqual([401, expect.stringContaining('id="code-wrong"')]);
    const given = await hers.sent("/operator/factor", { do: "give", password, code: await codeOf(secret) });
    expect(given.headers.get("location")).toBe("/operator/second-factor");
    const found = await env.DB.prepare("SELECT id FROM user WHERE email = ?").bind(email).first<{ id: string }>();
    const order = { do: "reset", userId: found?.id ?? "", reason };
    const nothing = await browser.sent("/operator/factor", order);
    expect([nothing.status, await nothing.text()]).toEqual([404, expect.stringContaining('id="userId-wrong"')]);
    const again = browserAfter(await signIn());
    await enrolled(again);
    expect((await again.shown("/operator")).status).toBe(200);
    const reset = await browser.sent("/operator/factor", order);
    expect(reset.headers.get("location")).toBe("/operator/factor?done=factorReset");
    expect((await again.shown("/operator")).status).toBe(303);
  });

  it("is no page for a subscriber, and leads nobody to the door", async () => {
    expect((await aBrowser(world, sara).shown("/operator/second-factor")).status).toBe(404);
    const nobody = await aBrowser(world, null).shown("/operator/second-factor");
    expect(nobody.headers.get("location")).toBe("/sign-in?next=%2Foperator%2Fsecond-factor");
  });
});

describe("back from a backup", () => {
  it("each step says where it stands, and none is done without a reason", async () => {
    expect(await textOf(browser.shown("/operator/epoch"))).toMatch(/<dt>Epoch<\/dt><dd>1/);
    expect((await browser.sent("/operator/epoch", { do: "step", step: "start", once: "z0" })).status).toBe(422);
    const step = (name: string) =>
      textOf(browser.sent("/operator/epoch", { do: "step", step: name, reason, once: name }));
    expect(await step("start")).toMatch(/<dt>Recalling<\/dt><dd>Yes/);
    expect(await textOf(browser.shown("/operator/epoch"))).toMatch(/<dt>Recalling<\/dt><dd>Yes/);
    expect(await step("recall")).toMatch(/<dt>Recalling<\/dt><dd>No/);
    expect(await step("settle")).not.toContain("is in doubt");
  });
});

/** What stands on a page, without its stylesheet. */
async function textOf(response: Promise<Response>): Promise<string> {
  const html = await (await response).text();
  return html.slice(html.indexOf("<body"));
}
