// How the system is, for operators: what waits and for how long, and what is wrong with it.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { endpoint } from "./common/policy.ts";
import { createApiResponseSchema } from "./common/response.ts";
import { Instant, TehranDate } from "./common/time.ts";

export const AlertName = z
  .enum([
    "customers_wait",
    "customers_stuck",
    "reader_behind",
    "deliveries_wait",
    "collecting_stopped",
    "breaker_open",
    "reconciliation_late",
    "exceptions_wait",
  ])
  .meta({
    description: "What is wrong, as a stable word; the runbook has a section for each.",
    example: "breaker_open",
  });

export type AlertName = z.infer<typeof AlertName>;

const since = (description: string) => Instant.nullable().meta({ description, example: null });
const count = (description: string) => z.int().min(0).meta({ description, example: 0 });

export const Health = z
  .object({
    now: Instant,
    alerts: z
      .array(
        z.object({
          name: AlertName,
          severity: z.enum(["page", "ticket"]).meta({
            description: "`page`: somebody looks at once; `ticket`: within the working day.",
            example: "page",
          }),
          detail: z.string().meta({ description: "With the figures.", example: "New debits wait for 4 minutes." }),
        }),
      )
      .meta({ description: "What is wrong now; empty when all is well.", example: [] }),
    customers: z
      .object({
        waitingSince: since("When the one who has waited longest fell due; null when nobody waits."),
        stuck: count("Whose work has failed eight times and more."),
      })
      .meta({ description: "Work that has fallen due." }),
    readers: z
      .array(
        z.object({
          reader: z.string().meta({ description: "Who reads the log.", example: "webhooks" }),
          unreadSince: since("When the first event was written that it has not read; null when it has read all."),
        }),
      )
      .meta({ description: "The readers of the log.", example: [] }),
    deliveries: z
      .object({
        waitingSince: since("When the delivery that has waited longest was to be tried; null when none is due."),
        disabledEndpoints: count("Endpoints that were switched off for failing."),
      })
      .meta({ description: "Webhooks on their way to partners." }),
    reconciledUntil: TehranDate.nullable().meta({
      description: "The last day that was held against the gateway's books; null before the first.",
      example: "2026-11-21",
    }),
    openExceptions: count("What waits for an operator's decision."),
    collecting: z.boolean().meta({ description: "Whether new debits are sent to the gateway.", example: true }),
    breakerUntil: since("When the breaker lets the next debit go as a probe; null while it is closed."),
  })
  .meta({ id: "Health", description: "How the system is." });

export type Health = z.infer<typeof Health>;

export const health = initContract().router({
  get: endpoint(
    { who: "operator", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/operator/health",
      responses: { 200: createApiResponseSchema(Health) },
      summary: "See how the system is",
      description: "What waits, for how long, and the alerts that follow from it. One question to the database.",
    },
  ),
});
