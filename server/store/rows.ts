// The store's edge: every row that comes from D1 is parsed, so that inside the server types are trusted. Enums and JSON
// columns are checked by the contract's own schemas, the rest by drizzle-zod from the tables. A schema is made when it is first needed.
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
import { rowSchema } from "./row-schema.ts";
import * as tables from "./schema.ts";

interface Reader<T> {
  /** Parses rows of one table; throws on one that the table could not hold. */
  (rows: readonly object[]): readonly T[];
}

export const readCustomers = reader<Customer>(() => rowSchema(tables.customer));
export const readPaymentMethods = reader<PaymentMethod>(() => rowSchema(tables.paymentMethod));
export const readSubscriptions = reader<Subscription>(() =>
  rowSchema(tables.subscription, {
    addOns: z.array(AddOn),
    discount: Discount.nullable(),
    pendingChange: PendingChange.nullable(),
    scheduledChange: Terms.nullable(),
    priceMigration: SubscriptionMigration.nullable(),
    autoTopUp: AutoTopUp.nullable(),
  }),
);
export const readInvoices = reader<Invoice>(() =>
  rowSchema(tables.invoice, { lines: z.array(InvoiceLine), taxReport: TaxReport }),
);
export const readPayments = reader<Payment>(() => rowSchema(tables.payment));
export const readCreditNotes = reader<CreditNote>(() => rowSchema(tables.creditNote));
export const readCoupons = reader<typeof tables.coupon.$inferSelect>(() => rowSchema(tables.coupon));
export const readRefunds = reader<Refund>(() => rowSchema(tables.refund));
export const readReconciliations = reader<typeof tables.reconciliation.$inferSelect>(() =>
  rowSchema(tables.reconciliation),
);
export const readPayouts = reader<typeof tables.payout.$inferSelect>(() => rowSchema(tables.payout));
export const readProducts = reader<typeof tables.product.$inferSelect>(() =>
  rowSchema(tables.product, {
    features: Features,
    translations: Translations,
    taxClass: TaxClass.nullable(),
  }),
);
export const readPrices = reader<typeof tables.price.$inferSelect>(() =>
  rowSchema(tables.price, { retryDays: RetryDays }),
);
export const readQuotaGrants = reader<QuotaGrant>(() =>
  rowSchema(tables.quotaBalance).omit({ used: true, reserved: true, overrun: true, version: true }),
);
type UseOfProduct = QuotaUse & { readonly productId: ProductId };
/** What is used of each product's messages. */
export const readQuotaUse = reader<UseOfProduct>(() =>
  rowSchema(tables.quotaBalance).pick({
    productId: true,
    used: true,
    reserved: true,
    overrun: true,
    version: true,
  }),
);
export const readAddedMessages = reader<AddedMessages>(() => rowSchema(tables.quotaGrant));
export const readReservations = reader<typeof tables.quotaReservation.$inferSelect>(() =>
  rowSchema(tables.quotaReservation),
);
export const readRevenueDays = reader<typeof tables.revenueDay.$inferSelect>(() => rowSchema(tables.revenueDay));
export const readClosedMonths = reader<typeof tables.closedMonth.$inferSelect>(() => rowSchema(tables.closedMonth));
/** Sums over days, which no table has as they are. */
export const readLedgerSums = reader<Omit<typeof tables.ledgerDay.$inferSelect, "day">>(() =>
  rowSchema(tables.ledgerDay).omit({ day: true }),
);
type VatSums = Omit<typeof tables.vatDay.$inferSelect, "day"> & { readonly through: string | null };
export const readVatSums = reader<VatSums>(() =>
  rowSchema(tables.vatDay).omit({ day: true }).extend({ through: z.string().nullable() }),
);
export const readOwed = reader<z.infer<typeof Receivables>["ages"][number]>(() => Receivables.shape.ages.element);
/** The lines of an invoice read without the rest of it. */
export function readInvoiceLines(lines: unknown): readonly InvoiceLine[] {
  return z.array(InvoiceLine).parse(lines);
}
export const readEvents = reader<typeof tables.billingEvent.$inferSelect>(() => rowSchema(tables.billingEvent));

export const readEndpoints = reader<typeof tables.webhookEndpoint.$inferSelect>(() =>
  rowSchema(tables.webhookEndpoint, { eventTypes: z.array(z.enum(billingEventTypes)).nullable() }),
);
export const readDeliveries = reader<typeof tables.webhookDelivery.$inferSelect>(() =>
  rowSchema(tables.webhookDelivery, { eventType: z.enum(billingEventTypes) }),
);

export const readWebhookEvents = reader<typeof tables.webhookEvent.$inferSelect>(() => rowSchema(tables.webhookEvent));

/** The table's `$type`s carry the brands (ids, Rials, clocks); what the schema checks is the form beneath them. */
function reader<T>(schemaOf: () => z.ZodType): Reader<T> {
  let schema: z.ZodType | undefined;
  return (rows) => (schema ??= z.array(schemaOf())).parse(rows) as readonly T[];
}
