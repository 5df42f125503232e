// The log: whole, in order, without persons and secrets, and the rows are what it says. Each reads all that there is of
// some customers.
import { isArchived, textOf, type Invariant } from "./invariant.ts";

/** The word that begins with 09, cut at the length of a mobile number and a space. GLOB cannot say eleven digits in 50 bytes. */
const mobile = "trim(substr(words, instr(words, ' 09'), 13))";

/** Long, of nothing but what tokens are made of, letters and digits both: what people write is not, whatever they repeat. */
const token = `(length(text) >= 100 AND text NOT GLOB '*[^A-Za-z0-9+/=_.-]*' AND text GLOB '*[0-9]*' AND text GLOB '*[A-Za-z]*')`;

export const logInvariants: readonly Invariant[] = [
  {
    name: "every_stream_is_whole",
    sentence: "An event was lost, slipped in or changed: the sequence has a gap or the chain of hashes is broken.",
    sql: `SELECT e.stream, e.seq FROM billing_event e
      LEFT JOIN billing_event b ON b.stream = e.stream AND b.seq = e.seq - 1
      LEFT JOIN archived_stream a ON a.stream = e.stream AND a.seq = e.seq - 1
      WHERE (e.seq > 1 AND COALESCE(b.hash, a.hash) IS NOT e.prev_hash)
        OR (e.seq = 1 AND e.prev_hash <> printf('%064d', 0))`,
  },
  {
    name: "the_log_begins_where_its_archive_ends",
    sentence:
      "Events left the log that no signed file holds, or a stream does not go on from the last one that did: nobody can verify it across the gap.",
    sql: `SELECT a.stream, a.seq, NULL AS position FROM archived_stream a
        LEFT JOIN billing_event e ON e.stream = a.stream AND e.seq = a.seq + 1
        WHERE e.prev_hash IS NOT a.hash OR a.position > COALESCE((SELECT MAX(position) FROM event_checkpoint), 0)
          OR EXISTS (SELECT 1 FROM billing_event l WHERE l.stream = a.stream AND l.seq <= a.seq)
      UNION ALL SELECT NULL, NULL, c.position FROM event_checkpoint c
        LEFT JOIN audit_export x ON x.name = c.export_name
        LEFT JOIN audit_segment s ON s.export_name = c.export_name AND s.part = c.part
        WHERE x.root IS NOT c.root OR s.sha256 IS NOT c.sha256 OR s.last_position IS NOT c.position`,
  },
  {
    name: "what_waits_to_be_sent_is_in_the_log",
    sentence: "An event left the log that a partner has not been told of: its delivery waits for ever.",
    isOfAll: true,
    sql: `SELECT d.endpoint_id, d.position FROM webhook_delivery d WHERE d.status = 'pending'
      AND NOT EXISTS (SELECT 1 FROM billing_event e WHERE e.position = d.position)`,
  },
  {
    name: "commits_are_in_order",
    sentence: "Readers of the log skip an event: its position comes before that of an earlier event of its stream.",
    sql: `SELECT e.stream, e.seq FROM billing_event e JOIN billing_event b ON b.stream = e.stream AND b.seq = e.seq - 1
      WHERE b.position > e.position`,
  },
  {
    name: "no_person_and_no_secret_in_the_log",
    sentence: "A mobile number, an address, a signature or an agreement's name stands where it can never be erased.",
    sql: `SELECT event_id, field FROM (
        SELECT e.id AS event_id, t.key AS field, t.value AS text,
          ' ' || replace(replace(replace(t.value, ':', ' '), ',', ' '), '+98', '0') || ' ' AS words
        FROM billing_event e, (SELECT 1 AS n UNION ALL SELECT 2) part,
          json_tree(CASE part.n WHEN 1 THEN e.data ELSE COALESCE(e.evidence, '{}') END) t
        WHERE t.type = 'text')
      WHERE text GLOB 'eyJ*' OR text GLOB '*payman_*' OR ${token}
        OR text GLOB '*[A-Za-z0-9]@[A-Za-z0-9]*.[A-Za-z]*'
        OR (instr(words, ' 09') > 0 AND ${mobile} NOT GLOB '*[^0-9]*' AND length(${mobile}) = 11)`,
  },
  rowsSay("payments", "payment", "paymentId", {
    "payment.created": "created",
    "payment.submitted": "submitted",
    "payment.opened": "open",
    "payment.verifying": "verifying",
    "payment.closed": "closed",
    "payment.surplus": "surplus",
    "payment.returned": "reversed",
    "payment.reversed": "reversed",
    "payment.review_ended": "verifying",
    "payment.unknown": "unknown",
    "payment.succeeded": "succeeded",
    "payment.failed": "failed",
    "payment.lapsed": "lapsed",
    "payment.needs_review": "needs_review",
  }),
  rowsSay("invoices", "invoice", "invoiceId", {
    "invoice.finalized": "open",
    "invoice.reopened": "open",
    "invoice.reinstated": "open",
    "invoice.paid": "paid",
    "invoice.voided": "void",
    "invoice.marked_uncollectible": "uncollectible",
  }),
  rowsSay("subscriptions", "subscription", "subscriptionId", {
    "subscription.created": "incomplete",
    "subscription.trial_started": "trialing",
    "subscription.resumed": "active",
    "subscription.activated": "active",
    "subscription.recovered": "active",
    "subscription.reactivated": "active",
    "subscription.incomplete_expired": "incomplete_expired",
    "subscription.past_due": "past_due",
    "subscription.paused": "paused",
    "subscription.canceled": "canceled",
  }),
  rowsSay("refunds", "refund", "refundId", {
    "refund.created": "pending",
    "refund.submitted": "submitted",
    "refund.succeeded": "succeeded",
    "refund.failed": "failed",
    "refund.needs_review": "needs_review",
  }),
  rowsSay("payment_methods", "payment_method", "paymentMethodId", {
    "payment_method.created": "pending_signature",
    "payment_method.activated": "active",
    "payment_method.verification_failed": "verification_failed",
    "payment_method.expired": "expired",
    "payment_method.cancelled": "cancelled_by_user",
  }),
];

/** Every row has the status that the last event about it gave, and every such event has its row. */
function rowsSay(plural: string, table: string, key: string, statuses: Readonly<Record<string, string>>): Invariant {
  const types = Object.keys(statuses).map((type) => `'${type}'`);
  const cases = Object.entries(statuses).map(([type, status]) => `WHEN '${type}' THEN '${status}'`);
  // What was given back whole is `refunded` by the last refund's success, which no event of the payment repeats.
  const isRefunded = table === "payment" ? "(r.status = 'refunded' AND r.refunded_rials = r.amount_rials)" : "0";
  const said = `SELECT ${textOf("data", key)} AS id, MAX(position),
      CASE type ${cases.join(" ")} END AS status FROM billing_event WHERE type IN (${types.join(", ")}) GROUP BY 1`;
  return {
    name: `${plural}_are_what_the_log_says`,
    sentence: `A row of ${table} was changed without an event, or an event without its row: one of them is a lie.`,
    // Not a FULL JOIN, which looks through all of one side for each row of the other.
    sql: `SELECT r.id, r.status AS row_says, s.status AS log_says FROM ${table} r LEFT JOIN (${said}) s ON s.id = r.id
        WHERE r.status IS NOT s.status AND NOT ${isRefunded}
          AND NOT (s.id IS NULL AND ${isArchived("r.customer_id")})
      UNION ALL SELECT s.id, r.status, s.status FROM (${said}) s LEFT JOIN ${table} r ON r.id = s.id WHERE r.id IS NULL`,
  };
}
