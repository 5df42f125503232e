// What operators may see and switch.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { CustomerId } from "./common/id.ts";
import { endpoint } from "./common/policy.ts";
import { createApiResponseSchema } from "./common/response.ts";
import { Instant } from "./common/time.ts";

export const Collecting = z
  .object({
    collecting: z.boolean().meta({ description: "Whether new debits are sent to the gateway.", example: true }),
  })
  .meta({ id: "Collecting", description: "The global switch of collecting." });

export const ChainCheck = z
  .object({
    verified: z.boolean().meta({ description: "Whether every event is as it was written.", example: true }),
    events: z.int().min(0).meta({ description: "Events checked.", example: 42 }),
    archived: z.int().min(0).meta({
      description: "Events before them, which stand in signed files of the audit trail alone.",
      example: 0,
    }),
    brokenAtSeq: z.int().min(1).nullable().meta({
      description: "`seq` of the first event that is not as it was written; else null.",
      example: null,
    }),
  })
  .meta({ id: "ChainCheck", description: "The outcome of checking a customer's audit trail." });

export const GatewayState = z
  .object({
    collecting: z.boolean().meta({ description: "Whether new debits are sent to the gateway.", example: true }),
    breaker: z.enum(["closed", "open", "half_open"]).meta({
      description:
        "`open` for five minutes after five debits in a row of an unknown end: no new debit is sent; then `half_open`: " +
        "one goes as a probe.",
      example: "closed",
    }),
    openUntil: Instant.nullable().meta({
      description: "When the next debit may go as a probe; null unless the breaker is open.",
      example: null,
    }),
    outcomes: z
      .array(
        z.object({
          outcome: z.enum(["succeeded", "failed", "unknown"]).meta({
            description: "What the gateway made of a debit.",
            example: "succeeded",
          }),
          at: Instant,
        }),
      )
      .meta({ description: "The last five, newest first: what the breaker goes by.", example: [] }),
  })
  .meta({ id: "GatewayState", description: "Whether debits go to the gateway, and why not." });

export const operator = initContract().router({
  getCollecting: endpoint(
    { who: "operator", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/operator/collecting",
      responses: { 200: createApiResponseSchema(Collecting) },
      summary: "Get the collecting switch",
      description: "Whether new debits are sent to the gateway.",
    },
  ),
  setCollecting: endpoint(
    { who: "operator", rate: "write", idempotency: "optional", refuses: ["busy"], events: ["collecting.changed"] },
    {
      method: "PUT",
      path: "/v1/operator/collecting",
      body: z.strictObject({
        collecting: z.boolean().meta({ description: "False stops new debits at once.", example: false }),
        reason: z.string().trim().min(3).max(500).meta({
          description: "Why, for the audit trail; name no person.",
          example: "The gateway answers twice",
        }),
      }),
      responses: { 200: createApiResponseSchema(Collecting) },
      summary: "Set the collecting switch",
      description:
        "Stops or resumes new debits for everybody. Those already sent are still followed to their end. " +
        "429 `busy` while a restored log is being recalled.",
    },
  ),
  getGateway: endpoint(
    { who: "operator", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/operator/gateway",
      responses: { 200: createApiResponseSchema(GatewayState) },
      summary: "See whether debits are sent",
      description: "The collecting switch, and the breaker with what it goes by.",
    },
  ),
  checkChain: endpoint(
    { who: "operator", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/operator/customers/:customerId/chain",
      pathParams: z.object({ customerId: CustomerId }),
      responses: { 200: createApiResponseSchema(ChainCheck) },
      summary: "Check a customer's audit trail",
      description:
        "Recomputes the hash of every event of the customer, raw evidence included, from the first to the last; where the " +
        "beginning has left for the signed files, from the last event that stands there.",
    },
  ),
});
