// The store's edge: inside the server the types of rows are trusted. Here their enums and JSON columns are parsed, by
// drizzle-zod from the tables and by the contract's own schemas; what is left is what its STRICT table says it is. Schemas
// are made when they are first needed.
import * as z from "zod";
import { billingEventTypes } from "../../contract/billing-event.ts";
import { Receivables } from "../../contract/finance.ts";
import { InvoiceLine, TaxReport } from "../../contract/invoice.ts";
import { Features, RetryDays, TaxClass, Translations } from "../../contract/product.ts";
import {
  AddOn,
  AutoTopUp,
  Discount,
  PendingChange,
  SubscriptionMigration,
  Terms,
} from "../../contract/subscription.ts";
import type { ProductId } from "../../contract/common/id.ts";
import type {
  AddedMessages,
  CreditNote,
  Customer,
  Invoice,
  Payment,
  PaymentMethod,
  QuotaGrant,
  QuotaUse,
  Refund,
  Subscription,
} from "../billing/state.ts";
import { columnSchemas, type ColumnSchemas } from "./row-schema.ts";
import * as tables from "./schema.ts";

interface Reader<T> {
  /** Parses rows of one table, in place; throws on one that the table could not hold. */
  (rows: readonly object[]): readonly T[];
}

export const readCustomers = reader<Customer>(() => columnSchemas(tables.customer));
export const readPaymentMethods = reader<PaymentMethod>(() => columnSchemas(tables.paymentMethod));
export const readSubscriptions = reader<Subscription>(() =>
  columnSchemas(tables.subscription, {
    addOns: z.array(AddOn),
    discount: Discount.nullable(),
    pendingChange: PendingChange.nullable(),
    scheduledChange: Terms.nullable(),
    priceMigration: SubscriptionMigration.nullable(),
    autoTopUp: AutoTopUp.nullable(),
  }),
);
export const readInvoices = reader<Invoice>(() =>
  columnSchemas(tables.invoice, { lines: z.array(InvoiceLine), taxReport: TaxReport }),
);
export const readPayments = reader<Payment>(() => columnSchemas(tables.payment));
export const readCreditNotes = reader<CreditNote>(() => columnSchemas(tables.creditNote));
export const readCoupons = reader<typeof tables.coupon.$inferSelect>(() => columnSchemas(tables.coupon));
export const readRefunds = reader<Refund>(() => columnSchemas(tables.refund));
export const readReconciliations = reader<typeof tables.reconciliation.$inferSelect>(() =>
  columnSchemas(tables.reconciliation),
);
export const readPayouts = reader<typeof tables.payout.$inferSelect>(() => columnSchemas(tables.payout));
export const readProducts = reader<typeof tables.product.$inferSelect>(() =>
  columnSchemas(tables.product, {
    features: Features,
    translations: Translations,
    taxClass: TaxClass.nullable(),
  }),
);
export const readPrices = reader<typeof tables.price.$inferSelect>(() =>
  columnSchemas(tables.price, { retryDays: RetryDays }),
);
const readQuotas = reader<typeof tables.quotaBalance.$inferSelect>(() => columnSchemas(tables.quotaBalance));
/** What was granted, which events tell; without what was used, which they do not. */
export function readQuotaGrants(rows: readonly object[]): readonly QuotaGrant[] {
  return readQuotas(rows).map(
    ({ used: _used, reserved: _reserved, overrun: _overrun, version: _version, ...grant }) => grant,
  );
}
type UseOfProduct = QuotaUse & { readonly productId: ProductId };
/** What is used of each product's messages. */
export function readQuotaUse(rows: readonly object[]): readonly UseOfProduct[] {
  return readQuotas(rows).map(({ productId, used, reserved, overrun, version }) => ({
    productId,
    used,
    reserved,
    overrun,
    version,
  }));
}
export const readAddedMessages = reader<AddedMessages>(() => columnSchemas(tables.quotaGrant));
export const readReservations = reader<typeof tables.quotaReservation.$inferSelect>(() =>
  columnSchemas(tables.quotaReservation),
);
export const readRevenueDays = reader<typeof tables.revenueDay.$inferSelect>(() => columnSchemas(tables.revenueDay));
export const readClosedMonths = reader<typeof tables.closedMonth.$inferSelect>(() => columnSchemas(tables.closedMonth));
/** Sums over days, which no table has as they are. */
export const readLedgerSums = reader<Omit<typeof tables.ledgerDay.$inferSelect, "day">>(() =>
  columnSchemas(tables.ledgerDay),
);
type VatSums = Omit<typeof tables.vatDay.$inferSelect, "day"> & { readonly through: string | null };
export const readVatSums = reader<VatSums>(() => columnSchemas(tables.vatDay));
export const readOwed = reader<z.infer<typeof Receivables>["ages"][number]>(() => Receivables.shape.ages.element.shape);
/** The lines of an invoice read without the rest of it. */
export function readInvoiceLines(lines: unknown): readonly InvoiceLine[] {
  return z.array(InvoiceLine).parse(lines);
}
export const readEvents = reader<typeof tables.billingEvent.$inferSelect>(() => columnSchemas(tables.billingEvent));

export const readEndpoints = reader<typeof tables.webhookEndpoint.$inferSelect>(() =>
  columnSchemas(tables.webhookEndpoint, { eventTypes: z.array(z.enum(billingEventTypes)).nullable() }),
);
export const readDeliveries = reader<typeof tables.webhookDelivery.$inferSelect>(() =>
  columnSchemas(tables.webhookDelivery, { eventType: z.enum(billingEventTypes) }),
);

export const readWebhookEvents = reader<typeof tables.webhookEvent.$inferSelect>(() =>
  columnSchemas(tables.webhookEvent),
);

/** The table's `$type`s carry the brands (ids, Rials, clocks); what the schemas check is the form beneath them. */
function reader<T>(schemasOf: () => ColumnSchemas): Reader<T> {
  let schemas: readonly (readonly [key: string, schema: z.ZodType])[] | undefined;
  return (rows) => {
    const known = (schemas ??= Object.entries(schemasOf()));
    for (const row of rows)
      for (const [key, schema] of known) Reflect.set(row, key, schema.parse(Reflect.get(row, key)));
    return rows as readonly T[];
  };
}
