// Coupons: less to pay, for a while or for ever. A customer redeems one by its code when subscribing, once.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { CouponId, ProductId } from "./common/id.ts";
import { Rials } from "./common/money.ts";
import { PageQuery } from "./common/page.ts";
import { endpoint } from "./common/policy.ts";
import { createApiListSchema, createApiResponseSchema } from "./common/response.ts";
import { Instant, InstantInput } from "./common/time.ts";

export const CouponDuration = z.enum(["once", "periods", "forever"]).meta({
  description: "For how many paid periods it applies: the first, a number of them, or all.",
  example: "periods",
});

export type CouponDuration = z.infer<typeof CouponDuration>;

/** What is entered: letters, digits and dashes, in any case. */
export const CouponCode = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z0-9][A-Z0-9-]{2,39}$/, { error: "Must be 3 to 40 Latin letters, digits or dashes." })
  .meta({ description: "What the customer enters; case does not matter.", example: "NOROOZ1406" });

const terms = {
  percentBasisPoints: z.int().min(1).max(10_000).nullable().meta({
    description: "Taken off each period, in hundredths of a percent; null when an amount is.",
    example: 2_000,
  }),
  amountRials: Rials.nullable().meta({
    description: "Taken off each period before VAT, in Rials; null when a percentage is.",
    example: null,
  }),
  duration: CouponDuration,
  durationPeriods: z.int().min(1).max(120).nullable().meta({
    description: "How many periods, for `periods`; else null.",
    example: 3,
  }),
  maxRedemptions: z.int().min(1).max(1_000_000).nullable().meta({
    description: "How many customers may redeem it; null for any number.",
    example: 100,
  }),
  productId: ProductId.nullable().meta({ description: "The only product it is for; null for all.", example: null }),
};

export const Coupon = z
  .object({
    id: CouponId,
    code: z.string().meta({ description: "What the customer enters.", example: "NOROOZ1406" }),
    ...terms,
    expiresAt: Instant.nullable().meta({ description: "Until when it can be redeemed; null for ever.", example: null }),
    redemptions: z.int().min(0).meta({ description: "How many customers have redeemed it.", example: 7 }),
    active: z.boolean().meta({ description: "Whether it can be redeemed.", example: true }),
    createdAt: Instant,
  })
  .meta({ id: "Coupon", description: "Less to pay for some periods." });

export type Coupon = z.infer<typeof Coupon>;

interface Wish {
  readonly percentBasisPoints: unknown;
  readonly amountRials: unknown;
  readonly duration: CouponDuration;
  readonly durationPeriods: unknown;
}

function consistent({ value, issues }: z.core.ParsePayload<Wish>): void {
  const { percentBasisPoints, amountRials } = value;
  if ((percentBasisPoints === null) === (amountRials === null)) {
    const message = "Give either a percentage or an amount.";
    const field = percentBasisPoints === null ? "percentBasisPoints" : "amountRials";
    issues.push({ code: "custom", input: value[field], path: [field], message });
  }
  if ((value.duration === "periods") !== (value.durationPeriods !== null)) {
    const message = "Goes with the duration `periods`, and only with it.";
    issues.push({ code: "custom", input: value.durationPeriods, path: ["durationPeriods"], message });
  }
}

const couponPath = z.object({ couponId: CouponId });

export const coupons = initContract().router({
  create: endpoint(
    {
      who: "operator",
      rate: "write",
      idempotency: "required",
      refuses: ["coupon_not_valid", "coupon_exists"],
      events: ["coupon.created"],
    },
    {
      method: "POST",
      path: "/v1/coupons",
      body: z
        .strictObject({
          code: CouponCode,
          percentBasisPoints: terms.percentBasisPoints.default(null),
          amountRials: Rials.min(1).nullable().default(null),
          duration: CouponDuration.default("once"),
          durationPeriods: terms.durationPeriods.default(null),
          maxRedemptions: terms.maxRedemptions.default(null),
          productId: terms.productId.default(null),
          expiresAt: InstantInput.nullable().default(null),
        })
        .check(consistent),
      responses: { 201: createApiResponseSchema(Coupon) },
      summary: "Create a coupon",
      description:
        "A coupon that customers redeem by its code when they subscribe. It never changes; archive it to end it. 409 " +
        "`coupon_exists` when the code was used before.",
    },
  ),
  list: endpoint(
    { who: "operator", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/coupons",
      query: PageQuery,
      responses: { 200: createApiListSchema(Coupon) },
      summary: "List the coupons",
      description: "All coupons, newest first, with how often each was redeemed.",
    },
  ),
  archive: endpoint(
    { who: "operator", rate: "write", idempotency: "optional", events: ["coupon.archived"] },
    {
      method: "POST",
      path: "/v1/coupons/:couponId/archive",
      pathParams: couponPath,
      body: z.strictObject({}).optional(),
      responses: { 200: createApiResponseSchema(Coupon) },
      summary: "Archive a coupon",
      description: "Nobody can redeem it from now on; discounts that run go on. Safe to repeat.",
    },
  ),
});
