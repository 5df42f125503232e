// A world in which there is something to see on every page: some weeks of a few people, of whom each is left in another
// state, and what operators have done about them.
import type { LoginLink } from "../../contract/login-link.ts";
import type { PriceMigration } from "../../contract/price-migration.ts";
import type { Product } from "../../contract/product.ts";
import type { Refund } from "../../contract/refund.ts";
import type { WebhookEndpoint } from "../../contract/webhook-endpoint.ts";
import { ensureOperator } from "../../server/http/auth/seed.ts";
import { aBrowser } from "../support/browser.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { aPartnerOf, aPriceOf, done } from "../support/granted.ts";
import { anOperator, type Operator } from "../support/operator.ts";
import { aSubscriber, caller, type Subscriber } from "../support/subscriber.ts";
import type { World } from "../support/world.ts";

const dayMs = 86_400_000;
const weeksMs = 33 * dayMs;
const reason = "She was charged twice";

export type LivedIn = Awaited<ReturnType<typeof aLivedInWorld>>;

export async function aLivedInWorld() {
  const world = await aFreshWorld();
  const operator = await anOperator(world);
  const goods = await makeGoods(operator);
  const partner = await makePartner(world, operator);
  const people = await liveTogether(world, goods);
  await world.live(weeksMs, dayMs);
  const late = await leaveOpen(world, goods);
  const [owed] = (await people.mina.invoices()).filter(({ status }) => status === "open");
  const ids = await actAsOperator(operator, people.sara, goods);
  return {
    world,
    operator,
    recruit: await aRecruit(world),
    /** Somebody who has nothing yet. */
    stranger: await aSubscriber(world),
    ...people,
    ...late,
    ids: { ...goods, ...partner.ids, ...late.ids, ...ids, owedInvoiceId: owed?.id ?? "" },
    loginToken: partner.loginToken,
  };
}

/** What is sold, with its names in both languages. */
async function makeGoods(operator: Operator) {
  const named = async (name: string, fa: string, more: object = {}) => {
    const translations = {
      fa: { name: fa, description: "برای کسی که هر روز می‌نویسد", features: {} },
      en: null,
    };
    const order = { name, description: "For people who write every day", roundtableId: null, messageQuota: 2_000 };
    const body = { ...order, grantOn: "period_start", translations, ...more };
    return (await done<Product>(operator, "/v1/products", body)).id;
  };
  const features = ["file-upload", "voice"];
  const texts = { "file-upload": "بارگذاری فایل", voice: "گفت‌وگوی صوتی" };
  const described = { name: "حرفه‌ای", description: "برای کسی که هر روز می‌نویسد", features: texts };
  const pro = await named("Pro", "حرفه‌ای", { features, translations: { fa: described, en: null } });
  const starter = await named("Starter", "آغاز", { messageQuota: 500 });
  const storage = await named("Storage", "فضای ذخیره", { messageQuota: 0, addOn: true });
  const topUp = { interval: null, amountRials: 500_000, topUpMessages: 300, topUpDays: 30 };
  return {
    productId: pro,
    starterProductId: starter,
    priceId: await aPriceOf(operator, pro, { trialDays: 7 }),
    yearlyId: await aPriceOf(operator, pro, { interval: "year", amountRials: 29_900_000 }),
    starterId: await aPriceOf(operator, starter, { amountRials: 990_000 }),
    storageId: await aPriceOf(operator, storage, { amountRials: 400_000 }),
    topUpId: await aPriceOf(operator, pro, topUp),
  };
}

type Goods = Awaited<ReturnType<typeof makeGoods>>;

/** A partner with a key, an endpoint that was sent something, and a link for one of its customers. */
async function makePartner(world: World, operator: Operator) {
  const { id: partnerId, token } = await aPartnerOf(operator);
  const { url } = world.receiver("hooks.roundtable.example");
  const endpoint = await done<WebhookEndpoint>(operator, "/v1/webhook-endpoints", { url, partnerId });
  const partner = { call: caller(world, token) };
  const externalId = "customer-1";
  const customer = await done<{ id: string }>(partner, "/v1/customers", { externalId });
  await done(operator, `/v1/webhook-endpoints/${endpoint.id}/test`, {});
  const order = { customerId: customer.id, returnUrl: "https://roundtable.example/billing", ttlSeconds: 900 };
  // It is used up before the weeks are over: what is left of it is its page.
  const { url: link } = await done<LoginLink>(partner, "/v1/login-links", order);
  return { ids: { partnerId, webhookEndpointId: endpoint.id }, loginToken: link?.split("/").at(-1) ?? "" };
}

/** Each subscribes, and some do something about it. */
async function liveTogether(world: World, { priceId, starterId, storageId }: Goods) {
  const subscribed = async (wish: object) => {
    const somebody = await aSubscriber(world);
    const paymentMethodId = await somebody.sign({ maxAmountRials: 50_000_000 });
    const body = { priceId: starterId, paymentMethodId, trial: false, ...wish };
    const { id } = await done<{ id: string }>(somebody, "/v1/subscriptions", body);
    return { ...somebody, paymentMethodId, subscriptionId: id };
  };
  const addOns = [{ priceId: storageId, quantity: 2 }];
  const sara = await subscribed({ priceId, quantity: 2, addOns });
  await giveDetails(sara);
  await done(sara, `/v1/subscriptions/${sara.subscriptionId}/change`, { quantity: 1 });
  const mina = await subscribed({});
  world.simulator.configure({ balances: { [mina.mobile]: 0 } });
  const paused = await subscribed({});
  await done(paused, `/v1/subscriptions/${paused.subscriptionId}/pause`, { when: "now" });
  const gone = await subscribed({});
  await done(gone, `/v1/subscriptions/${gone.subscriptionId}/cancel`, { when: "now" });
  return { sara, mina, paused, gone };
}

async function giveDetails({ call }: Subscriber): Promise<void> {
  const place = { postalCode: "1193653471", address: "تهران، خیابان آزادی، پلاک ۱" };
  const person = { kind: "natural", name: "سارا احمدی", nationalId: "0499370899" };
  await call("PUT", "/v1/me/buyer-details", { ...person, ...place }, crypto.randomUUID());
}

/** What is under way when the pages are looked at. */
async function leaveOpen(world: World, { priceId, starterId }: Goods) {
  const paying = await aSubscriber(world);
  const page = await paying.subscribeByPage(starterId);
  const signing = await aSubscriber(world);
  const trying = await aSubscriber(world);
  await done(trying, "/v1/subscriptions", { priceId, paymentMethodId: await trying.sign() });
  const disputing = await aSubscriber(world);
  const methodId = await disputing.sign();
  world.simulator.fault({ call: "payment/verify", fault: { kind: "decline", code: -50 } });
  await disputing.subscribe(starterId, methodId);
  const [disputed] = await disputing.payments();
  return {
    paying,
    signing,
    trying,
    ids: {
      openPaymentId: page.body.data.paymentId,
      pendingMethodId: (await signing.open()).id,
      exceptionId: disputed?.id ?? "",
    },
  };
}

async function actAsOperator(operator: Operator, sara: Subscriber, { starterId, starterProductId }: Goods) {
  const { customerId } = sara;
  const paid = (await sara.payments()).filter(({ status }) => status === "succeeded");
  const [invoice] = (await sara.invoices()).filter(({ status }) => status === "paid");
  const paymentId = paid.at(-1)?.id ?? "";
  const refund = await done<Refund>(operator, "/v1/refunds", { paymentId, amountRials: 10_000, reason });
  const note = { amountRials: 20_000, kind: "goodwill", reason };
  await done(operator, `/v1/operator/invoices/${invoice?.id}/credit-notes`, note);
  await done(operator, `/v1/operator/customers/${customerId}/credit`, { amountRials: 70_000, reason });
  for (const coupon of [
    { code: "NOROOZ1406", percentBasisPoints: 2_000, duration: "periods", durationPeriods: 3, maxRedemptions: 100 },
    { code: "WELCOME", amountRials: 200_000, duration: "once" },
  ])
    await done(operator, "/v1/coupons", coupon);
  const toPriceId = await aPriceOf(operator, starterProductId, { amountRials: 1_290_000 });
  const plan = { fromPriceId: starterId, toPriceId, noticeDays: 30, reason };
  const { id: migrationId } = await done<PriceMigration>(operator, "/v1/operator/price-migrations", plan);
  return { customerId, paymentId, invoiceId: invoice?.id ?? "", refundId: refund.id, migrationId, day: "2026-11-22" };
}

/** An operator who has no second factor yet: the cookies of the browser in which they are signed in, and their password. */
async function aRecruit(world: World) {
  const [email, password] = [`operator-${crypto.randomUUID()}@example.com`, "correct horse battery"];
  await ensureOperator(world.invocation(), world.auth, { email, password });
  const response = await aBrowser(world, null).sent("/sign-in", { do: "in", email, password, once: "recruit" });
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(";", 1)[0]);
  return { cookies: cookies.join("; "), password };
}
