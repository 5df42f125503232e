// What a subscriber has, asked of our interface at once.
import { SubscriptionId, type ProductId } from "../../../contract/common/id.ts";
import type { Invoice } from "../../../contract/invoice.ts";
import type { Payment } from "../../../contract/payment.ts";
import type { PaymentMethod } from "../../../contract/payment-method.ts";
import type { Price, Product } from "../../../contract/product.ts";
import type { Quote, Subscription } from "../../../contract/subscription.ts";
import { accepted } from "../site/api.ts";
import { idIn, missing, type OwnVisit, type Visit } from "../site/visit.ts";

/** As many as a list gives at once: nobody has more of them than that which still matter. */
const limit = 100;

/** What is for sale. */
export async function productsOf({ api }: Visit): Promise<readonly Product[]> {
  return accepted(await api.products.list({ query: { limit } }), 200).body.data;
}

export async function subscriptionsOf({ api }: OwnVisit): Promise<readonly Subscription[]> {
  return accepted(await api.subscriptions.list({ query: { limit } }), 200).body.data;
}

export async function methodsOf({ api }: OwnVisit): Promise<readonly PaymentMethod[]> {
  return accepted(await api.paymentMethods.list({ query: { limit } }), 200).body.data;
}

export async function quotasOf({ api }: OwnVisit) {
  return accepted(await api.quotas.list(), 200).body.data;
}

/** The subscription in the page's address. */
export async function subscriptionHere({ api, params }: OwnVisit): Promise<Subscription> {
  const answer = await api.subscriptions.get({
    params: { subscriptionId: idIn(SubscriptionId, params["subscriptionId"]) },
  });
  return accepted(answer, 200).body.data;
}

/** A product with its prices, also when it is no longer for sale. */
export async function productOf({ api }: Visit, productId: ProductId): Promise<Product> {
  return accepted(await api.products.get({ params: { productId } }), 200).body.data;
}

/** A price with what it is of. */
export interface Offered {
  readonly product: Product;
  readonly price: Price;
}

/** What is for sale once, and not only beside a subscription. */
export function onceFor(products: readonly Product[]): readonly Offered[] {
  return products
    .filter(({ addOn }) => !addOn)
    .flatMap((product) =>
      product.prices.filter(({ active, interval }) => active && interval === null).map((price) => ({ product, price })),
    );
}

/** The price with this id, and what it is of; refused as missing when it is not for sale. */
export function offerAmong(products: readonly Product[], priceId: string): Offered {
  for (const product of products) {
    const price = product.prices.find(({ id, active }) => id === priceId && active);
    if (price) return { product, price };
  }
  throw missing();
}

/** What the next period will cost; null when none is to come. */
export async function upcomingOf({ api }: OwnVisit, { id }: Subscription): Promise<Quote | null> {
  const answer = await api.subscriptions.upcomingInvoice({ params: { subscriptionId: id } });
  return answer.status === 409 ? null : accepted(answer, 200).body.data;
}

/** The oldest invoice of a subscription that is owed; null when nothing is. */
export function owedFor({ id }: Subscription, invoices: readonly Invoice[]): Invoice | null {
  return invoices.findLast(({ subscriptionId, status }) => subscriptionId === id && status === "open") ?? null;
}

export async function invoicesOf({ api }: OwnVisit): Promise<readonly Invoice[]> {
  return accepted(await api.invoices.list({ query: { limit } }), 200).body.data;
}

/** A payment of an invoice that the bank has not answered for yet: nobody is to pay what it may have been paid already. */
export function askedFor(owed: Invoice | null, payments: readonly Payment[]): Payment | null {
  return payments.find(({ invoiceId, status }) => invoiceId === owed?.id && isWithBank(status)) ?? null;
}

export async function paymentsOf({ api }: OwnVisit): Promise<readonly Payment[]> {
  return accepted(await api.payments.list({ query: { limit } }), 200).body.data;
}

function isWithBank(status: Payment["status"]): boolean {
  return ["submitted", "unknown", "verifying", "needs_review"].includes(status);
}

export function isLive({ status }: Subscription): boolean {
  return status !== "canceled" && status !== "incomplete_expired";
}

/** One that can be debited. */
export function isActive({ status }: PaymentMethod): boolean {
  return status === "active";
}
