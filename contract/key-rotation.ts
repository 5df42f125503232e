// Rotation of the sealing keys: what stands sealed under an old key is sealed anew under the one of today.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { endpoint } from "./common/policy.ts";
import { createApiResponseSchema } from "./common/response.ts";
import { Instant } from "./common/time.ts";

/** What is sealed, in the order in which it is sealed anew. */
export const SealedPlace = z
  .enum(["person", "secret", "webhook_secret", "previous_webhook_secret", "second_factor", "stored_answer", "document"])
  .meta({ description: "What is sealed.", example: "person" });

export type SealedPlace = z.infer<typeof SealedPlace>;

const keyId = z.string().meta({ description: "Id of the key that seals now.", example: "k2" });

export const KeyRotation = z
  .object({
    keyId,
    begunAt: Instant.nullable().meta({
      description: "When the last rotation to this key began; null when there was none.",
      example: "2026-11-22T12:30:00.000Z",
    }),
    completedAt: Instant.nullable().meta({
      description: "When it found nothing left; null before that.",
      example: null,
    }),
    left: z
      .array(
        z.object({
          place: SealedPlace,
          keyId: z.string().nullable().meta({
            description: "Id of the key that it stands under; null for documents that no rotation has looked at yet.",
            example: "k1",
          }),
          count: z.int().min(1).meta({ description: "How many.", example: 42 }),
        }),
      )
      .meta({
        description: "What is not known to stand under the key of today. While a key is named here, it must stay set.",
        example: [],
      }),
  })
  .meta({ id: "KeyRotation", description: "How far the sealed texts are with the key of today." });

export type KeyRotation = z.infer<typeof KeyRotation>;

export const KeyRotationStep = z
  .object({
    keyId,
    resealed: z.int().min(0).meta({ description: "Texts that this call sealed anew.", example: 100 }),
    unreadable: z.int().min(0).meta({
      description: "Texts that no key of today opens: they stay as they are, and in the log stands where.",
      example: 0,
    }),
    nextCursor: z.string().nullable().meta({
      description: "Pass it as `cursor` to go on; null when everything was looked at.",
      example: "person:4711",
    }),
  })
  .meta({ id: "KeyRotationStep", description: "What one step of a rotation has done." });

export type KeyRotationStep = z.infer<typeof KeyRotationStep>;

export const keyRotation = initContract().router({
  get: endpoint(
    { who: "operator", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/operator/key-rotation",
      responses: { 200: createApiResponseSchema(KeyRotation) },
      summary: "See how far the key rotation is",
      description: "Counts what stands under which sealing key. It reads every sealed row: ask now and then.",
    },
  ),
  advance: endpoint(
    {
      who: "operator",
      rate: "write",
      idempotency: "optional",
      events: ["key_rotation.begun", "key_rotation.completed"],
    },
    {
      method: "POST",
      path: "/v1/operator/key-rotation/advance",
      body: z.strictObject({
        cursor: z
          .string()
          .regex(new RegExp(`^(${SealedPlace.options.join("|")}):\\d{1,15}$`))
          .optional()
          .meta({ description: "Where the step before ended; without it from the beginning.", example: "person:4711" }),
      }),
      responses: { 200: createApiResponseSchema(KeyRotationStep) },
      summary: "Seal old texts anew",
      description:
        "Seals at most 100 texts of the database and 20 documents under the key of today. What is written meanwhile " +
        "stays as it was written. May be ended at any moment and begun again without a cursor: what is done stays done. " +
        "The first step of a rotation and the last are events.",
    },
  ),
});
