// Failures as RFC 9457 problems. This table is the only place where a code gets its status and title; a client may
// switch on `code`, which never changes its meaning.
import * as z from "zod";

const problem = <const S extends number>(status: S, title: string) => ({ status, title });

/** Every code this API can answer with. `type` is `/problems/{code}`. */
export const problems = {
  malformed_json: problem(400, "The body is not JSON"),
  malformed_request: problem(400, "The request cannot be read"),
  idempotency_key_missing: problem(400, "An Idempotency-Key is required"),
  idempotency_key_invalid: problem(400, "The Idempotency-Key is not valid"),
  token_not_valid: problem(400, "The link or the code is not valid"),
  credentials_not_valid: problem(401, "The address or the password is not right"),
  not_signed_in: problem(401, "Nobody is signed in"),
  second_factor_code_required: problem(401, "A code of the second factor is required"),
  second_factor_code_not_valid: problem(401, "The code of the second factor is not valid"),
  payment_declined: problem(402, "The payment was declined"),
  email_not_verified: problem(403, "The e-mail address has not been proved"),
  forbidden: problem(403, "This caller may not do this"),
  second_factor_required: problem(403, "A second factor is required"),
  not_found: problem(404, "There is nothing here"),
  method_not_allowed: problem(405, "This method is not for this address"),

  phone_number_taken: problem(409, "Somebody else has proved this number"),
  second_factor_exists: problem(409, "There is a second factor already"),
  idempotency_key_in_use: problem(409, "A request with this Idempotency-Key is still running"),
  subscription_exists: problem(409, "There is a subscription to this product already"),
  subscription_ended: problem(409, "The subscription has ended"),
  payment_method_required: problem(409, "This price needs a payment method"),
  payment_method_not_active: problem(409, "The payment method is not active"),
  payment_method_cannot_carry: problem(409, "The payment method cannot carry this price"),
  payment_method_limit_reached: problem(409, "There are too many payment methods waiting to be signed"),
  price_one_time: problem(409, "This is a one-time price"),
  price_not_top_up: problem(409, "This price brings no messages of the product"),
  price_recurring: problem(409, "This price recurs"),
  trial_used: problem(409, "This person has had a trial of the product"),
  coupon_not_valid: problem(409, "The coupon cannot be used here"),
  coupon_used_up: problem(409, "The coupon has been redeemed as often as it may be"),
  coupon_exists: problem(409, "There is a coupon with this code already"),
  add_on_not_valid: problem(409, "This cannot be added to the price"),
  quota_exceeded: problem(409, "There are not so many messages left"),
  reservation_exists: problem(409, "There is another reservation with this id"),
  reservation_settled: problem(409, "The reservation has been settled otherwise"),
  quote_not_valid: problem(409, "The quote is not valid any more"),
  change_in_progress: problem(409, "Another change of the subscription is under way"),
  nothing_to_change: problem(409, "The subscription is like that already"),
  subscription_not_active: problem(409, "The subscription does not run"),
  invoice_not_creditable: problem(409, "So much of the invoice cannot be credited"),
  credit_insufficient: problem(409, "The customer has not so much credit"),
  credit_limit_reached: problem(409, "The customer cannot have so much credit"),
  invoice_not_open: problem(409, "Nothing is owed on this invoice"),
  payment_not_settled: problem(409, "The payment has not brought its money"),
  nothing_due: problem(409, "Nothing is owed"),
  payment_in_progress: problem(409, "Another payment of this invoice is under way"),
  payment_not_refundable: problem(409, "There is nothing of this payment to give back"),
  refund_exceeds_payment: problem(409, "So much cannot be given back"),
  refund_method_unavailable: problem(409, "This payment cannot be given back in this way"),
  nothing_to_decide: problem(409, "There is nothing to decide here"),
  reference_seen_before: problem(409, "Another payment has this reference"),
  price_migration_not_valid: problem(409, "The price migration is not possible"),
  price_not_for_sale: problem(409, "This price is not for sale"),
  product_exists: problem(409, "There is a product with this name already"),
  webhook_endpoint_limit_reached: problem(409, "There are too many webhook endpoints"),
  webhook_endpoint_archived: problem(409, "The webhook endpoint is archived"),
  login_link_not_possible: problem(409, "This customer signs in by themselves"),
  partner_exists: problem(409, "There is a partner with this name already"),
  partner_key_limit_reached: problem(409, "There are too many keys"),
  partner_key_ended: problem(409, "The key has been replaced, revoked or has expired"),
  account_not_settled: problem(409, "Something of this account is not settled"),
  mobile_not_verified: problem(409, "The mobile number has not been proved"),
  collecting_stopped: problem(409, "Collecting payments is stopped for now"),
  month_not_over: problem(409, "The month is not over yet"),
  month_out_of_order: problem(409, "Another month is closed first"),
  test_clock_backwards: problem(409, "A test clock only moves forward"),
  test_clock_advancing: problem(409, "The test clock is still advancing"),
  events_archived: problem(410, "These events are not in the log any more"),
  payload_too_large: problem(413, "The body is too large"),
  unsupported_media_type: problem(415, "The body must be JSON"),
  validation_failed: problem(422, "The request is not valid"),
  idempotency_key_reused: problem(422, "This Idempotency-Key was used for another request"),
  rate_limited: problem(429, "Too many requests"),
  busy: problem(429, "Too much is happening at once to this customer"),
  internal_error: problem(500, "Something went wrong here"),
  gateway_unavailable: problem(503, "The payment gateway does not answer"),
} as const;

export type ProblemCode = keyof typeof problems;
export type ProblemStatus = (typeof problems)[ProblemCode]["status"];
/** The codes that share a status: what an answer with that status may say. */
export type CodeOf<S extends ProblemStatus> = {
  [C in ProblemCode]: (typeof problems)[C]["status"] extends S ? C : never;
}[ProblemCode];

/** One thing that is wrong with the request, and where. */
export const FieldError = z.object({
  pointer: z.string().meta({
    description: "JSON Pointer (RFC 6901) to the field, led by `body`, `query` or `path`.",
    example: "/body/priceId",
  }),
  code: z.string().meta({ description: "What is wrong, as a stable word.", example: "invalid_format" }),
  detail: z.string().meta({ description: "What is wrong, for a person.", example: "Invalid price id." }),
});

export type FieldError = z.infer<typeof FieldError>;

/** A failure, RFC 9457, content type `application/problem+json`. */
export const Problem = z
  .object({
    type: z.string().meta({
      description: "Address of the page that explains this code.",
      example: "/problems/subscription_exists",
    }),
    title: z.string().meta({ description: "What the code means, for a person.", example: "Nobody is signed in" }),
    status: z.int().meta({ description: "The HTTP status, repeated.", example: 409 }),
    code: z
      .enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]])
      .meta({ description: "What went wrong, as a stable word.", example: "subscription_exists" }),
    detail: z.string().meta({
      description:
        "What went wrong this time, with the numbers, in Persian where `Accept-Language` prefers it; and so are the title " +
        "and what is said of each field.",
      example: "sub_01kaqzv3m5e0a8r6b1x2n4y7tq is active; cancel it first.",
    }),
    requestId: z
      .string()
      .meta({ description: "Quote this to support.", example: "019d2fbd-8e85-7028-8c19-615d055279f7" }),
    errors: z.array(FieldError).optional().meta({ description: "One entry per field that is not valid.", example: [] }),
  })
  .meta({ id: "Problem", description: "A failure, as RFC 9457 says it." });

export type Problem = z.infer<typeof Problem>;

/** A failure with one of these codes. */
export type ProblemWith<C extends ProblemCode> = Problem & { readonly code: C };
