// Holding our books against the gateway's: what was paid and not captured, now; and each day's result.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { PaymentId } from "./common/id.ts";
import { Rials } from "./common/money.ts";
import { PageQuery } from "./common/page.ts";
import { endpoint } from "./common/policy.ts";
import { createApiListSchema, createApiResponseSchema } from "./common/response.ts";
import { Instant, TehranDate } from "./common/time.ts";

const count = (description: string, example: number) => z.int().min(0).meta({ description, example });

export const ReconciliationStatus = z.enum(["running", "completed"]).meta({
  description: "`running` while the gateway is still asked; the figures are those so far.",
  example: "completed",
});

export const GatewaySays = z.enum(["paid", "in_bank", "failed", "reversed", "refused", "unanswered"]).meta({
  description:
    "What the gateway says instead of having taken the money: that it waits for us (`paid`), is still at the bank, " +
    "failed, or went back; `refused` when it knows nothing of it, `unanswered` when it did not answer for six hours.",
  example: "reversed",
});

export const Reconciliation = z
  .object({
    day: TehranDate,
    status: ReconciliationStatus,
    oursCount: count("Payments that settled on that day by our books.", 12),
    oursRials: Rials.meta({ description: "Their sum in Rials.", example: 39_468_000 }),
    gatewayCount: count("Those of them that the gateway says it has taken.", 12),
    gatewayRials: Rials.meta({ description: "Their sum in Rials.", example: 39_468_000 }),
    feesRials: Rials.meta({ description: "The gateway's fees of that day's payments, as booked.", example: 30_000 }),
    differenceRials: Rials.meta({ description: "`oursRials` less `gatewayRials`.", example: 0 }),
    startedAt: Instant,
    finishedAt: Instant.nullable().meta({
      description: "When the last payment had been asked about; null before.",
      example: "2026-11-22T20:45:00.000Z",
    }),
  })
  .meta({ id: "Reconciliation", description: "One day in Tehran, by our books and by the gateway." });

export const ReconciliationDifference = z
  .object({
    paymentId: PaymentId,
    amountRials: Rials,
    gatewaySays: GatewaySays,
    foundAt: Instant,
  })
  .meta({ id: "ReconciliationDifference", description: "A payment on which the gateway and we do not agree." });

export const UnverifiedCheck = z
  .object({
    listed: count("Payments that the gateway holds and we have not captured; it lists the newest 100.", 3),
    ours: count("Those of them that are ours.", 3),
    unknown: count("Those that we know nothing of.", 0),
  })
  .meta({ id: "UnverifiedCheck", description: "What the gateway holds for us." });

export type Reconciliation = z.infer<typeof Reconciliation>;
export type ReconciliationDifference = z.infer<typeof ReconciliationDifference>;

/** The most differences one day shows. */
export const maxDifferences = 500;

export const reconciliations = initContract().router({
  list: endpoint(
    { who: "operator", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/reconciliations",
      query: PageQuery,
      responses: { 200: createApiListSchema(Reconciliation) },
      summary: "List daily reconciliations",
      description:
        "Each day in Tehran that is over, the newest first. The gateway is asked about every payment that settled on " +
        "that day and is still here by our books. It has no list of what was captured, so a payment that we know " +
        "nothing of shows only in its payout file, or as unverified.",
    },
  ),
  get: endpoint(
    { who: "operator", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/reconciliations/:day",
      pathParams: z.object({ day: TehranDate }),
      responses: {
        200: createApiResponseSchema(
          Reconciliation.extend({
            differences: z.array(ReconciliationDifference).meta({
              description: `The payments on which the gateway and we do not agree, at most ${maxDifferences}.`,
              example: [],
            }),
          }).meta({ id: "ReconciliationWithDifferences", description: "One day, with what differs." }),
        ),
      },
      summary: "Get a day's reconciliation",
      description:
        "One day with its differences. Each difference also made us ask the gateway again about that payment: if the " +
        "bank has taken the money back, the invoice is open again.",
    },
  ),
  checkUnverified: endpoint(
    {
      who: "operator",
      rate: "write",
      idempotency: "optional",
      refuses: ["gateway_unavailable"],
      events: ["payment.watched", "payment.asked", "payment.verifying", "payment.succeeded", "payment.surplus"],
    },
    {
      method: "POST",
      path: "/v1/operator/reconciliations/unverified",
      body: z.strictObject({}).optional(),
      responses: { 200: createApiResponseSchema(UnverifiedCheck) },
      summary: "Look for unverified payments",
      description:
        "Asks the gateway now for what was paid and not captured, as is done every two minutes while a page can be " +
        "paid. Those of ours are looked at within a minute; nothing is booked by this list alone.",
    },
  ),
});
