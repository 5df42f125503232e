// What happened to an account, in words and in both languages: for its customer, and for operators who help them.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { billingEventTypes } from "./billing-event.ts";
import { BillingEventId, CustomerId } from "./common/id.ts";
import { PageQuery, PositionCursor } from "./common/page.ts";
import { endpoint } from "./common/policy.ts";
import { createApiListSchema } from "./common/response.ts";
import { Instant, mostDaysAsked, spanOf } from "./common/time.ts";

const actors = z.enum(["customer", "partner", "operator", "system"]);

/** By whom something was done. */
export const ActivityBy = actors.meta({
  description: "By whom: the customer, the partner's program, an operator of ours, or the system by itself.",
  example: "customer",
});

export type ActivityBy = z.infer<typeof ActivityBy>;

export const Activity = z
  .object({
    eventId: BillingEventId.meta({ description: "Id of the billing event that says it." }),
    type: z.enum(billingEventTypes).meta({ description: "What happened.", example: "payment.succeeded" }),
    at: Instant.meta({ description: "When, by the wall clock." }),
    by: ActivityBy,
    text: z.object({
      fa: z.string().meta({ description: "In Persian.", example: "۳٬۲۸۹٬۰۰۰ ریال پرداخت شد." }),
      en: z.string().meta({ description: "In English.", example: "3,289,000 Rials were paid." }),
    }),
  })
  .meta({ id: "Activity", description: "Something that happened to an account." });

export type Activity = z.infer<typeof Activity>;

const commas = z
  .string()
  .max(2_000)
  .transform((list) => list.split(","));

/** What may be asked of either list. */
const filters = PageQuery.extend({
  cursor: PositionCursor,
  types: commas
    .pipe(z.array(z.enum(billingEventTypes)).min(1))
    .optional()
    .meta({ description: "Only of these types, separated by commas.", example: "payment.succeeded,refund.succeeded" }),
  by: commas
    .pipe(z.array(actors).min(1))
    .optional()
    .meta({ description: "Only what these did, separated by commas.", example: "operator,partner" }),
  since: Instant.optional().meta({ description: "Only from this moment on.", example: "2026-11-22T12:30:00.000Z" }),
  until: Instant.optional().meta({
    description: `Only before this moment: at most ${mostDaysAsked} days after \`since\`.`,
    example: "2026-12-22T12:30:00.000Z",
  }),
}).check(spanOf("since", "until"));

export type ActivityFilters = z.output<typeof filters>;

const Page = createApiListSchema(Activity).extend({
  archivedUntil: Instant.nullable().meta({
    description:
      "What happened until then has left the log: it stands in the signed files of the audit trail, and not here. Null when " +
      "all of it is here.",
    example: null,
  }),
});

export const activities = initContract().router({
  list: endpoint(
    { who: "customer", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/me/activity",
      query: filters,
      responses: { 200: Page },
      summary: "List my activity",
      description:
        "What happened to the caller's account, newest first, each in a sentence in Persian and in English. How we talk to " +
        "the bank on the way is left out; `GET /v1/events` has that too. After 400 days it leaves for the signed files of the " +
        "audit trail: `archivedUntil` says up to when it has.",
    },
  ),
  listOfCustomer: endpoint(
    { who: "operator", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/operator/customers/:customerId/activity",
      pathParams: z.object({ customerId: CustomerId }),
      query: filters,
      responses: { 200: Page },
      summary: "List a customer's activity",
      description: "What happened to any customer's account, newest first, the mechanics included.",
    },
  ),
});
