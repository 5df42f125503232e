// Quotas: messages a customer may still use, and reservations of them for one reply each.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { CustomerId, ProductId, QuotaGrantId } from "./common/id.ts";
import { endpoint } from "./common/policy.ts";
import { createApiResponseSchema } from "./common/response.ts";
import { Instant, InstantInput } from "./common/time.ts";
import { Reason } from "./subscription/operate.ts";

const messages = (description: string, example: number) => z.int().min(0).meta({ description, example });

export const QuotaSource = z.enum(["top_up", "comp"]).meta({
  description: "Where messages beyond the period's own come from: bought (`top_up`) or given by an operator (`comp`).",
  example: "comp",
});

export type QuotaSource = z.infer<typeof QuotaSource>;

export const QuotaPriority = z.int().min(0).max(100).meta({
  description: "Of what expires at one time the lowest is used first; the period's own messages have 50.",
  example: 10,
});

/** The priority of a period's own messages. */
export const periodPriority = 50;

export const Quota = z
  .object({
    productId: ProductId,
    granted: messages("Messages that may be used in the period: its own, and what comes on top.", 2_000),
    used: messages("Messages used, up to a tenth more than were granted.", 120),
    reserved: messages("Messages set aside for replies under way.", 0),
    overrun: messages("Messages used beyond that tenth: not counted as used, and taken off what remains.", 0),
    remaining: messages("Messages that may still be used.", 1_880),
    validUntil: Instant.meta({
      description: "When the grant ends.",
      example: "2026-12-21T20:30:00.000Z",
    }),
  })
  .meta({ id: "Quota", description: "Messages a customer may still use of a product." });

export type Quota = z.infer<typeof Quota>;

const Quotas = createApiResponseSchema(z.array(Quota).meta({ description: "One entry per product.", example: [] }));

/** Safe in a path as it stands: it begins with a letter or digit, so that none is `.` or `..`. */
export const ReservationId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,79}$/)
  .meta({
    description:
      "The caller's own id of the reply, unique among the partner's: 1 to 80 letters, digits, `.`, `_`, `:` and `-`.",
    example: "reply-8f14e45f-1",
  });

export const ReservationStatus = z.enum(["reserved", "committed", "released", "expired"]).meta({
  description:
    "`reserved` until it is `committed` (used), `released` (not used) or `expired` (its time ran out: set aside no more, " +
    "though what was used may still be committed).",
  example: "reserved",
});

export type ReservationStatus = z.infer<typeof ReservationStatus>;

export const AddedMessages = z
  .object({
    id: QuotaGrantId,
    productId: ProductId,
    source: QuotaSource,
    priority: QuotaPriority,
    messages: messages("How many were added.", 500),
    expiresAt: Instant.nullable().meta({
      description: "When what is left of them is gone; null: never.",
      example: "2027-03-20T20:30:00.000Z",
    }),
    createdAt: Instant,
  })
  .meta({ id: "AddedMessages", description: "Messages on top of a period's own." });

export type AddedMessages = z.infer<typeof AddedMessages>;

export const Reservation = z
  .object({
    id: ReservationId,
    customerId: CustomerId,
    productId: ProductId,
    messages: messages("Messages that were asked for.", 5),
    status: ReservationStatus,
    usedMessages: messages("Messages that were used; 0 before it is committed.", 0),
    overrunMessages: messages("How many of them were beyond the tolerance of the grant.", 0),
    expiresAt: Instant.meta({ description: "When it expires unless it is settled before." }),
    createdAt: Instant.meta({ description: "When it was made." }),
    settledAt: Instant.nullable().meta({
      description: "When it was committed or released, or had expired; null while it is reserved.",
      example: null,
    }),
    quota: Quota.nullable().meta({
      description: "The customer's messages of the product after this call; null when there are none any more.",
    }),
  })
  .meta({ id: "Reservation", description: "Messages set aside for one reply." });

export type Reservation = z.infer<typeof Reservation>;

const asked = {
  id: ReservationId,
  customerId: CustomerId,
  productId: ProductId,
  messages: z.int().min(1).max(100_000).meta({ description: "Messages wanted, 1 to 100,000.", example: 5 }),
};

const reservationPath = z.object({ reservationId: ReservationId });
const Reserved = createApiResponseSchema(Reservation);
const write = {
  who: "partner:quota:write",
  rate: "quota",
  idempotency: "optional",
  events: ["quota.counted", "quota.threshold_reached", "subscription.top_up_begun", "subscription.top_up_held"],
} as const;
/** Past the end of a period the next one begins with whoever asks first. */
const reserving = {
  ...write,
  refuses: ["not_found", "quota_exceeded", "reservation_exists"],
  events: [...write.events, "subscription.renewed", "invoice.finalized", "quota.granted"],
} as const;
const settling = { ...write, refuses: ["reservation_settled"] } as const;

const periodRule =
  "What is used counts in the period in which it was reserved, however late it is told, and never in the next one.";

export const quotas = initContract().router({
  list: endpoint(
    { who: "customer", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/quotas",
      responses: { 200: Quotas },
      summary: "List my quotas",
      description: "The caller's message quotas, one per product.",
    },
  ),
  listOfCustomer: endpoint(
    { who: "partner:customers:read", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/customers/:customerId/quotas",
      pathParams: z.object({ customerId: CustomerId }),
      responses: { 200: Quotas },
      summary: "List a customer's quotas",
      description: "The message quotas of one of the partner's own customers.",
    },
  ),
  addMessages: endpoint(
    {
      who: "operator",
      rate: "write",
      idempotency: "required",
      refuses: ["subscription_not_active", "busy"],
      events: ["quota.grant_added", "quota.grant_settled", "quota.grant_expired"],
    },
    {
      method: "POST",
      path: "/v1/operator/customers/:customerId/quota-grants",
      pathParams: z.object({ customerId: CustomerId }),
      body: z.strictObject({
        productId: ProductId,
        messages: z.int().min(1).max(1_000_000_000).meta({ description: "How many, at least 1.", example: 500 }),
        priority: QuotaPriority.default(10),
        expiresAt: InstantInput.nullable().default(null).meta({
          description: "When what is left of them is gone; null: never.",
          example: "2027-03-20T20:30:00Z",
        }),
        reason: Reason,
      }),
      responses: { 201: createApiResponseSchema(AddedMessages) },
      summary: "Give a customer messages",
      description:
        "Messages on top of those of the customer's running subscription to the product, at once. They go along into later " +
        "periods, and to another product when the subscription changes to it, until they are used or expire. Of all " +
        "messages those are used first that expire first. 409 `subscription_not_active` when nothing to the product runs.",
    },
  ),
  reserve: endpoint(reserving, {
    method: "POST",
    path: "/v1/quota/reservations",
    body: z.strictObject({
      ...asked,
      ttlSeconds: z.int().min(60).max(86_400).default(600).meta({
        description: "Seconds until it expires by itself, 60 to 86,400.",
        example: 600,
      }),
    }),
    responses: { 201: Reserved },
    summary: "Reserve messages for a reply",
    description:
      "Sets messages of one of the partner's own customers aside before a reply is written. However many ask at once, no " +
      "more is set aside than remains: 409 `quota_exceeded`, with the numbers, when that is too little or the grant has " +
      "ended. A product may let a tenth more than was granted be set aside (`whenUsedUp`). The reservation's `id` is its idempotency key: the same request again has the same reservation, another " +
      "request with that id is a 409 `reservation_exists`; it is kept for 90 days after its period and itself are over. " +
      "Nothing is charged and nobody is notified.",
  }),
  consume: endpoint(reserving, {
    method: "POST",
    path: "/v1/quota/consume",
    body: z.strictObject(asked),
    responses: { 201: Reserved },
    summary: "Use messages in one step",
    description:
      "Reserves and commits at once, for a reply whose cost is known before: the same refusals as of a reservation, and " +
      "its `id` is the idempotency key in the same way.",
  }),
  commitReservation: endpoint(settling, {
    method: "POST",
    path: "/v1/quota/reservations/:reservationId/commit",
    pathParams: reservationPath,
    body: z
      .strictObject({
        messages: z.int().min(0).max(1_000_000).optional().meta({
          description: "Messages really used; as many as were reserved when left out.",
          example: 4,
        }),
      })
      .optional(),
    responses: { 200: Reserved },
    summary: "Commit a reservation",
    description:
      "Tells what the reply really used. Less than was reserved gives the rest back. More, or anything after it expired, " +
      "counts as used as far as the messages used and set aside stay within a tenth more than was granted; what lies " +
      "beyond is recorded as `overrun` and taken off what remains. So a commit is never refused for its size, and none is " +
      `lost. ${periodRule} Safe to repeat with the same number; 409 \`reservation_settled\` with another, or when it was ` +
      "released.",
  }),
  releaseReservation: endpoint(settling, {
    method: "POST",
    path: "/v1/quota/reservations/:reservationId/release",
    pathParams: reservationPath,
    body: z.strictObject({}).optional(),
    responses: { 200: Reserved },
    summary: "Release a reservation",
    description:
      "Gives back what was set aside: nothing was used. Safe to repeat, also after it expired; 409 `reservation_settled` " +
      "when it was committed.",
  }),
  getReservation: endpoint(
    { ...write, idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/quota/reservations/:reservationId",
      pathParams: reservationPath,
      responses: { 200: Reserved },
      summary: "Get a reservation",
      description: "One of the partner's own reservations, with what the customer has of the product now.",
    },
  ),
});
