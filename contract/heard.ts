// What the gateway, or an operator, said about something: evidence, which no partner and no customer is shown.
import * as z from "zod";
import { Instant } from "./common/time.ts";

export const Heard = z
  .object({
    eventId: z.string().meta({ description: "The event it led to.", example: "evt_01kaqzv3m5e0a8r6b1x2n4y7tq" }),
    type: z.string().meta({ description: "Type of that event.", example: "payment.needs_review" }),
    at: Instant,
    actor: z.string().meta({ description: "Who caused it.", example: "system" }),
    evidence: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).meta({
      description: "What was said, as it came, or the operator's reason.",
      example: { call: "payment/verify", httpStatus: 200, code: -50, message: "Session is not valid" },
    }),
  })
  .meta({ id: "Heard", description: "What the gateway, or an operator, said about something." });

export type Heard = z.infer<typeof Heard>;
