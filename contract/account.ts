// The account of whoever is signed in.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { CustomerId } from "./common/id.ts";
import { endpoint } from "./common/policy.ts";
import { createApiResponseSchema } from "./common/response.ts";

export const Account = z
  .object({
    userId: z.string().meta({ description: "Id of the signed-in person.", example: "q1w2e3r4" }),
    customerId: CustomerId,
    email: z.string().nullable().meta({
      description: "E-mail address used to sign in; null for whoever comes by a partner's link.",
      example: "sara@example.com",
    }),
    mobile: z.string().nullable().meta({
      description: "Proved mobile number with its middle hidden; null before it is proved.",
      example: "0912***4567",
    }),
  })
  .meta({ id: "Account", description: "The signed-in person and their customer." });

export type Account = z.infer<typeof Account>;

export const account = initContract().router({
  get: endpoint(
    { who: "customer", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/me",
      responses: { 200: createApiResponseSchema(Account) },
      summary: "Get my account",
      description: "Who is signed in, and the customer they are billed as.",
    },
  ),
});
