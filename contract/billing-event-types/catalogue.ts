// Events of the catalogue and of the system: their streams have no customer.
import * as z from "zod";
import { CouponId, PriceId, ProductId } from "../common/id.ts";
import { Rials } from "../common/money.ts";
import { Calendar, Interval } from "../common/time.ts";
import { Language } from "../document.ts";
import { CouponDuration } from "../coupon.ts";
import {
  CancelCredit,
  Features,
  FeatureTexts,
  GraceAccess,
  GrantOn,
  LatePaymentPolicy,
  RetryDays,
  TaxBehavior,
  TaxClass,
  TranslatedNames,
  UnpaidPolicy,
  WhenUsedUp,
} from "../product.ts";
import { atOrNull, count, flag, word, type EventTypes } from "./fields.ts";

export const catalogueEvents = {
  "product.created": [
    "A product was added to the catalogue.",
    {
      productId: ProductId,
      name: word("Its name.", "Pro"),
      description: z.string().max(500).meta({ description: "What it gives.", example: "For daily writers" }),
      roundtableId: z.string().max(80).nullable().meta({ description: "Roundtable's id of it.", example: "plan_pro" }),
      messageQuota: count("Messages granted for each period.", 2_000),
      grantOn: GrantOn,
      addOn: flag("Whether it is sold only beside another product.").default(false),
      features: Features.default([]),
      whenUsedUp: WhenUsedUp.default("stop"),
    },
  ],
  "product.detailed": [
    "What a product is called in each language, and by the tax office.",
    { productId: ProductId, translations: TranslatedNames, taxClass: TaxClass.nullable() },
  ],
  "product.features_described": [
    "What a product's features are called in a language.",
    { productId: ProductId, language: Language, features: FeatureTexts },
  ],
  "price.created": [
    "A price was added to a product.",
    {
      priceId: PriceId,
      productId: ProductId,
      amountRials: Rials,
      interval: Interval.nullable(),
      calendar: Calendar,
      taxBehavior: TaxBehavior,
      unpaidPolicy: UnpaidPolicy,
      latePaymentPolicy: LatePaymentPolicy,
      trialDays: count("Days of a free trial.", 14).default(0),
      trialNeedsPaymentMethod: flag("Whether a trial begins only with a payment method.").default(true),
      retryDays: RetryDays.default([2, 5, 9, 14]),
      graceAccess: GraceAccess.default("keep"),
      cancelCredit: CancelCredit.default("none"),
      rolloverMessages: count("Unused messages that go along into the next period, at most.", 0).default(0),
      topUpMessages: count("Messages that a one-time price brings; null for none.", 500).nullable().default(null),
      overageRials: count("What a message beyond those granted costs, in Rials; null: none is charged for.", 500)
        .nullable()
        .default(null),
      overageMessages: count("How many of them a period may use.", 1_000).nullable().default(null),
      topUpDays: count("For how many days; null: until they are used.", 30).nullable().default(null),
    },
  ],
  "product.archived": ["A product is no longer for sale; who has it keeps it.", { productId: ProductId }],
  "price.archived": ["A price is no longer for sale; who has it keeps it.", { priceId: PriceId, productId: ProductId }],
  "coupon.created": [
    "A coupon can be redeemed from here on.",
    {
      couponId: CouponId,
      code: word("What the customer enters.", "NOROOZ1406"),
      percentBasisPoints: count("Taken off, in hundredths of a percent; null when an amount is.", 2_000).nullable(),
      amountRials: Rials.nullable(),
      duration: CouponDuration,
      durationPeriods: count("How many periods, for `periods`; else null.", 3).nullable(),
      maxRedemptions: count("How many customers may redeem it; null without end.", 100).nullable(),
      productId: ProductId.nullable(),
      expiresAt: atOrNull("Until when it can be redeemed; null for ever."),
    },
  ],
  "coupon.archived": ["A coupon can no longer be redeemed; what was redeemed stays.", { couponId: CouponId }],
  "collecting.changed": [
    "An operator stopped or resumed collecting.",
    { collecting: flag("Whether new debits are sent from now on.") },
  ],
} as const satisfies EventTypes;
