// One customer's billing state: what the rules decide on and what `evolve` makes of events. The store keeps one row per
// entity with the same fields. Bounded: open things and the last 40 days, never all history.
import type {
  CreditNoteId,
  CustomerId,
  InvoiceId,
  PaymentId,
  PaymentMethodId,
  PriceId,
  ProductId,
  QuotaGrantId,
  RefundId,
  SubscriptionId,
} from "../../contract/common/id.ts";
import type { PaymentStatus } from "../../contract/payment.ts";
import type { Price, Product } from "../../contract/product.ts";
import type { SubscriptionStatus } from "../../contract/subscription.ts";
import type { BillingMs, Now, WallMs } from "./clock.ts";
import type {
  AddedMessages,
  CreditNote,
  Customer,
  Invoice,
  Payment,
  PaymentMethod,
  QuotaGrant,
  Refund,
  Subscription,
} from "./entities.ts";

export type * from "./entities.ts";

type ById<Key extends string, T> = { readonly [key in Key]?: T };

export interface CustomerState {
  readonly customer: Customer | null;
  readonly paymentMethods: ById<PaymentMethodId, PaymentMethod>;
  readonly subscriptions: ById<SubscriptionId, Subscription>;
  readonly invoices: ById<InvoiceId, Invoice>;
  readonly payments: ById<PaymentId, Payment>;
  readonly refunds: ById<RefundId, Refund>;
  readonly creditNotes: ById<CreditNoteId, CreditNote>;
  readonly quotas: ById<ProductId, QuotaGrant>;
  /** Those that count now, or will with the next grant of a period. */
  readonly grants: ById<QuotaGrantId, AddedMessages>;
}

export const emptyState: CustomerState = {
  customer: null,
  paymentMethods: {},
  subscriptions: {},
  invoices: {},
  payments: {},
  refunds: {},
  creditNotes: {},
  quotas: {},
  grants: {},
};

/** A price with the product it belongs to: all that the rules need of the catalogue. */
export interface Offer {
  readonly price: Omit<Price, "createdAt">;
  readonly product: Omit<Product, "createdAt" | "prices">;
}

/** Somebody says that something happened at the gateway. Never believed, only a reason to ask. */
export interface Hint {
  readonly at: WallMs;
  /** What it claimed: that the payer refused or failed (NOK), or not. */
  readonly nok: boolean;
}

/** How much of a product's messages is used, and as of when: a decision that goes by it names the version. */
export interface QuotaUse {
  readonly used: number;
  readonly reserved: number;
  readonly overrun: number;
  readonly version: number;
}

/** What the rules decide on: the customer's state, and what stands beside it. */
export interface Slice {
  readonly customerId: CustomerId;
  readonly state: CustomerState;
  /** The prices that the customer's subscriptions, or this request, name. */
  readonly offers: ById<PriceId, Offer>;
  /** The newest hint, from a browser or a notice, about each payment or payment method. */
  readonly hints: ById<PaymentId | PaymentMethodId, Hint>;
  /** What is used of each product's messages, which no event says. */
  readonly quotaUse: ById<ProductId, QuotaUse>;
  /** The global switch: false forbids new debits. */
  readonly collecting: boolean;
  /** After a restore: what fell due before it may have been paid without our knowing; null when nothing is in doubt. */
  readonly doubtUntil: WallMs | null;
  /** Until when the breaker forbids new debits; null when it is closed. */
  readonly breakerUntil: WallMs | null;
}

/** The customer's two clocks: a test clock's present, or the wall for both. */
export function nowOf(state: CustomerState, wall: WallMs): Now {
  const billing = state.customer?.clockNowAt ?? (wall as number as BillingMs);
  return { wall, billing };
}

/** The entities of one kind, in the order of their ids. */
export function all<T>(entities: { readonly [key: string]: T | undefined }): readonly T[] {
  return Object.keys(entities)
    .sort()
    .flatMap((key) => entities[key] ?? []);
}

/** Payment statuses that keep an invoice from being paid by another payment; a unique index says the same. */
export const liveStatuses = [
  "created",
  "submitted",
  "open",
  "verifying",
  "unknown",
  "needs_review",
  "succeeded",
] as const satisfies readonly PaymentStatus[];

export function isLive(payment: Payment): boolean {
  return (liveStatuses as readonly PaymentStatus[]).includes(payment.status);
}

/** Whether the gateway still has to tell what became of a payment, or it has not been sent. */
export function isUnderWay(payment: Payment): boolean {
  return isLive(payment) && payment.status !== "succeeded" && payment.status !== "needs_review";
}

/** Whether money may still be taken for it: under way, or a page has closed and the gateway has not been heard since. */
export function maySettle(payment: Payment): boolean {
  return isUnderWay(payment) || (payment.status === "closed" && payment.authority !== null && payment.toldAt === null);
}

/** Whether no debit of its invoice may begin beside it: it is live, or may still take money. */
export function keepsDebitsBack(payment: Payment): boolean {
  return isLive(payment) || maySettle(payment);
}

/** Subscription statuses of which a customer has at most one per product; a unique index says the same. */
export const runningStatuses = [
  "incomplete",
  "trialing",
  "active",
  "past_due",
  "paused",
] as const satisfies readonly SubscriptionStatus[];

export function isRunning(subscription: Subscription): boolean {
  return (runningStatuses as readonly SubscriptionStatus[]).includes(subscription.status);
}

/** Whether it is to a product, or becomes so with a change that waits for its payment or for the next period. */
export function takesProduct({ productId, pendingChange, scheduledChange }: Subscription, wanted: ProductId): boolean {
  return [productId, pendingChange?.terms.productId, scheduledChange?.productId].includes(wanted);
}
