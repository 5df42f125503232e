// What operators may see and switch.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { CustomerId } from "./common/id.ts";
import { endpoint } from "./common/policy.ts";
import { createApiResponseSchema } from "./common/response.ts";

export const Collecting = z
  .object({
    collecting: z.boolean().meta({ description: "Whether new debits are sent to the gateway.", example: true }),
  })
  .meta({ id: "Collecting", description: "The global switch of collecting." });

export const ChainCheck = z
  .object({
    verified: z.boolean().meta({ description: "Whether every event is as it was written.", example: true }),
    events: z.int().min(0).meta({ description: "Events checked.", example: 42 }),
    brokenAtSeq: z.int().min(1).nullable().meta({
      description: "`seq` of the first event that is not as it was written; else null.",
      example: null,
    }),
  })
  .meta({ id: "ChainCheck", description: "The outcome of checking a customer's audit trail." });

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
    { who: "operator", rate: "write", idempotency: "optional", events: ["collecting.changed"] },
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
      description: "Stops or resumes new debits for everybody. Those already sent are still followed to their end.",
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
        "Recomputes the hash of every event of the customer, raw evidence included, from the first to the last.",
    },
  ),
});
