// Events of messages: what a period brings, what comes on top, and when most of it is used. Figures are absolute.
import * as z from "zod";
import { ProductId, QuotaGrantId, SubscriptionId } from "../common/id.ts";
import { QuotaPriority, QuotaSource } from "../quota.ts";
import { at, atOrNull, count, type EventTypes } from "./fields.ts";

const period = { subscriptionId: SubscriptionId, periodIndex: count("Index of the period.", 0) };
const counted = count("What it adds to the messages of the current count.", 500);

export const quotaEvents = {
  "quota.changed": [
    "The messages of the current period are others; what was used stays used, also when the product changed.",
    {
      fromProductId: ProductId,
      productId: ProductId,
      ...period,
      messages: count("Messages of the period itself.", 2_000),
      validUntil: at("When they end."),
    },
  ],
  "quota.granted": [
    "Messages may be used until `validUntil`; what was left of the period before is gone, unless it rolled over.",
    {
      productId: ProductId,
      ...period,
      messages: count("Messages of the period itself, with what rolled over.", 2_000),
      rolledOver: count("How many of them were left of the period before.", 0).default(0),
      validUntil: at("When they end."),
    },
  ],
  "quota.grant_added": [
    "Messages come on top of the period's.",
    {
      grantId: QuotaGrantId,
      productId: ProductId,
      source: QuotaSource,
      priority: QuotaPriority,
      messages: count("How many.", 500),
      expiresAt: atOrNull("When what is left of them is gone; null: never."),
      addedAt: at("Billing time of it."),
    },
  ],
  "quota.grant_settled": [
    "A count of what is used came to its end: so much of a grant is left for the next one.",
    { grantId: QuotaGrantId, productId: ProductId, counted },
  ],
  "quota.grant_expired": [
    "What was left of a grant is gone; what was used of it stays in the count.",
    { grantId: QuotaGrantId, productId: ProductId, counted },
  ],
  "quota.grant_revoked": [
    "What was left of a grant is taken back, since what was paid for it was; what was used of it stays in the count.",
    { grantId: QuotaGrantId, productId: ProductId, counted },
  ],
  "quota.counted": [
    "So much of a period's messages is used by now: told when it is not what was told last, at most once a day.",
    {
      ...period,
      used: count("Messages used.", 1_600),
      reserved: count("Messages set aside for replies under way.", 0),
      overrun: count("Messages used beyond the tolerance of what was granted.", 0),
    },
  ],
  "quota.threshold_reached": [
    "So much of what was granted is used: told once for each, and again after more was granted.",
    {
      productId: ProductId,
      ...period,
      percent: z.union([z.literal(80), z.literal(100)]).meta({ description: "80 or 100.", example: 80 }),
      used: count("Messages used.", 1_600),
      granted: count("Messages granted.", 2_000),
    },
  ],
} as const satisfies EventTypes;
