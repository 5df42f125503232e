// Price migrations: a price never changes, so raising it means moving its subscriptions to another one; by a plan that
// says first who, when and how much more, with notice, and that can be stopped half way.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { CustomerId, PriceId, PriceMigrationId, SubscriptionId } from "./common/id.ts";
import { Rials, SignedRials } from "./common/money.ts";
import { PageQuery } from "./common/page.ts";
import { endpoint } from "./common/policy.ts";
import { createApiListSchema, createApiResponseSchema } from "./common/response.ts";
import { Instant } from "./common/time.ts";
import { Reason } from "./subscription/operate.ts";

export const PriceMigrationStatus = z.enum(["planned", "confirmed", "canceled"]).meta({
  description: "`planned` until it is `confirmed`, from when on subscribers are told; or `canceled`.",
  example: "planned",
});

const NoticeDays = z.int().min(0).max(365).meta({
  description: "Days between telling a subscriber and the first period at the new price, at least.",
  example: 30,
});

export const PriceMigration = z
  .object({
    id: PriceMigrationId,
    status: PriceMigrationStatus,
    fromPriceId: PriceId,
    toPriceId: PriceId,
    noticeDays: NoticeDays,
    createdAt: Instant,
    confirmedAt: Instant.nullable().meta({ description: "When it was confirmed; else null.", example: null }),
    canceledAt: Instant.nullable().meta({ description: "When it was stopped; else null.", example: null }),
  })
  .meta({ id: "PriceMigration", description: "A plan that moves a price's subscriptions to another price." });

export type PriceMigration = z.infer<typeof PriceMigration>;

export const PriceMove = z
  .object({
    id: SubscriptionId,
    customerId: CustomerId,
    quantity: z.int().min(1).meta({ description: "How many of it.", example: 1 }),
    announced: z.boolean().meta({ description: "Whether the subscriber has been told.", example: false }),
    movesAt: Instant.nullable().meta({
      description: "Start of the first period at the new price; null while the subscription is paused.",
      example: "2026-12-21T20:30:00.000Z",
    }),
    fromRials: Rials.meta({ description: "A whole period now, with VAT, in Rials.", example: 3_289_000 }),
    toRials: Rials.meta({ description: "A whole period then, with VAT, in Rials.", example: 3_619_000 }),
    moreRials: SignedRials.meta({ description: "The difference, in Rials.", example: 330_000 }),
  })
  .meta({ id: "PriceMove", description: "What a price migration means for one subscription that has not moved." });

export type PriceMove = z.infer<typeof PriceMove>;

const path = z.object({ migrationId: PriceMigrationId });

export const priceMigrations = initContract().router({
  create: endpoint(
    {
      who: "operator",
      rate: "write",
      idempotency: "required",
      refuses: ["price_migration_not_valid"],
      events: ["price_migration.planned"],
    },
    {
      method: "POST",
      path: "/v1/operator/price-migrations",
      body: z.strictObject({
        fromPriceId: PriceId,
        toPriceId: PriceId,
        noticeDays: NoticeDays,
        reason: Reason,
      }),
      responses: { 201: createApiResponseSchema(PriceMigration) },
      summary: "Plan a price migration",
      description:
        "A plan and nothing else: see its moves, then confirm it. Both prices are of one product, interval and calendar, " +
        "and the new one is for sale; else 409 `price_migration_not_valid`. Nobody is notified.",
    },
  ),
  list: endpoint(
    { who: "operator", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/operator/price-migrations",
      query: PageQuery,
      responses: { 200: createApiListSchema(PriceMigration) },
      summary: "List price migrations",
      description: "Every plan, newest first, with what became of it.",
    },
  ),
  get: endpoint(
    { who: "operator", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/operator/price-migrations/:migrationId",
      pathParams: path,
      responses: { 200: createApiResponseSchema(PriceMigration) },
      summary: "Get a price migration",
      description: "One plan, as it stands.",
    },
  ),
  listMoves: endpoint(
    { who: "operator", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/operator/price-migrations/:migrationId/moves",
      pathParams: path,
      query: PageQuery,
      responses: { 200: createApiListSchema(PriceMove) },
      summary: "Preview a price migration",
      description:
        "Who moves, when, and how much more a whole period costs then, before coupons and credit: the subscriptions that " +
        "have not moved yet, oldest first. Before it is confirmed, as if it were now.",
    },
  ),
  confirm: endpoint(
    {
      who: "operator",
      rate: "money",
      idempotency: "optional",
      refuses: ["price_migration_not_valid"],
      events: ["price_migration.confirmed", "subscription.migration_announced"],
    },
    {
      method: "POST",
      path: "/v1/operator/price-migrations/:migrationId/confirm",
      pathParams: path,
      body: z.strictObject({ reason: Reason }),
      responses: { 200: createApiResponseSchema(PriceMigration) },
      summary: "Confirm a price migration",
      description:
        "From the next minute on subscribers are told, by text message and as events, some dozens a minute; each moves with " +
        "the first period that begins after the notice. Who changes to another price or cancels before does not. 409 " +
        "`price_migration_not_valid` when it was canceled, or another one of the same price is confirmed. Safe to repeat.",
    },
  ),
  cancel: endpoint(
    {
      who: "operator",
      rate: "money",
      idempotency: "optional",
      events: ["price_migration.canceled", "subscription.migration_withdrawn"],
    },
    {
      method: "POST",
      path: "/v1/operator/price-migrations/:migrationId/cancel",
      pathParams: path,
      body: z.strictObject({ reason: Reason }),
      responses: { 200: createApiResponseSchema(PriceMigration) },
      summary: "Stop a price migration",
      description:
        "Who has not moved stays at the old price; who has moved keeps the new one. There is no way back. Safe to repeat.",
    },
  ),
});
