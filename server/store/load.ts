// Loads what the rules decide on: one batch, so one consistent snapshot, with the head of the customer's stream. Open
// things, the last 40 days and running balances; never all history.
import { and, desc, eq, exists, gt, inArray, isNotNull, isNull, or, sql } from "drizzle-orm";
import type { drizzle } from "drizzle-orm/d1";
import type {
  BillingEventId,
  CustomerId,
  InvoiceId,
  PaymentId,
  PriceId,
  SecretId,
  SubscriptionId,
} from "../../contract/common/id.ts";
import { after, dayMs, minuteMs, wallMs, type WallMs } from "../billing/clock.ts";
import { runningStatuses, type Hint, type Offer, type Slice } from "../billing/state.ts";
import {
  readAddedMessages,
  readCreditNotes,
  readCustomers,
  readInvoices,
  readPaymentMethods,
  readPayments,
  readPrices,
  readProducts,
  readQuotaGrants,
  readQuotaUse,
  readRefunds,
  readSubscriptions,
} from "./rows.ts";
import { breakerUntil, newestOutcomes, newestSubmission } from "./breaker.ts";
import { compiledBatch } from "./compiled.ts";
import { headOf, headQuery, type FoundHead, type Head } from "./head.ts";
import type { Sealed } from "./sealer.ts";
import * as tables from "./schema.ts";

export interface Loaded {
  readonly slice: Slice;
  readonly head: Head;
  readonly loadedAt: WallMs;
  /** Of the payment methods that may be debited, sealed. */
  readonly signatures: ReadonlyMap<SecretId, Sealed>;
}

/** What a request names beyond what is open or recent. */
export interface Named {
  readonly priceIds?: readonly PriceId[] | undefined;
  readonly paymentIds?: readonly PaymentId[] | undefined;
  readonly invoiceIds?: readonly InvoiceId[] | undefined;
  readonly subscriptionIds?: readonly SubscriptionId[] | undefined;
  /** The event that would stand for it. */
  readonly ownEvent?: BillingEventId | null;
}

const recentMs = 40 * dayMs;
const hintMs = 25 * 60 * minuteMs;
const mostOfAKind = 50;

/** Loads one customer. */
export async function loadCustomer(
  db: D1Database,
  customerId: CustomerId,
  wall: WallMs,
  { priceIds = [], paymentIds = [], invoiceIds = [], subscriptionIds = [], ownEvent = null }: Named = {},
): Promise<Loaded & { readonly head: FoundHead }> {
  const rows = await snapshot(db, {
    customerId,
    recent: after(wall, -recentMs),
    hintsSince: after(wall, -hintMs),
    priceIds: JSON.stringify(priceIds),
    paymentIds: JSON.stringify(paymentIds),
    invoiceIds: JSON.stringify(invoiceIds),
    subscriptionIds: JSON.stringify(subscriptionIds),
    ownEvent,
  });
  const [
    heads,
    systems,
    customers,
    methods,
    subscriptions,
    invoices,
    payments,
    refunds,
    creditNotes,
    quotas,
    grants,
    prices,
    products,
    hints,
    outcomes,
    sent,
    signatures,
  ] = rows;
  const system = systems[0];
  if (!system) throw new Error("system_state has lost its row");
  const slice: Slice = {
    customerId,
    state: {
      customer: readCustomers(customers)[0] ?? null,
      paymentMethods: byId(readPaymentMethods(methods)),
      subscriptions: byId(readSubscriptions(subscriptions)),
      invoices: byId(readInvoices(invoices)),
      payments: byId(readPayments(payments)),
      refunds: byId(readRefunds(refunds)),
      creditNotes: byId(readCreditNotes(creditNotes)),
      quotas: Object.fromEntries(readQuotaGrants(quotas).map((quota) => [quota.productId, quota])),
      grants: byId(readAddedMessages(grants)),
    },
    offers: offersOf(readPrices(prices), readProducts(products)),
    hints: hintsOf(hints),
    quotaUse: Object.fromEntries(readQuotaUse(quotas).map(({ productId, ...use }) => [productId, use])),
    collecting: system.collecting,
    doubtUntil: system.doubtUntil,
    breakerUntil: breakerUntil(outcomes, sent),
  };
  return {
    slice,
    head: headOf(customerId, heads[0], system.epoch),
    loadedAt: wall,
    signatures: new Map(signatures.map(({ id, sealed }) => [id, sealed])),
  };
}

type Orm = ReturnType<typeof drizzle>;

const snapshot = compiledBatch((orm) => {
  const customerId = sql.placeholder("customerId");
  const recent = sql.placeholder("recent");
  const hintsSince = sql.placeholder("hintsSince");
  const namedIn = (ids: string) => sql`(SELECT value FROM json_each(${sql.placeholder(ids)}))`;
  const { customer, paymentMethod, subscription, invoice, payment, refund, quotaBalance, price, product } = tables;
  const { creditNote, secret } = tables;
  const ofCustomer = eq(subscription.customerId, customerId);
  const running = and(ofCustomer, inArray(subscription.status, runningStatuses));

  const hinted = orm
    .select({ id: tables.webhookEvent.subjectId })
    .from(tables.webhookEvent)
    .where(and(eq(tables.webhookEvent.customerId, customerId), gt(tables.webhookEvent.receivedAt, hintsSince)));
  const refunded = orm
    .select({ id: refund.paymentId })
    .from(refund)
    .where(and(eq(refund.customerId, customerId), inArray(refund.status, ["pending", "submitted", "needs_review"])));
  // All payments of what is owed, however old: whether another one may be taken depends on each.
  const openInvoice = orm
    .select({ id: invoice.id })
    .from(invoice)
    .where(and(eq(invoice.id, payment.invoiceId), eq(invoice.status, "open")));
  const recentPayment = and(
    eq(payment.customerId, customerId),
    or(
      gt(payment.begunAt, recent),
      gt(payment.sendBefore, recent),
      isNotNull(payment.nextAskAt),
      eq(payment.status, "needs_review"),
      inArray(payment.id, hinted),
      inArray(payment.id, refunded),
      sql`${payment.id} IN ${namedIn("paymentIds")}`,
      exists(openInvoice),
    ),
  );
  const newest = orm
    .select({ id: subscription.id })
    .from(subscription)
    .where(ofCustomer)
    .orderBy(desc(subscription.id))
    .limit(mostOfAKind);
  const paidFor = orm.select({ id: payment.id }).from(payment).where(recentPayment);
  const paidInvoices = orm.select({ id: payment.invoiceId }).from(payment).where(recentPayment);
  const latestInvoices = orm.select({ id: subscription.latestInvoiceId }).from(subscription).where(running);
  // What was bought in a period, however long it is, is what its ceiling is measured against.
  const boughtInPeriod = sql`${invoice.subscriptionId} IS NULL AND ${invoice.finalizedAt} >= (
    SELECT MIN(period_starts_at) FROM subscription WHERE customer_id = ${customerId} AND auto_top_up IS NOT NULL)`;
  const wantedInvoice = and(
    eq(invoice.customerId, customerId),
    or(
      eq(invoice.status, "open"),
      and(eq(invoice.status, "paid"), isNull(invoice.recognizedAt)),
      boughtInPeriod,
      inArray(invoice.id, paidInvoices),
      inArray(invoice.id, latestInvoices),
      sql`${invoice.id} IN ${namedIn("invoiceIds")}`,
    ),
  );
  const invoiced = orm.select({ id: invoice.subscriptionId }).from(invoice).where(wantedInvoice);
  // CASE, not OR: SQLite would look up each side of an OR, and those that seldom decide cost the most.
  const wantedSubscription = and(
    ofCustomer,
    sql`CASE WHEN ${inArray(subscription.status, runningStatuses)} THEN 1 WHEN ${inArray(subscription.id, newest)} THEN 1
      WHEN ${subscription.id} IN ${namedIn("subscriptionIds")} THEN 1 ELSE ${inArray(subscription.id, invoiced)} END`,
  );
  const newestMethods = orm
    .select({ id: paymentMethod.id })
    .from(paymentMethod)
    .where(eq(paymentMethod.customerId, customerId))
    .orderBy(desc(paymentMethod.id))
    .limit(mostOfAKind);
  const signatures = orm
    .select({ id: paymentMethod.signatureId })
    .from(paymentMethod)
    .where(and(eq(paymentMethod.customerId, customerId), eq(paymentMethod.status, "active")));
  const methodsInUse = orm.select({ id: subscription.paymentMethodId }).from(subscription).where(running);
  // Of all subscriptions, wanted or not: to ask which are wanted once more costs as much as the rest of the batch.
  const subscribedPrices = orm.select({ id: subscription.priceId }).from(subscription).where(ofCustomer);
  const purchasedPrices = orm
    .select({ id: sql`json_extract(${invoice.lines}, '$[0].priceId')` })
    .from(invoice)
    .where(and(wantedInvoice, isNull(invoice.subscriptionId)));
  // Add-ons, and what a change is to, name prices inside of JSON.
  const namedPrices = sql`(SELECT named.value FROM subscription AS s,
    json_tree(json_array(json(s.add_ons), json(s.pending_change), json(s.scheduled_change),
      json(s.price_migration), json(s.auto_top_up))) AS named
    WHERE s.customer_id = ${customerId} AND named.key = 'priceId')`;
  const wantedPrice = or(
    inArray(price.id, subscribedPrices),
    sql`${price.id} IN ${namedPrices}`,
    inArray(price.id, purchasedPrices),
    sql`${price.id} IN ${namedIn("priceIds")}`,
  );
  const pricedProducts = orm.select({ id: price.productId }).from(price).where(wantedPrice);

  return [
    headQuery(orm, customerId),
    orm.select().from(tables.systemState),
    orm.select().from(customer).where(eq(customer.id, customerId)),
    orm
      .select()
      .from(paymentMethod)
      .where(
        and(
          eq(paymentMethod.customerId, customerId),
          sql`CASE WHEN ${inArray(paymentMethod.status, ["pending_signature", "active"])} THEN 1
            WHEN ${gt(paymentMethod.createdAt, recent)} THEN 1
            WHEN ${paymentMethod.nextCancelAt} IS NOT NULL OR ${paymentMethod.nextAskAt} IS NOT NULL THEN 1
            WHEN ${inArray(paymentMethod.id, newestMethods)} THEN 1
            ELSE ${inArray(paymentMethod.id, methodsInUse)} END`,
        ),
      ),
    orm.select().from(subscription).where(wantedSubscription),
    orm.select().from(invoice).where(wantedInvoice),
    orm.select().from(payment).where(recentPayment),
    orm.select().from(refund).where(inArray(refund.paymentId, paidFor)),
    orm
      .select()
      .from(creditNote)
      .where(
        and(
          eq(creditNote.customerId, customerId),
          inArray(creditNote.invoiceId, orm.select({ id: invoice.id }).from(invoice).where(wantedInvoice)),
        ),
      ),
    orm.select().from(quotaBalance).where(eq(quotaBalance.customerId, customerId)),
    orm
      .select()
      .from(tables.quotaGrant)
      .where(sql`customer_id = ${customerId} AND counted > 0`),
    orm.select().from(price).where(wantedPrice),
    orm.select().from(product).where(inArray(product.id, pricedProducts)),
    hintQuery(orm),
    newestOutcomes(orm),
    newestSubmission(orm),
    orm.select({ id: secret.id, sealed: secret.sealed }).from(secret).where(inArray(secret.id, signatures)),
  ] as const;
});

function hintQuery(orm: Orm) {
  const { subjectId, nok, receivedAt, customerId: owner } = tables.webhookEvent;
  return orm
    .select({ subjectId, nok, at: sql<number>`max(${receivedAt})` })
    .from(tables.webhookEvent)
    .where(and(eq(owner, sql.placeholder("customerId")), gt(receivedAt, sql.placeholder("hintsSince"))))
    .groupBy(subjectId);
}

function hintsOf(rows: readonly { subjectId: string | null; nok: boolean; at: number }[]): Slice["hints"] {
  const hints = rows.map(({ subjectId, nok, at }): [string, Hint] => [subjectId ?? "", { nok, at: wallMs(at) }]);
  return Object.fromEntries(hints);
}

function offersOf(
  prices: readonly (typeof tables.price.$inferSelect)[],
  products: readonly (typeof tables.product.$inferSelect)[],
): Slice["offers"] {
  const productOf = new Map(products.map((row) => [row.id, row]));
  const offers = prices.flatMap((row): [string, Offer][] => {
    const product = productOf.get(row.productId);
    return product ? [[row.id, { price: { ...row, currency: "IRR" }, product }]] : [];
  });
  return Object.fromEntries(offers);
}

function byId<T extends { readonly id: string }>(entities: readonly T[]): { readonly [id: string]: T } {
  return Object.fromEntries(entities.map((entity) => [entity.id, entity]));
}
