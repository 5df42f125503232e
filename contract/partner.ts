// Partners: the organisations that sell through us. An operator makes them, and says where their customers may be sent
// back to.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { PartnerId } from "./common/id.ts";
import { PageQuery } from "./common/page.ts";
import { endpoint } from "./common/policy.ts";
import { createApiListSchema, createApiResponseSchema } from "./common/response.ts";
import { Instant } from "./common/time.ts";

/** As many as fit into the event that tells of them. */
export const maxReturnUrls = 5;

const ReturnUrls = z
  .array(
    z
      .url({ protocol: /^https?$/ })
      .max(300)
      .refine((url) => !/[@#?]/.test(url), { error: "Must hold no credentials, no query and no fragment." }),
  )
  .max(maxReturnUrls)
  .meta({
    description: `Where its customers may be sent back to, at most ${maxReturnUrls}: https, each whole but for a query.`,
    example: ["https://roundtable.example/billing"],
  });

const fields = {
  name: z
    .string()
    .trim()
    .min(2)
    .max(80)
    .meta({ description: "Name of the organisation, unique.", example: "Roundtable" }),
  returnUrls: ReturnUrls,
};

export const Partner = z
  .object({ id: PartnerId, ...fields, createdAt: Instant })
  .meta({ id: "Partner", description: "An organisation with keys, customers and webhook endpoints." });

export type Partner = z.infer<typeof Partner>;

const One = createApiResponseSchema(Partner);
const path = z.object({ partnerId: PartnerId });
const read = { who: "operator", rate: "read", idempotency: "none", events: [] } as const;

export const partners = initContract().router({
  create: endpoint(
    {
      who: "operator",
      rate: "write",
      idempotency: "required",
      refuses: ["partner_exists"],
      events: ["partner.created"],
    },
    {
      method: "POST",
      path: "/v1/partners",
      body: z.strictObject({ name: fields.name, returnUrls: ReturnUrls.default([]) }),
      responses: { 201: One },
      summary: "Create a partner",
      description:
        "Makes an organisation, as yet without a key. 409 `partner_exists` when the name is taken. Nobody is notified.",
    },
  ),
  list: endpoint(read, {
    method: "GET",
    path: "/v1/partners",
    query: PageQuery,
    responses: { 200: createApiListSchema(Partner) },
    summary: "List partners",
    description: "Every partner, newest first. The house is one: whoever comes by themselves is its customer.",
  }),
  get: endpoint(read, {
    method: "GET",
    path: "/v1/partners/:partnerId",
    pathParams: path,
    responses: { 200: One },
    summary: "Get a partner",
    description: "One partner.",
  }),
  setReturnUrls: endpoint(
    { who: "operator", rate: "write", idempotency: "optional", events: ["partner.return_urls_changed"] },
    {
      method: "PUT",
      path: "/v1/partners/:partnerId/return-urls",
      pathParams: path,
      body: z.strictObject({ returnUrls: ReturnUrls }),
      responses: { 200: One },
      summary: "Set a partner's return URLs",
      description:
        "From here on links may send its customers back to these addresses, with any query, and to no others. Safe to " +
        "repeat. The partner's endpoints are told.",
    },
  ),
});
