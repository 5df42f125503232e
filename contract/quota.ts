// Quotas: messages a customer may still use.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { CustomerId, ProductId } from "./common/id.ts";
import { endpoint } from "./common/policy.ts";
import { createApiResponseSchema } from "./common/response.ts";
import { Instant } from "./common/time.ts";

const messages = (description: string, example: number) => z.int().min(0).meta({ description, example });

export const Quota = z
  .object({
    productId: ProductId,
    granted: messages("Messages granted for the period.", 2_000),
    used: messages("Messages used.", 120),
    reserved: messages("Messages set aside for replies under way.", 0),
    remaining: messages("Messages that may still be used.", 1_880),
    validUntil: Instant.meta({
      description: "When the grant ends.",
      example: "2026-12-21T20:30:00.000Z",
    }),
  })
  .meta({ id: "Quota", description: "Messages a customer may still use of a product." });

export type Quota = z.infer<typeof Quota>;

const Quotas = createApiResponseSchema(z.array(Quota).meta({ description: "One entry per product.", example: [] }));

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
});
