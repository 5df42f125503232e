// Reads for showing: a customer's entities, one or a page of them, newest first. Ids are time-ordered, so that the last
// id of a page is the cursor of the next.
import { and, asc, desc, eq, sql, type SQL } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type {
  CustomerId,
  InvoiceId,
  PaymentId,
  PaymentMethodId,
  PriceId,
  ProductId,
  SubscriptionId,
} from "../../contract/common/id.ts";
import type { PageQuery } from "../../contract/common/page.ts";
import type { WallMs } from "../billing/clock.ts";
import type { Invoice, Payment } from "../billing/state.ts";
import { readInvoices, readPaymentMethods, readPayments, readPrices, readProducts, readSubscriptions } from "./rows.ts";
import { compiledBatch } from "./compiled.ts";
import {
  customer,
  invoice,
  invoiceNumber,
  payment,
  paymentMethod,
  price,
  product,
  quotaBalance,
  subscription,
} from "./schema.ts";

/** An invoice with the number that was given to it. */
export interface NumberedInvoice extends Invoice {
  /** Example: `S-1405-000042`; null for one that has none. */
  readonly number: string | null;
}

type Page = Pick<PageQuery, "limit" | "cursor">;

/** The customer's own, of this id. */
function isThe(table: typeof paymentMethod | typeof subscription | typeof payment) {
  return and(eq(table.customerId, sql.placeholder("customerId")), eq(table.id, sql.placeholder("id")));
}

export async function listPaymentMethods(db: D1Database, customerId: CustomerId, page: Page) {
  const { id, customerId: owner } = paymentMethod;
  const before = page.cursor === undefined ? undefined : sql`${id} < ${page.cursor}`;
  const query = drizzle(db)
    .select()
    .from(paymentMethod)
    .where(and(eq(owner, customerId), before));
  return readPaymentMethods(await query.orderBy(desc(id)).limit(page.limit + 1));
}

export async function findPaymentMethod(db: D1Database, customerId: CustomerId, id: PaymentMethodId) {
  const [found] = await paymentMethodOf(db, { customerId, id });
  return readPaymentMethods(found)[0] ?? null;
}

const paymentMethodOf = compiledBatch((orm) => [orm.select().from(paymentMethod).where(isThe(paymentMethod))] as const);

export async function listSubscriptions(db: D1Database, customerId: CustomerId, page: Page) {
  const { id, customerId: owner } = subscription;
  const before = page.cursor === undefined ? undefined : sql`${id} < ${page.cursor}`;
  const query = drizzle(db)
    .select()
    .from(subscription)
    .where(and(eq(owner, customerId), before));
  return readSubscriptions(await query.orderBy(desc(id)).limit(page.limit + 1));
}

export async function findSubscription(db: D1Database, customerId: CustomerId, id: SubscriptionId) {
  const [found] = await subscriptionOf(db, { customerId, id });
  return readSubscriptions(found)[0] ?? null;
}

export async function ownerOfSubscription(db: D1Database, id: SubscriptionId): Promise<CustomerId | null> {
  const query = drizzle(db).select({ customerId: subscription.customerId }).from(subscription);
  const [row] = await query.where(eq(subscription.id, id));
  return row?.customerId ?? null;
}

const subscriptionOf = compiledBatch((orm) => [orm.select().from(subscription).where(isThe(subscription))] as const);

export async function listPayments(db: D1Database, customerId: CustomerId, page: Page) {
  const { id, customerId: owner } = payment;
  const before = page.cursor === undefined ? undefined : sql`${id} < ${page.cursor}`;
  const query = drizzle(db)
    .select()
    .from(payment)
    .where(and(eq(owner, customerId), before));
  return readPayments(await query.orderBy(desc(id)).limit(page.limit + 1));
}

export async function findPayment(db: D1Database, customerId: CustomerId, id: PaymentId) {
  const [found] = await paymentOf(db, { customerId, id });
  return readPayments(found)[0] ?? null;
}

/** Whosever it is. */
export async function findAnyPayment(db: D1Database, id: PaymentId) {
  return readPayments(await drizzle(db).select().from(payment).where(eq(payment.id, id)))[0] ?? null;
}

const paymentOf = compiledBatch((orm) => [orm.select().from(payment).where(isThe(payment))] as const);

export async function listInvoices(db: D1Database, customerId: CustomerId, page: Page) {
  const { id, customerId: owner } = invoice;
  const before = page.cursor === undefined ? undefined : sql`${id} < ${page.cursor}`;
  const query = numberedInvoices(db).where(and(eq(owner, customerId), before));
  return numbered(await query.orderBy(desc(id)).limit(page.limit + 1));
}

export async function findInvoice(db: D1Database, customerId: CustomerId, id: InvoiceId) {
  const isIt = and(eq(invoice.customerId, customerId), eq(invoice.id, id));
  return numbered(await numberedInvoices(db).where(isIt))[0] ?? null;
}

function numberedInvoices(db: D1Database) {
  return drizzle(db)
    .select({ invoice, series: invoiceNumber.series, number: invoiceNumber.number })
    .from(invoice)
    .leftJoin(invoiceNumber, eq(invoiceNumber.invoiceId, invoice.id));
}

function numbered(
  rows: readonly { invoice: typeof invoice.$inferSelect; series: string | null; number: number | null }[],
): readonly NumberedInvoice[] {
  const invoices = readInvoices(rows.map((row) => row.invoice));
  return invoices.map((entity, index) => {
    const { series = null, number = null } = rows[index] ?? {};
    const text = series === null || number === null ? null : `${series}-${String(number).padStart(6, "0")}`;
    return { ...entity, number: text };
  });
}

/** A customer's messages of one product; `isOver` when the grant has ended by the customer's own clock. */
export type Balance = typeof quotaBalance.$inferSelect & { readonly isOver: boolean };

/** The message quotas of a customer, soonest to end first. */
export async function listQuotas(db: D1Database, customerId: CustomerId, wall: WallMs): Promise<readonly Balance[]> {
  const rows = await drizzle(db)
    .select({ quota: quotaBalance, clockNowAt: customer.clockNowAt })
    .from(quotaBalance)
    .innerJoin(customer, eq(customer.id, quotaBalance.customerId))
    .where(eq(quotaBalance.customerId, customerId))
    .orderBy(asc(quotaBalance.validUntil), asc(quotaBalance.productId));
  return rows.map(({ quota, clockNowAt }) => ({ ...quota, isOver: quota.validUntil <= (clockNowAt ?? wall) }));
}

/** The partner of a customer; null when there is no such customer. */
export async function partnerOf(db: D1Database, customerId: CustomerId) {
  const query = drizzle(db).select({ partnerId: customer.partnerId }).from(customer);
  const [row] = await query.where(eq(customer.id, customerId));
  return row?.partnerId ?? null;
}

/** Products for sale with their prices, oldest first, one past the limit. */
export async function listProducts(db: D1Database, page: Page) {
  const after = page.cursor === undefined ? undefined : sql`${product.id} > ${page.cursor}`;
  const query = drizzle(db)
    .select()
    .from(product)
    .where(and(eq(product.active, true), after));
  const products = readProducts(await query.orderBy(asc(product.id)).limit(page.limit + 1));
  return withPrices(db, products);
}

export async function findProduct(db: D1Database, id: ProductId) {
  const [products, prices] = await productAndPrices(db, { id });
  const [found] = readProducts(products);
  return found ? { ...found, prices: readPrices(prices) } : null;
}

const productAndPrices = compiledBatch((orm) => {
  const id = sql.placeholder("id");
  return [
    orm.select().from(product).where(eq(product.id, id)),
    orm.select().from(price).where(eq(price.productId, id)).orderBy(asc(price.id)),
  ] as const;
});

/** A price with the product it belongs to; null when there is none of this id. */
export async function findOffer(db: D1Database, id: PriceId) {
  const [products, ofProduct] = await productOfPrice(db, { id });
  const [owner] = readProducts(products);
  const prices = readPrices(ofProduct);
  const found = prices.find((one) => one.id === id);
  return found && owner ? { price: { ...found, currency: "IRR" as const }, product: { ...owner, prices } } : null;
}

const productOfPrice = compiledBatch((orm) => {
  const productId = sql`(SELECT product_id FROM price WHERE id = ${sql.placeholder("id")})`;
  return [
    orm
      .select()
      .from(product)
      .where(sql`${product.id} = ${productId}`),
    orm
      .select()
      .from(price)
      .where(sql`${price.productId} = ${productId}`)
      .orderBy(asc(price.id)),
  ] as const;
});

async function withPrices(db: D1Database, products: readonly (typeof product.$inferSelect)[]) {
  const ids = JSON.stringify(products.map((row) => row.id));
  const ofThese = sql`${price.productId} IN (SELECT value FROM json_each(${ids}))`;
  const prices = readPrices(await drizzle(db).select().from(price).where(ofThese).orderBy(asc(price.id)));
  return products.map((row) => ({ ...row, prices: prices.filter(({ productId }) => productId === row.id) }));
}

/** Along its customer's payments, which are few: an index for invoices alone would be written with every payment. */
export function isOfInvoice(id: SQL): SQL {
  return sql`payment.customer_id = (SELECT customer_id FROM invoice WHERE id = ${id}) AND payment.invoice_id = ${id}`;
}

/** The newest payment of an invoice; null when it has none. */
export async function findLatestPayment(db: D1Database, invoiceId: InvoiceId | null): Promise<Payment | null> {
  if (invoiceId === null) return null;
  const [found] = await newestOfInvoice(db, { invoiceId });
  return readPayments(found)[0] ?? null;
}

const newestOfInvoice = compiledBatch(
  (orm) =>
    [
      orm
        .select()
        .from(payment)
        .where(isOfInvoice(sql`${sql.placeholder("invoiceId")}`))
        .orderBy(desc(payment.id))
        .limit(1),
    ] as const,
);
