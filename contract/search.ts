// Finding a customer by what a person, a bank or a partner says of them.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { CustomerId, PartnerId } from "./common/id.ts";
import { endpoint } from "./common/policy.ts";
import { createApiResponseSchema } from "./common/response.ts";
import { Instant } from "./common/time.ts";
import { ExternalId } from "./customer.ts";

export const FoundBy = z
  .enum(["id", "external_id", "mobile", "email", "name", "authority", "reference", "invoice_number"])
  .meta({
    description:
      "What fitted: an id of ours, the partner's own id, a mobile number that they proved or a payer had, an e-mail " +
      "address, the name of a buyer, the gateway's authority of a payment, the bank's reference of a payment or pay-out, " +
      "or an invoice's number.",
    example: "reference",
  });

export type FoundBy = z.infer<typeof FoundBy>;

export const Found = z
  .object({
    customerId: CustomerId,
    by: FoundBy,
    about: z.string().meta({
      description: "Whose it is: the id of the payment, invoice or refund that it fitted; else the customer's.",
      example: "pay_01kaqzv3m5e0a8r6b1x2n4y7tq",
    }),
    partnerId: PartnerId,
    externalId: ExternalId.nullable().meta({
      description: "The partner's own id of the customer; null when it has none.",
      example: "rt-user-42",
    }),
    createdAt: Instant,
  })
  .meta({ id: "Found", description: "A customer whom something fits. It names no person." });

export type Found = z.infer<typeof Found>;

/** How many of one kind are shown. */
export const mostFound = 20;

export const search = initContract().router({
  find: endpoint(
    { who: "operator", rate: "read", idempotency: "none", events: [] },
    {
      method: "POST",
      path: "/v1/operator/search",
      body: z.strictObject({
        query: z
          .string()
          .trim()
          .min(2)
          .max(200)
          .meta({
            description:
              "A mobile number in any form, an e-mail address, the whole name of a buyer, any id of ours, a partner's " +
              "`externalId`, an authority, a reference, or an invoice's number.",
            example: "09120000000",
          }),
      }),
      responses: { 200: createApiResponseSchema(z.array(Found)) },
      summary: "Find a customer",
      description:
        `Everybody whom the whole of it fits, at most ${mostFound} by each kind, newest first; nobody is an empty list. ` +
        "Persian and Arabic letters and digits, spaces and case make no difference in a name or a number. Names and " +
        "numbers are looked for by keyed digests and are not shown: a part of a name finds nobody. It reads, and is a " +
        "POST so that what somebody is called stands in no address.",
    },
  ),
});
