// The health of the system.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { endpoint } from "./common/policy.ts";
import { createApiResponseSchema } from "./common/response.ts";
import { Instant } from "./common/time.ts";

export const system = initContract().router({
  health: endpoint(
    { who: "public", rate: "public", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/health",
      responses: {
        200: createApiResponseSchema(
          z.object({
            status: z.literal("ok").meta({ description: "The database answers.", example: "ok" }),
            now: Instant,
          }),
        ),
      },
      summary: "Ask whether we are well",
      description: "200 when the database answers.",
    },
  ),
});
