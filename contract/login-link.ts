// Links by which a partner signs its customer in to our pages: once, soon, and back to an address that was agreed upon.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { CustomerId } from "./common/id.ts";
import { endpoint } from "./common/policy.ts";
import { createApiResponseSchema } from "./common/response.ts";
import { Instant } from "./common/time.ts";

const c = initContract();

const page = c.otherResponse({ contentType: "text/html; charset=utf-8", body: z.string() });

const LoginLink = z
  .object({
    customerId: CustomerId,
    url: z.string().nullable().meta({
      description:
        "Where to send the customer's browser. Shown once: null where an Idempotency-Key repeats the answer.",
      example: "https://billing.example/v1/login-links/6n0V3l5cTzB1qk8mJw2xYd4hRf7sPa9uEg0iLo1vNtQ",
    }),
    returnUrl: z.string().meta({
      description: "Where the customer is sent back to.",
      example: "https://roundtable.example/billing?seat=7",
    }),
    expiresAt: Instant.meta({ description: "When the link ends, used or not." }),
  })
  .meta({ id: "LoginLink", description: "A link that signs a customer in, once." });

export type LoginLink = z.infer<typeof LoginLink>;

const pathParams = z.object({
  loginToken: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/)
    .meta({ description: "The secret of the link.", example: "6n0V3l5cTzB1qk8mJw2xYd4hRf7sPa9uEg0iLo1vNtQ" }),
});

export const loginLinks = c.router({
  create: endpoint(
    {
      who: "partner:login-links:write",
      rate: "write",
      idempotency: "required",
      refuses: ["not_found", "login_link_not_possible"],
      events: ["customer.signed_in"],
      shownOnce: ["url"],
    },
    {
      method: "POST",
      path: "/v1/login-links",
      body: z.strictObject({
        customerId: CustomerId,
        returnUrl: z
          .url({ protocol: /^https?$/ })
          .max(1_000)
          .refine((url) => !/[@#]/.test(url), { error: "Must hold no credentials and no fragment." })
          .meta({
            description: "Where to go from there: one of the partner's return URLs, with any query.",
            example: "https://roundtable.example/billing?seat=7",
          }),
        ttlSeconds: z.int().min(60).max(900).default(300).meta({
          description: "Seconds for which the link can be used, 60 to 900.",
          example: 300,
        }),
      }),
      responses: { 201: createApiResponseSchema(LoginLink) },
      summary: "Create a login link",
      description:
        "A link that signs one of the partner's customers in on our pages, once, and leads back to an address that an " +
        "operator has allowed. 404 for a customer who is not the partner's; 409 `login_link_not_possible` for one who " +
        "signs in with an account of their own. The link is shown once, and only a hash of it is kept.",
    },
  ),
  show: endpoint(
    { who: "public", rate: "public", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/login-links/:loginToken",
      pathParams,
      responses: { 200: page },
      summary: "Show a login link's page",
      description:
        "A page in Persian, or in English when the browser prefers it, with one button; or that the link cannot be used. " +
        "Looking at it uses nothing up, since mail and chat programs open links by themselves.",
    },
  ),
  open: endpoint(
    { who: "public", rate: "public", idempotency: "none", refuses: ["busy"], events: ["customer.signed_in"] },
    {
      method: "POST",
      path: "/v1/login-links/:loginToken",
      pathParams,
      contentType: "application/x-www-form-urlencoded",
      body: z.strictObject({}).optional(),
      responses: { 200: page },
      summary: "Sign in by a login link",
      description:
        "Uses the link up and signs the customer in with a cookie of seven days; the page leads on to the partner. Of any " +
        "number of requests at once one signs in; to all others, and for a link that has ended, the page says that it " +
        "cannot be used.",
    },
  ),
});
