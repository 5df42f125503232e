// Stories that leave something of every kind behind: subscriptions in each state, money on its way there and back,
// partners with keys, customers and endpoints; and then what can be named of it.
import type { Checkout } from "../../contract/checkout.ts";
import type { Customer } from "../../contract/customer.ts";
import type { LoginLink } from "../../contract/login-link.ts";
import { PartnerScope } from "../../contract/common/policy.ts";
import type { Partner } from "../../contract/partner.ts";
import type { PartnerKey } from "../../contract/partner-key.ts";
import type { PriceMigration } from "../../contract/price-migration.ts";
import type { Price, Product } from "../../contract/product.ts";
import { housePartnerId } from "../../server/billing/customer.ts";
import { coupons, others, prices, productNames, productOf, type Offer } from "../simulation/offers.ts";
import { anOperator, type Operator } from "../support/operator.ts";
import { aSubscriber, caller, type Subscriber } from "../support/subscriber.ts";
import type { FuzzCaller, FuzzWorld } from "./world.ts";

const dayMs = 86_400_000;

/** Who calls, and what no table tells. */
export interface Population {
  readonly callers: readonly FuzzCaller[];
  /** Tokens of links that have not been used: the database keeps only their hashes. */
  readonly loginTokens: readonly string[];
  readonly payoutCsv: string;
}

/** Lets some people live in the world. */
export async function populate(fuzz: FuzzWorld): Promise<Population> {
  const { world } = fuzz;
  const operator = await anOperator(world);
  const goods = await makeCatalogue(operator);
  const settled = await liveTogether(fuzz, operator, goods);
  const partners = await makePartners(fuzz, operator);
  await keepBooks(fuzz, operator);
  const busy = await leaveOpen(fuzz, operator, goods);
  const people = [...settled, ...busy];
  await reserve(partners.house, goods, people);
  const nobody: FuzzCaller = { kind: "public", token: null, owner: null };
  const person = ({ token, customerId }: Subscriber): FuzzCaller => ({ kind: "customer", token, owner: customerId });
  const operators: FuzzCaller[] = [{ kind: "operator", token: operator.token, owner: null }];
  return {
    callers: [nobody, ...operators, ...partners.callers, ...people.map(person)],
    loginTokens: partners.loginTokens,
    payoutCsv: world.simulator.payoutCsv(0, world.now() + 1),
  };
}

interface Goods {
  readonly productIds: ReadonlyMap<string, string>;
  /** In the order of the offers. */
  readonly priceIds: readonly string[];
}

async function makeCatalogue(operator: Operator): Promise<Goods> {
  const productIds = new Map<string, string>();
  for (const name of productNames) {
    productIds.set(name, (await done<Product>(operator.call, "/v1/products", productOf(name))).id);
  }
  const priceIds: string[] = [];
  for (const { of, ...terms } of [...prices, ...Object.values(others)] as readonly Offer[]) {
    const path = `/v1/products/${productIds.get(of)}/prices`;
    priceIds.push((await done<Price>(operator.call, path, { taxBehavior: "exclusive", ...terms })).id);
  }
  for (const coupon of coupons) await done(operator.call, "/v1/coupons", coupon);
  return { productIds, priceIds };
}

/** Each leaves their subscription in another state. */
async function liveTogether({ world }: FuzzWorld, operator: Operator, { priceIds }: Goods) {
  const [pro = "", basic = "", team = "", , plus = "", mini = ""] = priceIds;
  const [topUp = "", course = "", extra = ""] = priceIds.slice(-5);
  const subscribed = async (priceId: string, limits: object = {}) => {
    const somebody = await aSubscriber(world);
    const { body } = await somebody.subscribe(priceId, await somebody.sign({ maxAmountRials: 50_000_000, ...limits }));
    return { somebody, id: body.data.id };
  };
  const active = await subscribed(pro);
  await active.somebody.post(`/v1/subscriptions/${active.id}/change/preview`, { quantity: 2 });
  const rich = await subscribed(pro);
  await rich.somebody.post(`/v1/subscriptions/${rich.id}/change`, { addOns: [{ priceId: extra, quantity: 1 }] });
  await rich.somebody.post("/v1/checkouts", { priceId: topUp });
  const poor = await subscribed(basic);
  world.simulator.configure({ balances: { [poor.somebody.mobile]: 0 } });
  await poor.somebody.advance("2026-12-24T20:00:00Z");
  const unpaid = await subscribed(mini);
  world.simulator.configure({ balances: { [unpaid.somebody.mobile]: 0 } });
  await unpaid.somebody.advance("2027-01-20T20:00:00Z");
  const yearly = await subscribed(team);
  await yearly.somebody.post(`/v1/subscriptions/${yearly.id}/change`, { quantity: 2 });
  await yearly.somebody.post(`/v1/subscriptions/${yearly.id}/cancel`, { when: "period_end" });
  const gone = await subscribed(pro);
  await gone.somebody.post(`/v1/subscriptions/${gone.id}/cancel`, { when: "now" });
  const paused = await subscribed(mini);
  await paused.somebody.post(`/v1/subscriptions/${paused.id}/pause`, { when: "now" });
  const trial = await aSubscriber(world);
  await trial.subscribe(plus);
  const buyer = await aSubscriber(world);
  const bought = await buyer.post<Checkout>("/v1/checkouts", { priceId: course });
  await buyer.payPage(bought.body.data.url);
  await giveBack(operator, [rich.somebody, yearly.somebody, buyer]);
  const subscribers = [active, rich, poor, unpaid, yearly, gone, paused].map(({ somebody }) => somebody);
  return [...subscribers, trial, buyer];
}

/** What is under way at the moment at which the requests come. */
async function leaveOpen({ world }: FuzzWorld, operator: Operator, { priceIds, productIds }: Goods) {
  const [pro = "", basic = "", , yearly = ""] = priceIds;
  const paying = await aSubscriber(world);
  await paying.subscribeByPage(pro);
  await paying.open();
  const saving = await aSubscriber(world);
  const paymentMethodId = await saving.sign({ maxAmountRials: 50_000_000 });
  await saving.post("/v1/subscriptions", { priceId: yearly, paymentMethodId, couponCode: "HALF" });
  const dearer = { ...prices[1], of: undefined, amountRials: 390_000, taxBehavior: "exclusive" };
  const { id: toPriceId } = await done<Price>(operator.call, `/v1/products/${productIds.get("Basic")}/prices`, dearer);
  const plan = { fromPriceId: basic, toPriceId, noticeDays: 10, reason: "lived" };
  for (const verb of ["confirm", "cancel", null]) {
    const { id } = await done<PriceMigration>(operator.call, "/v1/operator/price-migrations", plan);
    if (verb) await done(operator.call, `/v1/operator/price-migrations/${id}/${verb}`, { reason: "lived" });
  }
  return [paying, saving, await aSubscriber(world)];
}

/** Messages set aside of whoever has some, used and given back. */
async function reserve(call: Call, { productIds }: Goods, people: readonly Subscriber[]): Promise<void> {
  const productId = productIds.get("Pro");
  for (const [index, { customerId }] of people.entries()) {
    const id = `reply-${index}`;
    const { status } = await call("POST", "/v1/quota/reservations", { id, customerId, productId, messages: 5 });
    if (status !== 201 || index % 3 === 0) continue;
    const [verb, body] = index % 3 === 1 ? ["commit", { messages: 3 }] : ["release", {}];
    await done(call, `/v1/quota/reservations/${id}/${verb}`, body);
  }
}

async function giveBack(operator: Operator, [rich, yearly, buyer]: readonly Subscriber[]): Promise<void> {
  const paidBy = async (somebody: Subscriber | undefined) =>
    (await somebody?.payments())?.find(({ status }) => status === "succeeded")?.id ?? "";
  const waiting = await operator.refund(await paidBy(rich), { amountRials: 10_000 });
  const paidOut = await operator.refund(await paidBy(yearly), { amountRials: 20_000 });
  await operator.settle(paidOut.body.data.id, "14050901-1");
  const failed = await operator.refund(await paidBy(buyer), { amountRials: 30_000 });
  await operator.fail(failed.body.data.id);
  if (waiting.status !== 201) throw new Error(`the refund answered ${waiting.status}`);
  const reason = "lived";
  await done(operator.call, `/v1/operator/customers/${rich?.customerId}/credit`, { amountRials: 700_000, reason });
}

async function makePartners({ world }: FuzzWorld, operator: Operator) {
  const callers: FuzzCaller[] = [];
  const calls: Call[] = [];
  const loginTokens: string[] = [];
  const returnUrls = ["https://roundtable.example/billing"];
  const made = await done<Partner>(operator.call, "/v1/partners", { name: "Roundtable", returnUrls });
  for (const partnerId of [housePartnerId, made.id]) {
    const order = { partnerId, scopes: PartnerScope.options };
    const { key } = await done<PartnerKey & { readonly key: string }>(operator.call, "/v1/partner-keys", order);
    callers.push({ kind: "partner", token: key, owner: partnerId });
    const call = caller(world, key);
    calls.push(call);
    const url = `https://hooks.example/${callers.length}`;
    await done(call, "/v1/webhook-endpoints", { url });
    for (let count = 0; count < 3; count++) {
      const externalId = `customer-${count}`;
      const customer = await done<Customer>(call, "/v1/customers", { externalId });
      if (partnerId === housePartnerId) continue;
      const order = { customerId: customer.id, returnUrl: returnUrls[0] };
      const link = await done<LoginLink>(call, "/v1/login-links", order);
      loginTokens.push(link.url?.split("/").at(-1) ?? "");
    }
  }
  const [house] = calls;
  if (!house) throw new Error("The house has no key");
  return { callers, loginTokens, house };
}

/** Some days pass: deliveries are tried, days summed up, and the files of the books made. */
async function keepBooks({ world }: FuzzWorld, operator: Operator): Promise<void> {
  for (let days = 0; days < 3; days++) await world.live(dayMs, dayMs);
  await operator.call("POST", "/v1/finance/exports", { from: "2026-11-22", to: "2026-11-23" }, "books");
  const csv = world.simulator.payoutCsv(0, world.now() - dayMs);
  await operator.call("POST", "/v1/payouts", { csv, reason: "lived" }, "payouts");
  await world.tick();
}

type Call = ReturnType<typeof caller>;
let lastKey = 0;

async function done<T>(call: Call, path: string, body: object): Promise<T> {
  const { status, body: answer } = await call<T>("POST", path, body, `lived-${++lastKey}`);
  if (status >= 300) throw new Error(`${path} answered ${status}: ${JSON.stringify(answer)}`);
  return answer.data;
}
