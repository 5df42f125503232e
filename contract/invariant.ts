// Invariants: what must hold of everything we have written, asked of the database itself.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { PageQuery } from "./common/page.ts";
import { endpoint } from "./common/policy.ts";
import { createApiListSchema } from "./common/response.ts";

export const Invariant = z
  .object({
    name: z.string().meta({ description: "What must hold, as a stable word.", example: "no_money_call_twice" }),
    sentence: z.string().meta({
      description: "The bug that it catches.",
      example: "A debit, or a refund, was sent a second time: each may move the money again.",
    }),
    holds: z.boolean().meta({ description: "Whether nothing breaks it.", example: true }),
    offenders: z
      .array(z.record(z.string(), z.union([z.string(), z.number(), z.null()])))
      .meta({ description: "What breaks it, at most 20 rows of ids and amounts.", example: [] }),
  })
  .meta({ id: "Invariant", description: "Something that must hold, and whether it does." });

export const invariants = initContract().router({
  list: endpoint(
    { who: "operator", rate: "write", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/invariants",
      query: PageQuery.pick({ cursor: true }),
      responses: { 200: createApiListSchema(Invariant) },
      summary: "Check the invariants",
      description:
        "Asks the database, at one instant, whether everything holds that must: of 500 customers, the oldest first, whose " +
        "every row is read, so it is limited like a change. `nextCursor` goes on with the next 500. What is asked of all " +
        "customers together stands on the first page alone. `offenders` names ids and amounts, never a person.",
    },
  ),
});
