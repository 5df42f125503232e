// Taking money exactly once: who may call, how often, and what may be believed of the answer.
// Those that ask the log by type read all of it, those of one table that table, of some customers at a time.
import { isWhole, liveStatuses, textOf, type Invariant } from "./invariant.ts";

/** The authorities that the log knows, with their payments. */
const checkedOut = `SELECT ${textOf("data", "paymentId")} AS payment_id, ${textOf("data", "authority")} AS authority
  FROM billing_event WHERE type IN ('payment.submitted', 'payment.opened')`;

/** What was recalled after a restore stands in a signed file; what the gateway had said of it is lost. */
const isTold = "evidence NOT GLOB '{\"recalledFrom\":*'";

export const moneyCallInvariants: readonly Invariant[] = [
  {
    name: "one_live_payment_per_invoice",
    sentence: "A page and a debit, or two debits, can take the money of one invoice at the same time.",
    sql: `SELECT invoice_id, COUNT(*) AS payments FROM payment WHERE status IN (${liveStatuses})
      GROUP BY invoice_id HAVING COUNT(*) > 1`,
  },
  {
    name: "no_authority_twice",
    sentence: "One authority was checked out twice, or stands for two payments: its money is counted, or taken, twice.",
    // Counted of some customers; that nobody else has it, the payments' rows say: an authority is unique there.
    sql: `SELECT authority, COUNT(*) AS times FROM (
        SELECT authority FROM (${checkedOut})
        UNION ALL SELECT authority FROM (SELECT id, authority FROM payment WHERE authority IS NOT NULL EXCEPT ${checkedOut}))
      GROUP BY authority HAVING COUNT(*) > 1
      UNION ALL SELECT l.authority, 1 FROM (${checkedOut}) l
        WHERE (SELECT p.id FROM main.payment p WHERE p.authority = l.authority) IS NOT l.payment_id`,
  },
  {
    name: "no_money_call_twice",
    sentence: "A debit, or a refund, was sent a second time: each may move the money again.",
    sql: `SELECT type, COALESCE(json_extract(data, '$.refundId'), json_extract(data, '$.paymentId')) AS id, COUNT(*) AS times
      FROM billing_event WHERE type IN ('payment.submitted', 'refund.submitted') GROUP BY 1, 2 HAVING COUNT(*) > 1`,
  },
  {
    name: "settled_at_most_once",
    sentence: "One payment's money was booked twice, as when 101 counts as a second success.",
    sql: `SELECT json_extract(data, '$.paymentId') AS payment_id, COUNT(*) AS times FROM billing_event
      WHERE type IN ('payment.succeeded', 'payment.credited') GROUP BY 1 HAVING COUNT(*) > 1`,
  },
  {
    name: "no_reference_twice",
    sentence: "One movement at the bank was counted for two payments.",
    isOfAll: true,
    sql: `SELECT ref_id, COUNT(*) AS payments FROM payment WHERE ref_id IS NOT NULL GROUP BY ref_id HAVING COUNT(*) > 1`,
  },
  {
    name: "money_calls_have_an_intent",
    sentence: "Somebody called the gateway without having said so first, or without time for the call to end.",
    sql: `SELECT id AS payment_id, status FROM payment
        WHERE status IN ('submitted', 'verifying', 'unknown', 'needs_review', 'succeeded', 'lapsed')
          AND (authority IS NULL OR send_before IS NULL OR settles_after - send_before < 60000)
      UNION ALL SELECT id, status FROM refund
        WHERE (status = 'submitted' OR (status = 'succeeded' AND method <> 'manual'))
          AND (send_before IS NULL OR settles_after - send_before < 60000)`,
  },
  {
    name: "intents_are_short",
    sentence: "An intent was dated by another clock than its commit: its money call may go long after others may ask.",
    sql: `SELECT id AS event_id, type FROM billing_event
      WHERE type IN ('payment.submitted', 'payment.verifying', 'refund.submitted')
        AND CAST(unixepoch(json_extract(data, '$.sendBefore'), 'subsec') * 1000 AS INTEGER) > at + 20001`,
  },
  {
    name: "success_needs_a_witness",
    sentence:
      "A payment was called paid on the word of a browser, without a verify of ours or an operator's reference.",
    sql: `SELECT id AS event_id, stream FROM billing_event
      WHERE type IN ('payment.succeeded', 'payment.credited') AND actor NOT GLOB 'operator:*'
        AND ${isTold}
        AND COALESCE(json_extract(evidence, '$.call') <> 'payment/verify'
          OR json_extract(evidence, '$.code') NOT IN (100, 101), 1)`,
  },
  {
    name: "a_decline_needs_a_witness",
    sentence: "A time-out, or a FAILED that an effect could still overtake, was taken for a decline.",
    sql: `SELECT e.id AS event_id, json_extract(e.data, '$.paymentId') AS payment_id FROM billing_event e
      WHERE e.type = 'payment.failed' AND json_extract(e.data, '$.reason')
          IN ('declined', 'insufficient_funds', 'limit_reached')
        AND e.${isTold}
        AND NOT COALESCE(json_extract(e.evidence, '$.call') = 'payman/checkout'
          AND json_extract(e.evidence, '$.code') < 0, 0)
        AND NOT EXISTS (SELECT 1 FROM billing_event u WHERE u.stream = e.stream AND u.type = 'payment.unknown'
          AND u.seq < e.seq AND json_extract(u.data, '$.paymentId') = json_extract(e.data, '$.paymentId')
          AND json_extract(u.data, '$.answered') = 1)
        AND ${isWhole("e.stream", "payment.created", "paymentId", "json_extract(e.data, '$.paymentId')")}`,
  },
  {
    name: "silence_is_believed_late",
    sentence: "A payment was given up before an hour (a day, when it lapses) had made its failure true.",
    sql: `SELECT id AS payment_id, status, settled_at - settles_after AS after_ms FROM payment
      WHERE (status = 'failed' AND failure_reason = 'not_taken' AND settled_at < settles_after + 3600000)
        OR (status = 'lapsed' AND settled_at < begun_at + 86400000)`,
  },
  {
    name: "no_debit_while_stopped",
    sentence: "A debit was sent after an operator had stopped collecting.",
    sql: `SELECT e.id AS event_id, e.stream FROM billing_event e
      CROSS JOIN (SELECT position AS since, COALESCE(LEAD(position) OVER (ORDER BY seq), 1e15) AS until,
          json_extract(data, '$.collecting') AS collecting
        FROM main.billing_event WHERE stream = 'system' AND type = 'collecting.changed') c
      WHERE e.type = 'payment.submitted' AND c.collecting = 0 AND e.position > c.since AND e.position < c.until`,
  },
  {
    name: "renewal_debits_are_apart",
    sentence: "A renewal was debited again within 20 hours: a runaway charge.",
    sql: `SELECT payment_id, subscription_id, apart_ms FROM (
        SELECT p.id AS payment_id, i.subscription_id,
          e.at - LAG(e.at) OVER (PARTITION BY i.subscription_id ORDER BY e.position) AS apart_ms
        FROM billing_event e JOIN payment p ON p.id = json_extract(e.data, '$.paymentId') AND p.on_demand = 0
          JOIN invoice i ON i.id = p.invoice_id
          JOIN customer c ON c.id = p.customer_id AND c.clock_now_at IS NULL
        WHERE e.type = 'payment.submitted')
      WHERE apart_ms < 72000000`,
  },
  {
    name: "whatever_is_under_way_is_asked_about",
    sentence: "A payment or refund is under way and nothing will ever ask what became of it: stuck for good.",
    sql: `SELECT id, status FROM payment WHERE next_ask_at IS NULL
        AND status IN ('created', 'submitted', 'open', 'verifying', 'unknown')
      UNION ALL SELECT id, status FROM refund WHERE next_step_at IS NULL
        AND (status = 'submitted' OR (status = 'pending' AND method <> 'manual'))`,
  },
  {
    name: "what_was_left_is_watched",
    sentence: "A payment left the live states and nobody looks whether its money came after all.",
    sql: `SELECT id AS payment_id, status FROM payment
      WHERE authority IS NOT NULL AND watch_until IS NULL AND status IN ('failed', 'lapsed', 'closed', 'surplus')`,
  },
];
