// Messages: what is summed up is what the reservations say, and no more than the grant and its tolerance. Read
// `quota_balance` of some customers at a time, and the reservations of its period.
import { rulesVersion } from "../../billing/due-rules.ts";
import { isArchived, newestAt, textOf, type Invariant } from "./invariant.ts";

export const quotaInvariants: readonly Invariant[] = [
  {
    name: "messages_are_what_was_reserved",
    sentence: "A reply was counted twice, or not at all: the balance is not the sum of the period's reservations.",
    sql: `SELECT b.customer_id, b.product_id, b.used, b.reserved, b.overrun,
        SUM(s.used_messages - s.overrun_messages) AS said_used FROM quota_balance b
      LEFT JOIN quota_reservation s ON s.subscription_id = b.subscription_id AND s.period_index = b.period_index
        AND s.customer_id = b.customer_id
      GROUP BY b.customer_id, b.product_id
      HAVING b.used <> COALESCE(SUM(s.used_messages - s.overrun_messages), 0)
        OR b.reserved <> COALESCE(SUM(CASE s.status WHEN 'reserved' THEN s.messages ELSE 0 END), 0)
        OR b.overrun <> COALESCE(SUM(s.overrun_messages), 0)`,
  },
  {
    name: "messages_are_within_the_grant",
    sentence:
      "More messages were given than a tenth, or what is charged for, above the most that was granted for the period: two did not see each other.",
    sql: `SELECT b.customer_id, b.product_id, b.used, b.reserved, g.messages FROM quota_balance b
      LEFT JOIN (SELECT stream, ${textOf("data", "subscriptionId")} AS subscription_id,
          CAST(json_extract(data, '$.periodIndex') AS INTEGER) AS period_index, MAX(json_extract(data, '$.messages')) AS messages
        FROM billing_event WHERE type IN ('quota.granted', 'quota.changed') GROUP BY 1, 2, 3) g
        ON g.stream = b.customer_id AND g.subscription_id = b.subscription_id AND g.period_index = b.period_index
      LEFT JOIN (SELECT customer_id, SUM(messages) AS messages FROM quota_grant GROUP BY 1) a
        ON a.customer_id = b.customer_id
      WHERE b.used + b.reserved > (COALESCE(g.messages, 0) + COALESCE(a.messages, 0)) * 11 / 10
        + (SELECT COALESCE(MAX(overage_messages), 0) FROM price)
        AND NOT (g.messages IS NULL AND ${isArchived("b.customer_id")})`,
  },
  {
    name: "reservations_end",
    sentence: "Messages stay set aside for a reply of which nobody will tell any more: the customer has lost them.",
    isOfAll: true,
    sql: `SELECT id, customer_id, messages, expires_at FROM quota_reservation
      WHERE status = 'reserved' AND expires_at < ${newestAt} - 3600000`,
  },
  {
    name: "use_is_due_to_be_told",
    sentence: "Messages were used, and partners will not be told of it within a day.",
    sql: `SELECT b.customer_id, b.product_id, b.used, b.told_used, b.told_at, d.due_at FROM quota_balance b
      LEFT JOIN due d ON d.customer_id = b.customer_id
      WHERE (b.used <> b.told_used OR b.reserved <> b.told_reserved OR b.overrun <> b.told_overrun)
        AND (d.due_at IS NULL OR d.due_at > b.told_at + 86400000) AND d.rules_version >= ${rulesVersion}`,
  },
  {
    name: "messages_are_the_sum_of_their_grants",
    sentence: "A customer may use other messages than the period's own and what was added to them.",
    sql: `SELECT b.customer_id, b.product_id, b.granted, b.period_messages FROM quota_balance b
      WHERE b.granted <> b.period_messages + (SELECT COALESCE(SUM(counted), 0) FROM quota_grant a
        WHERE a.customer_id = b.customer_id AND a.product_id = b.product_id AND a.counted > 0)`,
  },
];
