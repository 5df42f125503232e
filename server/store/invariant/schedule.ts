// Nobody is forgotten: whatever the rows say is to come, `due` says no later. Reads the open part of each table by its
// status, and `due` once, of some customers at a time.
import { rulesVersion } from "../../billing/due-rules.ts";
import { liveStatuses, newestAt, type Invariant } from "./invariant.ts";

/** May still take money of an invoice, as the rules ask before they begin another payment. */
const maySettle = `(status IN ('created', 'submitted', 'open', 'verifying', 'unknown')
  OR (status = 'closed' AND authority IS NOT NULL AND told_at IS NULL))`;

/** Everything that is to come, by customer, with its time on the wall clock. D1 allows five terms in one UNION. */
const coming = `
  SELECT customer_id, id, CASE status
      WHEN 'verifying' THEN MAX(next_ask_at, settles_after)
      WHEN 'open' THEN MIN(closes_at, next_ask_at)
      WHEN 'created' THEN CASE WHEN kind = 'checkout' THEN next_ask_at WHEN on_demand = 1 THEN begun_at + 3600000 END
      ELSE next_ask_at END AS at
    FROM payment WHERE next_ask_at IS NOT NULL AND status NOT IN ('needs_review', 'reversed')
  UNION ALL SELECT customer_id, id, next_step_at FROM refund WHERE next_step_at IS NOT NULL
  UNION ALL SELECT customer_id, id, CASE
      WHEN next_cancel_at IS NOT NULL THEN next_cancel_at
      WHEN status = 'active' THEN expires_at
      WHEN agreement_id IS NULL AND status = 'pending_signature' THEN sign_before
      WHEN agreement_id IS NOT NULL AND signature_id IS NULL THEN next_ask_at END
    FROM payment_method
  UNION ALL SELECT s.customer_id, s.id, CASE s.status WHEN 'paused' THEN s.resumes_at ELSE s.period_ends_at END
    FROM subscription s
    JOIN customer c ON c.id = s.customer_id AND c.clock_now_at IS NULL
    WHERE s.status IN ('trialing', 'active', 'past_due', 'paused') AND NOT EXISTS (SELECT 1 FROM payment
      WHERE customer_id = s.customer_id AND invoice_id IN (s.latest_invoice_id, json_extract(s.pending_change, '$.invoiceId')) AND ${maySettle})
  UNION ALL SELECT i.customer_id, i.id, CASE i.status WHEN 'paid' THEN (SELECT
      MAX(CAST(unixepoch(json_extract(l.value, '$.endsAt')) AS INTEGER) * 1000) FROM json_each(i.lines) l) ELSE MAX(i.next_attempt_at, COALESCE((SELECT MAX(p.send_before) FROM payment p
      JOIN invoice o ON o.id = p.invoice_id
      WHERE p.customer_id = i.customer_id AND o.subscription_id = i.subscription_id AND p.kind = 'debit' AND o.reason <> 'subscription_change'), 0)
      + 72000000) END
    FROM invoice i JOIN customer c ON c.id = i.customer_id AND c.clock_now_at IS NULL
    WHERE (i.status = 'paid' AND i.recognized_at IS NULL) OR (i.status = 'open' AND i.next_attempt_at IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM payment
        WHERE customer_id = i.customer_id AND invoice_id = i.id AND (status IN (${liveStatuses}) OR ${maySettle})))`;

const soonest = `SELECT customer_id, MIN(at) AS at FROM (${coming}) WHERE at IS NOT NULL GROUP BY customer_id`;

export const scheduleInvariants: readonly Invariant[] = [
  {
    name: "nobody_is_forgotten",
    sentence: "Something is to come for a customer whom no scan will ever find: stranded for good.",
    sql: `SELECT w.customer_id, w.at FROM (${soonest}) w LEFT JOIN due d ON d.customer_id = w.customer_id
      WHERE d.customer_id IS NULL OR (d.due_at IS NULL AND d.rules_version >= ${rulesVersion})`,
  },
  {
    name: "nobody_is_late",
    sentence:
      "A customer is looked at later than the rows say: an inquiry, an attempt or a period's end comes too late.",
    sql: `SELECT w.customer_id, w.at, d.due_at FROM (${soonest}) w JOIN due d ON d.customer_id = w.customer_id
      WHERE d.due_at > w.at AND d.due_at > ${newestAt} AND d.rules_version >= ${rulesVersion}`,
  },
  {
    name: "claims_are_confirmed_or_swept",
    sentence: "A claim of a request that died is kept for ever: nobody else can have what it names.",
    isOfAll: true,
    sql: `SELECT kind, customer_id FROM claim WHERE confirmed = 0 AND expires_at < ${newestAt} - 3600000`,
  },
];
