// Payment methods: ZarinPal Payman direct-debit agreements, each with limits and an end, bound to one customer.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { CustomerId, PaymentMethodId } from "./common/id.ts";
import { Rials } from "./common/money.ts";
import { PageQuery } from "./common/page.ts";
import { NationalId } from "./common/person.ts";
import { endpoint } from "./common/policy.ts";
import { createApiListSchema, createApiResponseSchema } from "./common/response.ts";
import { Instant, InstantInput } from "./common/time.ts";

export const PaymentMethodStatus = z
  .enum(["pending_signature", "active", "verification_failed", "cancelled_by_user", "expired"])
  .meta({
    description:
      "`pending_signature` until the payer has signed at the bank, then `active`; `verification_failed` when no " +
      "signature was found (a late one within 24 hours still counts); `cancelled_by_user`; `expired`.",
    example: "active",
  });

export type PaymentMethodStatus = z.infer<typeof PaymentMethodStatus>;

/** How far the bank has heard of a cancellation: asked, confirmed, or taken to be done. */
export const CancellationStatus = z.enum(["requested", "confirmed", "presumed"]).meta({
  description:
    "`requested` from the bank; `confirmed` by it; `presumed` when it only ever refused. No new debit starts in any " +
    "of them.",
  example: "confirmed",
});

export type CancellationStatus = z.infer<typeof CancellationStatus>;

/** What the customer is to do about it. */
export const PaymentMethodNeeds = z.enum(["nothing", "confirmation", "renewal"]).meta({
  description:
    "`confirmation`: the bank declined twice in a row and did not say why; nothing is debited unasked until the " +
    "customer confirms it, has it debited once by `pay`, or signs another in its place. `renewal`: it ends within 30 " +
    "days and a subscription is paid by it; sign another in its place (`replacesId`). Else `nothing`.",
  example: "nothing",
});

export type PaymentMethodNeeds = z.infer<typeof PaymentMethodNeeds>;

/** What an agreement allows. */
export const agreementLimits = {
  maxAmountRials: Rials.meta({ description: "The most one debit may take, in Rials.", example: 5_000_000 }),
  maxDailyCount: z.int().min(1).max(100).meta({ description: "The most debits in a day.", example: 2 }),
  maxMonthlyCount: z.int().min(1).max(1_000).meta({ description: "The most debits in a month.", example: 10 }),
};

export const PaymentMethod = z
  .object({
    id: PaymentMethodId,
    status: PaymentMethodStatus,
    ...agreementLimits,
    expiresAt: Instant.meta({
      description: "End of the agreement: no debit from then on.",
      example: "2027-11-22T12:30:00.000Z",
    }),
    needs: PaymentMethodNeeds,
    replacesId: PaymentMethodId.nullable().meta({
      description: "The payment method whose place it takes when it becomes active; null for none.",
      example: null,
    }),
    cancellation: CancellationStatus.nullable(),
    createdAt: Instant,
    activatedAt: Instant.nullable().meta({
      description: "When the signature was found; null before.",
      example: "2026-11-22T12:34:00.000Z",
    }),
    cancelledAt: Instant.nullable().meta({ description: "When it was cancelled; else null.", example: null }),
  })
  .meta({ id: "PaymentMethod", description: "A Payman direct-debit agreement. Its signature is never shown." });

export type PaymentMethod = z.infer<typeof PaymentMethod>;

export const SigningBank = z
  .object({
    name: z.string().meta({ description: "The bank's name.", example: "بانک سامان" }),
    bankCode: z.string().meta({ description: "The gateway's code of the bank.", example: "SABCIR" }),
    maxDailyAmountRials: Rials.meta({
      description: "The most this bank lets be debited in a day, in Rials.",
      example: 100_000_000,
    }),
    maxDailyCount: z.int().nullable().meta({
      description: "The most debits this bank allows in a day; null is no limit.",
      example: 25,
    }),
    signingUrl: z.url().meta({
      description: "Send the payer's browser here to sign.",
      example: "https://www.zarinpal.com/pg/StartPayman/payman_ab12/SABCIR",
    }),
  })
  .meta({ id: "SigningBank", description: "A bank at which an agreement can be signed." });

const Banks = z.array(SigningBank).meta({ description: "Banks to choose from.", example: [] });

const paymentMethodPath = z.object({ paymentMethodId: PaymentMethodId });

export const paymentMethods = initContract().router({
  create: endpoint(
    {
      who: "customer",
      rate: "money",
      idempotency: "required",
      refuses: [
        "not_found",
        "payment_method_not_active",
        "payment_method_cannot_carry",
        "payment_method_limit_reached",
        "mobile_not_verified",
        "busy",
        "gateway_unavailable",
      ],
      events: ["customer.created", "payment_method.created", "payment_method.signing_opened"],
    },
    {
      method: "POST",
      path: "/v1/payment-methods",
      body: z.strictObject({
        ...agreementLimits,
        expiresAt: InstantInput.meta({
          description: "End of the agreement, at least 31 days and at most 3 years from now.",
          example: "2027-11-22T12:30:00Z",
        }),
        nationalId: NationalId.optional().meta({
          description: "The payer's national id; the bank may ask for it. Kept sealed, never shown.",
          example: "0499370899",
        }),
        replacesId: PaymentMethodId.optional().meta({
          description:
            "A payment method whose place it takes, active or expired: an agreement cannot be prolonged or given " +
            "another ceiling, only signed anew.",
          example: "pm_01kaqzv3m5e0a8r6b1x2n4y7tq",
        }),
      }),
      responses: {
        201: createApiResponseSchema(z.object({ paymentMethod: PaymentMethod, banks: Banks })),
      },
      summary: "Create a payment method",
      description:
        "Opens a direct-debit agreement and answers with the banks at which the payer can sign it. It becomes " +
        "`active` when the payer has come back from the bank. Needs a mobile number proved by code. No money moves. With " +
        "`replacesId`, the moment it is active every running subscription that the other one pays is paid by it, and the " +
        "other one is cancelled, here and at the bank; until then nothing changes. 409 `payment_method_cannot_carry` when " +
        "its ceiling is below what one of them costs.",
    },
  ),
  list: endpoint(
    { who: "customer", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/payment-methods",
      query: PageQuery,
      responses: { 200: createApiListSchema(PaymentMethod) },
      summary: "List my payment methods",
      description: "The caller's payment methods, newest first, cancelled ones included.",
    },
  ),
  listOfCustomer: endpoint(
    { who: "operator", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/operator/customers/:customerId/payment-methods",
      pathParams: z.object({ customerId: CustomerId }),
      query: PageQuery,
      responses: { 200: createApiListSchema(PaymentMethod) },
      summary: "List a customer's payment methods",
      description: "The payment methods of any customer, newest first, cancelled ones included.",
    },
  ),
  get: endpoint(
    { who: "customer", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/payment-methods/:paymentMethodId",
      pathParams: paymentMethodPath,
      responses: { 200: createApiResponseSchema(PaymentMethod) },
      summary: "Get a payment method",
      description: "One payment method of the caller.",
    },
  ),
  banks: endpoint(
    {
      who: "customer",
      rate: "money",
      idempotency: "none",
      refuses: ["payment_method_not_active", "gateway_unavailable"],
      events: [],
    },
    {
      method: "GET",
      path: "/v1/payment-methods/:paymentMethodId/banks",
      pathParams: paymentMethodPath,
      responses: { 200: createApiResponseSchema(Banks) },
      summary: "List banks to sign at",
      description:
        "The banks at which a payment method in `pending_signature` can be signed, asked of the gateway now.",
    },
  ),
  confirm: endpoint(
    {
      who: "customer",
      rate: "write",
      idempotency: "optional",
      refuses: ["payment_method_not_active", "busy"],
      events: ["payment_method.confirmed"],
    },
    {
      method: "POST",
      path: "/v1/payment-methods/:paymentMethodId/confirm",
      pathParams: paymentMethodPath,
      body: z.strictObject({}).optional(),
      responses: { 200: createApiResponseSchema(PaymentMethod) },
      summary: "Confirm a payment method",
      description:
        "For one that needs `confirmation`: the customer says that it is good, and debits go on with the next planned " +
        "attempt; `pay` debits at once what is owed. Changes nothing when no confirmation is needed. Safe to repeat.",
    },
  ),
  cancel: endpoint(
    {
      who: "customer",
      rate: "money",
      idempotency: "optional",
      refuses: ["busy"],
      events: ["payment_method.cancelled", "payment_method.cancellation_ended"],
    },
    {
      method: "POST",
      path: "/v1/payment-methods/:paymentMethodId/cancel",
      pathParams: paymentMethodPath,
      body: z.strictObject({}).optional(),
      responses: { 200: createApiResponseSchema(PaymentMethod) },
      summary: "Cancel a payment method",
      description:
        "No new debit starts from this answer on; one already sent to the bank may still land within 20 seconds. The " +
        "agreement is then ended at the bank (`cancellation`). Safe to repeat. Subscriptions that use it fall due " +
        "without a payment method.",
    },
  ),
});
