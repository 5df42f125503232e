// Test clocks: a customer whose billing time is moved by hand, so that a year can be tried in a minute. Outside
// production only.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { endpoint } from "./common/policy.ts";
import { createApiResponseSchema } from "./common/response.ts";
import { Instant, InstantInput } from "./common/time.ts";

export const TestClock = z
  .object({
    status: z.enum(["running", "advancing", "ready"]).meta({
      description: "`running` with real time; `advancing` towards `targetAt`; `ready` when it has arrived.",
      example: "ready",
    }),
    nowAt: Instant.meta({ description: "The customer's billing time.", example: "2026-12-22T12:30:00.000Z" }),
    targetAt: Instant.nullable().meta({
      description: "Where it is going or has arrived; null while it runs with real time.",
      example: "2026-12-22T12:30:00.000Z",
    }),
  })
  .meta({ id: "TestClock", description: "The clock a customer is billed by." });

export type TestClock = z.infer<typeof TestClock>;

export const testClock = initContract().router({
  get: endpoint(
    { who: "customer", rate: "read", idempotency: "none", refuses: ["not_found"], events: [] },
    {
      method: "GET",
      path: "/v1/test-clock",
      responses: { 200: createApiResponseSchema(TestClock) },
      summary: "Get my test clock",
      description: "The caller's billing time. 404 in production.",
    },
  ),
  advance: endpoint(
    {
      who: "customer",
      rate: "write",
      idempotency: "optional",
      refuses: ["not_found", "test_clock_backwards", "test_clock_advancing", "busy"],
      events: ["customer.created", "test_clock.target_set", "test_clock.advanced"],
    },
    {
      method: "POST",
      path: "/v1/test-clock/advance",
      body: z.strictObject({
        to: InstantInput.meta({
          description: "The billing time to arrive at, after the present one and at most 20 years ahead.",
          example: "2026-12-22T12:30:00Z",
        }),
      }),
      responses: { 202: createApiResponseSchema(TestClock) },
      summary: "Advance my test clock",
      description:
        "Stops the caller's billing time and moves it to `to`, doing on the way whatever falls due, in order. Runs on " +
        "after this answer; poll `GET /v1/test-clock` until `ready`. 404 in production.",
    },
  ),
});
