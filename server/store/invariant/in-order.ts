// What must come before what: intents of one payment, money that is called surplus, debits after a closed page or while
// the gateway is silent. Asked of the log alone, by the type of event that may be wrong.
import { isWhole, type Invariant } from "./invariant.ts";

const paymentOf = (event: string) => `json_extract(${event}.data, '$.paymentId')`;
const invoiceOf = (event: string) => `json_extract(${event}.data, '$.invoiceId')`;
const millisecondsOf = (text: string) => `CAST(unixepoch(${text}, 'subsec') * 1000 AS INTEGER)`;

/** What the gateway made of debits, as the breaker counts it. */
const isOutcome = `type IN ('payment.succeeded', 'payment.failed', 'payment.unknown')
  AND (type <> 'payment.failed'
    OR json_extract(data, '$.reason') IN ('declined', 'not_taken', 'insufficient_funds', 'limit_reached'))`;

export const orderInvariants: readonly Invariant[] = [
  {
    name: "intents_do_not_overlap",
    sentence:
      "Somebody may call the gateway about a payment or refund while somebody else still may: both can move money.",
    sql: `SELECT event_id, of_id FROM (
        SELECT id AS event_id, of_id, at, LAG(settles_after) OVER (PARTITION BY stream, of_id ORDER BY position) AS before
        FROM (SELECT id, stream, position, at, COALESCE(json_extract(data, '$.refundId'), json_extract(data, '$.paymentId')) AS of_id,
            ${millisecondsOf("json_extract(data, '$.settlesAfter')")} AS settles_after
          FROM billing_event WHERE type IN ('payment.submitted', 'payment.verifying', 'refund.submitted')))
      WHERE at < before - 1`,
  },
  {
    name: "intents_are_not_over",
    sentence: "An intent was over when it was written: it was dated by another clock, and its money call can never go.",
    sql: `SELECT id AS event_id, type FROM billing_event
      WHERE type IN ('payment.submitted', 'payment.verifying', 'refund.submitted')
        AND ${millisecondsOf("json_extract(data, '$.sendBefore')")} <= at`,
  },
  {
    name: "surplus_is_second",
    sentence: "Money was called surplus while nothing else had settled its invoice: it is owed though it was paid.",
    sql: `SELECT e.id AS event_id, ${paymentOf("e")} AS payment_id FROM billing_event e
      WHERE e.type = 'payment.surplus' AND NOT EXISTS (SELECT 1 FROM billing_event s WHERE s.stream = e.stream
        AND s.seq < e.seq AND s.type IN ('payment.succeeded', 'invoice.paid')
        AND ${invoiceOf("s")} = ${invoiceOf("e")} AND ${paymentOf("s")} IS NOT ${paymentOf("e")})
        AND ${isWhole("e.stream", "invoice.finalized", "invoiceId", invoiceOf("e"))}`,
  },
  {
    name: "no_debit_while_the_gateway_is_silent",
    sentence: "A debit went though five before it had become unknown within five minutes: one more unknown each time.",
    sql: `SELECT e.id AS event_id, e.stream FROM billing_event e
      WHERE e.type = 'payment.submitted'
        AND 5 = (SELECT COUNT(*) FROM (SELECT type FROM main.billing_event WHERE ${isOutcome} AND position < e.position
          ORDER BY position DESC LIMIT 5) WHERE type = 'payment.unknown')
        AND e.at < 300000 + MAX(
          (SELECT at FROM main.billing_event WHERE type = 'payment.unknown' AND position < e.position
            ORDER BY position DESC LIMIT 1),
          COALESCE((SELECT at FROM main.billing_event WHERE type = 'payment.submitted' AND position < e.position
            ORDER BY position DESC LIMIT 1), 0))`,
  },
  {
    name: "a_debit_waits_for_closed_pages",
    sentence: "A debit began though nobody had asked whether the page that just closed was paid: both are taken.",
    sql: `SELECT d.id AS event_id, ${paymentOf("c")} AS closed_payment_id FROM billing_event c
      CROSS JOIN billing_event d ON d.stream = c.stream AND d.seq > c.seq AND ${invoiceOf("d")} = ${invoiceOf("c")}
      WHERE c.type = 'payment.closed' AND d.type = 'payment.created' AND json_extract(d.data, '$.kind') = 'debit'
        AND EXISTS (SELECT 1 FROM billing_event o WHERE o.stream = c.stream AND o.seq < c.seq
          AND o.type = 'payment.opened' AND ${paymentOf("o")} = ${paymentOf("c")})
        AND NOT EXISTS (SELECT 1 FROM billing_event h WHERE h.stream = c.stream AND h.seq > c.seq AND h.seq < d.seq
          AND ${paymentOf("h")} = ${paymentOf("c")} AND (h.type IN ('payment.verifying', 'payment.surplus')
            OR (h.type = 'payment.asked' AND json_extract(h.data, '$.told') = 1)))`,
  },
];
