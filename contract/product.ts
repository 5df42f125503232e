// Products and prices: what is sold. A price is immutable; a new amount is a new price.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { PriceId, ProductId } from "./common/id.ts";
import { Currency, Rials } from "./common/money.ts";
import { PageQuery } from "./common/page.ts";
import { endpoint } from "./common/policy.ts";
import { createApiListSchema, createApiResponseSchema } from "./common/response.ts";
import { Calendar, Instant, Interval } from "./common/time.ts";
import {
  GrantOn,
  TaxBehavior,
  UnpaidPolicy,
  LatePaymentPolicy,
  GraceAccess,
  CancelCredit,
  RetryDays,
  plainTerms,
  WhenUsedUp,
} from "./product/terms.ts";
import { Features, noTranslations, plainText, Translations } from "./product/texts.ts";

export * from "./product/terms.ts";
export * from "./product/texts.ts";

export const TaxClass = z
  .strictObject({
    goodsId: z
      .string()
      .regex(/^\d{13}$/)
      .meta({
        description: "`sstid`: the tax office's id of the goods or service, 13 digits.",
        example: "2330001234567",
      }),
    unit: z
      .string()
      .regex(/^\d{1,8}$/)
      .meta({ description: "`mu`: the tax office's code of the unit that is counted.", example: "1627" }),
  })
  .meta({ description: "What the tax office (Moadian) calls a product." });

export type TaxClass = z.infer<typeof TaxClass>;

const productFields = {
  name: plainText.trim().min(1).max(80).meta({ description: "Name shown to subscribers; unique.", example: "Pro" }),
  description: plainText.trim().max(500).meta({
    description: "What the product gives, for subscribers.",
    example: "For people who write every day",
  }),
  roundtableId: plainText.min(1).max(80).nullable().meta({
    description: "Roundtable's own id of the product; null when it is not Roundtable's.",
    example: "plan_pro",
  }),
  messageQuota: z.int().min(0).max(1_000_000_000).meta({
    description: "Messages granted for each period.",
    example: 2_000,
  }),
  grantOn: GrantOn,
  addOn: z.boolean().default(false).meta({
    description: "Whether it is sold only beside another product; its messages are granted with that product's.",
    example: false,
  }),
  features: Features.default([]),
  whenUsedUp: WhenUsedUp.default("stop"),
  translations: Translations.default(noTranslations),
  taxClass: TaxClass.nullable().default(null).meta({
    description: "What the tax office calls it; null when it is reported as nothing in particular.",
    example: null,
  }),
};

const priceFields = {
  amountRials: Rials.meta({
    description: "Price of one period, in Rials: 0 is free, else 10,000 (the least the gateway takes) to 900,000,000.",
    example: 2_990_000,
  }),
  interval: Interval.nullable().meta({
    description: "The length of a period, counted in the price's calendar; null is a one-time price.",
    example: "month",
  }),
  calendar: Calendar,
  taxBehavior: TaxBehavior,
  unpaidPolicy: UnpaidPolicy,
  latePaymentPolicy: LatePaymentPolicy,
  trialDays: z.int().min(0).max(365).meta({
    description: "Days of a free trial before the first paid period; 0 for none. Once per person and product.",
    example: 0,
  }),
  trialNeedsPaymentMethod: z.boolean().meta({
    description: "Whether a trial begins only with a payment method.",
    example: true,
  }),
  retryDays: RetryDays,
  graceAccess: GraceAccess,
  cancelCredit: CancelCredit,
  topUpMessages: z.int().min(1).max(1_000_000_000).nullable().meta({
    description:
      "Of a one-time price: messages of the product that it brings once it is paid, on top of a period's own; null for none.",
    example: null,
  }),
  topUpDays: z.int().min(1).max(3_650).nullable().meta({
    description: "For how many days they may be used, that of the payment included; null: until they are used.",
    example: null,
  }),
  overageRials: Rials.min(1)
    .max(100_000)
    .meta({ description: "Rials for a message.", example: 700 })
    .nullable()
    .meta({
      description:
        "What a message beyond those granted costs, in Rials, as the price itself with VAT or without: billed with the next " +
        "period, or by a debit of its own when none follows. Null, or without `overageMessages`: none is charged for.",
      example: null,
    }),
  overageMessages: z.int().min(1).max(100_000).nullable().meta({
    description: "How many such messages a period may use, at most, while its subscription is active.",
    example: null,
  }),
  rolloverMessages: z.int().min(0).max(1_000_000_000).meta({
    description: "How many messages that a paid period leaves unused go along into the next one, at most; 0 for none.",
    example: 0,
  }),
};

/** What the gateway takes in one payment is 10,000 to 1,000,000,000 Rials with VAT (wire facts §2.1). */
const SaleableAmount = priceFields.amountRials.refine(
  (amount) => amount === 0 || (amount >= 10_000 && amount <= 900_000_000),
  { error: "Must be 0, or 10,000 to 900,000,000 Rials." },
);

export const Price = z
  .object({
    id: PriceId,
    productId: ProductId,
    ...priceFields,
    currency: Currency,
    active: z.boolean().meta({ description: "Whether new subscriptions may use it.", example: true }),
    createdAt: Instant,
  })
  .meta({ id: "Price", description: "An immutable amount, interval and calendar of a product." });

export type Price = z.infer<typeof Price>;

export const Product = z
  .object({
    id: ProductId,
    ...productFields,
    active: z.boolean().meta({ description: "Whether it is for sale.", example: true }),
    prices: z.array(Price).meta({ description: "Its prices, oldest first.", example: [] }),
    createdAt: Instant,
  })
  .meta({ id: "Product", description: "What is sold." });

export type Product = z.infer<typeof Product>;

/** A text of what a product does not unlock is a slip of the pen. */
export function onlyOwnFeatures({
  value,
  issues,
}: z.core.ParsePayload<Pick<Product, "features" | "translations">>): void {
  for (const language of ["fa", "en"] as const) {
    for (const feature of Object.keys(value.translations[language]?.features ?? {})) {
      if (value.features.includes(feature)) continue;
      const path = ["translations", language, "features", feature];
      issues.push({ code: "custom", input: feature, path, message: "The product has no such feature." });
    }
  }
}

/** What a new product says. */
export const ProductInput = z.strictObject(productFields).check(onlyOwnFeatures);

/** What a new price says. */
export const PriceInput = z.strictObject({
  ...priceFields,
  amountRials: SaleableAmount,
  latePaymentPolicy: LatePaymentPolicy.default("credit"),
  trialDays: priceFields.trialDays.default(plainTerms.trialDays),
  trialNeedsPaymentMethod: priceFields.trialNeedsPaymentMethod.default(plainTerms.trialNeedsPaymentMethod),
  retryDays: RetryDays.default(plainTerms.retryDays),
  graceAccess: GraceAccess.default(plainTerms.graceAccess),
  cancelCredit: CancelCredit.default(plainTerms.cancelCredit),
  rolloverMessages: priceFields.rolloverMessages.default(plainTerms.rolloverMessages),
  topUpMessages: priceFields.topUpMessages.default(plainTerms.topUpMessages),
  topUpDays: priceFields.topUpDays.default(plainTerms.topUpDays),
  overageRials: priceFields.overageRials.default(plainTerms.overageRials),
  overageMessages: priceFields.overageMessages.default(plainTerms.overageMessages),
});

const productPath = z.object({ productId: ProductId });

export const products = initContract().router({
  list: endpoint(
    { who: "public", rate: "public", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/products",
      query: PageQuery,
      responses: { 200: createApiListSchema(Product) },
      summary: "List the products",
      description:
        "Products that are for sale with their prices, oldest first. A change shows within about a minute; what a purchase " +
        "costs is decided by the catalogue itself.",
    },
  ),
  get: endpoint(
    { who: "public", rate: "public", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/products/:productId",
      pathParams: productPath,
      responses: { 200: createApiResponseSchema(Product) },
      summary: "Get a product",
      description: "One product with its prices, also when it is no longer for sale.",
    },
  ),
  create: endpoint(
    {
      who: "operator",
      rate: "write",
      idempotency: "required",
      refuses: ["product_exists"],
      events: ["product.created", "product.detailed", "product.features_described"],
    },
    {
      method: "POST",
      path: "/v1/products",
      body: ProductInput,
      responses: { 201: createApiResponseSchema(Product) },
      summary: "Create a product",
      description: "Adds a product to the catalogue, for sale at once but without a price. Nobody is notified.",
    },
  ),
  archive: endpoint(
    { who: "operator", rate: "write", idempotency: "optional", events: ["product.archived"] },
    {
      method: "POST",
      path: "/v1/products/:productId/archive",
      pathParams: productPath,
      body: z.strictObject({}).optional(),
      responses: { 200: createApiResponseSchema(Product) },
      summary: "Archive a product",
      description:
        "It is no longer for sale, nor listed; running subscriptions go on and are renewed. Safe to repeat; there is no way " +
        "back.",
    },
  ),
  archivePrice: endpoint(
    { who: "operator", rate: "write", idempotency: "optional", events: ["price.archived"] },
    {
      method: "POST",
      path: "/v1/products/:productId/prices/:priceId/archive",
      pathParams: z.object({ productId: ProductId, priceId: PriceId }),
      body: z.strictObject({}).optional(),
      responses: { 200: createApiResponseSchema(Price) },
      summary: "Archive a price",
      description: "Nobody can subscribe or change to it any more; subscriptions that have it go on. Safe to repeat.",
    },
  ),
  createPrice: endpoint(
    { who: "operator", rate: "write", idempotency: "required", events: ["price.created"] },
    {
      method: "POST",
      path: "/v1/products/:productId/prices",
      pathParams: productPath,
      body: PriceInput,
      responses: { 201: createApiResponseSchema(Price) },
      summary: "Create a price",
      description: "Adds a price to a product. It never changes; running subscriptions keep the price they have.",
    },
  ),
});
