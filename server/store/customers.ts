// Partners' customers: found and listed for their partner alone, and everything that one customer's state is made of, as
// one consistent snapshot.
import { and, asc, desc, eq, inArray, or, sql, type SQL } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { CustomerId, PartnerId } from "../../contract/common/id.ts";
import type { PageQuery } from "../../contract/common/page.ts";
import type { WallMs } from "../billing/clock.ts";
import {
  runningStatuses,
  type AddedMessages,
  type Customer,
  type Invoice,
  type Subscription,
} from "../billing/state.ts";
import { compiledBatch } from "./compiled.ts";
import type { Balance } from "./read.ts";
import { readAddedMessages, readCustomers, readInvoices, readPrices, readProducts, readSubscriptions } from "./rows.ts";
import { billingEvent, customer, invoice, price, product, quotaBalance, quotaGrant, subscription } from "./schema.ts";

/** A customer of a partner; null for another's as for none. */
export async function findCustomer(db: D1Database, partnerId: PartnerId, id: CustomerId): Promise<Customer | null> {
  const query = drizzle(db).select().from(customer);
  return readCustomers(await query.where(and(eq(customer.id, id), eq(customer.partnerId, partnerId))))[0] ?? null;
}

/** Whosever customer it is. */
export async function findAnyCustomer(db: D1Database, id: CustomerId): Promise<Customer | null> {
  return readCustomers(await drizzle(db).select().from(customer).where(eq(customer.id, id)))[0] ?? null;
}

type Wanted = Pick<PageQuery, "limit" | "cursor"> & { readonly externalId?: string | undefined };

/** A partner's customers, newest first, one past the limit. */
export async function listCustomers(
  db: D1Database,
  partnerId: PartnerId,
  wanted: Wanted,
): Promise<readonly Customer[]> {
  const { limit, cursor, externalId } = wanted;
  const before = cursor === undefined ? undefined : sql`${customer.id} < ${cursor}`;
  const named = externalId === undefined ? undefined : eq(customer.externalId, externalId);
  const query = drizzle(db)
    .select()
    .from(customer)
    .where(and(eq(customer.partnerId, partnerId), named, before));
  return readCustomers(await query.orderBy(desc(customer.id)).limit(limit + 1));
}

/** What a customer's state is made of. */
export interface CustomerSnapshot {
  readonly customer: Customer;
  /** Of the customer's last event. */
  readonly position: number;
  /** Those that have not ended, oldest first. */
  readonly subscriptions: readonly Subscription[];
  /** Open ones, soonest due first. */
  readonly invoices: readonly Invoice[];
  readonly balances: readonly Balance[];
  /** What counts on top of each product's messages. */
  readonly grants: readonly AddedMessages[];
  /** The prices of these subscriptions, add-ons' too. */
  readonly prices: ReturnType<typeof readPrices>;
  readonly products: ReturnType<typeof readProducts>;
}

/** Which customer: by our id, or by the partner's. */
export type NamedCustomer = { readonly customerId: CustomerId } | { readonly externalId: string };

/** One customer of a partner with all that it has, in one batch; null for another's as for none. */
export async function readCustomerSnapshot(
  db: D1Database,
  partnerId: PartnerId,
  named: NamedCustomer,
  now: WallMs,
): Promise<CustomerSnapshot | null> {
  const rows = await ("customerId" in named
    ? snapshotById(db, { partnerId, name: named.customerId })
    : snapshotByExternalId(db, { partnerId, name: named.externalId }));
  const [customers, heads, subscriptions, invoices, quotas, grants, prices, products] = rows;
  const [found] = readCustomers(customers);
  const [head] = heads;
  if (!found || !head) return null;
  const present = found.clockNowAt ?? now;
  return {
    customer: found,
    position: head.position,
    subscriptions: readSubscriptions(subscriptions),
    invoices: readInvoices(invoices),
    balances: quotas.map((quota) => ({ ...quota, isOver: quota.validUntil <= present })),
    grants: readAddedMessages(grants),
    prices: readPrices(prices),
    products: readProducts(products),
  };
}

const name = sql`${sql.placeholder("name")}`;
const snapshotById = snapshotWhere(sql`id = ${name}`);
const snapshotByExternalId = snapshotWhere(sql`external_id = ${name}`);

function snapshotWhere(isNamed: SQL) {
  return compiledBatch((orm) => {
    const customerId = sql`(SELECT id FROM customer WHERE partner_id = ${sql.placeholder("partnerId")} AND ${isNamed})`;
    const running = and(eq(subscription.customerId, customerId), inArray(subscription.status, runningStatuses));
    const mainPrices = orm.select({ id: subscription.priceId }).from(subscription).where(running);
    const addOnPrices = sql`(SELECT json_extract(on_top.value, '$.priceId') FROM subscription AS s, json_each(s.add_ons) AS on_top
      WHERE s.customer_id = ${customerId})`;
    const wantedPrice = or(inArray(price.id, mainPrices), sql`${price.id} IN ${addOnPrices}`);
    const wantedProducts = orm.select({ id: price.productId }).from(price).where(wantedPrice);
    return [
      orm.select().from(customer).where(eq(customer.id, customerId)),
      orm
        .select({ position: billingEvent.position })
        .from(billingEvent)
        .where(eq(billingEvent.stream, customerId))
        .orderBy(desc(billingEvent.seq))
        .limit(1),
      orm.select().from(subscription).where(running).orderBy(asc(subscription.id)),
      orm
        .select()
        .from(invoice)
        .where(and(eq(invoice.customerId, customerId), eq(invoice.status, "open")))
        .orderBy(asc(invoice.dueAt), asc(invoice.id)),
      orm
        .select()
        .from(quotaBalance)
        .where(eq(quotaBalance.customerId, customerId))
        .orderBy(asc(quotaBalance.productId)),
      orm
        .select()
        .from(quotaGrant)
        .where(sql`customer_id = ${customerId} AND counted > 0 AND expired = 0`)
        .orderBy(asc(quotaGrant.id)),
      orm.select().from(price).where(wantedPrice),
      orm.select().from(product).where(inArray(product.id, wantedProducts)),
    ] as const;
  });
}
