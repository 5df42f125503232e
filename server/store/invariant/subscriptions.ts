// What subscribers get for their money. These read `subscription` and `invoice`, of some customers at a time.
import { isArchived, isWhole, liveStatuses, textOf, type Invariant } from "./invariant.ts";

export const subscriptionInvariants: readonly Invariant[] = [
  {
    name: "one_running_subscription_per_product",
    sentence: "Two clicks made two subscriptions: the customer is debited for both.",
    sql: `SELECT customer_id, product_id, COUNT(*) AS subscriptions FROM subscription
      WHERE status IN ('incomplete', 'trialing', 'active', 'past_due', 'paused')
      GROUP BY customer_id, product_id HAVING COUNT(*) > 1`,
  },
  {
    name: "active_is_paid_or_being_collected",
    sentence: "A subscription runs that nobody has paid and nothing will collect, or is overdue with nothing owed.",
    sql: `SELECT s.id AS subscription_id, s.status, s.period_index FROM subscription s
      JOIN price p ON p.id = s.price_id
      WHERE (s.status = 'active' AND p.amount_rials > 0
          AND NOT (s.period_index = 0 AND NOT ${isWhole("s.customer_id", "subscription.created", "subscriptionId", "s.id")})
          AND NOT (s.period_index = 0 AND EXISTS (SELECT 1 FROM billing_event m WHERE m.stream = s.customer_id
            AND m.type = 'subscription.created' AND json_extract(m.evidence, '$.imported') IS NOT NULL
            AND json_extract(m.data, '$.subscriptionId') = s.id))
          AND NOT EXISTS (SELECT 1 FROM invoice i
          WHERE i.customer_id = s.customer_id AND i.subscription_id = s.id AND i.period_index = s.period_index AND (i.status = 'paid'
            OR (i.status = 'void' AND i.reason = 'subscription_cycle')
            OR (i.status = 'open' AND (i.next_attempt_at IS NOT NULL OR EXISTS (SELECT 1 FROM payment a
              WHERE a.invoice_id = i.id AND a.status IN (${liveStatuses})))))))
        OR (s.status = 'past_due' AND NOT EXISTS (SELECT 1 FROM invoice o
          WHERE o.customer_id = s.customer_id AND o.subscription_id = s.id AND o.status = 'open'))`,
  },
  {
    name: "a_beginning_comes_to_an_end",
    sentence: "A first payment ended, and the subscription or purchase that waited for it hangs for ever.",
    sql: `SELECT i.id AS invoice_id, i.subscription_id FROM invoice i
      LEFT JOIN subscription s ON s.id = i.subscription_id
      WHERE i.status = 'open' AND (i.reason = 'subscription_change' OR ((s.id IS NULL OR s.status = 'incomplete')
          AND i.reason <> 'subscription_cycle'))
        AND NOT EXISTS (SELECT 1 FROM payment p
          WHERE p.customer_id = i.customer_id AND p.invoice_id = i.id AND (p.status IN (${liveStatuses})
          OR (p.status = 'closed' AND p.next_ask_at IS NOT NULL) OR p.status IN ('reversed', 'refunded')))`,
  },
  {
    name: "periods_tile",
    sentence: "A day was billed twice: the spans of two invoices that are paid or to be paid overlap.",
    sql: `SELECT invoice_id, subscription_id, period_index FROM (
        SELECT id AS invoice_id, subscription_id, period_index,
          json_extract(lines, '$[0].startsAt') AS starts_at,
          LAG(json_extract(lines, '$[0].endsAt')) OVER (PARTITION BY subscription_id ORDER BY period_index) AS before_ends_at
        FROM invoice WHERE reason IN ('subscription_create', 'subscription_cycle') AND status IN ('open', 'paid'))
      WHERE starts_at < before_ends_at`,
  },
  {
    name: "the_period_is_the_invoiced_one",
    sentence: "The customer has another period than the one on the invoice, and no pause or gift explains it.",
    sql: `SELECT s.id AS subscription_id, i.id AS invoice_id FROM subscription s
      JOIN invoice i ON i.subscription_id = s.id AND i.period_index = s.period_index
        AND i.reason IN ('subscription_create', 'subscription_cycle')
      WHERE s.period_index >= s.first_index
        AND (CAST(unixepoch(json_extract(i.lines, '$[0].startsAt')) AS INTEGER) * 1000 <> s.period_starts_at
          OR CAST(unixepoch(json_extract(i.lines, '$[0].endsAt')) AS INTEGER) * 1000 <> s.period_ends_at)`,
  },
  {
    name: "messages_are_what_was_granted",
    sentence: "A customer may use other messages than the last grant in the log gives.",
    sql: `SELECT q.customer_id, q.product_id, q.period_messages, said.messages FROM quota_balance q
      LEFT JOIN (SELECT stream, product_id, messages, MAX(position) FROM (
          SELECT stream, position, ${textOf("data", "productId")} AS product_id,
              json_extract(data, '$.messages') AS messages FROM billing_event
            WHERE type IN ('quota.granted', 'quota.changed')
          UNION ALL SELECT stream, position - 0.5, ${textOf("data", "fromProductId")}, 0 FROM billing_event
            WHERE type = 'quota.changed')
        GROUP BY 1, 2) said ON said.stream = q.customer_id AND said.product_id = q.product_id
      WHERE q.period_messages IS NOT said.messages
        AND NOT (said.messages IS NULL AND ${isArchived("q.customer_id")})`,
  },
  {
    name: "coupons_are_within_their_cap",
    sentence: "More customers have a coupon than may: two who redeemed it at once did not see each other.",
    isOfAll: true,
    sql: `SELECT c.id AS coupon_id, c.max_redemptions, COUNT(*) AS redemptions FROM coupon c
      JOIN claim k ON k.kind = 'coupon' AND k.key >= c.id || ':' AND k.key < c.id || ':~' AND k.confirmed = 1
      GROUP BY c.id HAVING COUNT(*) > c.max_redemptions`,
  },
];
