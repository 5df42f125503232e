// One-off purchases: a page of the gateway opened for somebody, and what the payer does on it.
import { env } from "cloudflare:workers";
import type { PaymentId } from "../../contract/common/id.ts";
import { decidePurchase } from "../../server/billing/checkout.ts";
import { bucketOf, idsOf } from "../../server/billing/ids.ts";
import { rials } from "../../server/billing/money.ts";
import { isRejection } from "../../server/billing/rejection.ts";
import { createPrice, createProduct } from "../../server/store/catalogue.ts";
import { transact } from "../../server/store/transact.ts";
import type { Person } from "./people.ts";
import type { World } from "./world.ts";

export interface Purchase {
  readonly paymentId: PaymentId;
  readonly authority: string;
}

/** A one-time price of a product of its own, without VAT on top. */
export async function aOneTimePrice(world: World, amountRials = 1_000_000) {
  const deps = world.invocation();
  const ids = idsOf(0, deps.wall(), deps.random);
  const product = { name: crypto.randomUUID(), description: "", roundtableId: null, messageQuota: 0 };
  const productId = await createProduct(deps, { id: ids.next("prod"), ...product, grantOn: "payment" }, "system");
  if (productId === null) throw new Error("a random name was taken");
  const terms = {
    interval: null,
    calendar: "jalali",
    taxBehavior: "inclusive",
    unpaidPolicy: "cancel",
    latePaymentPolicy: "credit",
  } as const;
  return createPrice(deps, { id: ids.next("price"), productId, amountRials: rials(amountRials), ...terms }, "system");
}

/** A page on which this person can pay the price, open. */
export async function anOpenPage(world: World, person: Person, amountRials?: number): Promise<Purchase> {
  const priceId = await aOneTimePrice(world, amountRials);
  const deps = world.invocation();
  const { customerId, userId } = person;
  const ids = idsOf(bucketOf(customerId), deps.wall(), deps.random);
  const [invoiceId, paymentId] = [ids.next("inv"), ids.next("pay")];
  const slice = await transact(deps, {
    customerId,
    actor: `user:${userId}`,
    priceIds: [priceId],
    decide: (current, now) => {
      const offer = current.offers[priceId];
      if (!offer) throw new Error("the price was not loaded");
      return decidePurchase(current, { customer: { id: customerId, userId }, offer, invoiceId, paymentId }, now);
    },
  });
  if (isRejection(slice)) throw new Error(`the purchase was refused: ${slice.rejected}`);
  await world.deliver([{ customerId }]);
  const authority = await env.DB.prepare("SELECT authority FROM payment WHERE id = ? AND status = 'open'")
    .bind(paymentId)
    .first<string>("authority");
  if (authority === null) throw new Error("the page did not open");
  return { paymentId, authority };
}

/** The payer pays; the browser never comes back to us. */
export async function payAndVanish(world: World, { authority }: Purchase): Promise<void> {
  const page = new Request(`https://gateway.test/pg/StartPay/${authority}`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "action=pay",
    redirect: "manual",
  });
  await world.simulator.fetch(page);
}

/** A purchase that was paid and captured. */
export async function aPaidPurchase(world: World, person: Person, amountRials?: number): Promise<Purchase> {
  const purchase = await anOpenPage(world, person, amountRials);
  await payAndVanish(world, purchase);
  await world.live(4 * 60_000);
  const status = await statusOf(purchase);
  if (status !== "succeeded") throw new Error(`the purchase is ${status}`);
  return purchase;
}

export async function statusOf({ paymentId }: Pick<Purchase, "paymentId">): Promise<string | null> {
  return env.DB.prepare("SELECT status FROM payment WHERE id = ?").bind(paymentId).first<string>("status");
}
