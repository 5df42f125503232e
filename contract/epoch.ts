// After a backup was restored: a new epoch, what the backup has forgotten, and what stays in doubt. Operators only.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { endpoint } from "./common/policy.ts";
import { createApiResponseSchema } from "./common/response.ts";
import { Instant } from "./common/time.ts";

export const Epoch = z
  .object({
    epoch: z.int().min(1).meta({ description: "Grows when a backup is restored.", example: 2 }),
    collecting: z.boolean().meta({ description: "Whether new debits are sent to the gateway.", example: false }),
    recalling: z.boolean().meta({
      description: "Whether the log waits for what the signed files still have to tell: nothing else is written.",
      example: true,
    }),
    lastPosition: z.int().min(0).meta({
      description:
        "`position` of the last event of an earlier epoch, which grows while events are recalled; in epoch 1, of the log.",
      example: 1_042,
    }),
    doubtUntil: Instant.nullable().meta({
      description:
        "What fell due before it may have been paid without our knowing, and is not debited; null when nothing is in doubt.",
      example: "2026-11-22T12:30:00.000Z",
    }),
    held: z.int().min(0).meta({ description: "Open invoices that are in doubt.", example: 3 }),
  })
  .meta({ id: "Epoch", description: "Where a restored backup stands on its way back to collecting." });

export type Epoch = z.infer<typeof Epoch>;

const reason = z.string().trim().min(3).max(500).meta({
  description: "Why, for the audit trail; name no person.",
  example: "The database was lost; the backup of this morning is restored",
});

const body = z.strictObject({ reason });
const responses = { 200: createApiResponseSchema(Epoch) };

export const epochs = initContract().router({
  get: endpoint(
    { who: "operator", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/operator/epochs/current",
      responses,
      summary: "Get the current epoch",
      description:
        "Where the database stands: the answer to the last step of a way back, as it is now. In epoch 1 no backup was " +
        "ever restored.",
    },
  ),
  start: endpoint(
    { who: "operator", rate: "write", idempotency: "required", events: ["epoch.started"] },
    {
      method: "POST",
      path: "/v1/operator/epochs",
      body,
      responses: { 201: createApiResponseSchema(Epoch) },
      summary: "Begin a new epoch after a restore",
      description:
        "The first thing to do with a restored backup. Stops collecting, gives the log places that were never given " +
        "before, and lets nothing be written until what the backup has forgotten is recalled. Whatever fell due before " +
        "now is in doubt until `settle`.",
    },
  ),
  recall: endpoint(
    {
      who: "operator",
      rate: "write",
      idempotency: "optional",
      events: [
        "epoch.recalled",
        "payment_method.expired",
        "payment_method.cancellation_ended",
        "payment_method.verification_failed",
      ],
    },
    {
      method: "POST",
      path: "/v1/operator/epochs/recall",
      body,
      responses,
      summary: "Recall what the backup has forgotten",
      description:
        "Reads on in the signed files of the audit trail and writes their events into the log, each as it was, at its " +
        "place and with all that it means. A call does a part; repeat it until `recalling` is false. Agreements that were " +
        "signed after the backup have lost their signatures: they end, and each waits in the operators' queue.",
    },
  ),
  settle: endpoint(
    { who: "operator", rate: "write", idempotency: "optional", refuses: ["busy"], events: ["epoch.settled"] },
    {
      method: "POST",
      path: "/v1/operator/epochs/settle",
      body,
      responses,
      summary: "End the doubt after a restore",
      description:
        "Says that the gateway's records of the time that nothing tells of were looked through, and that whoever had paid " +
        "has been given credit: what is still open is debited again. 429 `busy` while the log is being recalled.",
    },
  ),
});
