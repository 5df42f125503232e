// The audit trail: billing events as they stand in the log.
import { initContract } from "@ts-rest/core";
import { BillingEvent } from "./billing-event.ts";
import { PageQuery } from "./common/page.ts";
import { endpoint } from "./common/policy.ts";
import { createApiListSchema } from "./common/response.ts";

export const events = initContract().router({
  list: endpoint(
    { who: "customer", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/events",
      query: PageQuery,
      responses: { 200: createApiListSchema(BillingEvent) },
      summary: "List my billing events",
      description:
        "Every change to the caller's billing, oldest first, with the hashes that chain it: `hash` is the SHA-256 of " +
        "the canonical JSON (keys sorted, no spaces) of every other field but `position`.",
    },
  ),
});
