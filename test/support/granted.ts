// For each mutation of the contract that takes an Idempotency-Key, a request that is granted: somebody new for whom it is
// the right moment, so that whoever asks for one can see it take effect once.
import { env } from "cloudflare:workers";
import type { AppRoute } from "@ts-rest/core";
import type { Coupon } from "../../contract/coupon.ts";
import { PartnerScope } from "../../contract/common/policy.ts";
import type { Partner } from "../../contract/partner.ts";
import type { PartnerKey } from "../../contract/partner-key.ts";
import type { PriceMigration } from "../../contract/price-migration.ts";
import type { Price, Product } from "../../contract/product.ts";
import type { WebhookEndpoint } from "../../contract/webhook-endpoint.ts";
import { housePartnerId } from "../../server/billing/customer.ts";
import { anOperator, type Operator } from "./operator.ts";
import { aOneTimePrice } from "./purchase.ts";
import { aSubscriber, caller, ownedBy, type Call, type Subscriber } from "./subscriber.ts";
import { publicUrl, type World } from "./world.ts";

const reason = "The test says so";
const dayMs = 86_400_000;

/** A request that will be granted, but for its key. */
export interface Granted {
  readonly token: string;
  /** By the names that the contract's path gives them. */
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** Another body that the contract takes, where changing one of its texts or numbers a little gives none. */
  readonly other?: object;
}

/** The request to a route of the contract; an empty token is nobody's. */
export function requestOf(route: AppRoute, { token, params = {}, body }: Granted, key?: string): Request {
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => params[name] ?? name);
  const bytes = body && new TextEncoder().encode(JSON.stringify(body));
  return new Request(`${publicUrl}${path}`, {
    method: route.method,
    headers: {
      ...(token !== "" && { authorization: `Bearer ${token}` }),
      // As it comes over the wire: with the length of its body.
      ...(bytes && { "content-type": "application/json", "content-length": String(bytes.length) }),
      ...(key !== undefined && { "idempotency-key": key }),
    },
    ...(bytes && { body: bytes }),
  });
}

/** What all the requests stand on. */
export interface Stage {
  readonly world: World;
  readonly operator: Operator;
  readonly roundtable: { readonly id: string; readonly token: string; readonly call: Call };
  readonly productId: string;
  readonly priceId: string;
  /** Who came first. */
  readonly sara: Subscriber;
  /** Of her things, by the names that paths give them. */
  readonly ids: Readonly<Record<string, string>>;
}

const product = { description: "", roundtableId: null, messageQuota: 2_000, grantOn: "period_start" };
const price = {
  amountRials: 2_990_000,
  interval: "month",
  calendar: "jalali",
  taxBehavior: "exclusive",
  unpaidPolicy: "cancel",
};
const returnUrl = "https://roundtable.example/billing";
const url = "https://hooks.example/";

export async function aStage(world: World): Promise<Stage> {
  const operator = await anOperator(world);
  const productId = await aProduct(operator);
  const partner = await aPartnerOf(operator);
  const stage = {
    world,
    operator,
    roundtable: { ...partner, call: caller(world, partner.token) },
    productId,
    priceId: await aPriceOf(operator, productId),
  };
  // Days that are summed up, and a month that is over.
  const { sara, params } = await aSubscribed(stage);
  for (let days = 0; days < 3; days++) await world.live(dayMs, dayMs);
  return { ...stage, sara, ids: await ownedBy(sara, await sara.subscription(params.subscriptionId)) };
}

/** A new partner with a key that may do everything. */
export async function aPartnerOf(operator: Operator) {
  const { id } = await done<Partner>(operator, "/v1/partners", { name: name(), returnUrls: [returnUrl] });
  return { id, token: (await aKey(operator, id)).key };
}

const name = () => crypto.randomUUID();

export async function done<T>({ call }: { readonly call: Call }, path: string, body: object): Promise<T> {
  const { status, body: answer } = await call<T>("POST", path, body, crypto.randomUUID());
  if (status >= 300) throw new Error(`${path} answered ${status}: ${JSON.stringify(answer)}`);
  return answer.data;
}

const aProduct = async (operator: Operator) =>
  (await done<Product>(operator, "/v1/products", { ...product, name: name() })).id;

export const aPriceOf = async (operator: Operator, productId: string, terms: object = {}) =>
  (await done<Price>(operator, `/v1/products/${productId}/prices`, { ...price, ...terms })).id;

const aKey = (operator: Operator, partnerId: string) =>
  done<PartnerKey & { key: string }>(operator, "/v1/partner-keys", { partnerId, scopes: PartnerScope.options });

interface Subscribed {
  readonly sara: Subscriber;
  readonly token: string;
  readonly params: { readonly subscriptionId: string };
}

/** Somebody new whose subscription runs and is paid. */
export async function aSubscribed(
  { world, priceId }: Pick<Stage, "world" | "priceId">,
  wish: object = {},
): Promise<Subscribed> {
  const sara = await aSubscriber(world);
  const paymentMethodId = await sara.sign({ maxAmountRials: 50_000_000 });
  const { status, body } = await sara.post("/v1/subscriptions", { priceId, paymentMethodId, ...wish });
  if (status !== 201) throw new Error(`subscribing answered ${status}: ${JSON.stringify(body)}`);
  return { sara, token: sara.token, params: { subscriptionId: body.data.id } };
}

/** The same, and then something about the subscription. */
async function after(stage: Stage, verb: string, body: object, wish: object = {}): Promise<Subscribed> {
  const subscribed = await aSubscribed(stage, wish);
  await done(subscribed.sara, `/v1/subscriptions/${subscribed.params.subscriptionId}/${verb}`, body);
  return subscribed;
}

/** Somebody whose renewal found no money, and who has some now. */
export async function anIndebted(stage: Stage): Promise<Subscribed> {
  const subscribed = await aSubscribed(stage);
  const { sara } = subscribed;
  stage.world.simulator.configure({ balances: { [sara.mobile]: 0 } });
  await sara.advance(new Date(stage.world.now() + 33 * dayMs).toISOString());
  stage.world.simulator.configure({ balances: { [sara.mobile]: 900_000_000 } });
  return subscribed;
}

async function paidPaymentOf({ sara }: Subscribed): Promise<string> {
  const paid = (await sara.payments()).find(({ status }) => status === "succeeded");
  if (!paid) throw new Error("nothing was paid");
  return paid.id;
}

export async function invoiceOf({ sara }: Subscribed, status: string): Promise<string> {
  const found = (await sara.invoices()).find((invoice) => invoice.status === status);
  if (!found) throw new Error(`no invoice is ${status}`);
  return found.id;
}

/** A refund that an operator is to pay out. */
async function aRefund(stage: Stage): Promise<string> {
  const paymentId = await paidPaymentOf(await aSubscribed(stage));
  return (await stage.operator.refund(paymentId, { amountRials: 10_000, method: "manual" })).body.data.id;
}

/** A payment about which the gateway contradicts itself. */
async function aContradiction({ world, priceId }: Stage): Promise<string> {
  const sara = await aSubscriber(world);
  const paymentMethodId = await sara.sign();
  world.simulator.fault({ call: "payment/verify", fault: { kind: "decline", code: -50 } });
  await sara.subscribe(priceId, paymentMethodId);
  return (await sara.payments())[0]?.id ?? "";
}

/** A payment that the bank took back. */
async function aReversal(stage: Stage): Promise<string> {
  const { world, operator } = stage;
  const paymentId = await paidPaymentOf(await aSubscribed(stage));
  const authority = world.simulator.ledger().find(({ orderId }) => orderId === paymentId)?.authority ?? "";
  world.simulator.reverse(authority);
  world.pass(60_000);
  await operator.resolve(paymentId, { decision: "ask_again" });
  await world.tick();
  return paymentId;
}

/** A reservation of a customer of the house, with a key of the house's. */
async function aReservation(stage: Stage) {
  const wanted = await messagesOf(stage);
  await done({ call: caller(stage.world, wanted.token) }, "/v1/quota/reservations", wanted.body);
  return { token: wanted.token, params: { reservationId: wanted.body.id } };
}

export async function messagesOf(stage: Stage) {
  const { sara } = await aSubscribed(stage);
  const { key } = await aKey(stage.operator, housePartnerId);
  const { customerId } = sara;
  return { token: key, body: { id: name(), customerId, productId: stage.productId, messages: 5 } };
}

async function aMigration({ operator, productId }: Stage) {
  const [fromPriceId, toPriceId] = [await aPriceOf(operator, productId), await aPriceOf(operator, productId)];
  return { fromPriceId, toPriceId, noticeDays: 30, reason };
}

export async function anEndpoint({ roundtable }: Stage) {
  const endpoint = await done<WebhookEndpoint>(roundtable, "/v1/webhook-endpoints", { url });
  return { token: roundtable.token, params: { webhookEndpointId: endpoint.id } };
}

const agreement = ({ world }: Stage) => ({
  maxAmountRials: 5_000_000,
  maxDailyCount: 5,
  maxMonthlyCount: 20,
  expiresAt: new Date(world.now() + 365 * dayMs).toISOString(),
});

/** By the endpoint's name in the contract. */
export const granted: Readonly<Record<string, (stage: Stage) => Promise<Granted>>> = {
  "account.revokeSession": async ({ world }) => {
    const sara = await aSubscriber(world);
    const { internalAdapter } = await world.auth.$context;
    const { id } = await internalAdapter.createSession(sara.userId);
    return { token: sara.token, params: { sessionId: id } };
  },
  "account.erase": async ({ world }) => ({ token: (await aSubscriber(world)).token }),
  "notifications.setPreferences": async ({ world }) => ({
    token: (await aSubscriber(world)).token,
    body: { preferences: [{ kind: "quota_alert", sms: true }] },
  }),
  "buyers.set": async ({ world }) => ({
    token: (await aSubscriber(world)).token,
    body: {
      kind: "natural",
      name: "سارا احمدی",
      nationalId: "0499370899",
      postalCode: "1193653471",
      address: "تهران، آزادی ۱",
    },
    other: {
      kind: "natural",
      name: "سارا احمدی",
      nationalId: "0499370899",
      postalCode: "1193653471",
      address: "تهران، آزادی ۲",
    },
  }),
  "paymentMethods.create": async (stage) => ({
    token: (await aSubscriber(stage.world)).token,
    body: agreement(stage),
  }),
  "paymentMethods.confirm": async (stage) => {
    const { simulator } = stage.world;
    simulator.configure({ declineCode: -299 });
    const { sara, token } = await anIndebted(stage);
    simulator.configure({ declineCode: -200 });
    const { body } = await sara.call<{ id: string }[]>("GET", "/v1/payment-methods");
    return { token, params: { paymentMethodId: body.data[0]?.id ?? "" } };
  },
  "paymentMethods.cancel": async ({ world }) => {
    const sara = await aSubscriber(world);
    return { token: sara.token, params: { paymentMethodId: await sara.sign() } };
  },
  "subscriptions.create": async ({ world, priceId }) => {
    const sara = await aSubscriber(world);
    return { token: sara.token, body: { priceId, paymentMethodId: await sara.sign() } };
  },
  "subscriptions.pay": async (stage) => ({
    ...(await anIndebted(stage)),
    body: {},
    other: { collection: "checkout" },
  }),
  "subscriptions.change": async (stage) => ({ ...(await aSubscribed(stage)), body: { quantity: 2 } }),
  "subscriptions.withdrawChange": (stage) => after(stage, "change", { quantity: 1 }, { quantity: 2 }),
  "subscriptions.setPaymentMethod": async (stage) => ({
    ...(await aSubscribed(stage)),
    body: { paymentMethodId: null },
  }),
  "subscriptions.cancel": async (stage) => ({
    ...(await aSubscribed(stage)),
    body: { when: "period_end" },
    other: { when: "now" },
  }),
  "subscriptions.withdrawCancel": (stage) => after(stage, "cancel", { when: "period_end" }),
  "subscriptions.pause": async (stage) => ({
    ...(await aSubscribed(stage)),
    body: { when: "now" },
    other: { when: "period_end" },
  }),
  "subscriptions.resume": (stage) => after(stage, "pause", { when: "now" }),
  "subscriptions.setAutoTopUp": async (stage) => {
    const once = { interval: null, amountRials: 150_000, topUpMessages: 100, topUpDays: 40 };
    const priceId = await aPriceOf(stage.operator, stage.productId, once);
    const ceilings = { maxPerDayRials: 1_000_000, maxPerPeriodRials: 1_000_000 };
    const body = { autoTopUp: { priceId, belowMessages: 10, toMessages: 20, ...ceilings } };
    return { ...(await aSubscribed(stage)), body };
  },
  "subscriptions.extend": async (stage) => ({
    token: stage.operator.token,
    params: (await aSubscribed(stage)).params,
    body: { days: 7, reason },
  }),
  "subscriptions.comp": async (stage) => ({
    token: stage.operator.token,
    params: (await aSubscribed(stage)).params,
    body: { periods: 1, reason },
  }),
  "subscriptions.cancelForCustomer": async (stage) => ({
    token: stage.operator.token,
    params: (await aSubscribed(stage)).params,
    body: { when: "period_end", reason },
    other: { when: "now", reason },
  }),
  "subscriptions.withdrawCancelForCustomer": async (stage) => ({
    token: stage.operator.token,
    params: (await after(stage, "cancel", { when: "period_end" })).params,
    body: { reason },
  }),
  "checkouts.create": async ({ world }) => ({
    token: (await aSubscriber(world)).token,
    body: { priceId: await aOneTimePrice(world) },
  }),
  "testClock.advance": async ({ world }) => ({
    token: (await aSubscriber(world)).token,
    body: { to: new Date(world.now() + dayMs).toISOString() },
    other: { to: new Date(world.now() + 2 * dayMs).toISOString() },
  }),

  "customers.create": async ({ roundtable }) => ({ token: roundtable.token, body: { externalId: name() } }),
  "quotas.reserve": messagesOf,
  "quotas.consume": messagesOf,
  "quotas.commitReservation": async (stage) => ({ ...(await aReservation(stage)), body: { messages: 3 } }),
  "quotas.releaseReservation": aReservation,
  "loginLinks.create": async ({ roundtable }) => {
    const { id } = await done<{ id: string }>(roundtable, "/v1/customers", { externalId: name() });
    return { token: roundtable.token, body: { customerId: id, returnUrl } };
  },

  "products.create": async ({ operator }) => ({ token: operator.token, body: { ...product, name: name() } }),
  "products.archive": async ({ operator }) => ({
    token: operator.token,
    params: { productId: await aProduct(operator) },
  }),
  "products.createPrice": async ({ operator, productId }) => ({
    token: operator.token,
    params: { productId },
    body: price,
  }),
  "products.archivePrice": async ({ operator, productId }) => ({
    token: operator.token,
    params: { productId, priceId: await aPriceOf(operator, productId) },
  }),
  "priceMigrations.create": async (stage) => ({ token: stage.operator.token, body: await aMigration(stage) }),
  "priceMigrations.confirm": async (stage) => aPlannedMigration(stage),
  "priceMigrations.cancel": async (stage) => aPlannedMigration(stage),
  "coupons.create": async ({ operator }) => ({ token: operator.token, body: aCoupon() }),
  "coupons.archive": async ({ operator }) => ({
    token: operator.token,
    params: { couponId: (await done<Coupon>(operator, "/v1/coupons", aCoupon())).id },
  }),
  "credits.adjust": async (stage) => ({
    token: stage.operator.token,
    params: { customerId: (await aSubscribed(stage)).sara.customerId },
    body: { amountRials: 1_000, reason },
  }),
  "credits.issueNote": async (stage) => ({
    token: stage.operator.token,
    params: { invoiceId: await invoiceOf(await aSubscribed(stage), "paid") },
    body: { amountRials: 1_000, kind: "goodwill", reason },
  }),
  "invoices.void": async (stage) => ({
    token: stage.operator.token,
    params: { invoiceId: await invoiceOf(await anIndebted(stage), "open") },
    body: { reason },
  }),
  "invoices.markUncollectible": async (stage) => ({
    token: stage.operator.token,
    params: { invoiceId: await invoiceOf(await anIndebted(stage), "open") },
    body: { reason },
  }),
  "refunds.create": async (stage) => ({
    token: stage.operator.token,
    body: { paymentId: await paidPaymentOf(await aSubscribed(stage)), amountRials: 10_000, method: "manual", reason },
  }),
  "refunds.settle": async (stage) => ({
    token: stage.operator.token,
    params: { refundId: await aRefund(stage) },
    body: { reference: name(), reason },
  }),
  "refunds.fail": async (stage) => ({
    token: stage.operator.token,
    params: { refundId: await aRefund(stage) },
    body: { reason },
  }),
  "quotas.addMessages": async (stage) => ({
    token: stage.operator.token,
    params: { customerId: (await aSubscribed(stage)).sara.customerId },
    body: { productId: stage.productId, messages: 10, reason },
  }),
  "exceptions.resolve": async (stage) => ({
    token: stage.operator.token,
    params: { paymentId: await aContradiction(stage) },
    body: { decision: "settle", reference: name(), reason },
    other: { decision: "fail", reason },
  }),
  "exceptions.resume": async (stage) => ({
    token: stage.operator.token,
    params: { customerId: (await aSubscribed(stage)).sara.customerId },
    body: { reason },
  }),
  "exceptions.acknowledge": async (stage) => ({
    token: stage.operator.token,
    params: { exceptionId: await aReversal(stage) },
    body: { reason },
  }),
  "partners.create": async ({ operator }) => ({ token: operator.token, body: { name: name() } }),
  "partners.setReturnUrls": async ({ operator, roundtable }) => ({
    token: operator.token,
    params: { partnerId: roundtable.id },
    body: { returnUrls: [returnUrl, `${returnUrl}/${name()}`] },
  }),
  "partnerKeys.create": async ({ operator, roundtable }) => ({
    token: operator.token,
    body: { partnerId: roundtable.id, scopes: ["events:read"] },
  }),
  "partnerKeys.rotate": async ({ operator, roundtable }) => ({
    token: operator.token,
    params: { partnerKeyId: (await aKey(operator, roundtable.id)).id },
    body: { overlapHours: 1 },
  }),
  "partnerKeys.revoke": async ({ operator, roundtable }) => ({
    token: operator.token,
    params: { partnerKeyId: (await aKey(operator, roundtable.id)).id },
  }),
  "webhookEndpoints.create": async ({ roundtable }) => ({ token: roundtable.token, body: { url } }),
  "webhookEndpoints.update": async (stage) => ({
    ...(await anEndpoint(stage)),
    body: { eventTypes: ["payment.succeeded"] },
    other: { eventTypes: ["payment.failed"] },
  }),
  "webhookEndpoints.archive": anEndpoint,
  "webhookEndpoints.enable": async (stage) => {
    const endpoint = await anEndpoint(stage);
    await env.DB.prepare("UPDATE webhook_endpoint SET status = 'disabled', disabled_reason = 'failing' WHERE id = ?")
      .bind(endpoint.params.webhookEndpointId)
      .run();
    return endpoint;
  },
  "webhookEndpoints.rotateSecret": async (stage) => ({ ...(await anEndpoint(stage)), body: { overlapHours: 1 } }),
  // What others have caused is on its way before: each message takes at most 500 events along.
  "webhookEndpoints.test": async (stage) => {
    const endpoint = await anEndpoint(stage);
    await stage.world.tick();
    return endpoint;
  },
  "webhookEndpoints.replay": async (stage) => ({ ...(await anEndpoint(stage)), body: { afterPosition: 0 } }),
  "webhookEndpoints.replayOne": async (stage) => {
    const endpoint = await anEndpoint(stage);
    await done(stage.roundtable, "/v1/customers", { externalId: name() });
    const { body } = await stage.roundtable.call<{ id: string }[]>("GET", "/v1/events?limit=1");
    return { ...endpoint, params: { ...endpoint.params, eventId: body.data[0]?.id ?? "" } };
  },
  "operator.setCollecting": async ({ operator }) => {
    await operator.call("PUT", "/v1/operator/collecting", { collecting: false, reason });
    return { token: operator.token, body: { collecting: true, reason } };
  },
  "epochs.start": async ({ operator }) => ({ token: operator.token, body: { reason } }),
  "epochs.recall": async ({ operator }) => {
    await done(operator, "/v1/operator/epochs", { reason });
    return { token: operator.token, body: { reason } };
  },
  // Whoever comes after it may collect again.
  "epochs.settle": async ({ operator }) => {
    await done(operator, "/v1/operator/epochs", { reason });
    await done(operator, "/v1/operator/epochs/recall", { reason });
    await operator.call("PUT", "/v1/operator/collecting", { collecting: true, reason });
    return { token: operator.token, body: { reason } };
  },
  "keyRotation.advance": async (stage) => {
    const subscribed = await aSubscribed(stage);
    const path = `/v1/invoices/${await invoiceOf(subscribed, "paid")}/document`;
    await stage.world.fetch(subscribed.sara.request("GET", path));
    // As a document of before the first rotation.
    await env.DB.exec("UPDATE document SET sealed_under = NULL");
    return { token: stage.operator.token, body: {}, other: { cursor: "person:0" } };
  },
  "reconciliations.checkUnverified": async ({ operator }) => ({ token: operator.token }),
  "payouts.create": async (stage) => {
    await aSubscribed(stage);
    const csv = stage.world.simulator.payoutCsv(0, stage.world.now() + 1);
    return { token: stage.operator.token, body: { csv, reason } };
  },
  "imports.create": async ({ operator }) => ({
    token: operator.token,
    body: { reason, records: [{ kind: "product", id: name(), ...product, name: name() }] },
  }),
  "finance.closeMonth": async ({ operator }) => ({
    token: operator.token,
    params: { month: "1405-08" },
    body: { reason },
  }),
  "financeExports.create": async ({ operator }) => ({
    token: operator.token,
    body: { from: "2026-11-20", to: "2026-11-21" },
    other: { from: "2026-11-20", to: "2026-11-20" },
  }),
};

const aCoupon = () => ({ code: name().toUpperCase(), percentBasisPoints: 1_000 });

async function aPlannedMigration(stage: Stage): Promise<Granted> {
  const body = await aMigration(stage);
  const { id } = await done<PriceMigration>(stage.operator, "/v1/operator/price-migrations", body);
  return { token: stage.operator.token, params: { migrationId: id }, body: { reason } };
}
