// Partners' keys: made once, shown once. A partner with the scope looks after its own; an operator after everybody's.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { KeyEnvironment } from "./billing-event-types/partner.ts";
import { PartnerId, PartnerKeyId } from "./common/id.ts";
import { PageQuery } from "./common/page.ts";
import { endpoint, PartnerScope } from "./common/policy.ts";
import { createApiListSchema, createApiResponseSchema } from "./common/response.ts";
import { Instant } from "./common/time.ts";

/** The most keys that a partner may have which are good. */
export const maxKeys = 50;

const Scopes = z
  .array(PartnerScope)
  .min(1)
  .refine((scopes) => new Set(scopes).size === scopes.length, { error: "Each scope stands once." })
  .meta({ description: "What the key may do.", example: ["customers:read", "quota:write"] });

const expiresAt = Instant.nullable().meta({
  description: "When the key ends by itself; null for never.",
  example: null,
});

export const PartnerKeyStatus = z.enum(["active", "expired", "revoked"]).meta({
  description: "`active` keys are good; the others are good for nothing, for ever.",
  example: "active",
});

export const PartnerKey = z
  .object({
    id: PartnerKeyId,
    partnerId: PartnerId,
    scopes: Scopes,
    environment: KeyEnvironment,
    status: PartnerKeyStatus,
    createdAt: Instant,
    expiresAt,
    revokedAt: Instant.nullable().meta({ description: "When it was revoked; null when it was not.", example: null }),
    lastUsedAt: Instant.nullable().meta({
      description: "When it was last used, to within ten minutes; null when it never was.",
      example: "2026-11-22T12:30:00.000Z",
    }),
    replacedById: PartnerKeyId.nullable().meta({
      description: "The key that takes its place; null when none does.",
      example: null,
    }),
  })
  .meta({ id: "PartnerKey", description: "A partner's key, without its text." });

export type PartnerKey = z.infer<typeof PartnerKey>;

const PartnerKeyWithText = PartnerKey.extend({
  key: z.string().nullable().meta({
    description:
      "The key itself, to be sent as a bearer token. Shown once: null where an Idempotency-Key repeats the answer.",
    example: "srd_live_6n0V3l5cTzB1qk8mJw2xYd4hRf7sPa9uEg0iLo1vNtQ",
  }),
}).meta({ id: "PartnerKeyWithText", description: "A key as it is shown once." });

const One = createApiResponseSchema(PartnerKey);
const Shown = createApiResponseSchema(PartnerKeyWithText);
const path = z.object({ partnerKeyId: PartnerKeyId });
const write = { who: "operator", orPartner: "keys:write", rate: "write" } as const;

export const partnerKeys = initContract().router({
  create: endpoint(
    {
      ...write,
      idempotency: "required",
      refuses: ["not_found", "partner_key_limit_reached"],
      events: ["partner_key.created"],
      shownOnce: ["key"],
    },
    {
      method: "POST",
      path: "/v1/partner-keys",
      body: z.strictObject({
        scopes: Scopes,
        expiresAt: expiresAt.default(null),
        partnerId: PartnerId.optional().meta({
          description: "For operators: whose it is, the house's when left out. A partner makes its own.",
        }),
      }),
      responses: { 201: Shown },
      summary: "Create a key",
      description:
        "Makes a key of this deployment's environment and shows it, once; only its hash is kept. A partner gives no scope " +
        `that its own key lacks (403). 409 \`partner_key_limit_reached\` beyond ${maxKeys} that are good. The partner's ` +
        "endpoints are told.",
    },
  ),
  list: endpoint(
    { who: "operator", orPartner: "keys:read", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/partner-keys",
      query: PageQuery.extend({
        partnerId: PartnerId.optional().meta({ description: "For operators: only this partner's." }),
      }),
      responses: { 200: createApiListSchema(PartnerKey) },
      summary: "List keys",
      description: "The partner's keys, for an operator everybody's, newest first; also those that have ended.",
    },
  ),
  rotate: endpoint(
    {
      ...write,
      idempotency: "required",
      refuses: ["partner_key_ended"],
      events: ["partner_key.created", "partner_key.rotated"],
      shownOnce: ["key"],
    },
    {
      method: "POST",
      path: "/v1/partner-keys/:partnerKeyId/rotate",
      pathParams: path,
      body: z
        .strictObject({
          overlapHours: z.int().min(0).max(168).default(24).meta({
            description: "Hours for which the old key is good as well, 0 to 168.",
            example: 24,
          }),
        })
        .default({ overlapHours: 24 }),
      responses: { 201: Shown },
      summary: "Rotate a key",
      description:
        "Makes a key with the same scopes and shows it, once. The old one is good until the overlap ends, or until it would " +
        "have ended anyhow. The new one ends by itself when the old one would have. 409 `partner_key_ended` when the old " +
        "one is not good any more, or has a successor.",
    },
  ),
  revoke: endpoint(
    { ...write, idempotency: "optional", events: ["partner_key.revoked"] },
    {
      method: "POST",
      path: "/v1/partner-keys/:partnerKeyId/revoke",
      pathParams: path,
      body: z.strictObject({}).optional(),
      responses: { 200: One },
      summary: "Revoke a key",
      description:
        "The key is good for nothing from now on, the one that asks included. Safe to repeat; there is no way back. The " +
        "partner's endpoints are told.",
    },
  ),
});
