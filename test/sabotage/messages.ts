// What keeps messages from being given twice, lost or forgotten (design §2, decisions 0007 and 0009).
import type { Sabotage } from "./sabotage.ts";

const quota = "server/store/quota.ts";

export const messages: readonly Sabotage[] = [
  {
    name: "messages set aside without asking what is left",
    guard: "Of several who ask at once each has what only one can have.",
    by: "simulation",
    edits: [{ file: quota, find: "AND ${isValid} AND ${isLeft}`", replace: "AND ${isValid}`" }],
  },
  {
    name: "what lies beyond the tolerance counted as used",
    guard: "A reply that used more than it reserved takes the count above the grant and its tenth.",
    by: "simulation",
    edits: [{ file: quota, find: "overrunMessages: overrun }", replace: "overrunMessages: sql`0` }" }],
  },
  {
    name: "what has expired stays set aside",
    guard:
      "Neither the cron nor the next reservation lets go: messages of a reply that was never told of are lost to the customer.",
    by: "simulation",
    edits: [
      {
        file: quota,
        find: "const isExpired = sql`status = 'reserved'",
        replace: "const isExpired = sql`status = 'none'",
      },
      {
        file: "server/store/old-reservations.ts",
        find: "const isExpired = sql`status = 'reserved'",
        replace: "const isExpired = sql`status = 'none'",
      },
    ],
  },
  {
    name: "use that is never told",
    guard: "A partner's picture of what is used stays that of the beginning.",
    by: "simulation",
    edits: [
      {
        file: "server/billing/quota-use.ts",
        find: "return isTold ? null : after(toldAt, dayMs);",
        replace: "return null;",
      },
    ],
  },
];
