// What a subscription is, as every endpoint shows it: its status, its period, its terms, and what is to come.
import * as z from "zod";
import {
  CouponId,
  InvoiceId,
  PaymentMethodId,
  PriceId,
  PriceMigrationId,
  ProductId,
  SubscriptionId,
} from "../common/id.ts";
import { Rials } from "../common/money.ts";
import { Instant } from "../common/time.ts";

export const SubscriptionStatus = z
  .enum(["incomplete", "trialing", "active", "past_due", "paused", "canceled", "incomplete_expired"])
  .meta({
    description:
      "`incomplete` until the first payment; `trialing` in a trial; `active`; `past_due` while a renewal is unpaid " +
      "(access goes on in grace, if the price says so); `paused`; `canceled` at its end; `incomplete_expired` when the " +
      "first payment failed.",
    example: "active",
  });

export type SubscriptionStatus = z.infer<typeof SubscriptionStatus>;

export const CancelReason = z.enum(["requested", "unpaid"]).meta({
  description: "Why it ended or will end: asked for, by the customer or by an operator in their place, or unpaid.",
  example: "requested",
});

export const CancelFeedback = z
  .enum([
    "too_expensive",
    "unused",
    "missing_features",
    "switched_service",
    "too_complex",
    "customer_service",
    "low_quality",
    "other",
  ])
  .meta({ description: "What the customer gave as the reason.", example: "unused" });

export type CancelFeedback = z.infer<typeof CancelFeedback>;

export const PauseReason = z.enum(["requested", "unpaid"]).meta({
  description: "Why it is paused: asked for by the customer, or unpaid.",
  example: "requested",
});

export type PauseReason = z.infer<typeof PauseReason>;

/** When a wish of the customer takes effect. */
export const When = z.enum(["now", "period_end"]).meta({
  description: "At once, or with the end of the current period.",
  example: "period_end",
});

export type When = z.infer<typeof When>;

export const Collection = z.enum(["direct_debit", "checkout"]).meta({
  description:
    "How it is paid: `direct_debit` of a payment method; or `checkout`, on a page of the gateway, where each renewal " +
    "is paid by a link that is sent.",
  example: "direct_debit",
});

export type Collection = z.infer<typeof Collection>;

export const Period = z
  .object({
    index: z.int().min(0).meta({ description: "0 for the first period, then 1, 2, …", example: 0 }),
    startsAt: Instant,
    endsAt: Instant.meta({ description: "End of the period, not part of it.", example: "2026-12-21T20:30:00.000Z" }),
  })
  .meta({ id: "Period", description: "A half-open span `[startsAt, endsAt)`, on Tehran's days." });

export const Quantity = z.int().min(1).max(1_000).meta({
  description: "How many of it: seats. Price and messages are multiplied by it.",
  example: 1,
});

/** A price of an add-on product, beside the main price. */
export const AddOn = z.strictObject({ priceId: PriceId, quantity: Quantity.default(1) });

export type AddOn = z.infer<typeof AddOn>;

const addOns = z.array(AddOn).max(2).meta({
  description: "What comes on top: recurring prices with each period, one-time prices once.",
  example: [],
});

/** What the customer asks to have: what `Terms` are made from. */
export const wantedTerms = {
  quantity: Quantity.optional(),
  addOns: addOns.optional(),
};

export const Terms = z
  .object({ productId: ProductId, priceId: PriceId, quantity: Quantity, addOns })
  .meta({ id: "Terms", description: "What a subscription is to: a price, how many, and what comes on top." });

export type Terms = z.infer<typeof Terms>;

export const Discount = z
  .object({
    couponId: CouponId,
    percentBasisPoints: z.int().min(1).max(10_000).nullable().meta({
      description: "Taken off each period, in hundredths of a percent; null when an amount is.",
      example: 2_000,
    }),
    amountRials: Rials.nullable().meta({
      description: "Taken off each period before VAT, in Rials; null when a percentage is.",
      example: null,
    }),
    periodsLeft: z.int().min(0).nullable().meta({
      description: "Periods to come that it still applies to; null for ever.",
      example: 2,
    }),
  })
  .meta({ id: "Discount", description: "What a coupon takes off the coming periods." });

export type Discount = z.infer<typeof Discount>;

export const PendingChange = z
  .object({
    invoiceId: InvoiceId,
    terms: Terms,
    /** Whether a new schedule begins with it, since the interval or the calendar differs. */
    restarts: z.boolean().meta({ description: "Whether a new period begins with it.", example: false }),
  })
  .meta({ id: "PendingChange", description: "A change that takes effect when its invoice is paid." });

export type PendingChange = z.infer<typeof PendingChange>;

const ceiling = (of: string) =>
  Rials.meta({ description: `The most that ${of} may cost, with VAT, in Rials.`, example: 2_000_000 });

export const AutoTopUp = z
  .strictObject({
    priceId: PriceId.meta({ description: "A one-time price that brings messages of the product." }),
    belowMessages: z.int().min(1).max(1_000_000_000).meta({
      description: "More are bought as soon as fewer than these are left.",
      example: 100,
    }),
    toMessages: z.int().min(1).max(1_000_000_000).meta({
      description: "So many packs are bought that at least these are left; not below `belowMessages`.",
      example: 500,
    }),
    maxPerDayRials: ceiling("what is bought in a day in Tehran"),
    maxPerPeriodRials: ceiling("what is bought in a period"),
  })
  .refine(({ belowMessages, toMessages }) => toMessages >= belowMessages, {
    error: "Must not be below belowMessages.",
    path: ["toMessages"],
  })
  .meta({ description: "Messages that are bought by themselves when few are left." });

export type AutoTopUp = z.infer<typeof AutoTopUp>;

export const SubscriptionMigration = z
  .object({
    migrationId: PriceMigrationId,
    priceId: PriceId,
    notBefore: Instant.meta({
      description: "The first period that begins then or later has the new price.",
      example: "2026-12-21T20:30:00.000Z",
    }),
  })
  .meta({
    id: "SubscriptionMigration",
    description: "The price that a subscription moves to, as its subscriber was told.",
  });

export type SubscriptionMigration = z.infer<typeof SubscriptionMigration>;

export const Subscription = z
  .object({
    id: SubscriptionId,
    status: SubscriptionStatus,
    productId: ProductId,
    priceId: PriceId,
    quantity: Quantity,
    addOns,
    paymentMethodId: PaymentMethodId.nullable(),
    anchorDay: z.int().min(1).max(31).meta({
      description: "Day of the month on which periods begin, clamped to short months.",
      example: 31,
    }),
    currentPeriod: Period,
    trialEndsAt: Instant.nullable().meta({ description: "When its trial ends or ended; else null.", example: null }),
    discount: Discount.nullable().meta({ description: "What a coupon takes off; else null.", example: null }),
    freePeriods: z.int().min(0).meta({ description: "Periods to come that an operator gave for free.", example: 0 }),
    latestInvoiceId: InvoiceId.nullable().meta({
      description: "The newest invoice of a period; null for a free price.",
      example: null,
    }),
    pendingChange: PendingChange.nullable().meta({
      description: "A change that waits for its payment; else null.",
      example: null,
    }),
    scheduledChange: Terms.nullable().meta({
      description: "What it changes to with the next period; else null.",
      example: null,
    }),
    priceMigration: SubscriptionMigration.nullable().meta({
      description: "A new price of the same product that comes after a notice; else null.",
      example: null,
    }),
    cancelAtPeriodEnd: z.boolean().meta({
      description: "Whether it ends with the current period.",
      example: false,
    }),
    cancelReason: CancelReason.nullable(),
    cancelFeedback: CancelFeedback.nullable(),
    pauseAtPeriodEnd: z.boolean().meta({ description: "Whether it pauses with the current period.", example: false }),
    pauseReason: PauseReason.nullable(),
    pausedAt: Instant.nullable().meta({ description: "Since when it is paused; else null.", example: null }),
    resumesAt: Instant.nullable().meta({
      description: "When a pause ends by itself; null for one that does not.",
      example: null,
    }),
    createdAt: Instant,
    endedAt: Instant.nullable().meta({ description: "When it ended; null while it runs.", example: null }),
    autoTopUp: AutoTopUp.nullable().meta({
      description: "What is bought by itself when few messages are left; null for nothing.",
      example: null,
    }),
  })
  .meta({ id: "Subscription", description: "A customer's right to a product." });

export type Subscription = z.infer<typeof Subscription>;

export const subscriptionPath = z.object({ subscriptionId: SubscriptionId });
