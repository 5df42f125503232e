// TypeIDs: `inv_…`, a prefix and 26 base-32 characters over a UUIDv7 whose 12 `rand_a` bits are the customer's bucket.
// The contract knows only their shape; `server/billing/ids.ts` mints them.
import * as z from "zod";

/** The prefix of every kind of id. A prefix never changes its meaning. */
export const idPrefixes = {
  customer: "cus",
  product: "prod",
  price: "price",
  paymentMethod: "pm",
  subscription: "sub",
  invoice: "inv",
  payment: "pay",
  refund: "ref",
  payout: "po",
  coupon: "cpn",
  creditNote: "cn",
  priceMigration: "mig",
  billingEvent: "evt",
  webhookEvent: "whe",
  partner: "ptr",
  partnerKey: "key",
  webhookEndpoint: "wep",
  person: "per",
  secret: "sec",
  quotaGrant: "qg",
  financeExport: "exp",
} as const;

export type IdPrefix = (typeof idPrefixes)[keyof typeof idPrefixes];

/** An id as the type system sees it: `sub_…`. */
export type Id<P extends IdPrefix> = `${P}_${string}`;

const suffix = z.string().regex(/^[0-7][0-9a-hjkmnp-tv-z]{25}$/);

const sampleSuffix = "01kaqzv3m5e0a8r6b1x2n4y7tq";

function idOf<const P extends IdPrefix>(prefix: P, noun: string) {
  return z
    .templateLiteral([`${prefix}_`, suffix])
    .meta({ description: `Id of the ${noun}.`, example: `${prefix}_${sampleSuffix}` });
}

export const CustomerId = idOf("cus", "customer");
export const ProductId = idOf("prod", "product");
export const PriceId = idOf("price", "price");
export const PaymentMethodId = idOf("pm", "payment method");
export const SubscriptionId = idOf("sub", "subscription");
export const InvoiceId = idOf("inv", "invoice");
export const PaymentId = idOf("pay", "payment");
export const RefundId = idOf("ref", "refund");
export const PayoutId = idOf("po", "import of a payout file");
export const CouponId = idOf("cpn", "coupon");
export const CreditNoteId = idOf("cn", "credit note");
export const PriceMigrationId = idOf("mig", "price migration");
export const BillingEventId = idOf("evt", "billing event");
export const WebhookEventId = idOf("whe", "webhook event");
export const PartnerId = idOf("ptr", "partner");
export const PartnerKeyId = idOf("key", "partner key");
export const WebhookEndpointId = idOf("wep", "webhook endpoint");
export const PersonId = idOf("per", "person record");
export const SecretId = idOf("sec", "sealed secret");
export const QuotaGrantId = idOf("qg", "grant of messages");
export const FinanceExportId = idOf("exp", "export of the books");

export type CustomerId = z.infer<typeof CustomerId>;
export type ProductId = z.infer<typeof ProductId>;
export type PriceId = z.infer<typeof PriceId>;
export type PaymentMethodId = z.infer<typeof PaymentMethodId>;
export type SubscriptionId = z.infer<typeof SubscriptionId>;
export type InvoiceId = z.infer<typeof InvoiceId>;
export type PaymentId = z.infer<typeof PaymentId>;
export type RefundId = z.infer<typeof RefundId>;
export type PayoutId = z.infer<typeof PayoutId>;
export type CouponId = z.infer<typeof CouponId>;
export type CreditNoteId = z.infer<typeof CreditNoteId>;
export type PriceMigrationId = z.infer<typeof PriceMigrationId>;
export type BillingEventId = z.infer<typeof BillingEventId>;
export type WebhookEventId = z.infer<typeof WebhookEventId>;
export type PartnerId = z.infer<typeof PartnerId>;
export type PartnerKeyId = z.infer<typeof PartnerKeyId>;
export type WebhookEndpointId = z.infer<typeof WebhookEndpointId>;
export type PersonId = z.infer<typeof PersonId>;
export type SecretId = z.infer<typeof SecretId>;
export type QuotaGrantId = z.infer<typeof QuotaGrantId>;
export type FinanceExportId = z.infer<typeof FinanceExportId>;
