// What a customer has, as the rules and the store know it: one interface for each table, field by field.
import type {
  CreditNoteId,
  CustomerId,
  InvoiceId,
  PartnerId,
  PaymentId,
  PaymentMethodId,
  PersonId,
  PriceId,
  ProductId,
  QuotaGrantId,
  RefundId,
  SecretId,
  SubscriptionId,
} from "../../contract/common/id.ts";
import type { BuyerKind } from "../../contract/buyer.ts";
import type { Rials, SignedRials } from "../../contract/common/money.ts";
import type { CreditNoteReason } from "../../contract/credit.ts";
import type { InvoiceLine, InvoiceReason, InvoiceStatus, TaxReport } from "../../contract/invoice.ts";
import type { CancellationStatus, PaymentMethodStatus } from "../../contract/payment-method.ts";
import type { PaymentStatus } from "../../contract/payment.ts";
import type { QuotaSource } from "../../contract/quota.ts";
import type { RefundMethod, RefundSource, RefundStatus } from "../../contract/refund.ts";
import type {
  AddOn,
  AutoTopUp,
  CancelFeedback,
  Discount,
  PauseReason,
  PendingChange,
  SubscriptionMigration,
  SubscriptionStatus,
  Terms,
} from "../../contract/subscription.ts";
import type { BillingMs, WallMs } from "./clock.ts";

export interface Customer {
  readonly id: CustomerId;
  readonly partnerId: PartnerId;
  readonly userId: string | null;
  readonly createdAt: WallMs;
  /** A test clock's present; null on real time. */
  readonly clockNowAt: BillingMs | null;
  /** Where a test clock is going or has arrived; null on real time. */
  readonly clockTargetAt: BillingMs | null;
  /** Money we hold for the customer that no invoice claims; below zero: carried over to the next invoice. */
  readonly creditRials: SignedRials;
  /** The partner's own id of it; null when it came by itself. */
  readonly externalId: string | null;
  /** Names the sealed details that invoices are made out to; null when none were given. */
  readonly buyerId: PersonId | null;
  readonly buyerKind: BuyerKind | null;
  /** When the person behind it was erased; null while there may be one. */
  readonly erasedAt: WallMs | null;
}

export interface PaymentMethod {
  readonly id: PaymentMethodId;
  readonly customerId: CustomerId;
  readonly status: PaymentMethodStatus;
  readonly personId: PersonId;
  readonly maxAmountRials: Rials;
  readonly maxDailyCount: number;
  readonly maxMonthlyCount: number;
  readonly expiresAt: WallMs;
  readonly createdAt: WallMs;
  /** Until when a signature, found late, still makes it active. */
  readonly signBefore: WallMs;
  /** Names the sealed payman authority; null until the gateway opened the agreement. */
  readonly agreementId: SecretId | null;
  /** Names the sealed signature; null until it was found. */
  readonly signatureId: SecretId | null;
  /** When the gateway was last asked for the signature. */
  readonly askedAt: WallMs | null;
  readonly nextAskAt: WallMs | null;
  readonly activatedAt: WallMs | null;
  readonly cancelledAt: WallMs | null;
  readonly cancellation: CancellationStatus | null;
  readonly cancelTries: number;
  readonly nextCancelAt: WallMs | null;
  /** The payment method that it takes the place of when it is active. */
  readonly replacesId: PaymentMethodId | null;
  /** Declines in a row for a reason that the bank did not say. */
  readonly unexplainedDeclines: number;
  /** Whether the customer was told that its end is near. */
  readonly expiryTold: boolean;
}

export interface Subscription {
  readonly id: SubscriptionId;
  readonly customerId: CustomerId;
  readonly productId: ProductId;
  readonly priceId: PriceId;
  readonly quantity: number;
  readonly addOns: readonly AddOn[];
  readonly paymentMethodId: PaymentMethodId | null;
  readonly status: SubscriptionStatus;
  readonly anchorDay: number;
  /** 00:00 in Tehran of the day from which periods are counted: there the period `firstIndex` begins. */
  readonly startsOn: BillingMs;
  readonly firstIndex: number;
  readonly periodIndex: number;
  readonly periodStartsAt: BillingMs;
  readonly periodEndsAt: BillingMs;
  readonly trialEndsAt: BillingMs | null;
  readonly discount: Discount | null;
  /** Periods to come that an operator gave for free. */
  readonly freePeriods: number;
  /** The newest invoice of a period; that of a change stands in `pendingChange`. */
  readonly latestInvoiceId: InvoiceId | null;
  readonly pendingChange: PendingChange | null;
  readonly scheduledChange: Terms | null;
  /** A new price of the same product, of which the subscriber was told. */
  readonly priceMigration: SubscriptionMigration | null;
  readonly cancelAtPeriodEnd: boolean;
  readonly cancelReason: "requested" | "unpaid" | null;
  readonly cancelFeedback: CancelFeedback | null;
  readonly pauseAtPeriodEnd: boolean;
  readonly pauseReason: PauseReason | null;
  readonly pausedAt: BillingMs | null;
  /** Days of the period that come after the pause. */
  readonly pausedDaysLeft: number;
  readonly resumesAt: BillingMs | null;
  readonly createdAt: BillingMs;
  readonly endedAt: BillingMs | null;
  readonly autoTopUp: AutoTopUp | null;
  /** Until when nothing more is bought by itself; null: nothing was in the way when that was last asked. */
  readonly topUpHeldUntil: BillingMs | null;
}

export interface Invoice {
  readonly id: InvoiceId;
  readonly customerId: CustomerId;
  /** Null for a purchase. */
  readonly subscriptionId: SubscriptionId | null;
  readonly periodIndex: number | null;
  readonly reason: InvoiceReason;
  readonly status: InvoiceStatus;
  readonly lines: readonly InvoiceLine[];
  readonly subtotalRials: Rials;
  readonly vatRials: Rials;
  readonly totalRials: Rials;
  /** Paid from the customer's credit; below zero: carried over from earlier. */
  readonly creditAppliedRials: SignedRials;
  /** Taken back later by credit notes. */
  readonly creditNotesRials: Rials;
  /** Given back by refunds and credit notes, and the net in it: what does not become revenue. */
  readonly returnedRials: Rials;
  readonly returnedNetRials: Rials;
  /** When what was kept of it became revenue. */
  readonly recognizedAt: BillingMs | null;
  readonly dueAt: BillingMs;
  /** Debits that failed, or could not be sent. */
  readonly attemptCount: number;
  readonly nextAttemptAt: BillingMs | null;
  readonly finalizedAt: BillingMs;
  readonly paidAt: BillingMs | null;
  /** The buyer it was made out to: that record never changes, and erasing the person deletes it. */
  readonly buyerId: PersonId | null;
  readonly taxReport: TaxReport;
}

export interface Payment {
  readonly id: PaymentId;
  readonly customerId: CustomerId;
  readonly invoiceId: InvoiceId;
  readonly paymentMethodId: PaymentMethodId | null;
  readonly kind: "debit" | "checkout";
  readonly status: PaymentStatus;
  readonly amountRials: Rials;
  readonly authority: string | null;
  /** When an open page is closed. */
  readonly closesAt: WallMs | null;
  readonly sendBefore: WallMs | null;
  readonly settlesAfter: WallMs | null;
  /** Whether the money call itself came back with a refusal that could be read. */
  readonly answered: boolean;
  /** Whether somebody waits for it: it goes at any hour, and is given up soon. */
  readonly onDemand: boolean;
  /** Requests for an authority that failed; before `submitted`. */
  readonly tries: number;
  readonly askCount: number;
  readonly askedAt: WallMs | null;
  readonly nextAskAt: WallMs | null;
  /** When the gateway last told something that could be read, since the payment left the live states. */
  readonly toldAt: WallMs | null;
  /** Until when money that comes late is looked for. */
  readonly watchUntil: WallMs | null;
  readonly failedHeardAt: WallMs | null;
  readonly notPaidHeardAt: WallMs | null;
  /** Given back, or set aside to be. */
  readonly refundedRials: Rials;
  readonly refId: string | null;
  readonly failureReason: string | null;
  readonly createdAt: BillingMs;
  /** When it was begun on the wall clock: what limits on automatic debits count by. */
  readonly begunAt: WallMs;
  readonly settledAt: WallMs | null;
}

export interface Refund {
  readonly id: RefundId;
  readonly customerId: CustomerId;
  readonly paymentId: PaymentId;
  readonly invoiceId: InvoiceId;
  readonly source: RefundSource;
  readonly method: RefundMethod;
  readonly status: RefundStatus;
  readonly amountRials: Rials;
  readonly netRials: Rials;
  readonly vatRials: Rials;
  readonly sendBefore: WallMs | null;
  readonly settlesAfter: WallMs | null;
  readonly nextStepAt: WallMs | null;
  readonly failedHeardAt: WallMs | null;
  readonly reference: string | null;
  readonly failureReason: string | null;
  readonly createdAt: WallMs;
  readonly settledAt: WallMs | null;
}

export interface CreditNote {
  readonly id: CreditNoteId;
  readonly customerId: CustomerId;
  readonly invoiceId: InvoiceId;
  readonly reason: CreditNoteReason;
  readonly netRials: Rials;
  readonly vatRials: Rials;
  readonly totalRials: Rials;
  readonly issuedAt: BillingMs;
}

export interface QuotaGrant {
  readonly customerId: CustomerId;
  readonly productId: ProductId;
  readonly subscriptionId: SubscriptionId;
  readonly periodIndex: number;
  /** The period's own, and what comes on top. */
  readonly granted: number;
  readonly validUntil: BillingMs;
  readonly periodMessages: number;
  /** The highest threshold that was told: 0, 80 or 100. */
  readonly toldPercent: number;
  /** What was last told of the use of its count, and when; nothing used, when the count began. */
  readonly toldUsed: number;
  readonly toldReserved: number;
  readonly toldOverrun: number;
  readonly toldAt: WallMs;
}

/** Messages on top of a period's own. */
export interface AddedMessages {
  readonly id: QuotaGrantId;
  readonly customerId: CustomerId;
  readonly productId: ProductId;
  readonly source: QuotaSource;
  readonly priority: number;
  readonly messages: number;
  /** What it adds to the current count: what was left of it as the count began; once expired, what was burnt of it. */
  readonly counted: number;
  /** Null: never. */
  readonly expiresAt: BillingMs | null;
  readonly expired: boolean;
  readonly createdAt: BillingMs;
}
